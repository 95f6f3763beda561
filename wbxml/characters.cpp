#include "wbxml/characters.h"

#include <algorithm>
#include <cstring>

namespace cpgw::wbxml::detail {
namespace {

/// Eight octets that are all 0x20 to 0x7F: the common case, told at once.
bool all_printable(const unsigned char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  constexpr std::uint64_t kHigh = 0x8080808080808080, kBlanks = 0x2020202020202020;
  // Subtracting borrows into the top bit of the first octet below 0x20; those above it may then be
  // told wrongly, but never as printable.
  return ((word | (word - kBlanks)) & kHigh) == 0;
}

}  // namespace

bool is_blank(std::string_view text) { return std::all_of(text.begin(), text.end(), is_xml_space); }

std::optional<std::size_t> find_bad_character(std::string_view text) {
  const auto* const begin = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = begin + text.size();
  for (const auto* p = begin; p != end;) {
    if (end - p >= 8 && all_printable(p)) {
      p += 8;
      continue;
    }
    const unsigned char lead = *p;
    if (lead < 0x80) {
      if (lead < 0x20 && !is_xml_space(static_cast<char>(lead))) {
        return static_cast<std::size_t>(p - begin);
      }
      ++p;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const std::uint32_t smallest = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    if (lead < 0xC0 || lead > 0xF4 || length > static_cast<std::size_t>(end - p)) {
      return static_cast<std::size_t>(p - begin);
    }
    std::uint32_t c = lead & (0x7Fu >> length);
    bool continued = true;
    for (std::size_t i = 1; i < length; ++i) {
      continued = continued && (p[i] & 0xC0) == 0x80;
      c = (c << 6) | (p[i] & 0x3Fu);
    }
    if (!continued || c < smallest || !is_xml_char(c)) return static_cast<std::size_t>(p - begin);
    p += length;
  }
  return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto add = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0 | (c >> 6));
    add(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    add(0xE0 | (c >> 12));
    add(0x80 | ((c >> 6) & 0x3F));
    add(0x80 | (c & 0x3F));
  } else {
    add(0xF0 | (c >> 18));
    add(0x80 | ((c >> 12) & 0x3F));
    add(0x80 | ((c >> 6) & 0x3F));
    add(0x80 | (c & 0x3F));
  }
}

bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_part = [&](std::string_view part) {
    return !part.empty() && letter(part.front()) &&
           std::all_of(part.begin(), part.end(), [&](char c) {
             return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
           });
  };
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return is_part(name);
  return is_part(name.substr(0, colon)) && is_part(name.substr(colon + 1));
}

std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 40;
  std::string text;
  for (const char c : name.substr(0, kMost)) text += c >= 0x20 && c < 0x7F ? c : '?';
  if (name.size() > kMost) text += "...";
  return text;
}

}  // namespace cpgw::wbxml::detail
