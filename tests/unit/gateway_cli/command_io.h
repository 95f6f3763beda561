// Streams, environment, clock and random octets for a command under test, and a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "gateway/cli/io.h"

namespace cpgw::gateway::cli::test {

class HandClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return WallTime{}; }
  [[nodiscard]] SteadyTime steady() const override { return now; }
  SteadyTime now{};
};

/// 0, 1, 2 …
class Counting final : public Random {
 public:
  void fill(std::span<std::byte> octets) override {
    for (std::byte& octet : octets) octet = std::byte{next_++};
  }

 private:
  std::uint8_t next_ = 0;
};

struct CommandIo {
  explicit CommandIo(const std::string& input = {}) : in(input) {}
  std::istringstream in;
  std::ostringstream out, err;
  std::map<std::string, std::string, std::less<>> environment;
  SystemClock clock;
  Counting random;
  Io io{in,
        out,
        err,
        [this](std::string_view name) -> std::optional<std::string> {
          const auto found = environment.find(name);
          return found == environment.end() ? std::nullopt : std::optional(found->second);
        },
        clock,
        random,
        false,
        false,
        {}};
};

/// Removed with everything in it at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cpgw-cli-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path(const std::string& name = {}) const {
    return name.empty() ? path_ : path_ + "/" + name;
  }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

}  // namespace cpgw::gateway::cli::test
