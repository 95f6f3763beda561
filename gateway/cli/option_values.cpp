#include "gateway/cli/option_values.h"

#include <algorithm>
#include <charconv>

#include "carriers/smpp/submit.h"
#include "gateway/cli/usage.h"
#include "gateway/service/time_text.h"

namespace cpgw::gateway::cli {

Result<Msisdn> number_of(const std::string& text, const char* option) {
  auto number = Msisdn::parse(text);
  if (!number) return misuse(number.error(), option);
  if (number->digits().starts_with('0')) {  // E.164: no country code begins so
    return misuse("a national number; give it as '+', country code and the rest", option);
  }
  return number;
}

Result<si_sl::TpAddress> originator_of(const std::string& text, const char* option) {
  const auto source = carriers::smpp::source_address(text);
  constexpr std::uint8_t kInternational = 1, kUnknown = 0;
  if (source && source->ton == kInternational)
    return si_sl::TpAddress{si_sl::kInternationalNumber, source->digits};
  if (source && source->ton == kUnknown)
    return si_sl::TpAddress{si_sl::kUnknownNumber, source->digits};
  si_sl::TpAddress address{si_sl::kAlphanumeric, text};
  Octets written;
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (digits || text.starts_with('+') || !si_sl::write_address(address, option, written)) {
    return misuse(
        "'+' and 1 to 15 digits, digits alone, or 1 to 11 septets of the GSM 7-bit alphabet are "
        "expected",
        option);
  }
  return address;
}

Result<std::optional<std::chrono::sys_seconds>> time_of(const std::string& text,
                                                        const char* option) {
  if (text.empty()) return std::nullopt;
  const auto at = service::read_time(text);
  if (!at || std::chrono::floor<std::chrono::seconds>(*at) != *at)
    return misuse("expected a time in UTC such as 2026-01-31T23:59:59Z", option);
  return std::chrono::floor<std::chrono::seconds>(*at);
}

Result<std::chrono::seconds> period_of(const std::string& text, const char* option) {
  using namespace std::chrono;
  constexpr std::pair<std::string_view, seconds> kUnits[] = {{"", seconds(1)},  {"s", seconds(1)},
                                                             {"m", minutes(1)}, {"h", hours(1)},
                                                             {"d", days(1)},    {"w", weeks(1)}};
  constexpr seconds kMost = weeks(63);
  std::uint32_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, count);
  const auto* const unit = std::ranges::find(kUnits, std::string_view(stop, end),
                                             &std::pair<std::string_view, seconds>::first);
  if (problem != std::errc() || unit == std::end(kUnits) || count < 1 ||
      count * unit->second > kMost) {
    return misuse("expected seconds, or a number and s, m, h, d or w, of at most 63 weeks", option);
  }
  return count * unit->second;
}

Result<std::chrono::minutes> zone_of(const std::string& text, const char* option) {
  if (text.empty()) return std::chrono::minutes(0);
  constexpr std::string_view kForm = "+00:00";
  bool good = text.size() == kForm.size() && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  const auto digit = [&](std::size_t i) {
    good = good && text[i] >= '0' && text[i] <= '9';
    return good ? text[i] - '0' : 0;
  };
  const int minutes = 60 * (10 * digit(1) + digit(2)) + 10 * digit(4) + digit(5);
  if (!good || digit(4) > 5) return misuse("expected a zone such as +02:00 or -05:30", option);
  return std::chrono::minutes(text[0] == '-' ? -minutes : minutes);
}

}  // namespace cpgw::gateway::cli
