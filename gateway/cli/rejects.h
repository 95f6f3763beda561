// The file of bad rows of an import: which, and why. Never what stood in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cpgw::gateway::cli {

struct Reject {
  std::uint64_t row = 0, line = 0;
  std::string code, field, message;
};

/// CSV with the columns row, line, code, field, reason; one line per mistake. Made when the first
/// bad row comes, durable after every add().
class Rejects {
 public:
  /// Reads what an earlier run left of the rows before `before_row`; with a last line that was cut
  /// off its row is dropped. Errc::io, also for a file that is none of ours: that is left alone.
  [[nodiscard]] static Result<Rejects> open(const std::string& file, std::uint64_t before_row);
  /// All of them or none. Errc::io.
  [[nodiscard]] Result<void> add(const std::vector<Reject>& rejects);
  /// Forgets everything: the rows are listed again.
  [[nodiscard]] Result<void> restart();
  /// Different rows listed.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::uint64_t rows_ = 0;
  std::uint64_t last_row_ = 0;
};

}  // namespace cpgw::gateway::cli
