// What every target here demands.
#pragma once

#include <cstdlib>

#include "base/octets.h"
#include "base/result.h"

namespace cpgw::si_sl::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// A value, or an error that says where in `size` octets.
template <class T>
void require_positioned(const Result<T>& result, std::size_t size) {
  if (!result) require(result.error().at.offset.has_value() && *result.error().at.offset <= size);
}

inline bool inside(const void* data, std::size_t octets, OctetView input) {
  if (octets == 0) return true;
  const auto* begin = static_cast<const std::byte*>(data);
  return begin >= input.data() && begin + octets <= input.data() + input.size();
}

}  // namespace cpgw::si_sl::fuzz
