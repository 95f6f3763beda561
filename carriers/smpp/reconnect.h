// When to try a lost link again: exponential with full jitter, so that links neither hammer nor
// march in step.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace cpgw::carriers::smpp {

enum class Failure : std::uint8_t {
  lost,           ///< a bound link went
  unreachable,    ///< no connection, or no answer to the bind
  configuration,  ///< credentials or settings refused: only a person can help
  already_bound,  ///< the peer still keeps an old session
};

class Reconnect {
 public:
  static constexpr std::chrono::milliseconds kFirst = std::chrono::seconds(1);
  static constexpr std::chrono::milliseconds kMost = std::chrono::seconds(60);
  static constexpr std::chrono::milliseconds kFirstConfiguration = std::chrono::seconds(60);
  static constexpr std::chrono::milliseconds kMostConfiguration = std::chrono::minutes(15);

  /// How long to wait after this failure. The first loss of a link that had proved itself is tried
  /// at once.
  [[nodiscard]] std::chrono::milliseconds after(Failure failure, Random& random);
  /// The link answered a whole window, or stayed bound for ten seconds.
  void proved() { failures_ = 0, at_once_ = true; }

 private:
  unsigned failures_ = 0;
  bool at_once_ = true;
};

}  // namespace cpgw::carriers::smpp
