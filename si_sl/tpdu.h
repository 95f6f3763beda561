// SMS transfer layer PDUs without the service centre's address (3GPP TS 23.040, 9.2.2): SMS-SUBMIT
// both ways, SMS-DELIVER as received.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/names.h"
#include "base/octets.h"
#include "base/result.h"
#include "si_sl/data_coding.h"
#include "si_sl/errors.h"
#include "si_sl/part.h"

namespace cpgw::si_sl {

/// Type-of-address octets we make or meet; others are kept as they are (9.1.2.5).
inline constexpr std::uint8_t kUnknownNumber = 0x81;
inline constexpr std::uint8_t kInternationalNumber = 0x91;
inline constexpr std::uint8_t kAlphanumeric = 0xD0;

/// TP-DA or TP-OA. Digits 0 to 9, * # a b c; for an alphanumeric address its text in UTF-8.
struct TpAddress {
  std::uint8_t type = kInternationalNumber;
  std::string value;
  bool operator==(const TpAddress&) const = default;

  [[nodiscard]] bool alphanumeric() const { return (type & 0x70) == 0x50; }
  [[nodiscard]] static TpAddress international(const Msisdn& number) {
    return {kInternationalNumber, number.digits()};
  }
};

/// TP-VPF, first octet bits 4 and 3.
enum class ValidityFormat : std::uint8_t { none = 0, enhanced = 1, relative = 2, absolute = 3 };

struct Submit {
  bool reject_duplicates = false;
  bool status_report_request = false;
  bool reply_path = false;
  bool user_data_header = false;
  std::uint8_t message_reference = 0;  ///< 0: the modem or the service centre assigns it
  TpAddress destination;
  std::uint8_t protocol_identifier = 0;
  std::uint8_t data_coding = 0x04;
  ValidityFormat validity_format = ValidityFormat::none;
  std::array<std::byte, 7>
      validity{};                     ///< 1 octet of it when relative, 7 when enhanced or absolute
  std::uint8_t user_data_length = 0;  ///< TP-UDL: septets for the 7-bit alphabet, else octets
  OctetView user_data;                ///< TP-UD; the memory stays the caller's or the input's
};

/// The SMS-SUBMIT that carries `part`, whose memory the result views.
[[nodiscard]] Submit submit_of(const Part& part, TpAddress destination);
/// Sets the relative validity period: the shortest that is no shorter than `validity`, at most 63
/// weeks.
void set_validity(Submit& submit, std::chrono::minutes validity);
/// TP-VP relative (9.2.3.12.1).
[[nodiscard]] std::uint8_t relative_validity(std::chrono::minutes validity);
[[nodiscard]] std::chrono::minutes validity_of(std::uint8_t relative);

/// Appends the TPDU to `out`. Errc::bad_value, too_long.
[[nodiscard]] Result<void> write_submit(const Submit& submit, Octets& out);
/// The view in the result points into `tpdu`. Errc::truncated, malformed with offset and field.
[[nodiscard]] Result<Submit> read_submit(OctetView tpdu);

struct Deliver {
  bool more_messages = false;  ///< TP-MMS inverted: the service centre holds more
  bool status_report = false;
  bool reply_path = false;
  bool user_data_header = false;
  TpAddress originator;
  std::uint8_t protocol_identifier = 0;
  std::uint8_t data_coding = 0;
  std::array<std::byte, 7> timestamp{};  ///< TP-SCTS as received
  std::uint8_t user_data_length = 0;
  OctetView user_data;
};
[[nodiscard]] Result<Deliver> read_deliver(OctetView tpdu);
/// TP-SCTS as a time; nothing when its digits make none. Years 00 to 99 are 2000 to 2099.
[[nodiscard]] std::optional<WallTime> timestamp_of(const std::array<std::byte, 7>& timestamp);

}  // namespace cpgw::si_sl
