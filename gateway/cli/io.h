// What a command stands on besides its options: streams, environment, clocks. Tests hand in their
// own.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace cpgw::gateway::cli {

/// Exit statuses: a contract.
enum Exit : int {
  kDone = 0,
  kNo = 1,           ///< the answer is no: a MAC does not hold, not everything was delivered
  kUsage = 2,        ///< wrong usage
  kMalformed = 3,    ///< input unreadable or malformed
  kUnreachable = 4,  ///< the gateway or a peer could not be reached, or refused for now
};

struct Io {
  std::istream& in;
  std::ostream& out;  ///< results
  std::ostream& err;  ///< diagnostics
  std::function<std::optional<std::string>(std::string_view)> environment;
  const Clock& clock;
  Random& random;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::string program;  ///< path of this binary: the demo starts it again
};

/// A file's octets, or standard input for "-"; at most `limit`. Errc::io names the file.
[[nodiscard]] Result<std::string> read_input(Io& io, const std::string& file,
                                             std::size_t limit = 16 << 20);
/// A secret given directly, by file (its first line, or all of it) or by environment variable, in
/// this order; empty when by none. What was read on the way is wiped.
[[nodiscard]] Result<Secret> read_secret(Io& io, const std::string& value, const std::string& file,
                                         std::string_view variable, bool whole_file = false);

/// `text` for a terminal: control characters become '?', so that what a file, a phone or an
/// operator says cannot act on it.
[[nodiscard]] std::string printable(std::string_view text);

/// "cpgw: error: …" per error on io.err. Gives `status` back, but kUsage for CliErrc::usage.
int complain(Io& io, const Error& error, Exit status = kMalformed);
int complain(Io& io, const std::vector<Error>& errors, Exit status = kMalformed);

}  // namespace cpgw::gateway::cli
