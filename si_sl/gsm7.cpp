#include "si_sl/gsm7.h"

#include <algorithm>
#include <array>

#include "si_sl/utf.h"

namespace cpgw::si_sl {
namespace {

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
// 3GPP TS 23.038, 6.2.1.1: what follows an escape. 0D is a control without a character.
struct Extension {
  std::uint8_t septet;
  char32_t character;
};
constexpr auto kExtensions = std::to_array<Extension>({
    {0x0A, U'\f'},
    {0x14, U'^'},
    {0x28, U'{'},
    {0x29, U'}'},
    {0x2F, U'\\'},
    {0x3C, U'['},
    {0x3D, U'~'},
    {0x3E, U']'},
    {0x40, U'|'},
    {0x65, U'€'},
});

constexpr bool unique(std::span<const char32_t> characters) {
  for (std::size_t i = 0; i < characters.size(); ++i) {
    for (std::size_t k = i + 1; k < characters.size(); ++k) {
      if (characters[i] == characters[k]) return false;
    }
  }
  return true;
}
constexpr auto all_characters() {
  std::array<char32_t, kDefaultAlphabet.size() + kExtensions.size()> all{};
  auto next = std::ranges::copy(kDefaultAlphabet, all.begin()).out;
  for (const Extension& e : kExtensions) *next++ = e.character;
  return all;
}
static_assert(unique(all_characters()));
static_assert(std::ranges::is_sorted(kExtensions, {}, &Extension::septet));
static_assert(kDefaultAlphabet['A'] == U'A' && kDefaultAlphabet['z'] == U'z');
static_assert(kDefaultAlphabet[kGsm7Escape] == detail::kReplacement);

}  // namespace

std::optional<Gsm7Septets> gsm7_of(char32_t character) {
  if (character == detail::kReplacement) return {};
  // Nearly all text is letters and digits, which stand where ASCII has them.
  if (character < kDefaultAlphabet.size() && kDefaultAlphabet[character] == character) {
    return Gsm7Septets{static_cast<std::uint8_t>(character), false};
  }
  if (const auto found = std::ranges::find(kDefaultAlphabet, character);
      found != kDefaultAlphabet.end()) {
    return Gsm7Septets{static_cast<std::uint8_t>(found - kDefaultAlphabet.begin()), false};
  }
  const auto found = std::ranges::find(kExtensions, character, &Extension::character);
  if (found == kExtensions.end()) return {};
  return Gsm7Septets{found->septet, true};
}

std::string gsm7_text(OctetView septets) {
  std::string text;
  bool escaped = false;
  for (const std::byte octet : septets) {
    const std::uint8_t septet = to_u8(octet) & 0x7F;
    if (!escaped && septet == kGsm7Escape) {
      escaped = true;
      continue;
    }
    char32_t character = kDefaultAlphabet[septet];
    if (escaped) {
      const auto found = std::ranges::find(kExtensions, septet, &Extension::septet);
      if (found != kExtensions.end()) character = found->character;
      if (septet == kGsm7Escape) character = U' ';
    }
    detail::put_utf8(text, character);
    escaped = false;
  }
  if (escaped) text += ' ';
  return text;
}

void pack_septets(OctetView septets, std::size_t first_bit, std::span<std::byte> to) {
  std::size_t bit = first_bit;
  for (const std::byte septet : septets) {
    const unsigned shifted = (to_u8(septet) & 0x7FU) << (bit % 8);
    to[bit / 8] |= static_cast<std::byte>(shifted & 0xFF);
    if (shifted > 0xFF) to[bit / 8 + 1] |= static_cast<std::byte>(shifted >> 8);
    bit += 7;
  }
}

void unpack_septets(OctetView packed, std::size_t first_bit, std::size_t count, Octets& out) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t bit = first_bit + 7 * i;
    const std::size_t at = bit / 8;
    if (at >= packed.size()) return;
    const unsigned next = at + 1 < packed.size() ? to_u8(packed[at + 1]) : 0U;
    out.push_back(static_cast<std::byte>((((next << 8) | to_u8(packed[at])) >> (bit % 8)) & 0x7F));
  }
}

std::string unpack_gsm7(OctetView packed, std::size_t count) {
  Octets septets;
  unpack_septets(packed, 0, count, septets);
  return gsm7_text(septets);
}

}  // namespace cpgw::si_sl
