// UTF-8 and UTF-16 by code point.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cpgw::si_sl::detail {

inline constexpr char32_t kReplacement = 0xFFFD;

constexpr bool high_surrogate(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Takes the first character off `text`, which is not empty. Nothing when it is no UTF-8: cut
/// short, overlong, a surrogate or over U+10FFFF; then `text` is unchanged.
[[nodiscard]] std::optional<char32_t> take_utf8(std::string_view& text);
void put_utf8(std::string& out, char32_t character);

}  // namespace cpgw::si_sl::detail
