#include "si_sl/tp_time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::weeks;
using test::Vector;

Timestamp stamp(const std::string& digits) {
  Timestamp octets{};
  std::ranges::copy(Vector::hex(digits), octets.begin());
  return octets;
}

WallTime day(int y, unsigned m, unsigned d) {
  return std::chrono::sys_days(std::chrono::year(y) / static_cast<int>(m) / static_cast<int>(d));
}

TEST(Timestamp, GoesBothWaysWithItsZone) {
  struct Case {
    std::string digits;
    WallTime time;
    minutes zone;
  };
  for (const Case& c : {
           Case{"62102021000000", day(2026, 1, 2) + 12h, 0min},
           Case{"62102041000080", day(2026, 1, 2) + 12h, 2h},
           Case{"6210207000000A", day(2026, 1, 2) + 12h, -5h},
           Case{"62102021030000", day(2026, 1, 2) + 12h + 30min, 0min},
           Case{"00101000000000", day(2000, 1, 1), 0min},
           Case{"99211332959500", day(2099, 12, 31) + 23h + 59min + 59s, 0min},
           Case{"62101300000065", day(2026, 1, 31) - 14h, 14h},
           Case{"6210130000006D", day(2026, 1, 31) + 14h, -14h},
       }) {
    EXPECT_EQ(timestamp_of(stamp(c.digits)), c.time) << c.digits;
    EXPECT_EQ(to_hex(timestamp_from(c.time, c.zone).value(), HexCase::upper), c.digits);
  }
  EXPECT_EQ(timestamp_from(day(2026, 1, 2) + 999ms), timestamp_from(day(2026, 1, 2)));
}

TEST(Timestamp, RefusesDigitsThatMakeNoTime) {
  for (const std::string bad :
       {"62312021000000", "62102321000000", "62102042000000", "62102021060000", "621020210000FF",
        "A2102021000000", "62102021000075", "62102021000600"}) {
    EXPECT_FALSE(timestamp_of(stamp(bad))) << bad;
  }
  for (const auto& [at, zone] :
       {std::pair{day(1999, 12, 31), 0min}, std::pair{day(2100, 1, 1), 0min},
        std::pair{day(2026, 1, 1), 7min}, std::pair{day(2026, 1, 1), minutes(14h + 15min)},
        std::pair{day(2026, 1, 1), minutes(-15h)}}) {
    EXPECT_EQ(timestamp_from(at, zone).error().code, Code(Errc::bad_value));
  }
}

RC_GTEST_PROP(TimestampProperty, AnySecondInAnyZoneReadsBack,
              (std::uint32_t second, std::int8_t quarters)) {
  const WallTime at = day(2001, 1, 1) + seconds(second % 3'000'000'000U);
  const minutes zone = 15min * (quarters % 57);
  RC_ASSERT(timestamp_of(timestamp_from(at, zone).value()) == at);
}

TEST(Validity, CodesTheRelativePeriod) {
  struct Case {
    unsigned octet;
    minutes period;
  };
  const auto octet_of = [](seconds period) {
    const ValidityField field = relative_validity(period);
    EXPECT_EQ(field.format, ValidityFormat::relative);
    EXPECT_EQ(field.view().size(), 1U);
    return to_u8(field.octets[0]);
  };
  for (const Case& c :
       {Case{0, 5min}, Case{143, 12h}, Case{144, 12h + 30min}, Case{167, 24h}, Case{168, days(2)},
        Case{196, days(30)}, Case{197, weeks(5)}, Case{255, weeks(63)}}) {
    EXPECT_EQ(relative_period(static_cast<std::uint8_t>(c.octet)), c.period);
    EXPECT_EQ(octet_of(c.period), c.octet);
  }
  EXPECT_EQ(octet_of(0min), 0);
  EXPECT_EQ(octet_of(-5min), 0);
  EXPECT_EQ(octet_of(5min + 1s), 1);
  EXPECT_EQ(octet_of(24h + 1min), 168);
  EXPECT_EQ(octet_of(weeks(100)), 255);
  for (unsigned octet = 0; octet < 256; ++octet) {
    const auto period = relative_period(static_cast<std::uint8_t>(octet));
    EXPECT_EQ(octet_of(period), octet);
    EXPECT_EQ(validity_of(relative_validity(period))->period, period);
  }
}

TEST(Validity, CodesAMoment) {
  const auto field = absolute_validity(day(2026, 1, 2) + 12h, 2h);
  ASSERT_TRUE(field);
  EXPECT_EQ(field->format, ValidityFormat::absolute);
  EXPECT_EQ(to_hex(field->view()), "62102041000080");
  EXPECT_EQ(validity_of(*field)->until, day(2026, 1, 2) + 12h);
  EXPECT_FALSE(validity_of(*field)->period);
  EXPECT_FALSE(absolute_validity(day(1999, 1, 1)));
}

TEST(Validity, CodesTheEnhancedFormats) {
  struct Case {
    seconds period;
    bool single_shot;
    std::string octets;
    seconds read;
  };
  for (const Case& c : {
           Case{1s, false, "02010000000000", 1s},
           Case{255s, true, "42FF0000000000", 255s},
           Case{256s, false, "03004061000000", 256s},
           Case{99h + 59min + 59s, true, "43999595000000", 99h + 59min + 59s},
           Case{100h, false, "01AB0000000000", days(5)},
           Case{weeks(200), false, "01FF0000000000", weeks(63)},
       }) {
    const auto field = enhanced_validity(c.period, c.single_shot);
    ASSERT_TRUE(field);
    EXPECT_EQ(to_hex(field->view(), HexCase::upper), c.octets);
    const auto read = validity_of(*field);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->period, c.read);
    EXPECT_EQ(read->single_shot, c.single_shot);
  }
  EXPECT_EQ(enhanced_validity(0s).error().code, Code(Errc::bad_value));
  EXPECT_EQ(*validity_of({ValidityFormat::enhanced, stamp("40000000000000")}),
            (Validity{{}, {}, true}));
  EXPECT_EQ(*validity_of({}), Validity());
}

TEST(Validity, SaysWhatIsNoValidity) {
  for (const std::string bad :
       {"80000000000000", "04000000000000", "07000000000000", "03A00000000000", "03000A00000000",
        "03000600000000", "03000006000000", "030000F0000000"}) {
    const auto read = validity_of({ValidityFormat::enhanced, stamp(bad)});
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, Code(Errc::malformed));
    EXPECT_EQ(read.error().at.field, "validity");
  }
  EXPECT_FALSE(validity_of({ValidityFormat::absolute, stamp("FF102041000080")}));
}

}  // namespace
}  // namespace cpgw::si_sl
