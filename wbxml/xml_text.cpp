#include "wbxml/xml_text.h"

#include <algorithm>
#include <array>

namespace cpgw::wbxml::detail {
namespace {

bool looks_like_utf16(std::string_view xml) {
  constexpr std::array<std::string_view, 4> kBeginnings{
      std::string_view{"\xFE\xFF", 2}, std::string_view{"\xFF\xFE", 2}, std::string_view{"\0<", 2},
      std::string_view{"<\0", 2}};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view b) { return xml.starts_with(b); });
}

}  // namespace

std::optional<std::size_t> find_nul(std::string_view xml) {
  if (!looks_like_utf16(xml)) {
    const std::size_t at = xml.find('\0');
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
  }
  for (std::size_t i = 0; i + 1 < xml.size(); i += 2) {
    if (xml[i] == '\0' && xml[i + 1] == '\0') return i;
  }
  return std::nullopt;
}

bool encoding_is_read(std::string_view name) {
  constexpr auto kRead =
      std::to_array<std::string_view>({"UTF-8", "UTF8", "UTF-16", "UTF16", "UTF-16LE", "UTF-16BE",
                                       "ISO-8859-1", "ISO-LATIN-1", "US-ASCII", "ASCII"});
  return std::any_of(kRead.begin(), kRead.end(), [&](std::string_view known) {
    return known.size() == name.size() &&
           std::equal(name.begin(), name.end(), known.begin(), [](char a, char b) {
             return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
           });
  });
}

void assign_value(std::string& to, std::string_view given) {
  constexpr std::string_view kAmpersand = "&#38;";
  for (std::size_t at = 0; (at = given.find(kAmpersand)) != std::string_view::npos;) {
    to += given.substr(0, at + 1);
    given.remove_prefix(at + kAmpersand.size());
  }
  to += given;
}

std::string message_of(const xmlError& e) {
  switch (e.code) {
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE: return "an attribute without a value";
    case XML_ERR_ATTRIBUTE_REDEFINED: return "an attribute stands twice in one element";
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING: return "the declared encoding is not one that is read";
    default: break;
  }
  const bool holds_element_names_only =
      e.code == XML_ERR_TAG_NAME_MISMATCH || e.code == XML_ERR_TAG_NOT_FINISHED;
  if (e.message == nullptr || (e.str1 != nullptr && !holds_element_names_only)) {
    return "not well-formed XML (libxml2 error " + std::to_string(e.code) + ")";
  }
  std::string text = "not well-formed XML: ";
  for (const char* p = e.message; *p != '\0' && *p != '\n' && text.size() < 200; ++p) {
    text += *p >= 0x20 && *p < 0x7F ? *p : '?';
  }
  return text;
}

}  // namespace cpgw::wbxml::detail
