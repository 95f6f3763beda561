// cpgw encode: one document to WBXML, push, parts, TPDUs, CDMA segments or what another program
// takes, without a gateway.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "gateway/cli/encode_files.h"
#include "gateway/cli/encode_forms.h"
#include "gateway/cli/encode_tpdu.h"
#include "gateway/cli/encode_usage.h"
#include "gateway/cli/option_values.h"
#include "gateway/cli/requests.h"
#include "gateway/cli/security_options.h"
#include "gateway/cli/usage.h"

namespace cpgw::gateway::cli {
namespace {

constexpr std::uint32_t kDefaultPartLimit = 10;

/// The compiled content and its filled form.
Result<flow::CompiledContent> fill(Io& io, const EncodeCommand& command, Encoded& encoded) {
  auto given = read_content(io, command.content);
  if (!given) return fail(std::move(given).error());
  if (auto good = check_usage(command, *given->type); !good) return fail(std::move(good).error());
  auto security = signer::security(command.security.sec.empty() ? "none" : command.security.sec);
  if (!security) return fail(std::move(security).error());
  auto slots = parse_slots(command.slots);
  if (!slots) return fail(std::move(slots).error());
  flow::DeliveryProfile profile;
  profile.stay_on_page = command.stay_on_page;
  profile.string_table = command.string_table;
  profile.segments.wide_reference = command.wide_reference;
  profile.segments.order = command.order == "concatenation-first"
                               ? si_sl::ElementOrder::concatenation_first
                               : si_sl::ElementOrder::ports_first;
  // Octets alone are cut by nobody.
  profile.segments.part_limit = static_cast<std::uint8_t>(
      command.as == "wbxml" ? queue::kMaxParts : command.part_limit.value_or(kDefaultPartLimit));
  if (command.data_coding)
    profile.segments.data_coding = static_cast<std::uint8_t>(*command.data_coding);
  flow::ContentSource source{
      .type = *given->type, .source = given->source, .security = *security, .slots = slots->specs};
  if (command.wbxml_version)
    source.wbxml_version = static_cast<std::uint8_t>(*command.wbxml_version);
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
    return misuse(filled.error(), "--slot");
  return content;
}

/// As --as tpdu and deliver print them.
Result<std::vector<Octets>> tpdus_of(Io& io, const EncodeCommand& command,
                                     const std::vector<si_sl::Part>& parts) {
  Result<std::vector<Octets>> all;
  if (command.as == "deliver") {
    all = delivers_of(command, parts, io.clock.wall());
  } else {
    const auto number = number_of(command.number, "--to-number");
    if (!number) return fail(number.error());
    const auto options = submit_options(command);
    if (!options) return fail(options.error());
    all = submits_of(*number, parts, *options);
  }
  if (!all || command.service_centre.empty()) return all;
  for (Octets& tpdu : *all) {
    auto pdu = with_service_centre(command.service_centre, tpdu);
    if (!pdu) return fail(std::move(pdu).error());
    tpdu = *std::move(pdu);
  }
  return all;
}

int hand_over(Io& io, const EncodeCommand& command, const Encoded& encoded) {
  const auto number = number_of(command.number, "--to-number");
  if (!number) return complain(io, number.error());
  const auto submit = submit_options(command);
  if (!submit) return complain(io, submit.error());
  const auto handed = cli::hand_over(command.as, *number, encoded.parts,
                                     {.url = command.url,
                                      .source = command.source,
                                      .name = fmt::format("{:02X}", reference_of(command)),
                                      .submit = *submit,
                                      .service_centre = command.service_centre});
  if (!handed) return complain(io, handed.error());
  const bool files = !handed->front().file.empty();
  if (files && command.output.empty() && handed->size() > 1) {
    return complain(
        io,
        misuse(std::to_string(handed->size()) + " files; name the folder they go to", "--output")
            .value());
  }
  if (!command.output.empty()) {
    if (auto done = put_files(command.output, *handed); !done) return complain(io, done.error());
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

}  // namespace

int run(const EncodeCommand& command, Io& io) {
  const bool handed = std::ranges::find(hand_over_forms(), command.as) != hand_over_forms().end();
  if (const auto good = check_usage(command); !good) return complain(io, good.error());
  Encoded encoded;
  const auto content = fill(io, command, encoded);
  if (!content) return complain(io, content.error());
  const bool text = content->kind == flow::ContentKind::text;
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
      if (command.as == "tpdu" || command.as == "deliver") {
        auto tpdus = tpdus_of(io, command, encoded.parts);
        if (!tpdus) return complain(io, tpdus.error());
        encoded.tpdus = *std::move(tpdus);
        lines.assign(encoded.tpdus.begin(), encoded.tpdus.end());
      } else {
        for (const si_sl::Part& part : encoded.parts) lines.push_back(part.whole());
      }
    }
  }
  if (command.to == "json") {
    io.out << as_json(command, *content, encoded) << "\n";
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
