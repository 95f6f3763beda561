#include "queue/committer.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace cpgw::queue {
namespace {

/// A request's share of a group: its steps, and the jobs of its submits.
std::size_t weight(const std::vector<Step>& steps) {
  std::size_t sum = 0;
  for (const Step& step : steps) {
    const auto* submit = std::get_if<step::Submit>(&step);
    sum += submit != nullptr ? std::max<std::size_t>(submit->jobs.size(), 1) : 1;
  }
  return sum;
}

/// After so many groups without an import one is taken first.
constexpr unsigned kImportPatience = 4;

}  // namespace

struct Committer::Impl {
  struct Request {
    std::vector<Step> steps;
    Done done;
  };

  Impl(JobStore& s, std::function<WallTime()> n, Post p, std::function<void(const Error&)> f,
       CommitterOptions o)
      : store(s), now(std::move(n)), post(std::move(p)), fatal(std::move(f)), options(o) {}

  JobStore& store;
  std::function<WallTime()> now;
  Post post;
  std::function<void(const Error&)> fatal;
  CommitterOptions options;

  mutable std::mutex mutex;  ///< guards everything below
  std::condition_variable wake;
  std::array<std::deque<Request>, 3> lanes;
  unsigned groups_without_import = 0;
  bool stopping = false;
  Stats counts;
  std::thread thread;

  std::deque<Request>& lane(Lane which) { return lanes[static_cast<std::size_t>(which)]; }

  [[nodiscard]] bool idle() const {
    return lanes[0].empty() && lanes[1].empty() && lanes[2].empty();
  }

  void take(Lane which, std::vector<Request>& group, std::size_t& sum, std::size_t most) {
    std::deque<Request>& from = lane(which);
    for (; !from.empty() && sum < options.group_steps && most > 0; --most) {
      sum += weight(from.front().steps);
      group.push_back(std::move(from.front()));
      from.pop_front();
      if (which == Lane::import) groups_without_import = 0;
    }
  }

  std::vector<Request> next_group() {
    std::vector<Request> group;
    std::size_t sum = 0;
    if (++groups_without_import > kImportPatience) take(Lane::import, group, sum, 1);
    sum = 0;  // that one import does not shorten what the others get
    take(Lane::settle, group, sum, SIZE_MAX);
    take(Lane::interactive, group, sum, SIZE_MAX);
    take(Lane::import, group, sum, SIZE_MAX);
    return group;
  }

  void run() {
    for (;;) {
      std::vector<Request> group;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return stopping || !idle(); });
        if (idle()) return;
        group = next_group();
      }
      std::vector<std::vector<Step>> requests;
      std::vector<Done> dones;
      std::size_t steps = 0;
      for (Request& request : group) {
        steps += request.steps.size();
        requests.push_back(std::move(request.steps));
        dones.push_back(std::move(request.done));
      }
      auto results = store.commit(requests, now());
      if (!results) {
        fail_all(std::move(dones), results.error());
        return;
      }
      {
        const std::lock_guard lock(mutex);
        counts.groups += 1;
        counts.requests += requests.size();
        counts.steps += steps;
      }
      post([dones = std::move(dones), results = std::move(*results)]() mutable {
        for (std::size_t i = 0; i < dones.size(); ++i) dones[i](std::move(results[i]));
      });
    }
  }

  /// The disk failed: nothing is acknowledged any more, neither this group nor what waits.
  void fail_all(std::vector<Done> dones, const Error& error) {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      for (std::deque<Request>& waiting : lanes) {
        for (Request& request : waiting) dones.push_back(std::move(request.done));
        waiting.clear();
      }
    }
    post([dones = std::move(dones), error, tell = fatal] {
      for (const Done& done : dones) done(tl::unexpected<Error>(error));
      tell(error);
    });
  }
};

Committer::Committer(JobStore& store, std::function<WallTime()> now, Post post,
                     std::function<void(const Error&)> fatal, CommitterOptions options)
    : impl_(std::make_unique<Impl>(store, std::move(now), std::move(post), std::move(fatal),
                                   options)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Committer::~Committer() { stop(); }

bool Committer::commit(Lane lane, std::vector<Step> steps, Done done) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return false;
    const std::size_t waiting = impl_->lane(lane).size();
    if (lane == Lane::interactive && waiting >= impl_->options.interactive_limit) return false;
    if (lane == Lane::import && waiting >= impl_->options.import_limit) return false;
    impl_->lane(lane).push_back({std::move(steps), std::move(done)});
  }
  impl_->wake.notify_one();
  return true;
}

void Committer::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Committer::Stats Committer::stats() const {
  const std::lock_guard lock(impl_->mutex);
  Stats counts = impl_->counts;
  for (const auto& lane : impl_->lanes) counts.waiting += lane.size();
  return counts;
}

}  // namespace cpgw::queue
