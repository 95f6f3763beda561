// Country codes that lead to telephones (ITU-T E.164, list of assigned codes).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace cpgw::gateway::flow {

/// Ordered. Left out on purpose: codes for services that have no phone behind them (800, 808, 888,
/// 979) and spare ones. No code is the beginning of another.
inline constexpr auto kCountryCodes = std::to_array<std::uint16_t>({
    1,   7,   20,  27,  30,  31,  32,  33,  34,  36,  39,  40,  41,  43,  44,  45,  46,  47,
    48,  49,  51,  52,  53,  54,  55,  56,  57,  58,  60,  61,  62,  63,  64,  65,  66,  81,
    82,  84,  86,  90,  91,  92,  93,  94,  95,  98,  211, 212, 213, 216, 218, 220, 221, 222,
    223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240,
    241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258,
    260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352,
    353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380,
    381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507,
    508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676,
    677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 850, 852, 853,
    855, 856, 870, 878, 880, 881, 882, 883, 886, 960, 961, 962, 963, 964, 965, 966, 967, 968,
    970, 971, 972, 973, 974, 975, 976, 977, 992, 993, 994, 995, 996, 998,
});

constexpr bool is_country_code(std::uint16_t code) {
  return std::ranges::binary_search(kCountryCodes, code);
}

static_assert(std::ranges::is_sorted(kCountryCodes));
static_assert(std::ranges::adjacent_find(kCountryCodes) == kCountryCodes.end());
static_assert(std::ranges::none_of(kCountryCodes, [](std::uint16_t code) {
  return code >= 100 && (is_country_code(code / 10) || is_country_code(code / 100));
}));
static_assert(std::ranges::none_of(kCountryCodes, [](std::uint16_t code) {
  return code >= 10 && code < 100 && is_country_code(code / 10);
}));

/// Digits of the country code `number` begins with; 0 when it begins with none.
constexpr std::size_t country_code_digits(std::string_view number) {
  std::uint16_t code = 0;
  for (std::size_t i = 0; i < 3 && i < number.size(); ++i) {
    if (number[i] < (i == 0 ? '1' : '0') || number[i] > '9') return 0;
    code = static_cast<std::uint16_t>(code * 10 + (number[i] - '0'));
    if (is_country_code(code)) return i + 1;
  }
  return 0;
}
static_assert(country_code_digits("358401234567") == 3 && country_code_digits("4479") == 2 &&
              country_code_digits("1202") == 1 && country_code_digits("999") == 0 &&
              country_code_digits("0401") == 0);

}  // namespace cpgw::gateway::flow
