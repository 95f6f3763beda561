// The clock guard and the retry policy.
#include <gtest/gtest.h>

#include <algorithm>

#include "queue/clock_guard.h"
#include "queue/retry.h"
#include "support.h"

namespace cpgw::queue::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Both clocks, moved together or apart.
struct Hands {
  ClockGuard guard;
  WallTime wall = kStart;
  SteadyTime steady{seconds(1000)};
  ClockGuard::Reading pass(milliseconds both, milliseconds wall_more = milliseconds(0)) {
    steady += both;
    wall += both + wall_more;
    return guard.read(wall, steady);
  }
};

TEST(ClockGuard, GivesTheWallTimeWhileBothClocksAgree) {
  Hands h;
  EXPECT_EQ(h.pass(seconds(0)).now, kStart);
  for (const milliseconds d : {milliseconds(1), milliseconds(hours(5)), milliseconds(0)}) {
    const auto r = h.pass(d);
    EXPECT_EQ(r.now, h.wall);
    EXPECT_FALSE(r.alarm);
    EXPECT_FALSE(r.expiry_held);
  }
}

TEST(ClockGuard, StandsStillAfterABackwardStepAndSaysSoOnce) {
  Hands h;
  h.pass(seconds(0));
  const auto back = h.pass(seconds(1), -seconds(30));
  EXPECT_TRUE(back.alarm);
  EXPECT_EQ(back.now, kStart);
  const auto later = h.pass(seconds(10));
  EXPECT_FALSE(later.alarm);
  EXPECT_EQ(later.now, kStart);
  EXPECT_EQ(h.pass(seconds(30)).now, kStart + seconds(11));
}

TEST(ClockGuard, TakesSmallCorrectionsQuietly) {
  Hands h;
  h.pass(seconds(0));
  EXPECT_FALSE(h.pass(seconds(1), -milliseconds(900)).alarm);
  EXPECT_FALSE(h.pass(seconds(1), minutes(59)).alarm);
}

TEST(ClockGuard, HoldsExpiryAfterAForwardJumpUntilConfirmed) {
  Hands h;
  h.pass(seconds(0));
  const auto jump = h.pass(seconds(1), hours(2));
  EXPECT_TRUE(jump.alarm);
  EXPECT_TRUE(jump.expiry_held);
  const auto later = h.pass(hours(3));
  EXPECT_FALSE(later.alarm);
  EXPECT_TRUE(later.expiry_held);
  h.guard.confirm_jump();
  EXPECT_FALSE(h.pass(seconds(1)).expiry_held);
}

/// Draws the least that is possible.
class Zero final : public Random {
 public:
  void fill(std::span<std::byte> octets) override {
    std::fill(octets.begin(), octets.end(), std::byte{0});
  }
};

TEST(RetryPolicy, DoublesUpToTheMostAndDrawsTheUpperHalf) {
  const RetryPolicy policy;
  Zero least;
  struct Case {
    unsigned attempt;
    milliseconds whole;
  };
  for (const Case& c : {Case{0, seconds(5)}, Case{1, seconds(5)}, Case{2, seconds(10)},
                        Case{3, seconds(20)}, Case{7, seconds(320)}, Case{8, minutes(10)},
                        Case{200, minutes(10)}, Case{UINT32_MAX, minutes(10)}}) {
    EXPECT_EQ(policy.delay(c.attempt, least), c.whole / 2) << c.attempt;
    SystemRandom random;
    for (int n = 0; n < 50; ++n) {
      const auto d = policy.delay(c.attempt, random);
      EXPECT_GE(d, c.whole / 2);
      EXPECT_LE(d, c.whole);
    }
  }
}

TEST(RetryPolicy, ToleratesPoorSettings) {
  Zero least;
  EXPECT_LE((RetryPolicy{milliseconds(0), milliseconds(0)}.delay(9, least)), milliseconds(1));
  EXPECT_LE((RetryPolicy{seconds(60), seconds(1)}.delay(1, least)), seconds(1));
}

}  // namespace
}  // namespace cpgw::queue::test
