// The input of cpgw decode: octets, and which of them belong together.
#pragma once

#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"

namespace cpgw::gateway::cli {

/// Of parts, TPDUs or SMPP PDUs: a message has at most 255 parts, a capture holds a few messages.
inline constexpr std::size_t kMostUnits = 10'000;
[[nodiscard]] tl::unexpected<Error> too_many_units();

/// The octets of the input, and where each line of hexadecimal digits ends in them.
struct Units {
  Octets all;
  std::vector<std::size_t> ends;

  [[nodiscard]] std::size_t size() const { return ends.size(); }
  /// One line, or all raw octets.
  [[nodiscard]] OctetView operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return OctetView(all).subspan(begin, ends[i] - begin);
  }
};

/// Lines of hexadecimal digits, each one unit; of a dialogue with a modem its lines of digits; or,
/// when the text is neither, the raw octets as one. Errc::bad_hex.
[[nodiscard]] Result<Units> units_of(std::string_view input);

}  // namespace cpgw::gateway::cli
