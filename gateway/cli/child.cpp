#include "gateway/cli/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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

/// Of what a child says and nobody has read yet.
constexpr std::size_t kMostBuffered = 1 << 20;
/// What a child still has after a signal to us.
constexpr std::chrono::seconds kHurry{1};
/// Names the process a child ends with.
constexpr const char* kParentVariable = "CPGW_PARENT";

}  // namespace

Result<Child> Child::start(const std::string& program, const std::vector<std::string>& arguments,
                           const Options& options) {
  Child child;
  child.name_ = arguments.size() > 1 && arguments[0] == "simulate" ? arguments[1]
                : arguments.empty()                                ? program
                                                                   : arguments[0];
  int in[2], out[2];
  // A socket, because writing to one can be told not to raise SIGPIPE.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
    return failed("no socket", errno);
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
  std::string parent = std::string(kParentVariable) + "=" + std::to_string(::getpid());
  std::vector<char*> variables{parent.data()};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(std::string(kParentVariable) + "="))
      variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  const int problem = posix_spawn(&child.pid_, program.c_str(), &actions, &attributes, argv.data(),
                                  variables.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0) {
    child.pid_ = -1;
    return failed(program + " cannot be started", problem);
  }
  child.out_ = out_read.give();
  // Our copies of its ends go, so that its end is seen as one.
  ::close(in_read.give());
  ::close(out_write.give());
  if (auto done = child.give(in_write.value, options.input, options.input_patience); !done)
    return fail(std::move(done).error());
  return child;
}

bool end_with_parent(const Io& io) {
  const auto parent = io.environment(kParentVariable);
  if (!parent) return true;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // It may have ended before we asked to be told.
  return std::to_string(::getppid()) == *parent;
}

// Reads while it writes: a child that talks before it has read everything would wait for us, and we
// for it.
Result<void> Child::give(int fd, std::string_view input, std::chrono::milliseconds patience) {
  bool talks = true;
  while (!input.empty()) {
    pollfd wait[2] = {{fd, POLLOUT, 0}, {out_, POLLIN, 0}};
    const nfds_t count = talks && buffer_.size() < kMostBuffered ? 2 : 1;
    const int ready = ::poll(wait, count, static_cast<int>(patience.count()));
    if (ready < 0 && errno == EINTR) return fail(Errc::io, "interrupted");
    if (ready <= 0) return fail(Errc::io, name_ + " does not take its input in time");
    if (count == 2 && wait[1].revents != 0) talks = read_some();
    if (wait[0].revents == 0) continue;
    const ssize_t n = ::send(fd, input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return failed(name_ + " does not take its input", errno);
    input.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

bool Child::read_some() {
  char block[4096];
  const ssize_t n = ::read(out_, block, sizeof block);
  if (n < 0 && errno == EINTR) return true;
  if (n <= 0) return false;
  buffer_.append(block, static_cast<std::size_t>(n));
  return true;
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
    if (buffer_.size() >= kMostBuffered)
      return fail(Errc::io, name_ + " says more than a line may have");
    pollfd wait{out_, POLLIN, 0};
    const int ready = left <= 0 ? 0 : ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) return fail(Errc::io, "interrupted");
    if (ready <= 0) return fail(Errc::io, name_ + " has not said anything in time");
    if (!read_some()) return fail(Errc::io, name_ + " has ended");
  }
}

Result<std::string> Child::stop(const Clock& clock, std::chrono::milliseconds patience) {
  if (!ended()) ::kill(pid_, SIGTERM);
  SteadyTime end = clock.steady() + patience;
  for (bool talks = true; talks;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.steady()).count();
    pollfd wait{out_, POLLIN, 0};
    const int ready = left <= 0 ? 0 : ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) end = std::min(end, clock.steady() + kHurry);
    if (ready < 0 && errno == EINTR) continue;
    talks = ready > 0 && read_some();
    if (buffer_.size() > kMostBuffered) buffer_.erase(0, buffer_.size() - kMostBuffered);
  }
  // Its standard output is closed: the rest is a moment's work, or a hang.
  while (!ended() && clock.steady() < end) {
    if (::usleep(10'000) != 0) end = std::min(end, clock.steady() + kHurry);
  }
  if (!ended()) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = 128 + SIGKILL;
    return fail(Errc::io, name_ + " did not stop in time");
  }
  return std::exchange(buffer_, {});
}

}  // namespace cpgw::gateway::cli
