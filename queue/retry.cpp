#include "queue/retry.h"

#include <algorithm>

namespace cpgw::queue {

std::chrono::milliseconds RetryPolicy::delay(unsigned attempt, Random& random) const {
  auto whole = std::max(first, std::chrono::milliseconds(1));
  for (unsigned n = 1; n < attempt && whole < most; ++n) whole *= 2;
  whole = std::min(whole, std::max(most, std::chrono::milliseconds(1)));
  const auto half = whole / 2;
  const auto drawn = random.below(static_cast<std::uint64_t>((whole - half).count()) + 1);
  return half + std::chrono::milliseconds(drawn);
}

}  // namespace cpgw::queue
