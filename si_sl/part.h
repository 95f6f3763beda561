// One SMS of a push or a text: what segmentation makes and carriers take. Fixed size, so that a
// push costs no allocation.
#pragma once

#include <array>
#include <cstring>

#include "base/octets.h"

namespace cpgw::si_sl {

inline constexpr std::size_t kUserDataOctets =
    140;  ///< TP-UD of one SMS (3GPP TS 23.040, 9.2.3.24)

struct Part {
  std::array<std::byte, kUserDataOctets> user_data{};
  std::uint8_t octets = 0;      ///< of user_data in use: user data header and data
  std::uint8_t udh_octets = 0;  ///< of these the user data header with its length octet; 0 = none
  std::uint8_t septets =
      0;  ///< of packed 7-bit text, the header's with fill bits among them; 0 = none
  std::uint8_t data_coding = 0x04;
  std::uint8_t number = 1;  ///< 1-based
  std::uint8_t total = 1;

  /// TP-UDL: septets of 7-bit text, else octets.
  [[nodiscard]] std::uint8_t user_data_length() const { return septets != 0 ? septets : octets; }
  /// Views of this part's memory.
  [[nodiscard]] OctetView whole() const { return OctetView(user_data).first(octets); }
  [[nodiscard]] OctetView udh() const { return OctetView(user_data).first(udh_octets); }
  [[nodiscard]] OctetView data() const { return whole().subspan(udh_octets); }
  friend bool operator==(const Part& a, const Part& b) {
    return a.octets == b.octets && a.udh_octets == b.udh_octets && a.septets == b.septets &&
           a.data_coding == b.data_coding && a.number == b.number && a.total == b.total &&
           std::memcmp(a.user_data.data(), b.user_data.data(), a.octets) == 0;
  }
};

}  // namespace cpgw::si_sl
