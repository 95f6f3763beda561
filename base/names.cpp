#include "base/names.h"

#include <algorithm>

namespace cpgw {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::uint64_t kValueMask = (std::uint64_t{1} << 56) - 1;

}  // namespace

Result<Msisdn> Msisdn::parse(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 15 || !all_digits(digits)) {
    return fail(Errc::bad_number,
                "'" + std::string(text.substr(0, 24)) +
                    "' is not an international number: '+' and 1 to 15 digits expected");
  }
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return Msisdn((static_cast<std::uint64_t>(digits.size()) << 56) | value);
}

Result<Msisdn> Msisdn::unpack(std::uint64_t packed) {
  const std::uint64_t count = packed >> 56;
  std::uint64_t limit = 1;
  for (std::uint64_t i = 0; i < count && i < 16; ++i) limit *= 10;
  if (count < 1 || count > 15 || (packed & kValueMask) >= limit) {
    return fail(Errc::bad_number, "not a packed telephone number");
  }
  return Msisdn(packed);
}

std::string Msisdn::digits() const {
  std::string text(static_cast<std::size_t>(packed_ >> 56), '0');
  std::uint64_t value = packed_ & kValueMask;
  for (auto it = text.rbegin(); it != text.rend(); ++it) {
    *it = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return text;
}

Result<Imsi> Imsi::parse(std::string_view digits) {
  if (digits.size() < 6 || digits.size() > 15 || !all_digits(digits)) {
    return fail(Errc::bad_imsi, "an IMSI has 6 to 15 digits and nothing else (this one has " +
                                    std::to_string(digits.size()) + " characters)");
  }
  return Imsi(Secret(digits));
}

Result<UserPin> UserPin::parse(std::string_view digits) {
  if (digits.empty() || digits.size() > 16 || !all_digits(digits)) {
    return fail(Errc::bad_pin, "a PIN has 1 to 16 digits and nothing else (this one has " +
                                   std::to_string(digits.size()) + " characters)");
  }
  return UserPin(Secret(digits));
}

std::string_view to_string(OutcomeClass outcome) {
  switch (outcome) {
    case OutcomeClass::accepted: return "accepted";
    case OutcomeClass::throttled: return "throttled";
    case OutcomeClass::temporary: return "temporary";
    case OutcomeClass::permanent: return "permanent";
    case OutcomeClass::configuration: return "configuration";
    case OutcomeClass::session: return "session";
    case OutcomeClass::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace cpgw
