// A process that writes is killed at any moment; what it was told stands.
#include "crash_test.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "../../unit/queue/support.h"
#include "faulty_files.h"
#include "queue/rocksdb_rows.h"
#include "writer.h"

namespace cpgw::queue::test {
namespace {

std::uint64_t rounds(std::uint64_t otherwise) {
  const char* text = std::getenv("CPGW_FAULT_ROUNDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// The writer's process and the pipe it tells its acknowledgements through.
class Child {
 public:
  Child(const std::string& directory, std::uint64_t seed, const std::string& die) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    const std::string number = std::to_string(seed);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl("/proc/self/exe", "faults_queue", "--write", directory.c_str(), number.c_str(),
              die.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    pipe_ = ::fdopen(ends[0], "r");
  }
  ~Child() {
    if (pipe_ != nullptr) (void)std::fclose(pipe_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill() const { (void)::kill(pid_, SIGKILL); }
  /// Takes the next acknowledgement; false when the process is gone.
  bool read(Promised& promised) {
    char kind = 0;
    unsigned long long value = 0;
    if (std::fscanf(pipe_, " %c %llu.", &kind, &value) != 2) return false;
    if (std::fgetc(pipe_) != '\n') return false;  // cut off in the middle
    switch (kind) {
      case 'R': promised.rows = std::max<std::uint64_t>(promised.rows, value); break;
      case 'S': promised.sent.insert(value); break;
      case 'D': promised.delivered.insert(value); break;
      case 'E': promised.last_event = std::max<std::uint64_t>(promised.last_event, value); break;
      default: ADD_FAILURE() << "the writer says " << kind;
    }
    ++told;
    return true;
  }
  void wait() const {
    int status = 0;
    ASSERT_EQ(::waitpid(pid_, &status, 0), pid_);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the writer ended by itself, status " << status;
  }
  std::uint64_t told = 0;

 private:
  pid_t pid_ = -1;
  std::FILE* pipe_ = nullptr;
};

void verify(const std::string& directory, const Promised& promised) {
  auto store = open_rocksdb_store(directory, {});
  ASSERT_TRUE(store) << to_string(store.error());
  ASSERT_EQ(broken_promise(**store, promised), "");
  ASSERT_TRUE((*store)->recover(kStart));
  ASSERT_EQ(broken_promise(**store, promised), "");
  EXPECT_EQ((*store)->stats().in_flight, 0u);
}

TEST(Crash, NothingAcknowledgedIsLostWhenTheProcessIsKilledAtRandom) {
  const TempDir dir;
  const std::string store = dir.file("store");
  Promised promised;
  std::mt19937_64 random(20240101);
  for (std::uint64_t round = 0; round < rounds(8); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Child child(store, round, "");
    const std::uint64_t enough = 1 + random() % 400;
    while (child.told < enough && child.read(promised)) {
    }
    child.kill();
    while (child.read(promised)) {  // what it was told before it died counts
    }
    ASSERT_NO_FATAL_FAILURE(child.wait());
    ASSERT_NO_FATAL_FAILURE(verify(store, promised));
  }
  EXPECT_GT(promised.rows, 0u);
}

TEST(Crash, NothingAcknowledgedIsLostWhenTheProcessDiesAtANamedStep) {
  for (const std::string step : {"append", "sync", "create", "rename"}) {
    const TempDir dir;
    const std::string store = dir.file("store");
    Promised promised;
    const std::uint64_t most = step == "append" || step == "sync" ? rounds(6) : 2;
    for (std::uint64_t n = 1; n <= most; ++n) {
      SCOPED_TRACE(step + " round " + std::to_string(n));
      // The first ones are those of opening the store itself.
      Child child(store, n, step + ":" + std::to_string(n * n * 3));
      while (child.told < 3000 && child.read(promised)) {
      }
      child.kill();  // when it never came to that step
      while (child.read(promised)) {
      }
      ASSERT_NO_FATAL_FAILURE(child.wait());
      ASSERT_NO_FATAL_FAILURE(verify(store, promised));
    }
  }
}

}  // namespace

int write_until_killed(const std::string& directory, const std::string& seed,
                       const std::string& die) {
  const auto colon = die.find(':');
  const std::string kind = die.substr(0, colon);
  const std::uint64_t at =
      colon == std::string::npos ? 0 : std::strtoull(die.c_str() + colon + 1, nullptr, 10);
  std::atomic<std::uint64_t> seen{0};
  FaultyFiles files([&](FileStep step, const std::string&, std::uint64_t) {
    const bool mine = (step == FileStep::append && kind == "append") ||
                      (step == FileStep::sync && kind == "sync") ||
                      (step == FileStep::create && kind == "create") ||
                      (step == FileStep::rename && kind == "rename");
    if (mine && ++seen == at) (void)::kill(::getpid(), SIGKILL);
    return true;
  });
  auto store = detail::open_rocksdb_store_on(directory, {}, files.env());
  if (!store) {
    std::fprintf(stderr, "%s\n", to_string(store.error()).c_str());
    return 1;
  }
  Writer writer(**store, std::strtoull(seed.c_str(), nullptr, 10),
                [](char what, std::uint64_t value) {
                  std::string line(1, what);
                  line += " " + std::to_string(value) + ".\n";
                  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(0);
                });
  if (!writer.start()) return 1;
  while (writer.turn()) {
  }
  return 1;
}

}  // namespace cpgw::queue::test
