#include "si_sl/contents_fields.h"

#include <algorithm>
#include <array>

#include "si_sl/errors.h"
#include "wbxml/characters.h"

namespace cpgw::si_sl::detail {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// RFC 3986, 2: reserved, unreserved and the percent sign.
constexpr bool is_uri_character(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

}  // namespace

void put(wbxml::Node& node, std::string_view name, std::string_view value) {
  if (!value.empty()) node.attributes.push_back({std::string(name), std::string(value), {}});
}

Result<void> check_text(std::string_view value, std::string_view field) {
  if (value.size() > kMostFieldOctets) {
    return fail(Errc::too_long,
                std::to_string(value.size()) + " octets, " + std::to_string(kMostFieldOctets) +
                    " are allowed",
                at_field(std::string(field)));
  }
  if (const auto bad = wbxml::detail::find_bad_character(value)) {
    return fail(Errc::bad_value,
                "octet " + std::to_string(*bad) + " is not a character of XML in UTF-8",
                at_field(std::string(field)));
  }
  return {};
}

Result<void> check_uri(std::string_view value, std::string_view field) {
  if (auto done = check_text(value, field); !done) return done;
  const std::size_t colon = value.find(':');
  const bool scheme = colon != std::string_view::npos && colon > 0 && is_letter(value[0]) &&
                      std::ranges::all_of(value.substr(0, colon), [](char c) {
                        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
                      });
  if (!scheme || colon + 1 == value.size()) {
    return fail(Errc::bad_value, "not an absolute URI; begin it with its scheme, such as https:",
                at_field(std::string(field)));
  }
  const auto* const bad = std::ranges::find_if_not(value, is_uri_character);
  if (bad != value.end()) {
    return fail(Errc::bad_value,
                "octet " + std::to_string(bad - value.begin()) +
                    " cannot stand in a URI; write it as % and two hexadecimal digits",
                at_field(std::string(field)));
  }
  return {};
}

Result<std::string> date_text(std::chrono::sys_seconds time, std::string_view field) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    return fail(Errc::bad_value, "a date has four digits of a year", at_field(std::string(field)));
  }
  std::string text;
  const auto add = [&](auto value, int digits, char end) {
    const std::string number = std::to_string(value);
    text.append(static_cast<std::size_t>(digits) - number.size(), '0');
    text += number;
    text += end;
  };
  add(year, 4, '-');
  add(static_cast<unsigned>(date.month()), 2, '-');
  add(static_cast<unsigned>(date.day()), 2, 'T');
  add(clock.hours().count(), 2, ':');
  add(clock.minutes().count(), 2, ':');
  add(clock.seconds().count(), 2, 'Z');
  return text;
}

}  // namespace cpgw::si_sl::detail
