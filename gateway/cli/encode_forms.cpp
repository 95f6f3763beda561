#include "gateway/cli/encode_forms.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/cli/encode_headers.h"
#include "gateway/cli/security_options.h"
#include "si_sl/cdma_wdp.h"
#include "si_sl/segmentation.h"
#include "si_sl/text.h"
#include "si_sl/wsp_push.h"

namespace cpgw::gateway::cli {

std::uint16_t reference_of(const EncodeCommand& command) {
  return static_cast<std::uint16_t>(command.ref.value_or(kDefaultReference));
}

Result<void> sign(Io& io, const EncodeCommand& command, const flow::CompiledContent& content,
                  Encoded& encoded) {
  auto inputs = read_security(io, command.security);
  if (!inputs) return fail(std::move(inputs).error());
  if (inputs->method == signer::Security::USERPINMAC) inputs->pin = signer::draw_pin(io.random, 8);
  si_sl::PushHeaders headers = flow::push_headers(content);
  signer::BootstrapSigner signer;
  if (inputs->method == signer::Security::USERPINMAC) {
    auto code = signer.userpinmac_code(*inputs->pin, encoded.wbxml);
    if (!code) return fail(std::move(code).error());
    encoded.code = std::move(*code);
  } else if (inputs->method != signer::Security::none) {
    auto mac = signer.mac(inputs->method, inputs->imsi ? &*inputs->imsi : nullptr,
                          inputs->pin ? &*inputs->pin : nullptr, encoded.wbxml);
    if (!mac) return fail(std::move(mac).error());
    encoded.mac.assign(mac->begin(), mac->end());
  }
  if (inputs->method != signer::Security::none)
    headers.SEC = static_cast<std::uint8_t>(inputs->method);
  headers.MAC = encoded.mac;
  const auto further = encode_headers(command.headers);
  if (!further) return fail(further.error());
  headers.further_headers = *further;
  return si_sl::write_push(static_cast<std::uint8_t>(command.tid.value_or(kDefaultTransactionId)),
                           headers, encoded.wbxml, encoded.push);
}

Result<void> cut(const EncodeCommand& command, const flow::CompiledContent& content,
                 Encoded& encoded) {
  const std::uint16_t reference = reference_of(command);
  return content.kind == flow::ContentKind::text
             ? si_sl::segment_text(as_text(encoded.wbxml), reference, flow::text_options(content),
                                   encoded.parts)
             : si_sl::segment(encoded.push, reference, content.profile.segments, encoded.parts);
}

Result<void> cut_for_cdma(const EncodeCommand& command, const flow::CompiledContent& content,
                          Encoded& encoded) {
  si_sl::WdpOptions options;
  options.destination_port = content.profile.segments.destination_port;
  options.source_port = content.profile.segments.source_port;
  options.segment_limit = content.profile.segments.part_limit;
  options.repeat_ports = command.repeat_ports;
  return si_sl::cut_wdp(encoded.push, options, encoded.segments);
}

std::string as_json(const EncodeCommand& command, const flow::CompiledContent& content,
                    const Encoded& encoded) {
  boost::json::object all;
  if (!encoded.parts.empty()) {
    boost::json::array parts;
    for (std::size_t i = 0; i < encoded.parts.size(); ++i) {
      const si_sl::Part& part = encoded.parts[i];
      boost::json::object one{
          {"udh", to_hex(part.udh())}, {"data", to_hex(part.data())}, {"dcs", part.data_coding}};
      if (part.septets != 0) one["septets"] = part.septets;
      if (i < encoded.tpdus.size())
        one[command.service_centre.empty() ? "tpdu" : "at_pdu"] = to_hex(encoded.tpdus[i]);
      parts.push_back(std::move(one));
    }
    all["parts"] = std::move(parts);
  }
  if (!encoded.segments.empty()) {
    boost::json::array segments;
    for (const Octets& segment : encoded.segments) segments.emplace_back(to_hex(segment));
    all["segments"] = std::move(segments);
  }
  if (!encoded.push.empty()) all["push"] = to_hex(encoded.push);
  if (content.kind == flow::ContentKind::text) {
    all["text"] = as_text(encoded.wbxml);
  } else {
    all["wbxml"] = to_hex(encoded.wbxml);
  }
  if (!encoded.mac.empty()) all["mac"] = encoded.mac;
  if (!encoded.code.empty()) all["code"] = as_text(encoded.code.expose());
  return boost::json::serialize(all);
}

}  // namespace cpgw::gateway::cli
