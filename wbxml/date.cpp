#include "wbxml/date.h"

#include <algorithm>
#include <array>

namespace cpgw::wbxml::detail {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
constexpr std::size_t kOctets = 7;  ///< century, year, month, day, hour, minute, second
constexpr std::size_t kDayOctets = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `fields` in the order of the octets, each two decimal digits.
bool is_date(const std::array<unsigned, kOctets>& fields) {
  const auto [century, year_of_century, month, day, hour, minute, second] = fields;
  const unsigned year = century * 100 + year_of_century;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > kDays.size()) return false;
  const unsigned days = kDays[month - 1] + (month == 2 && leap ? 1 : 0);
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}

}  // namespace

std::optional<Octets> date_octets(std::string_view text) {
  if (text.size() != kForm.size()) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(text[i]) : text[i] != kForm[i]) return std::nullopt;
    if (kForm[i] == '0') digits += text[i];
  }
  std::array<unsigned, kOctets> fields{};
  Octets octets;
  for (std::size_t i = 0; i < kOctets; ++i) {
    const auto tens = static_cast<unsigned>(digits[2 * i] - '0');
    const auto ones = static_cast<unsigned>(digits[2 * i + 1] - '0');
    fields[i] = tens * 10 + ones;
    octets.push_back(static_cast<std::byte>(tens << 4 | ones));
  }
  if (!is_date(fields)) return std::nullopt;
  while (octets.back() == std::byte{0}) octets.pop_back();
  return octets;
}

std::optional<std::string> date_text(OctetView octets) {
  if (octets.size() < kDayOctets || octets.size() > kOctets) return std::nullopt;
  std::array<unsigned, kOctets> fields{};
  std::string digits;
  for (std::size_t i = 0; i < kOctets; ++i) {
    const unsigned octet = i < octets.size() ? to_u8(octets[i]) : 0u;
    if ((octet >> 4) > 9 || (octet & 0x0F) > 9) return std::nullopt;
    fields[i] = (octet >> 4) * 10 + (octet & 0x0F);
    digits += static_cast<char>('0' + (octet >> 4));
    digits += static_cast<char>('0' + (octet & 0x0F));
  }
  if (!is_date(fields)) return std::nullopt;
  std::string text(kForm);
  auto digit = digits.begin();
  for (char& c : text) {
    if (c == '0') c = *digit++;
  }
  return text;
}

}  // namespace cpgw::wbxml::detail
