// Which octets are text that both XML 1.0 and WBXML can carry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cpgw::wbxml::detail {

/// XML 1.0, production 2 (Char).
constexpr bool is_xml_char(std::uint32_t c) {
  return (c >= 0x20 && c <= 0xD7FF) || c == 0x09 || c == 0x0A || c == 0x0D ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}
constexpr bool is_xml_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
[[nodiscard]] bool is_blank(std::string_view text);

/// Offset of the first octet that is not part of a UTF-8 encoded XML character (RFC 3629: no
/// surrogates, no long forms); nothing when all of `text` is.
[[nodiscard]] std::optional<std::size_t> find_bad_character(std::string_view text);

/// Appends `c`, which is an XML character, as UTF-8.
void append_utf8(std::string& out, std::uint32_t c);

/// An element or attribute name in ASCII, with one prefix at most: what the document types here
/// use.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// `name` as an error message may show it: printable and short.
[[nodiscard]] std::string shown(std::string_view name);

}  // namespace cpgw::wbxml::detail
