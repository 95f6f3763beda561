// The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1), and
// how septets are packed (6.1.2.1).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

inline constexpr std::uint8_t kGsm7Escape = 0x1B;  ///< the next septet is of the extension table

/// A character's septets: `septet`, with the escape in front when `extended`.
struct Gsm7Septets {
  std::uint8_t septet = 0;
  bool extended = false;
  bool operator==(const Gsm7Septets&) const = default;
};
/// Nothing when neither table has the character.
[[nodiscard]] std::optional<Gsm7Septets> gsm7_of(char32_t character);

/// Septets, one an octet, as UTF-8. As the clauses demand of receivers, an escape before a septet
/// the extension table does not know gives the default alphabet's character, and an escape before
/// an escape or at the end a space. Bit 7 is ignored.
[[nodiscard]] std::string gsm7_text(OctetView septets);

/// Septets from bit `first_bit` on, least significant bits first; `to` is zeroed and long enough.
void pack_septets(OctetView septets, std::size_t first_bit, std::span<std::byte> to);
/// Appends up to `count` septets, one an octet, to `out`; reads no further than the view.
void unpack_septets(OctetView packed, std::size_t first_bit, std::size_t count, Octets& out);

/// `count` packed septets as UTF-8.
[[nodiscard]] std::string unpack_gsm7(OctetView packed, std::size_t count);

}  // namespace cpgw::si_sl
