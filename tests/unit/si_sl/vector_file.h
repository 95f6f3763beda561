// Reads tests/vectors/*/*.txt: blocks of "key: value" lines, separated by empty lines; '#' starts a
// comment line.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/octets.h"

namespace cpgw::test {

/// One block. A key may occur several times; what is absent reads as empty.
class Vector {
 public:
  void add(std::string key, std::string value) {
    values_[std::move(key)].push_back(std::move(value));
  }
  [[nodiscard]] bool has(const std::string& key) const { return values_.contains(key); }
  [[nodiscard]] std::string text(const std::string& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string() : found->second.front();
  }
  [[nodiscard]] const std::vector<std::string>& all(const std::string& key) const {
    static const std::vector<std::string> kNone;
    const auto found = values_.find(key);
    return found == values_.end() ? kNone : found->second;
  }
  [[nodiscard]] Octets octets(const std::string& key) const { return hex(text(key)); }
  [[nodiscard]] unsigned number(const std::string& key, int base = 10) const {
    return has(key) ? static_cast<unsigned>(std::stoul(text(key), nullptr, base)) : 0U;
  }
  [[nodiscard]] bool empty() const { return values_.empty(); }

  static Octets hex(const std::string& digits) {
    auto octets = from_hex(digits);
    EXPECT_TRUE(octets.has_value()) << digits;
    return octets.value_or(Octets());
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

inline std::vector<Vector> read_vectors(const std::string& name) {
  std::ifstream in(std::string(CPGW_VECTORS "/") + name);
  EXPECT_TRUE(in.good()) << name;
  std::vector<Vector> all;
  Vector block;
  const auto finish = [&] {
    if (!block.empty()) all.push_back(std::exchange(block, Vector()));
  };
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) finish();
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) {
      ADD_FAILURE() << name << ": " << line;
      continue;
    }
    block.add(line.substr(0, colon), line.substr(colon + 2));
  }
  finish();
  EXPECT_FALSE(all.empty()) << name;
  return all;
}

}  // namespace cpgw::test
