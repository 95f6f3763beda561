// Ctrl-C as a flag, for a command that has processes and folders to put away.
#pragma once

#include <csignal>

namespace cpgw::gateway::cli {

/// The signal that came since an Interruptible began to live; 0 = none.
[[nodiscard]] int interrupted();

/// While it lives SIGINT and SIGTERM only set the flag and end a wait, and SIGPIPE does nothing.
/// One per process at a time.
class Interruptible {
 public:
  Interruptible();
  Interruptible(const Interruptible&) = delete;
  ~Interruptible();

 private:
  struct sigaction old_int_ = {}, old_term_ = {}, old_pipe_ = {};
};

}  // namespace cpgw::gateway::cli
