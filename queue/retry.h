// When a refused part is tried again.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace cpgw::queue {

struct RetryPolicy {
  std::chrono::milliseconds first{std::chrono::seconds(5)};
  std::chrono::milliseconds most{std::chrono::minutes(10)};
  /// Delay before attempt `attempt` + 1 (attempt from 1): first × 2^(attempt-1) up to most, of
  /// which the upper half is drawn.
  [[nodiscard]] std::chrono::milliseconds delay(unsigned attempt, Random& random) const;
};

}  // namespace cpgw::queue
