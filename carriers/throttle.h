// How fast an account may go: a token bucket counted in parts over all its links, slowed by what
// the operator answers; and the pause of one link after a refusal for speed.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace cpgw::carriers {

/// One per account. Steady pacing: a burst is at most a hundredth of a second's parts.
class Throttle {
 public:
  /// `rate` in parts per second; 0 = no limit of ours.
  Throttle(double rate, SteadyTime now);

  /// Takes one part's token, or says no.
  [[nodiscard]] bool take(SteadyTime now);
  /// When `take` will say yes; `now` or earlier means at once.
  [[nodiscard]] SteadyTime next(SteadyTime now);

  /// One answer to a part: 5 % refused for speed within a second cut the rate by a fifth, ten clean
  /// seconds add a tenth back.
  void answered(bool throttled, SteadyTime now);
  /// SMPP 5.0 congestion_state, 0 to 100.
  void congestion(std::uint8_t state, SteadyTime now);

  /// Parts per second allowed now; 0 = no limit.
  [[nodiscard]] double rate() const { return rate_; }

 private:
  void refill(SteadyTime now);
  void roll_second(SteadyTime now);
  void scale(double factor, SteadyTime now);
  [[nodiscard]] double burst() const;

  double configured_;
  double rate_;
  double tokens_;
  double cut_from_ = 0;  ///< the measured rate when a limit was first needed; 0 = none was
  SteadyTime filled_;
  SteadyTime second_;  ///< start of the second being counted
  std::uint32_t taken_ = 0, answers_ = 0, refused_ = 0;
  double measured_ = 0;  ///< parts in the last whole second
  SteadyTime last_cut_, last_raise_, last_congestion_;
  SteadyTime paused_until_;
};

/// One per link.
class LinkPause {
 public:
  static constexpr std::chrono::milliseconds kFirst{50};
  static constexpr std::chrono::milliseconds kMost{5000};

  /// A part was refused for speed. Doubles only while the first part after a pause is refused too.
  void refused(SteadyTime now);
  /// A part was taken.
  void accepted() { first_after_pause_ = false; }
  [[nodiscard]] SteadyTime until() const { return until_; }
  [[nodiscard]] bool holds(SteadyTime now) const { return now < until_; }

 private:
  std::chrono::milliseconds length_{0};
  SteadyTime until_{};
  bool first_after_pause_ = false;
};

}  // namespace cpgw::carriers
