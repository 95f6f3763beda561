// The user data header (3GPP TS 23.040, 9.2.3.24), as received.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/defect.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

/// The elements that address and join parts; the others are skipped by their length.
struct UserDataHeader {
  std::optional<std::uint16_t> destination_port, source_port;
  std::optional<std::uint16_t> reference;  ///< with total and number
  bool wide_reference = false;
  std::uint8_t total = 1, number = 1;
  std::uint8_t octets = 0;         ///< header with its length octet
  std::uint8_t unknown = 0;        ///< elements we do not know; udh_elements lists them
  bool duplicate_element = false;  ///< a known element twice; the last one counts
  bool mixed_widths = false;       ///< both an 8-bit and a 16-bit reference
};
/// Reads the header at the front of `user_data`. Errc::truncated, malformed with the offset; then
/// `why`, when given, is set.
[[nodiscard]] Result<UserDataHeader> read_udh(OctetView user_data, Defect* why = nullptr);

/// Any element. The value views what was read.
struct UdhElement {
  std::uint8_t id = 0;
  std::string_view name;  ///< empty when we do not know it
  OctetView value;
  std::size_t offset = 0;  ///< of the id
};
/// All elements in their order, whatever they hold. Errors as of read_udh, except for what is
/// inside an element.
[[nodiscard]] Result<std::vector<UdhElement>> udh_elements(OctetView user_data);

}  // namespace cpgw::si_sl
