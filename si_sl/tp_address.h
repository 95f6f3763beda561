// Addresses of the SMS transfer layer (3GPP TS 23.040, 9.1.2.5), and the service centre's in front
// of a TPDU (3GPP TS 24.011, 8.2.5.1), as AT modems have it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/names.h"
#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

/// Type-of-address octets we make or meet; others are kept as they are.
inline constexpr std::uint8_t kUnknownNumber = 0x81;
inline constexpr std::uint8_t kInternationalNumber = 0x91;
inline constexpr std::uint8_t kAlphanumeric = 0xD0;

/// Digits 0 to 9, * # a b c; for an alphanumeric address its text in UTF-8.
struct TpAddress {
  std::uint8_t type = kInternationalNumber;
  std::string value;
  bool operator==(const TpAddress&) const = default;

  [[nodiscard]] bool alphanumeric() const { return (type & 0x70) == 0x50; }
  [[nodiscard]] static TpAddress international(const Msisdn& number) {
    return {kInternationalNumber, number.digits()};
  }
};

/// TP-DA, TP-OA or TP-RA: 1 to 20 digits, or 1 to 11 septets of text. Errors name `field`:
/// Errc::bad_value, too_long; `out` stays then.
[[nodiscard]] Result<void> write_address(const TpAddress& address, std::string_view field,
                                         Octets& out);
[[nodiscard]] Result<TpAddress> read_address(OctetReader& in, std::string_view field);

/// The service centre's address with the length of its octets in front: 1 to 20 digits.
[[nodiscard]] Result<void> write_service_centre(const TpAddress& address, Octets& out);
/// An address without digits is none: the modem uses the one it has.
[[nodiscard]] Result<TpAddress> read_service_centre(OctetReader& in);

}  // namespace cpgw::si_sl
