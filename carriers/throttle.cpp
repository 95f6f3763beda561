#include "carriers/throttle.h"

#include <algorithm>
#include <cmath>

namespace cpgw::carriers {

namespace {

using Seconds = std::chrono::duration<double>;
constexpr std::chrono::seconds kSecond{1};
constexpr std::chrono::seconds kCleanTime{10};
constexpr double kCut = 0.8, kRaise = 1.1;
constexpr double kRefusedShare = 0.05;
constexpr double kLeastRate = 0.1;  // parts per second: slow, but never stuck
constexpr double kForget = 2;       // a limit twice the rate it was made at is no limit any more

}  // namespace

Throttle::Throttle(double rate, SteadyTime now)
    : configured_(rate),
      rate_(rate),
      tokens_(1),
      filled_(now),
      second_(now),
      last_cut_(now - kSecond),
      last_raise_(now),
      last_congestion_(now - kSecond),
      paused_until_(now) {}

// Half a part more than the burst, so that timers which fire late do not lose rate.
double Throttle::burst() const { return std::max(1.0, rate_ / 100) + 0.5; }

void Throttle::refill(SteadyTime now) {
  if (now <= filled_) return;
  tokens_ = std::min(burst(), tokens_ + Seconds(now - filled_).count() * rate_);
  filled_ = now;
}

void Throttle::roll_second(SteadyTime now) {
  if (now < second_ + kSecond) return;
  const double share = answers_ == 0 ? 0 : static_cast<double>(refused_) / answers_;
  measured_ = taken_ / std::max(1.0, Seconds(now - second_).count());
  if (refused_ > 0) last_raise_ = now;  // not clean
  if (share > kRefusedShare && now >= last_cut_ + kSecond) {
    last_cut_ = now;
    scale(kCut, now);
  } else if (rate_ != configured_ && now >= last_raise_ + kCleanTime) {
    last_raise_ = now;
    scale(kRaise, now);
  }
  second_ = now;
  taken_ = answers_ = refused_ = 0;
}

void Throttle::scale(double factor, SteadyTime now) {
  refill(now);
  if (rate_ == 0) {
    if (factor >= 1 || measured_ == 0) return;
    cut_from_ = measured_;
    rate_ = measured_;
    tokens_ = 0;
    filled_ = now;
  }
  rate_ = std::max(kLeastRate, rate_ * factor);
  if (configured_ > 0) {
    rate_ = std::min(rate_, configured_);
  } else if (rate_ >= cut_from_ * kForget) {
    rate_ = 0;
  }
}

bool Throttle::take(SteadyTime now) {
  roll_second(now);
  if (now < paused_until_) return false;
  if (rate_ > 0) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
  }
  ++taken_;
  return true;
}

SteadyTime Throttle::next(SteadyTime now) {
  SteadyTime at = std::max(now, paused_until_);
  if (rate_ > 0) {
    refill(now);
    if (tokens_ < 1) {
      // A nanosecond more, so that rounding never wakes just too early.
      const auto wait =
          std::chrono::duration_cast<SteadyTime::duration>(Seconds((1 - tokens_) / rate_));
      at = std::max(at, now + wait + std::chrono::nanoseconds(1));
    }
  }
  return at;
}

void Throttle::answered(bool throttled, SteadyTime now) {
  roll_second(now);
  ++answers_;
  if (throttled) ++refused_;
}

void Throttle::congestion(std::uint8_t state, SteadyTime now) {
  if (now < last_congestion_ + kSecond) return;
  last_congestion_ = now;
  roll_second(now);
  if (state >= 100) {
    scale(0.5, now);
    paused_until_ = now + kSecond;
  } else if (state >= 90) {
    scale(0.9, now);
  } else if (state < 80 && rate_ != configured_) {
    scale(1.05, now);
  }
}

void LinkPause::refused(SteadyTime now) {
  if (holds(now)) return;  // written before the pause: it says nothing new
  length_ = first_after_pause_ && length_.count() > 0 ? std::min(length_ * 2, kMost) : kFirst;
  until_ = now + length_;
  first_after_pause_ = true;
}

}  // namespace cpgw::carriers
