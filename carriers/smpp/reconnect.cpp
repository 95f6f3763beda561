#include "carriers/smpp/reconnect.h"

#include <algorithm>

namespace cpgw::carriers::smpp {

std::chrono::milliseconds Reconnect::after(Failure failure, Random& random) {
  using std::chrono::milliseconds;
  if (failure == Failure::lost && at_once_) {
    at_once_ = false;
    return milliseconds(0);
  }
  at_once_ = false;
  const bool slow = failure == Failure::configuration || failure == Failure::already_bound;
  const milliseconds first = slow ? kFirstConfiguration : kFirst;
  const milliseconds most = slow ? kMostConfiguration : kMost;
  const auto cap = std::min<std::int64_t>(most.count(), first.count() << std::min(failures_, 10u));
  ++failures_;
  // Full jitter; the slow ones wait their base in any case, so that no account is locked.
  const auto least = slow ? first.count() : 1;
  const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(cap - least, 0)) + 1;
  return milliseconds(least + static_cast<std::int64_t>(random.below(spread)));
}

}  // namespace cpgw::carriers::smpp
