// The forms of WSP header values (WAP-230-WSP-20010705-a, 8.1.2, 8.4.1.2, 8.4.2), written and read.
#pragma once

#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl::detail {

inline constexpr std::uint8_t kShortInteger = 0x80;   ///< bit of a value or code in one octet
inline constexpr std::uint8_t kLengthQuote = 0x1F;    ///< a uintvar length follows
inline constexpr std::uint8_t kShortLengthMost = 30;  ///< 0 to 30: that many octets follow
inline constexpr std::uint8_t kQuote = 0x7F;          ///< before text that starts with 0x80 to 0xFF
inline constexpr std::uint8_t kPageShift = 0x7F;      ///< as a header name: a code page follows

/// uintvar: 7 bits an octet, the most significant first (8.1.2).
[[nodiscard]] std::size_t uintvar_octets(std::size_t value);
void put_uintvar(OctetWriter& out, std::size_t value);
/// Integer-value: one octet below 128, from there a long-integer without a leading zero (8.4.2.3).
[[nodiscard]] std::size_t integer_octets(std::uint32_t value);
void put_integer(OctetWriter& out, std::uint32_t value);
/// Value-length: one octet up to 30, from there 1F and a uintvar (8.4.2.2).
[[nodiscard]] std::size_t value_length_octets(std::size_t length);
void put_value_length(OctetWriter& out, std::size_t length);

/// Any field value by its first octet (8.4.1.2): how long it is, and what kind.
struct Value {
  enum class Kind : std::uint8_t { integer, data, text } kind = Kind::data;
  std::uint8_t integer = 0;  ///< Kind::integer: the short-integer
  OctetView octets;          ///< Kind::data: what the length covers
  std::string_view text;     ///< Kind::text, without its quote octet and its terminating zero
};

// Readers name `field` in their errors; views point into the input.
[[nodiscard]] Result<OctetView> take(OctetReader& in, std::size_t octets, std::string_view field);
/// At most 5 octets and 32 bits.
[[nodiscard]] Result<std::uint32_t> take_uintvar(OctetReader& in, std::string_view field);
[[nodiscard]] Result<std::string_view> take_text(OctetReader& in, std::string_view field);
[[nodiscard]] Result<Value> take_value(OctetReader& in, std::string_view field);
/// Integer-value in either form, up to `most`.
[[nodiscard]] Result<std::uint32_t> take_integer(OctetReader& in, std::string_view field,
                                                 std::uint32_t most = UINT32_MAX);

}  // namespace cpgw::si_sl::detail
