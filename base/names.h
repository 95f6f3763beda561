// The identities that travel through every room. A value that exists is valid.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace cpgw {

/// An international telephone number: 1 to 15 digits (ITU-T E.164), held as a number and a count so
/// that it fits a record.
class Msisdn {
 public:
  /// Digits with or without a leading '+'. National forms are completed before (gateway/flow,
  /// numbers).
  [[nodiscard]] static Result<Msisdn> parse(std::string_view text);
  /// The inverse of packed(); Errc::bad_number for a value packed() cannot give.
  [[nodiscard]] static Result<Msisdn> unpack(std::uint64_t packed);

  [[nodiscard]] std::string digits() const;
  [[nodiscard]] std::string international() const { return "+" + digits(); }
  /// count of digits in the top 8 bits, their value below: orders by length, then by number.
  [[nodiscard]] std::uint64_t packed() const { return packed_; }
  friend auto operator<=>(const Msisdn&, const Msisdn&) = default;

 private:
  explicit Msisdn(std::uint64_t packed) : packed_(packed) {}
  std::uint64_t packed_;
};

/// An IMSI of 6 to 15 digits (3GPP TS 23.003, 2.2). A secret: it is the NETWPIN key.
class Imsi {
 public:
  [[nodiscard]] static Result<Imsi> parse(std::string_view digits);
  /// ASCII digits.
  [[nodiscard]] OctetView expose() const { return digits_.expose(); }
  friend bool operator==(const Imsi&, const Imsi&) = default;

 private:
  explicit Imsi(Secret digits) : digits_(std::move(digits)) {}
  Secret digits_;
};

/// A PIN of 1 to 16 ASCII digits, leading zeros kept.
class UserPin {
 public:
  [[nodiscard]] static Result<UserPin> parse(std::string_view digits);
  [[nodiscard]] OctetView expose() const { return digits_.expose(); }
  friend bool operator==(const UserPin&, const UserPin&) = default;

 private:
  explicit UserPin(Secret digits) : digits_(std::move(digits)) {}
  Secret digits_;
};

/// What became of one attempt to hand a part to an operator.
enum class OutcomeClass : std::uint8_t {
  accepted = 1,   ///< upstream took it and gave an id
  throttled,      ///< upstream says slower; the link slows down, no attempt is charged
  temporary,      ///< trouble that may pass; retried with backoff
  permanent,      ///< can never succeed here
  configuration,  ///< our settings are refused; fails the message, alarms the link
  session,        ///< the link is not usable; goes back unsent, no attempt charged
  unknown,        ///< written but not answered: may have been delivered
};

[[nodiscard]] std::string_view to_string(OutcomeClass outcome);

}  // namespace cpgw
