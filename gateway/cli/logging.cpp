#include "gateway/cli/logging.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>

namespace cpgw::gateway::cli {
namespace {

/// Writes lines that are ready to a descriptor; a line that cannot be written is counted as lost.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LineSink(std::string file, std::atomic<std::uint64_t>& lost)
      : file_(std::move(file)), lost_(lost) {}
  ~LineSink() override {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }

  Result<void> open() {
    int fd = STDERR_FILENO;
    if (!file_.empty()) {
      // Numbers of subscribers stand in it.
      fd = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
      if (fd < 0) {
        Position at;
        at.file = file_;
        return fail(cpgw::Errc::io,
                    "the log file cannot be opened: " + std::generic_category().message(errno),
                    std::move(at));
      }
    }
    const std::lock_guard lock(mutex_);
    if (fd_ > STDERR_FILENO) ::close(fd_);
    fd_ = fd;
    broken_line_ = false;
    return {};
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    line_.clear();
    if (broken_line_) line_ += '\n';
    line_.append(message.payload.data(), message.payload.size());
    line_ += '\n';
    std::string_view rest = line_;
    while (!rest.empty()) {
      const ssize_t put = ::write(fd_, rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EAGAIN) {
        // Standard error may be a pipe somebody made non-blocking: this thread may wait.
        pollfd wait{fd_, POLLOUT, 0};
        ::poll(&wait, 1, 1000);
        continue;
      }
      if (put <= 0) {
        ++lost_;
        broken_line_ = rest.size() != line_.size();
        return;
      }
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
    broken_line_ = false;
  }
  /// Runs in the queue's turn: everything before it is written.
  void flush_() override {
    ++flushes_;
    flushed_.notify_all();
  }

 public:
  [[nodiscard]] std::uint64_t flushes() {
    const std::lock_guard lock(mutex_);
    return flushes_;
  }
  void wait_flushed(std::uint64_t more_than, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    flushed_.wait_for(lock, patience, [&] { return flushes_ > more_than; });
  }

 private:
  const std::string file_;
  std::atomic<std::uint64_t>& lost_;
  int fd_ = STDERR_FILENO;
  bool broken_line_ = false;
  std::string line_;
  std::uint64_t flushes_ = 0;
  std::condition_variable_any flushed_;
};

}  // namespace

LogSettings read_log_settings(const SettingsNode& root, std::vector<Error>& mistakes) {
  SettingsSection all(&root, "", mistakes);
  SettingsSection section(all.child("log"), "log", mistakes);
  LogSettings settings;
  settings.file = section.text("file").value_or("");
  if (section.choice("format", {"text", "json"}) == "json") settings.format = LogFormat::json;
  const auto level = section.choice("level", {"debug", "info", "warning", "error"});
  if (level == "debug") settings.level = LogLevel::debug;
  if (level == "warning") settings.level = LogLevel::warning;
  if (level == "error") settings.level = LogLevel::error;
  section.finish();
  return settings;
}

struct LogWriter::Impl {
  std::size_t lines = 0;
  std::shared_ptr<LineSink> sink;
  // After the sink: its destructor writes what waits and ends the thread.
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::async_logger> logger;
};

LogWriter::LogWriter(const LogSettings& settings, const Clock& clock, std::unique_ptr<Impl> impl)
    : format_(settings.format), level_(settings.level), clock_(clock), impl_(std::move(impl)) {}

LogWriter::~LogWriter() {
  if (impl_->logger == nullptr) return;  // it could not be opened
  say_lost();
  impl_->logger.reset();
  impl_->thread.reset();
}

Result<std::unique_ptr<LogWriter>> LogWriter::open(const LogSettings& settings, const Clock& clock,
                                                   std::size_t queue_lines) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->lines = std::max<std::size_t>(queue_lines, 16);
    Impl& parts = *impl;
    std::unique_ptr<LogWriter> writer(new LogWriter(settings, clock, std::move(impl)));
    parts.sink = std::make_shared<LineSink>(settings.file, writer->lost_);
    if (auto opened = parts.sink->open(); !opened) return fail(std::move(opened).error());
    parts.thread = std::make_shared<spdlog::details::thread_pool>(parts.lines, 1);
    // Room is looked for before; what slips through between two threads overwrites the oldest.
    parts.logger = std::make_shared<spdlog::async_logger>(
        "cpgw", parts.sink, parts.thread, spdlog::async_overflow_policy::overrun_oldest);
    parts.logger->set_level(spdlog::level::trace);
    return writer;
  } catch (const std::exception& problem) {
    return fail(cpgw::Errc::io, std::string("the log cannot start: ") + problem.what());
  }
}

void LogWriter::write(LogLevel level, std::string_view event, std::string_view text,
                      std::initializer_list<LogField> fields) {
  if (level < level_.load(std::memory_order_relaxed)) return;
  const std::size_t waiting = impl_->thread->queue_size();
  const std::size_t room = level < LogLevel::warning ? impl_->lines / 4 * 3 : impl_->lines - 1;
  if (waiting >= room) {
    ++lost_;
    return;
  }
  say_lost();
  const std::string line = log_line(format_, clock_.wall(), level, event, text, fields);
  impl_->logger->log(spdlog::level::info, std::string_view(line));
}

void LogWriter::say_lost() {
  const std::uint64_t lost = lost_ + impl_->thread->overrun_counter();
  std::uint64_t told = told_;
  if (lost == told || !told_.compare_exchange_strong(told, lost)) return;
  const std::string line = log_line(format_, clock_.wall(), LogLevel::warning, "log-lines-lost",
                                    "lines could not be written as fast as they came",
                                    {{"lost", std::to_string(lost - told)}});
  impl_->logger->log(spdlog::level::info, std::string_view(line));
}

Result<void> LogWriter::reopen() { return impl_->sink->open(); }

void LogWriter::flush() {
  const std::uint64_t before = impl_->sink->flushes();
  impl_->logger->flush();
  // A stuck disk must not stop whoever asks.
  impl_->sink->wait_flushed(before, std::chrono::seconds(5));
}

}  // namespace cpgw::gateway::cli
