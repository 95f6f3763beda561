// The character sets of WBXML strings, turned into UTF-8.
#pragma once

#include <optional>
#include <string>

#include "base/octets.h"

namespace cpgw::wbxml::detail {

// IANA MIBenum.
inline constexpr std::uint32_t kUsAscii = 3;
inline constexpr std::uint32_t kIso88591 = 4;
inline constexpr std::uint32_t kUtf8 = 106;
inline constexpr std::uint32_t kUcs2 = 1000;
inline constexpr std::uint32_t kUtf16Be = 1013;
inline constexpr std::uint32_t kUtf16Le = 1014;
inline constexpr std::uint32_t kUtf16 = 1015;

[[nodiscard]] bool charset_is_read(std::uint32_t mib_enum);

/// As an error names it: "Shift_JIS (MIBenum 17)".
[[nodiscard]] std::string charset_name(std::uint32_t mib_enum);

/// Octets of one code unit, and so of the zero that ends a string: 1 or 2.
[[nodiscard]] constexpr std::size_t unit_octets(std::uint32_t mib_enum) {
  return mib_enum == kUcs2 || (mib_enum >= kUtf16Be && mib_enum <= kUtf16) ? 2 : 1;
}

/// Appends `octets`, in a character set that is read, as UTF-8. Gives the offset of the first octet
/// that is no character of XML in it, and then `to` holds what stood before. A byte order mark
/// counts where the name leaves the order open (RFC 2781); without one it is big-endian.
[[nodiscard]] std::optional<std::size_t> append_converted(std::string& to, OctetView octets,
                                                          std::uint32_t mib_enum);

}  // namespace cpgw::wbxml::detail
