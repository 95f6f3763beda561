// cpgw encode: one document to WBXML, push, parts, TPDUs, CDMA segments or what another program
// takes, without a gateway.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/hand_over.h"
#include "gateway/cli/requests.h"
#include "gateway/cli/security_options.h"
#include "gateway/flow/content.h"
#include "si_sl/cdma_wdp.h"
#include "si_sl/data_coding.h"
#include "si_sl/segmentation.h"
#include "si_sl/text.h"
#include "si_sl/tpdu.h"
#include "si_sl/wsp_push.h"

namespace cpgw::gateway::cli {
namespace {

/// Everything one document became on its way; later forms are empty when not asked for.
struct Encoded {
  Octets wbxml, push;
  std::string mac;
  Secret code;  ///< USERPINMAC
  std::vector<si_sl::Part> parts;
  std::vector<Octets> tpdus, segments;
};

/// The compiled content and its filled form.
Result<flow::CompiledContent> fill(Io& io, const EncodeCommand& command, Encoded& encoded) {
  auto given = read_content(io, command.content);
  if (!given) return fail(std::move(given).error());
  if (given->type->names_security && command.security.sec.empty() && command.as != "wbxml") {
    return fail(signer::Errc::bad_method,
                "--sec is needed for --as " + command.as +
                    ": netwpin, userpin, usernetwpin, userpinmac, or none",
                at_field("--sec"));
  }
  auto security = signer::security(command.security.sec.empty() ? "none" : command.security.sec);
  if (!security) return fail(std::move(security).error());
  auto slots = parse_slots(command.slots);
  if (!slots) return fail(std::move(slots).error());
  flow::DeliveryProfile profile;
  profile.stay_on_page = command.stay_on_page;
  profile.string_table = command.string_table;
  profile.segments.wide_reference = command.wide_reference;
  profile.segments.order = command.order == "ports-first"
                               ? si_sl::ElementOrder::ports_first
                               : si_sl::ElementOrder::concatenation_first;
  // Octets alone are cut by nobody.
  profile.segments.part_limit =
      static_cast<std::uint8_t>(command.as == "wbxml" ? queue::kMaxParts : command.part_limit);
  profile.segments.data_coding = static_cast<std::uint8_t>(command.data_coding);
  flow::ContentSource source{
      .type = *given->type, .source = given->source, .security = *security, .slots = slots->specs};
  if (command.wbxml_version != 0)
    source.wbxml_version = static_cast<std::uint8_t>(command.wbxml_version);
  if (command.content.application_id >= 0)
    source.application_id = static_cast<std::uint32_t>(command.content.application_id);
  if (command.content.message_class >= 0)
    source.message_class = static_cast<std::uint8_t>(command.content.message_class);
  auto content = flow::compile_content(source, profile);
  if (!content) {
    Error error = std::move(content).error();
    error.at.file = given->label;
    return fail(std::move(error));
  }
  auto values = slots->values_for(content->form.slots());
  if (!values) return fail(std::move(values).error());
  if (auto filled = content->form.fill(*values, encoded.wbxml); !filled)
    return fail(std::move(filled).error());
  return content;
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
  return si_sl::write_push(static_cast<std::uint8_t>(command.tid), headers, encoded.wbxml,
                           encoded.push);
}

Result<void> cut(const EncodeCommand& command, const flow::CompiledContent& content,
                 Encoded& encoded) {
  const auto reference = static_cast<std::uint16_t>(command.ref);
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

Result<Msisdn> number_of(const EncodeCommand& command) {
  auto number = Msisdn::parse(command.number);
  if (!number) return fail(Error(number.error()).in("--to-number"));
  if (number->digits().starts_with('0')) {  // E.164: no country code begins so
    return fail(Errc::bad_number, "a national number; give it as '+', country code and the rest",
                at_field("--to-number"));
  }
  return number;
}

Result<void> address(const EncodeCommand& command, Encoded& encoded) {
  const auto number = number_of(command);
  if (!number) return fail(number.error());
  for (const si_sl::Part& part : encoded.parts) {
    Octets tpdu;
    if (auto done = si_sl::write_submit(
            si_sl::submit_of(part, si_sl::TpAddress::international(*number)), tpdu);
        !done) {
      return done;
    }
    encoded.tpdus.push_back(std::move(tpdu));
  }
  return {};
}

/// Written beside and then named, all or none: whoever watches the folder never reads half a file
/// or half a push. For the owner alone: signed octets are nearly secrets.
Result<void> put(const std::filesystem::path& folder, const std::vector<HandedOver>& all) {
  const auto failed = [](const std::filesystem::path& file, const std::string& why) {
    Position at;
    at.file = file.string();
    return fail(Error(Errc::io, why, std::move(at)));
  };
  std::error_code problem;
  for (const HandedOver& one : all) {
    if (std::filesystem::exists(folder / one.file, problem))
      return failed(folder / one.file, "exists already; give this push another --ref");
  }
  const auto half = [&](const HandedOver& one) { return folder / ("." + one.file); };
  const auto give_up = [&] {
    for (const HandedOver& one : all) std::filesystem::remove(half(one), problem);
  };
  for (const HandedOver& one : all) {
    std::ofstream out(half(one), std::ios::binary | std::ios::trunc);
    const int why = errno;
    std::filesystem::permissions(
        half(one), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
        problem);
    out << one.text;
    out.close();
    if (!out) {
      give_up();
      return failed(half(one), std::string("cannot be written: ") + std::strerror(why));
    }
  }
  for (const HandedOver& one : all) {
    std::filesystem::rename(half(one), folder / one.file, problem);
    if (problem) {
      const std::string why = problem.message();
      give_up();
      return failed(folder / one.file, "cannot be written: " + why);
    }
  }
  return {};
}

int hand_over(Io& io, const EncodeCommand& command, const Encoded& encoded) {
  const auto number = number_of(command);
  if (!number) return complain(io, number.error());
  const auto handed =
      cli::hand_over(command.as, *number, encoded.parts,
                     {command.url, command.source, fmt::format("{:02X}", command.ref)});
  if (!handed)
    return complain(io, handed.error(), handed.error().at.field == "--as" ? kUsage : kMalformed);
  const bool files = !handed->front().file.empty();
  if (files && command.output.empty() && handed->size() > 1) {
    io.err << "cpgw: error: " << handed->size()
           << " files; name the folder they go to with --output\n";
    return kUsage;
  }
  if (!command.output.empty()) {
    if (auto done = put(command.output, *handed); !done) return complain(io, done.error());
  }
  for (const HandedOver& one : *handed) {
    io.out << (command.output.empty()
                   ? one.text
                   : (std::filesystem::path(command.output) / one.file).string() + "\n");
  }
  if (!encoded.code.empty())
    io.err << "code for the user: " << as_text(encoded.code.expose()) << "\n";
  return io.out.good() ? kDone : kMalformed;
}

std::string as_json(const flow::CompiledContent& content, const Encoded& encoded) {
  boost::json::object all;
  if (!encoded.parts.empty()) {
    boost::json::array parts;
    for (std::size_t i = 0; i < encoded.parts.size(); ++i) {
      const si_sl::Part& part = encoded.parts[i];
      boost::json::object one{
          {"udh", to_hex(part.udh())}, {"data", to_hex(part.data())}, {"dcs", part.data_coding}};
      if (part.septets != 0) one["septets"] = part.septets;
      if (i < encoded.tpdus.size()) one["tpdu"] = to_hex(encoded.tpdus[i]);
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

/// What goes together, before anything is read.
std::optional<std::string> misuse(const EncodeCommand& command, bool handed) {
  const SecurityOptions& given = command.security;
  if (command.as == "wbxml") {
    if (!given.sec.empty())
      return "--sec goes with every --as but wbxml: bare WBXML carries no MAC";
    if (!given.imsi.empty() || !given.imsi_file.empty() || !given.pin.empty() ||
        !given.pin_file.empty())
      return "IMSI and PIN go with --sec and every --as but wbxml";
  }
  if ((handed || command.as == "tpdu") && command.number.empty())
    return "--to-number is needed for --as " + command.as;
  if (command.repeat_ports && command.as != "cdma") return "--repeat-ports goes with --as cdma";
  const auto octets = static_cast<std::uint8_t>(command.data_coding);
  if (si_sl::alphabet_of(octets) != si_sl::Alphabet::octets)
    return "--data-coding is one of 8-bit data, such as 0x04 or 0xF5; for a text see "
           "--message-class";
  if (!command.output.empty() && command.as != "gammu" && command.as != "smstools")
    return "--output goes with --as gammu and smstools";
  if (handed && command.to != "hex")
    return "--as " + command.as + " has a form of its own; leave out --to";
  return std::nullopt;
}

}  // namespace

int run(const EncodeCommand& command, Io& io) {
  const bool handed = std::ranges::find(hand_over_forms(), command.as) != hand_over_forms().end();
  if (const auto why = misuse(command, handed)) {
    io.err << "cpgw: error: " << *why << "\n";
    return kUsage;
  }
  Encoded encoded;
  const auto content = fill(io, command, encoded);
  if (!content)
    return complain(io, content.error(), is_usage(content.error()) ? kUsage : kMalformed);
  const bool text = content->kind == flow::ContentKind::text;
  if (text && (command.as == "wbxml" || command.as == "push" || command.as == "cdma")) {
    io.err << "cpgw: error: a text is no push; use --as sms, tpdu, at-cmgs, smpp-hex or "
              "jasmin-json\n";
    return kUsage;
  }
  if (text) {  // takes no IMSI and PIN
    if (const auto inputs = read_security(io, command.security); !inputs)
      return complain(io, inputs.error());
  }
  std::vector<OctetView> lines;
  if (command.as == "wbxml") {
    lines.emplace_back(encoded.wbxml);
  } else {
    if (!text) {
      if (auto done = sign(io, command, *content, encoded); !done)
        return complain(io, done.error());
    }
    if (command.as == "push") {
      lines.emplace_back(encoded.push);
    } else if (command.as == "cdma") {
      if (auto done = cut_for_cdma(command, *content, encoded); !done)
        return complain(io, done.error());
      lines.assign(encoded.segments.begin(), encoded.segments.end());
    } else {
      if (auto done = cut(command, *content, encoded); !done) return complain(io, done.error());
      if (handed) return hand_over(io, command, encoded);
      if (command.as == "tpdu") {
        if (auto done = address(command, encoded); !done) return complain(io, done.error());
        lines.assign(encoded.tpdus.begin(), encoded.tpdus.end());
      } else {
        for (const si_sl::Part& part : encoded.parts) lines.push_back(part.whole());
      }
    }
  }
  if (command.to == "json") {
    io.out << as_json(*content, encoded) << "\n";
  } else {
    for (const OctetView line : lines) {
      if (command.to == "raw") {
        io.out << as_text(line);
      } else {
        io.out << to_hex(line) << "\n";
      }
    }
    if (!encoded.code.empty())
      io.err << "code for the user: " << as_text(encoded.code.expose()) << "\n";
  }
  return io.out.good() ? kDone : kMalformed;
}

}  // namespace cpgw::gateway::cli
