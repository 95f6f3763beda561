// A process of our own, started and ended by pid.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace cpgw::gateway::cli {

/// Owned by one thread. Ends the process (SIGKILL) when it dies.
class Child {
 public:
  struct Options {
    std::string folder;       ///< its working folder
    std::string errors_file;  ///< where its standard error goes
    std::string input;        ///< given through a pipe, then closed; never in a file
  };
  [[nodiscard]] static Result<Child> start(const std::string& program,
                                           const std::vector<std::string>& arguments,
                                           const Options& options);
  Child(Child&& other) noexcept;
  Child(const Child&) = delete;
  ~Child();

  /// One line of its standard output without the line end; an error when it ends or `patience` is
  /// over before.
  [[nodiscard]] Result<std::string> line(const Clock& clock, std::chrono::milliseconds patience);
  /// Its exit status (128 + n by signal n) once it has ended.
  [[nodiscard]] std::optional<int> ended();
  /// Sends SIGTERM, reads what it still says, and waits; SIGKILL after `patience`.
  [[nodiscard]] Result<std::string> stop(const Clock& clock, std::chrono::milliseconds patience);

 private:
  Child() = default;
  std::string name_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::string buffer_;
  std::optional<int> status_;
};

}  // namespace cpgw::gateway::cli
