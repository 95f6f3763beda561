// The vector files of tests/vectors/wbxml.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/octets.h"

namespace cpgw::wbxml::test {

struct Vector {
  std::string name;
  std::string xml;
  std::vector<std::pair<std::string, Octets>> forms;  ///< kind ("exact", "kannel" ...) and octets

  const Octets& octets() const { return forms.front().second; }
};

inline std::vector<Vector> read_vectors(const std::string& file) {
  std::ifstream in(std::string(CPGW_VECTORS) + "/wbxml/" + file);
  if (!in) throw std::runtime_error("cannot open the vectors " + file);
  std::vector<Vector> vectors;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("= ")) {
      vectors.push_back({line.substr(2, line.find(':') - 2), {}, {}});
    } else if (line.starts_with(">")) {
      const std::size_t colon = line.find(':');
      const std::string kind = colon == std::string::npos ? "" : line.substr(2, colon - 2);
      vectors.back().forms.emplace_back(
          kind, from_hex(line.substr(colon == std::string::npos ? 1 : colon + 1)).value());
    } else if (!vectors.empty() && vectors.back().forms.empty()) {
      vectors.back().xml += line + "\n";
    }
  }
  if (vectors.empty()) throw std::runtime_error("no vectors in " + file);
  return vectors;
}

}  // namespace cpgw::wbxml::test
