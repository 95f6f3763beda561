// The layers by the name of their form.
#include "gateway/cli/decode_detect.h"
#include "gateway/cli/decode_layers.h"
#include "gateway/cli/usage.h"
#include "si_sl/errors.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::cli {

Result<std::string_view> form_of(std::string_view said, const Units& units,
                                 std::optional<std::uint8_t> data_coding) {
  if (units.all.empty()) return fail(si_sl::Errc::truncated, "the input is empty");
  if (said == "auto" && data_coding) return "sms";
  if (said == "auto") {
    const auto found = detect_form(units);
    if (!found) return found;
    said = *found;
  }
  if (said != "sms" && data_coding) {
    return misuse("goes with --from sms: a " + std::string(said) + " says its own",
                  "--data-coding");
  }
  return said;
}

Result<void> decode_as(std::string_view form, const Units& units,
                       std::optional<std::uint8_t> data_coding, Decoded& out) {
  if (form == "wbxml") return decode_wbxml(units.all, {}, out);
  if (form == "push") return decode_push(units.all, out);
  if (form == "smpp") return decode_smpp(units, out);
  if (units.size() > kMostUnits) return too_many_units();
  if (form == "cdma") return decode_cdma(units, out);
  if (form == "tpdu" || form == "at-pdu") return decode_tpdus(units, form == "at-pdu", out);
  return decode_sms(units, data_coding, out);
}

Result<wbxml::Document> document_in(std::string_view input, const std::string& label) {
  if (const std::size_t first = input.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
      first != std::string_view::npos && input[first] == '<')
    return wbxml::read_xml(input, label);
  const auto read = [&]() -> Result<wbxml::Document> {
    const auto units = units_of(input);
    if (!units) return fail(units.error());
    const auto form = form_of("auto", *units, std::nullopt);
    if (!form) return fail(form.error());
    Decoded decoded;
    if (auto done = decode_as(*form, *units, std::nullopt, decoded); !done)
      return fail(std::move(done).error());
    if (!decoded.document) return fail(wbxml::Errc::unknown_document, "there is no document in it");
    return *std::move(decoded.document);
  };
  auto document = read();
  if (!document) {
    Error error = std::move(document).error();
    error.at.file = label;
    return fail(std::move(error));
  }
  return document;
}

}  // namespace cpgw::gateway::cli
