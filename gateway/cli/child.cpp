#include "gateway/cli/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace cpgw::gateway::cli {
namespace {

tl::unexpected<Error> failed(const std::string& what, int problem) {
  return fail(Errc::io, what + ": " + std::strerror(problem));
}

/// Closes when it goes out of scope unless given away.
struct Descriptor {
  int value = -1;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  int give() { return std::exchange(value, -1); }
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Result<Child> Child::start(const std::string& program, const std::vector<std::string>& arguments,
                           const Options& options) {
  Child child;
  child.name_ = arguments.size() > 1 && arguments[0] == "simulate" ? arguments[1]
                : arguments.empty()                                ? program
                                                                   : arguments[0];
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0) return failed("no pipe", errno);
  Descriptor in_read{in[0]}, in_write{in[1]};
  if (::pipe2(out, O_CLOEXEC) != 0) return failed("no pipe", errno);
  Descriptor out_read{out[0]}, out_write{out[1]};

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in_read.value, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_write.value, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, options.errors_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
  // A group of its own: Ctrl-C on the terminal reaches only us, and we end it in order.
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int problem =
      posix_spawn(&child.pid_, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0) {
    child.pid_ = -1;
    return failed(program + " cannot be started", problem);
  }
  child.out_ = out_read.give();
  if (!write_all(in_write.value, options.input))
    return failed(child.name_ + " does not take its input", errno);
  return child;
}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      buffer_(std::move(other.buffer_)),
      status_(other.status_) {}

Child::~Child() {
  if (pid_ > 0 && !status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
}

std::optional<int> Child::ended() {
  int status = 0;
  if (!status_ && pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return status_;
}

Result<std::string> Child::line(const Clock& clock, std::chrono::milliseconds patience) {
  const SteadyTime end = clock.steady() + patience;
  while (true) {
    if (const std::size_t at = buffer_.find('\n'); at != std::string::npos) {
      std::string line = buffer_.substr(0, at);
      buffer_.erase(0, at + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.steady()).count();
    pollfd wait{out_, POLLIN, 0};
    const int ready = left <= 0 ? 0 : ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) return fail(Errc::io, "interrupted");
    if (ready <= 0) return fail(Errc::io, name_ + " has not said anything in time");
    char block[4096];
    const ssize_t n = ::read(out_, block, sizeof block);
    if (n <= 0) return fail(Errc::io, name_ + " has ended");
    buffer_.append(block, static_cast<std::size_t>(n));
  }
}

Result<std::string> Child::stop(const Clock& clock, std::chrono::milliseconds patience) {
  if (!ended()) ::kill(pid_, SIGTERM);
  std::string said;
  const SteadyTime end = clock.steady() + patience;
  while (clock.steady() < end) {
    auto next =
        line(clock, std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.steady()));
    if (!next) break;
    said += *next + "\n";
  }
  // Its standard output is closed or patience is over: what is left is a moment's work or a hang.
  for (int i = 0; i < 100 && !ended(); ++i) ::usleep(10'000);
  if (!ended()) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = 128 + SIGKILL;
    return fail(Errc::io, name_ + " did not stop in time");
  }
  return said + buffer_;
}

}  // namespace cpgw::gateway::cli
