// Pushes and their parts, for the tests of both directions.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "si_sl/segmentation.h"

namespace cpgw::si_sl::test {

inline SteadyTime at(std::chrono::milliseconds since_start) { return SteadyTime(since_start); }

inline Octets pattern(std::size_t octets) {
  Octets out(octets);
  for (std::size_t i = 0; i < octets; ++i) out[i] = static_cast<std::byte>(i * 31 + i / 256);
  return out;
}

inline std::vector<Part> parts_of(OctetView push, std::uint16_t reference,
                                  const SegmentOptions& options) {
  std::vector<Part> parts;
  const auto done = segment(push, reference, options, parts);
  EXPECT_TRUE(done) << to_string(done.error());
  return parts;
}

}  // namespace cpgw::si_sl::test
