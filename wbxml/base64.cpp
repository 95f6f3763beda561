#include "wbxml/base64.h"

#include <algorithm>

#include "wbxml/characters.h"

namespace cpgw::wbxml::detail {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(OctetView octets) {
  std::string text;
  for (; !octets.empty(); octets = octets.subspan(std::min<std::size_t>(3, octets.size()))) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < octets.size() ? to_u8(octets[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= octets.size() ? kLetters[(group >> (18 - 6 * i)) & 0x3F] : '=';
    }
  }
  return text;
}

std::optional<Octets> from_base64(std::string_view text) {
  std::string letters;
  std::copy_if(text.begin(), text.end(), std::back_inserter(letters),
               [](char c) { return !is_xml_space(c); });
  if (letters.size() % 4 != 0) return std::nullopt;
  Octets octets;
  for (std::size_t at = 0; at < letters.size(); at += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      group = group << 6 | static_cast<std::uint32_t>(kLetters.find(letters[at + i]) & 0x3F);
    }
    for (const int shift : {16, 8, 0}) octets.push_back(static_cast<std::byte>(group >> shift));
  }
  const std::size_t padding = letters.ends_with("==") ? 2 : letters.ends_with('=') ? 1 : 0;
  for (std::size_t i = 0; i < padding; ++i) octets.pop_back();
  // What was no letter, or left bits over, is not written back so.
  if (to_base64(octets) != letters) return std::nullopt;
  return octets;
}

}  // namespace cpgw::wbxml::detail
