#include "gateway/service/time_text.h"

#include <array>
#include <cstdio>

#include "gateway/flow/content.h"

namespace cpgw::gateway::service {

using namespace std::chrono;

std::string time_text(WallTime at) {
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

Result<WallTime> read_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";
  constexpr std::string_view kShort = "dddd-dd-ddTdd:dd:ddZ";
  const auto bad = [] {
    return fail(flow::Errc::bad_request, "must be a time in UTC such as 2026-01-31T23:59:59.000Z");
  };
  const std::string_view form = text.size() == kForm.size() ? kForm : kShort;
  if (text.size() != form.size()) return bad();
  std::array<int, 7> part{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (form[i] != 'd') {
      if (text[i] != form[i]) return bad();
      ++n;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return bad();
    part[n] = part[n] * 10 + (text[i] - '0');
  }
  const year_month_day date{year{part[0]}, month{static_cast<unsigned>(part[1])},
                            day{static_cast<unsigned>(part[2])}};
  if (!date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 59) return bad();
  return WallTime{sys_days{date}} + hours{part[3]} + minutes{part[4]} + seconds{part[5]} +
         milliseconds{part[6]};
}

}  // namespace cpgw::gateway::service
