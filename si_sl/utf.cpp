#include "si_sl/utf.h"

namespace cpgw::si_sl::detail {

std::optional<char32_t> take_utf8(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) {
    text.remove_prefix(1);
    return first;
  }
  std::size_t more = 0;
  char32_t least = 0;
  char32_t character = 0;
  if ((first & 0xE0) == 0xC0) {
    more = 1, least = 0x80, character = first & 0x1FU;
  } else if ((first & 0xF0) == 0xE0) {
    more = 2, least = 0x800, character = first & 0x0FU;
  } else if ((first & 0xF8) == 0xF0) {
    more = 3, least = 0x10000, character = first & 0x07U;
  } else {
    return {};
  }
  if (text.size() <= more) return {};
  for (std::size_t i = 1; i <= more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    character = (character << 6) | (next & 0x3FU);
  }
  if (character < least || character > 0x10FFFF || high_surrogate(character) ||
      low_surrogate(character)) {
    return {};
  }
  text.remove_prefix(1 + more);
  return character;
}

void put_utf8(std::string& out, char32_t c) {
  const auto low = [&](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += low(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += low(6);
    out += low(0);
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += low(12);
    out += low(6);
    out += low(0);
  }
}

}  // namespace cpgw::si_sl::detail
