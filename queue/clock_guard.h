// Wall time that never fires anything early: compared with the monotonic clock at every reading.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace cpgw::queue {

/// A backward step keeps the last time until the wall clock has caught up (an alarm over a second).
/// A forward jump over an hour holds expiry until confirmed. Sans-I/O; owned by one thread.
class ClockGuard {
 public:
  struct Reading {
    WallTime now;                      ///< never below an earlier reading
    bool expiry_held = false;          ///< after a forward jump: expire nothing
    std::optional<std::string> alarm;  ///< once per step, for people
  };
  [[nodiscard]] Reading read(WallTime wall, SteadyTime steady);
  /// An operator has looked at the jump and says the wall clock is right.
  void confirm_jump();

 private:
  std::optional<WallTime> last_wall_, last_given_;
  SteadyTime last_steady_{};
  bool held_ = false;
};

}  // namespace cpgw::queue
