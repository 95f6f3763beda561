#include "queue/clock_guard.h"

#include <algorithm>

namespace cpgw::queue {
namespace {
constexpr std::chrono::seconds kBackwardAlarm{1};
constexpr std::chrono::hours kForwardHold{1};

std::string seconds(std::chrono::milliseconds d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}
}  // namespace

ClockGuard::Reading ClockGuard::read(WallTime wall, SteadyTime steady) {
  Reading reading;
  if (last_wall_) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady - last_steady_);
    const std::chrono::milliseconds step = wall - (*last_wall_ + passed);
    if (step < -kBackwardAlarm) {
      reading.alarm = "the wall clock went back by " + seconds(-step) +
                      " s; time stands still until it has caught up; check the time service";
    } else if (step > kForwardHold) {
      held_ = true;
      reading.alarm =
          "the wall clock jumped ahead by " + seconds(step) +
          " s; nothing expires until the jump is confirmed (by a reload of the settings)";
    }
  }
  last_wall_ = wall;
  last_steady_ = steady;
  last_given_ = last_given_ ? std::max(*last_given_, wall) : wall;
  reading.now = *last_given_;
  reading.expiry_held = held_;
  return reading;
}

void ClockGuard::confirm_jump() { held_ = false; }

}  // namespace cpgw::queue
