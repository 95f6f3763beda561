// Time and randomness as arguments: no room reads either by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace cpgw {

/// Wall time in milliseconds since 1970 UTC: only for due, deadline, expiry and ids.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// Monotonic time: for timers, windows and rates.
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
};

/// The machine's clocks; made by the composition root only.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override;
};

/// Fills octets with unpredictable values (tests: with chosen ones).
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> octets) = 0;
  /// Uniform in [0, limit); limit > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t limit);
};

/// The kernel's generator (getrandom). Safe to use from several threads.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> octets) override;
};

}  // namespace cpgw
