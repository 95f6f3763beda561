#include "si_sl/gsm7.h"

#include <array>
#include <string_view>

namespace cpgw::si_sl {
namespace {

constexpr std::size_t kEscape = 0x1B;

// 3GPP TS 23.038, 6.2.1: code points by septet.
constexpr std::array<char32_t, 128> kDefaultAlphabet = {
    U'@', U'£', U'$', U'¥', U'è', U'é', U'ù', U'ì', U'ò', U'Ç',  U'\n', U'Ø', U'ø',   U'\r', U'Å',
    U'å', U'Δ', U'_', U'Φ', U'Γ', U'Λ', U'Ω', U'Π', U'Ψ', U'Σ',  U'Θ',  U'Ξ', 0xFFFD, U'Æ',  U'æ',
    U'ß', U'É', U' ', U'!', U'"', U'#', U'¤', U'%', U'&', U'\'', U'(',  U')', U'*',   U'+',  U',',
    U'-', U'.', U'/', U'0', U'1', U'2', U'3', U'4', U'5', U'6',  U'7',  U'8', U'9',   U':',  U';',
    U'<', U'=', U'>', U'?', U'¡', U'A', U'B', U'C', U'D', U'E',  U'F',  U'G', U'H',   U'I',  U'J',
    U'K', U'L', U'M', U'N', U'O', U'P', U'Q', U'R', U'S', U'T',  U'U',  U'V', U'W',   U'X',  U'Y',
    U'Z', U'Ä', U'Ö', U'Ñ', U'Ü', U'§', U'¿', U'a', U'b', U'c',  U'd',  U'e', U'f',   U'g',  U'h',
    U'i', U'j', U'k', U'l', U'm', U'n', U'o', U'p', U'q', U'r',  U's',  U't', U'u',   U'v',  U'w',
    U'x', U'y', U'z', U'ä', U'ö', U'ñ', U'ü', U'à'};
constexpr bool unique(const std::array<char32_t, 128>& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t k = i + 1; k < table.size(); ++k) {
      if (table[i] == table[k]) return false;
    }
  }
  return true;
}
static_assert(unique(kDefaultAlphabet));
static_assert(kDefaultAlphabet['A'] == U'A' && kDefaultAlphabet['z'] == U'z');

void put_utf8(std::string& out, char32_t c) {
  const auto low = [&](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += low(0);
  } else {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += low(6);
    out += low(0);
  }
}

}  // namespace

std::string unpack_gsm7(OctetView packed, std::size_t septets) {
  std::string text;
  bool escaped = false;
  for (std::size_t i = 0; i < septets; ++i) {
    const std::size_t bit = 7 * i;
    const std::size_t at = bit / 8;
    if (at >= packed.size()) break;
    const unsigned next = at + 1 < packed.size() ? to_u8(packed[at + 1]) : 0U;
    const unsigned septet = (((next << 8) | to_u8(packed[at])) >> (bit % 8)) & 0x7F;
    if (septet == kEscape && !escaped) {
      escaped = true;
      continue;
    }
    put_utf8(text, escaped ? kDefaultAlphabet[kEscape] : kDefaultAlphabet[septet]);
    escaped = false;
  }
  return text;
}

}  // namespace cpgw::si_sl
