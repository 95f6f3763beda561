#include "base/clock.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace cpgw {

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

std::uint64_t Random::below(std::uint64_t limit) {
  // Values above the largest multiple of `limit` are drawn again: no remainder is likelier than
  // another.
  const std::uint64_t usable = UINT64_MAX - UINT64_MAX % limit;
  std::uint64_t v = 0;
  do {
    fill(std::as_writable_bytes(std::span(&v, 1)));
  } while (v >= usable);
  return v % limit;
}

void SystemRandom::fill(std::span<std::byte> octets) {
  while (!octets.empty()) {
    const ssize_t got = ::getrandom(octets.data(), octets.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();  // no kernel generator: nothing secret can be made
    }
    octets = octets.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace cpgw
