// Randomness a test chooses: a counter of octets, or octets given first.
#pragma once

#include "base/clock.h"
#include "base/octets.h"

namespace cpgw::test {

class ChosenRandom final : public Random {
 public:
  explicit ChosenRandom(Octets first = {}) : first_(std::move(first)) {}
  void fill(std::span<std::byte> octets) override {
    for (std::byte& b : octets) {
      b = at_ < first_.size() ? first_[at_] : static_cast<std::byte>(at_ * 37 + (at_ >> 8));
      ++at_;
    }
  }

 private:
  Octets first_;
  std::size_t at_ = 0;
};

}  // namespace cpgw::test
