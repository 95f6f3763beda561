#include "carriers/throttle.h"

#include <gtest/gtest.h>

#include "carriers/smpp/reconnect.h"

namespace cpgw::carriers {
namespace {

using namespace std::chrono_literals;
const SteadyTime kStart{1000s};

// Takes as much as it may for `time`, answering at once; `refuse` says which answers are "slower".
template <class F>
int run(Throttle& throttle, SteadyTime& now, std::chrono::milliseconds time, F refuse) {
  int taken = 0;
  for (const SteadyTime end = now + time; now < end; now += 1ms) {
    while (throttle.take(now) && taken < 1'000'000) {
      throttle.answered(refuse(taken), now);
      ++taken;
      if (throttle.rate() == 0) break;  // without a limit: one a millisecond
    }
  }
  return taken;
}
constexpr auto kNever = [](int) { return false; };

TEST(Throttle, KeepsTheRateWithoutBursts) {
  Throttle throttle(100, kStart);
  SteadyTime now = kStart;
  EXPECT_TRUE(throttle.take(now));
  EXPECT_FALSE(throttle.take(now)) << "two parts in one millisecond are throttled by some centres";
  EXPECT_GT(throttle.next(now), kStart + 9ms);
  EXPECT_LE(throttle.next(now), kStart + 11ms);
  const int taken = run(throttle, now, 10s, kNever);
  EXPECT_GE(taken, 990);
  EXPECT_LE(taken, 1001);
}

TEST(Throttle, NextIsAlwaysEnough) {
  for (const double rate : {0.5, 3.0, 7.0, 333.0, 9999.0}) {
    Throttle throttle(rate, kStart);
    SteadyTime now = kStart;
    for (int i = 0; i < 100; ++i) {
      now = throttle.next(now);
      ASSERT_TRUE(throttle.take(now)) << rate << " at " << i;
    }
  }
}

TEST(Throttle, DoesNotSlowDownForAFewRefusals) {
  Throttle throttle(1000, kStart);
  SteadyTime now = kStart;
  run(throttle, now, 10s, [](int i) { return i % 50 == 0; });
  EXPECT_EQ(throttle.rate(), 1000);
}

TEST(Throttle, CutsByAFifthAtMostOnceASecondAndComesBack) {
  Throttle throttle(1000, kStart);
  SteadyTime now = kStart;
  run(throttle, now, 1001ms, [](int i) { return i % 4 == 0; });
  EXPECT_NEAR(throttle.rate(), 800, 1);
  run(throttle, now, 1001ms, [](int i) { return i % 4 == 0; });
  EXPECT_NEAR(throttle.rate(), 640, 1);
  run(throttle, now, 13s, kNever);
  EXPECT_NEAR(throttle.rate(), 704, 1);
  run(throttle, now, 120s, kNever);
  EXPECT_EQ(throttle.rate(), 1000) << "never above the configured rate";
}

TEST(Throttle, WithoutALimitStartsFromTheMeasuredRate) {
  Throttle throttle(0, kStart);
  SteadyTime now = kStart;
  run(throttle, now, 2500ms, [](int i) { return i % 4 == 0; });
  EXPECT_GT(throttle.rate(), 500);
  EXPECT_LT(throttle.rate(), 900) << "about 1000 a second were taken";
  run(throttle, now, 200s, kNever);
  EXPECT_EQ(throttle.rate(), 0) << "a limit far above what is needed is forgotten";
}

TEST(Throttle, FollowsCongestionState) {
  Throttle throttle(1000, kStart);
  SteadyTime now = kStart + 1s;
  throttle.congestion(95, now);
  EXPECT_NEAR(throttle.rate(), 900, 1);
  throttle.congestion(95, now);
  EXPECT_NEAR(throttle.rate(), 900, 1) << "once a second";
  throttle.congestion(85, now += 1s);
  EXPECT_NEAR(throttle.rate(), 900, 1);
  throttle.congestion(10, now += 1s);
  EXPECT_NEAR(throttle.rate(), 945, 1);
  throttle.congestion(100, now += 1s);
  EXPECT_NEAR(throttle.rate(), 472.5, 1);
  EXPECT_FALSE(throttle.take(now + 999ms));
  EXPECT_TRUE(throttle.take(now + 1s));
}

TEST(LinkPause, DoublesOnlyWhileTheFirstPartAfterItIsRefused) {
  LinkPause pause;
  SteadyTime now = kStart;
  const auto length = [&] {
    pause.refused(now);
    const auto l = pause.until() - now;
    now = pause.until();
    return l;
  };
  EXPECT_EQ(length(), 50ms);
  EXPECT_EQ(length(), 100ms);
  EXPECT_EQ(length(), 200ms);
  pause.accepted();
  EXPECT_EQ(length(), 50ms);
  for (int i = 0; i < 20; ++i) (void)length();
  EXPECT_EQ(length(), 5s);
}

TEST(LinkPause, RefusalsOfWhatWasWrittenBeforeSayNothingNew) {
  LinkPause pause;
  pause.refused(kStart);
  pause.refused(kStart + 49ms);
  EXPECT_EQ(pause.until(), kStart + 50ms);
}

class MostRandom final : public Random {
 public:
  void fill(std::span<std::byte> octets) override {
    for (std::byte& b : octets) b = std::byte{static_cast<std::uint8_t>(++state_ * 37)};
  }

 private:
  unsigned state_ = 0;
};

TEST(SmppReconnect, ComesBackAtOnceOnceAndThenBacksOff) {
  using smpp::Failure;
  using smpp::Reconnect;
  MostRandom random;
  Reconnect reconnect;
  EXPECT_EQ(reconnect.after(Failure::lost, random), 0ms);
  auto most = 0ms;
  for (int i = 0; i < 200; ++i) {
    const auto delay = reconnect.after(Failure::lost, random);
    EXPECT_GE(delay, 1ms);
    EXPECT_LE(delay, 60s);
    if (i < 3) {
      EXPECT_LE(delay, 1s * (1 << i));
    }
    most = std::max(most, delay);
  }
  EXPECT_GT(most, 30s);
  reconnect.proved();
  EXPECT_EQ(reconnect.after(Failure::lost, random), 0ms);
}

TEST(SmppReconnect, IsSlowWhereOnlyAPersonCanHelp) {
  using smpp::Failure;
  MostRandom random;
  for (const Failure failure : {Failure::configuration, Failure::already_bound}) {
    smpp::Reconnect reconnect;
    EXPECT_EQ(reconnect.after(failure, random), 60s);
    for (int i = 0; i < 50; ++i) {
      const auto delay = reconnect.after(failure, random);
      EXPECT_GE(delay, 60s);
      EXPECT_LE(delay, 15min);
    }
  }
}

}  // namespace
}  // namespace cpgw::carriers
