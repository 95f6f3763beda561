// Times of the SMS transfer layer: time stamps (3GPP TS 23.040, 9.2.3.11) and validity periods
// (9.2.3.12), both ways.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

/// TP-SCTS, TP-DT or an absolute TP-VP: year to second and zone, in swapped semi-octets.
using Timestamp = std::array<std::byte, 7>;

/// Nothing when its digits make no time. Years 00 to 99 are 2000 to 2099.
[[nodiscard]] std::optional<WallTime> timestamp_of(const Timestamp& timestamp);
/// `at` as told where clocks are `zone` ahead of UTC; parts of a second are dropped.
/// Errc::bad_value for a year outside 2000 to 2099 or a zone that is not quarter hours up to 14
/// hours.
[[nodiscard]] Result<Timestamp> timestamp_from(WallTime at, std::chrono::minutes zone = {});

/// TP-VPF, first octet bits 4 and 3.
enum class ValidityFormat : std::uint8_t { none = 0, enhanced = 1, relative = 2, absolute = 3 };

/// TP-VP as it is sent: 1 octet of `octets` when relative, 7 when enhanced or absolute.
struct ValidityField {
  ValidityFormat format = ValidityFormat::none;
  std::array<std::byte, 7> octets{};
  bool operator==(const ValidityField&) const = default;

  [[nodiscard]] OctetView view() const;
};

/// What a validity field says.
struct Validity {
  std::optional<std::chrono::seconds> period;  ///< from the submission on
  std::optional<WallTime> until;
  bool single_shot = false;  ///< one attempt, then given up
  bool operator==(const Validity&) const = default;
};
/// Errc::malformed for digits that make no time, a format that is reserved or an extension.
[[nodiscard]] Result<Validity> validity_of(const ValidityField& field);

/// The relative period (9.2.3.12.1): the shortest no shorter than `period`, at most 63 weeks.
[[nodiscard]] ValidityField relative_validity(std::chrono::seconds period);
/// What a relative octet says.
[[nodiscard]] std::chrono::minutes relative_period(std::uint8_t octet);
/// Errors as of timestamp_from.
[[nodiscard]] Result<ValidityField> absolute_validity(WallTime until,
                                                      std::chrono::minutes zone = {});
/// To the second up to 99:59:59, beyond that as the relative period (9.2.3.12.3). Errc::bad_value
/// for less than a second.
[[nodiscard]] Result<ValidityField> enhanced_validity(std::chrono::seconds period,
                                                      bool single_shot = false);

}  // namespace cpgw::si_sl
