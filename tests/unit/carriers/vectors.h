// The vectors of tests/vectors/smpp: one a line, "name hex field=value ...".
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/octets.h"

namespace cpgw::carriers::smpp {

struct Vector {
  std::string name;
  Octets octets;
  std::vector<std::pair<std::string, std::string>> expected;
};

inline std::vector<Vector> read_vectors(const std::string& file) {
  std::vector<Vector> all;
  std::ifstream in(std::string(CPGW_VECTORS "/smpp/") + file);
  EXPECT_TRUE(in) << "tests/vectors/smpp/" << file << " cannot be read";
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Vector v;
    std::string hex;
    words >> v.name >> hex;
    v.octets = from_hex(hex).value();
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      v.expected.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    all.push_back(std::move(v));
  }
  return all;
}

}  // namespace cpgw::carriers::smpp
