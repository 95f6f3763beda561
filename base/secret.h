// Octets that must not be printed, logged or left in memory.
#pragma once

#include <string_view>
#include <utility>

#include "base/octets.h"

namespace cpgw {

/// Overwrites `octets` so that the compiler may not leave it out.
void wipe(std::span<std::byte> octets) noexcept;

/// Owns octets that are wiped when it dies. Has no formatter and no stream operator: printing one
/// does not compile. Comparison takes the same time wherever the difference is.
class Secret {
 public:
  Secret() = default;
  explicit Secret(OctetView octets) : octets_(octets.begin(), octets.end()) {}
  explicit Secret(std::string_view text) : Secret(as_octets(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(octets_); }

  /// The octets, for the one place that needs them. The view dies with the secret.
  [[nodiscard]] OctetView expose() const { return octets_; }
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  friend bool operator==(const Secret& a, const Secret& b);

 private:
  Octets octets_;
};

}  // namespace cpgw
