#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/toml_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = cpgw::config::read_toml(text, "fuzz.toml");
  // A value has a place, and so has every mistake.
  if (!root && root.error().at.line == 0 && size <= cpgw::config::kMostOctets) std::abort();
  return 0;
}
