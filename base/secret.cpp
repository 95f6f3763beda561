#include "base/secret.h"

#include <cstring>

namespace cpgw {

void wipe(std::span<std::byte> octets) noexcept {
  if (octets.empty()) return;
  std::memset(octets.data(), 0, octets.size());
  asm volatile("" : : "r"(octets.data()) : "memory");  // the store above has an observer
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(octets_);
    octets_ = other.octets_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(octets_);
    octets_ = std::exchange(other.octets_, {});
  }
  return *this;
}

bool operator==(const Secret& a, const Secret& b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.octets_.size(); ++i)
    difference |= to_u8(a.octets_[i] ^ b.octets_[i]);
  return difference == 0;
}

}  // namespace cpgw
