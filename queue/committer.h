// The store's thread: gathers requests and commits them as groups when it is free; never waits for
// a timer.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "queue/job_store.h"

namespace cpgw::queue {

/// Lanes in the order they are served. settle is bounded by its callers' credits and never refused;
/// the others have limits.
enum class Lane : std::uint8_t { settle, interactive, import };

struct CommitterOptions {
  std::size_t interactive_limit = 4096;  ///< requests waiting
  std::size_t import_limit = 16;
  std::size_t group_steps = 500;  ///< steps a commit takes (one request is never split)
};

/// commit() may be called from any thread. `done` runs through `post` (on the reactor), after the
/// group is durable.
class Committer {
 public:
  using Done = std::function<void(Result<std::vector<StepResult>>)>;
  using Post = std::function<void(std::function<void()>)>;

  /// `now` gives the guarded wall time. `fatal` is called once, through `post`, when the disk
  /// fails; everything waiting gets the error.
  Committer(JobStore& store, std::function<WallTime()> now, Post post,
            std::function<void(const Error&)> fatal, CommitterOptions options = {});
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// False: the lane is full or the committer is stopped; nothing was taken and `done` is not
  /// called.
  [[nodiscard]] bool commit(Lane lane, std::vector<Step> steps, Done done);
  /// Commits what was taken, then ends the thread. The destructor does the same.
  void stop();

  struct Stats {
    std::uint64_t groups = 0, requests = 0, steps = 0;
    std::size_t waiting = 0;
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::queue
