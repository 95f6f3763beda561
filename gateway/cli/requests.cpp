#include "gateway/cli/requests.h"

#include "gateway/cli/security_options.h"
#include "gateway/cli/usage.h"
#include "wbxml/characters.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::cli {
namespace {

using Form = flow::ContentType::Form;

/// Octets as digits, whether they were given so or raw.
std::string as_hex(const std::string& given) {
  if (const auto octets = from_hex(given)) return to_hex(*octets);
  return to_hex(as_octets(given));
}

}  // namespace

Result<GivenContent> read_content(Io& io, const ContentOptions& options) {
  GivenContent given;
  if (!options.type.empty()) {
    given.type = flow::content_type(options.type);
    if (given.type == nullptr) {
      std::string names;
      for (const auto& type : flow::content_types()) {
        names += (names.empty() ? "" : ", ") + std::string(type.name);
      }
      return misuse("one of " + names + " is expected", "--type");
    }
  }
  if (!options.text.empty()) {
    if (given.type != nullptr && given.type->form != Form::text) {
      return misuse("--text is text/plain", "--type");
    }
    given.type = flow::content_type("text/plain");
    given.source = options.text;
    given.label = "--text";
    return given;
  }
  if (options.file.empty()) {
    return misuse("name a file, - for standard input, or give --text", "file");
  }
  auto read = read_input(io, options.file);
  if (!read) return fail(std::move(read).error());
  given.label = options.file == "-" ? "standard input" : options.file;
  if (given.type == nullptr) {
    auto document = wbxml::read_xml(*read, given.label);
    if (!document) return fail(std::move(document).error());
    given.type = flow::content_type_of(document->type);
    if (given.type == nullptr) {
      return fail(wbxml::Errc::unsupported,
                  "'" + document->root.name + "' is no document that is sent");
    }
  }
  if (given.type->form == Form::text) {
    if (const auto bad = wbxml::detail::find_bad_character(*read)) {
      Position at = at_offset(*bad);
      at.file = given.label;
      return fail(wbxml::Errc::bad_value, "not a character of text in UTF-8; correct it",
                  std::move(at));
    }
  }
  given.source = given.type->form == Form::octets ? as_hex(*read) : std::move(*read);
  return given;
}

Result<boost::json::object> content_of(Io& io, const ContentOptions& options,
                                       const SecurityOptions& security, const SlotOptions& slots) {
  auto given = read_content(io, options);
  if (!given) return fail(std::move(given).error());
  if (security.sec.empty() && given->type->names_security) {
    return misuse(
        "name the security: netwpin, userpin, usernetwpin, userpinmac, or none; it is never "
        "defaulted",
        "--sec");
  }
  auto parsed = parse_slots(slots);
  if (!parsed) return fail(std::move(parsed).error());
  boost::json::object content{{"type", given->type->name},
                              {flow::field_of(given->type->form), given->source}};
  if (!security.sec.empty()) content["security"] = security.sec;
  if (options.application_id >= 0) content["application_id"] = options.application_id;
  if (options.message_class >= 0) content["message_class"] = options.message_class;
  if (!parsed->specs.empty()) {
    boost::json::object declared;
    for (const wbxml::SlotSpec& slot : parsed->specs) {
      declared[slot.name] =
          boost::json::object{{"type", wbxml::to_string(slot.type)}, {"max", slot.max_octets}};
    }
    content["slots"] = std::move(declared);
  }
  return content;
}

}  // namespace cpgw::gateway::cli
