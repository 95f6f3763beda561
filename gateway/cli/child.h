// A process of our own, started and ended by pid.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "gateway/cli/io.h"

namespace cpgw::gateway::cli {

/// Owned by one thread. Ends the process (SIGKILL) when it dies.
class Child {
 public:
  struct Options {
    std::string folder;       ///< its working folder
    std::string errors_file;  ///< where its standard error goes
    std::string input;        ///< given through a socket, then closed; never in a file
    /// A child that takes none of its input and says nothing for so long is given up.
    std::chrono::milliseconds input_patience{30'000};
  };
  /// Returns once all the input is taken. Errc::io: it cannot be started or does not take its
  /// input.
  [[nodiscard]] static Result<Child> start(const std::string& program,
                                           const std::vector<std::string>& arguments,
                                           const Options& options);
  Child(Child&& other) noexcept;
  Child(const Child&) = delete;
  ~Child();

  /// One line of its standard output without the line end; an error when it ends, `patience` is
  /// over, a signal comes, or more than 1 MiB come without a line end.
  [[nodiscard]] Result<std::string> line(const Clock& clock, std::chrono::milliseconds patience);
  /// What it is called in messages.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Its exit status (128 + n by signal n) once it has ended.
  [[nodiscard]] std::optional<int> ended();
  /// Sends SIGTERM, reads what it still says (the last 1 MiB of it), and waits; SIGKILL after
  /// `patience`, or a second after a signal.
  [[nodiscard]] Result<std::string> stop(const Clock& clock, std::chrono::milliseconds patience);

 private:
  Child() = default;
  Result<void> give(int fd, std::string_view input, std::chrono::milliseconds patience);
  /// Reads what there is into buffer_; false at the end.
  bool read_some();
  std::string name_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::string buffer_;
  std::optional<int> status_;
};

/// For a process started as a Child: asks the kernel for a SIGTERM when the parent ends, however it
/// ends. False when the parent is gone already. True for every other process.
[[nodiscard]] bool end_with_parent(const Io& io);

}  // namespace cpgw::gateway::cli
