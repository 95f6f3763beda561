// Comma-separated values (RFC 4180) as a stream: chunks in, rows out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "gateway/provisioning/errors.h"

namespace cpgw::gateway::provisioning {

struct CsvLimits {
  std::size_t field_octets = 16 * 1024;
  std::size_t fields = 256;
  std::size_t row_octets = 64 * 1024;  ///< as written, quotes and line end included
};

/// Where in the file a reader stands: what is kept to go on later.
struct CsvPlace {
  std::uint64_t offset = 0;  ///< octets from the start of the file
  std::uint64_t row = 1;     ///< number of the next row; the header is row 1
  std::uint64_t line = 1;    ///< line the next row starts on
  bool operator==(const CsvPlace&) const = default;
};

struct CsvRow {
  std::uint64_t number = 0;  ///< from 1; empty lines have no number
  std::uint64_t line = 0;    ///< line it starts on, from 1
  std::uint64_t offset = 0;
  std::uint64_t next_offset = 0;         ///< of what follows the row
  std::vector<std::string_view> fields;  ///< unquoted; views die with the next call to the reader
};

/// Sans-I/O, owned by one thread. Rows end in LF or CR LF; the last one need not. A UTF-8 byte
/// order mark and empty lines are skipped. A row in error takes a number and is lost to the end of
/// the line it starts on, or, when too long, of the line the limit falls in; reading goes on after
/// it. Holds one unfinished row and one chunk.
class CsvReader {
 public:
  explicit CsvReader(std::string file = {}, CsvLimits limits = {}, CsvPlace start = {});

  /// Gives the next octets of the file; call next() until it returns nothing in between.
  void feed(std::string_view chunk);
  /// The file has ended.
  void finish() { finished_ = true; }
  /// A row; an error with line, column, offset and field; nothing while more input is needed or
  /// when all is read. The row lives until the next call.
  [[nodiscard]] std::optional<Result<const CsvRow*>> next();
  /// After a row or error: where the next one starts.
  [[nodiscard]] const CsvPlace& place() const { return place_; }

 private:
  enum class State : std::uint8_t { field_start, plain, quoted, quote_seen, carriage_return };
  enum class Step : std::uint8_t { more, row, blank, wrong };
  Step scan();
  void end_field();
  void start_row(std::size_t begin);
  [[nodiscard]] Step wrong(Errc code, std::string what);

  std::string file_;
  CsvLimits limits_;
  CsvPlace place_;
  bool finished_ = false;
  bool mark_checked_ = false;
  std::string buffer_;     ///< from begin_ on: octets from place_.offset on
  std::size_t begin_ = 0;  ///< of the row in work
  std::size_t scan_ = 0;
  State state_ = State::field_start;
  bool any_ = false;               ///< the row has more than its line end
  std::uint64_t inner_lines_ = 0;  ///< line ends inside quotes
  std::size_t line_start_ = 0;     ///< of the line in work
  std::string values_;             ///< unquoted fields of the row in work, one after the other
  std::vector<std::size_t> ends_;
  std::optional<Error> error_;  ///< told once the end of its line is known
  CsvRow row_;
};

}  // namespace cpgw::gateway::provisioning
