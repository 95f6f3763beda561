// A fuzz target's own function over every input of its corpus; it aborts when it finds a fault.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cpgw::wbxml::test {

/// Gives how many inputs there were.
inline std::size_t replay(const char* corpus, int (*target)(const std::uint8_t*, std::size_t)) {
  std::size_t inputs = 0;
  const std::filesystem::path folder = std::filesystem::path(CPGW_FUZZ_CORPORA) / corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
    ++inputs;
  }
  return inputs;
}

}  // namespace cpgw::wbxml::test
