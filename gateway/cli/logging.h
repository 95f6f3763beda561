// The log of the process: one line per event, text or JSON, to standard error or a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/settings_node.h"
#include "gateway/flow/log.h"

namespace cpgw::gateway::cli {

enum class LogFormat : std::uint8_t { text, json };

struct LogSettings {
  std::string file;  ///< empty: standard error
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::info;
  bool operator==(const LogSettings&) const = default;
};

/// The [log] section; every mistake is appended.
[[nodiscard]] LogSettings read_log_settings(const SettingsNode& root, std::vector<Error>& mistakes);

/// One line without its end, as it is written. Control characters and what is not UTF-8 are
/// escaped, long values cut, so that a line is a line whatever a phone or an operator sends.
[[nodiscard]] std::string log_line(LogFormat format, WallTime at, LogLevel level,
                                   std::string_view event, std::string_view text,
                                   std::initializer_list<LogField> fields);

/// Lines are made by the caller's thread and written by one of its own, through a bounded queue.
/// When three quarters are full debug and info lines are dropped, when all is full every line is;
/// a line "log-lines-lost" says how many. Nobody ever waits for the disk. Any thread may call it.
class LogWriter final : public Log {
 public:
  /// `clock` outlives the writer. `queue_lines` from 16.
  [[nodiscard]] static Result<std::unique_ptr<LogWriter>> open(const LogSettings& settings,
                                                               const Clock& clock,
                                                               std::size_t queue_lines = 8192);
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;
  ~LogWriter() override;

  void write(LogLevel level, std::string_view event, std::string_view text,
             std::initializer_list<LogField> fields = {}) override;
  /// Opens the file by its name again, for logrotate. The old one stays in use when that fails.
  [[nodiscard]] Result<void> reopen();
  void set_level(LogLevel level) { level_ = level; }
  /// Waits until all that was written before is with the system, at most 5 s.
  void flush();
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  struct Impl;
  LogWriter(const LogSettings& settings, const Clock& clock, std::unique_ptr<Impl> impl);
  void say_lost();

  const LogFormat format_;
  std::atomic<LogLevel> level_;
  const Clock& clock_;
  std::atomic<std::uint64_t> lost_ = 0, told_ = 0;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::gateway::cli
