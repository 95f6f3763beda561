#include "queue/committer.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "support.h"

namespace cpgw::queue::test {
namespace {

using ::testing::ElementsAre;

/// A reactor of its own: runs what is posted on the calling thread.
class Loop {
 public:
  Committer::Post post() {
    return [this](std::function<void()> f) {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(f));
      wake_.notify_one();
    };
  }
  template <class Until>
  void run(const Until& until) {
    while (!until()) {
      std::unique_lock lock(mutex_);
      ASSERT_TRUE(
          wake_.wait_for(lock, std::chrono::seconds(30), [this] { return !work_.empty(); }));
      auto f = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      f();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
};

/// Stands before a store: counts what each commit carries, may hold it or fail it.
class Gate final : public JobStore {
 public:
  explicit Gate(JobStore& store) : store_(store) {}
  std::mutex mutex;
  std::condition_variable moved;
  bool open = true;
  int entered = 0;
  bool broken = false;
  std::vector<std::vector<std::size_t>> groups;  ///< jobs of each request's submit, 0 = other

  void set_open(bool value) {
    const std::lock_guard lock(mutex);
    open = value;
    moved.notify_all();
  }
  void await_entered(int count) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(moved.wait_for(lock, std::chrono::seconds(30), [&] { return entered >= count; }));
  }

  Result<std::vector<std::vector<StepResult>>> commit(std::span<const std::vector<Step>> requests,
                                                      WallTime now) override {
    std::unique_lock lock(mutex);
    std::vector<std::size_t> jobs;
    for (const auto& request : requests) {
      const auto* submit = std::get_if<step::Submit>(&request.front());
      jobs.push_back(submit != nullptr ? submit->jobs.size() : 0);
    }
    groups.push_back(jobs);
    ++entered;
    moved.notify_all();
    moved.wait(lock, [this] { return open; });
    if (broken) return fail(Errc::io, "the disk is full");
    return store_.commit(requests, now);
  }
  Result<std::uint64_t> recover(WallTime now) override { return store_.recover(now); }
  TenantId tenant(std::string_view n) override { return store_.tenant(n); }
  RouteGroup route_group(std::string_view n) override { return store_.route_group(n); }
  std::string tenant_name(TenantId id) const override { return store_.tenant_name(id); }
  std::string route_group_name(RouteGroup id) const override { return store_.route_group_name(id); }
  std::vector<ReadyQueue> ready_queues() const override { return store_.ready_queues(); }
  std::optional<Job> job(JobId id) const override { return store_.job(id); }
  Result<Octets> sealed(JobId id) const override { return store_.sealed(id); }
  JobPage find(const JobQuery& q) const override { return store_.find(q); }
  std::optional<Content> content(const Digest& d) const override { return store_.content(d); }
  std::optional<QueueInfo> queue(QueueId id) const override { return store_.queue(id); }
  std::optional<QueueInfo> queue(TenantId t, std::string_view n) const override {
    return store_.queue(t, n);
  }
  std::vector<QueueInfo> queues(std::optional<TenantId> t) const override {
    return store_.queues(t);
  }
  std::optional<ImportCursor> import_cursor(QueueId q, std::string_view n) const override {
    return store_.import_cursor(q, n);
  }
  EventPage events(TenantId t, std::uint64_t a, std::uint32_t l) const override {
    return store_.events(t, a, l);
  }
  StoreStats stats() const override { return store_.stats(); }
  std::vector<Error> check() const override { return store_.check(); }

 private:
  JobStore& store_;
};

class CommitterTest : public ::testing::Test {
 protected:
  void make(CommitterOptions options = {}) {
    committer = std::make_unique<Committer>(
        gate, [] { return kStart; }, loop.post(), [this](const Error& e) { fatal.push_back(e); },
        options);
  }
  std::vector<Step> submit(std::size_t jobs) {
    return {step::Submit{.tenant = b.tenant, .jobs = std::vector<NewJob>(jobs, b.job(number(1)))}};
  }
  Committer::Done count() {
    return [this](const Result<std::vector<StepResult>>& r) {
      ++done;
      if (!r) ++failed;
    };
  }
  /// Keeps the store busy with one request while others are handed in.
  void hold() {
    gate.set_open(false);
    ASSERT_TRUE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
    gate.await_entered(1);
  }

  Bench b{Engine::memory};
  Gate gate{*b.store};
  Loop loop;
  std::unique_ptr<Committer> committer;
  int done = 0, failed = 0;
  std::vector<Error> fatal;
};

TEST_F(CommitterTest, AnswersEachRequestWithItsOwnResults) {
  make();
  std::vector<StepResult> results;
  ASSERT_TRUE(committer->commit(Lane::interactive, submit(3),
                                [&](Result<std::vector<StepResult>> r) { results = *r; }));
  loop.run([&] { return !results.empty(); });
  EXPECT_EQ(results[0].ids.size(), 3u);
  EXPECT_EQ(committer->stats().requests, 1u);
}

TEST_F(CommitterTest, GathersWhatComesWhileItIsBusySettleFirst) {
  make();
  hold();
  ASSERT_TRUE(committer->commit(Lane::import, submit(7), count()));
  ASSERT_TRUE(committer->commit(Lane::interactive, submit(1), count()));
  ASSERT_TRUE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
  gate.set_open(true);
  loop.run([&] { return done == 4; });
  ASSERT_EQ(gate.groups.size(), 2u);
  EXPECT_THAT(gate.groups[1], ElementsAre(0, 1, 7));
}

TEST_F(CommitterTest, RefusesWhenALaneIsFullButNeverWhatSettles) {
  make({.interactive_limit = 2, .import_limit = 1});
  hold();
  EXPECT_TRUE(committer->commit(Lane::interactive, submit(1), count()));
  EXPECT_TRUE(committer->commit(Lane::interactive, submit(1), count()));
  EXPECT_FALSE(committer->commit(Lane::interactive, submit(1), count()));
  EXPECT_TRUE(committer->commit(Lane::import, submit(1), count()));
  EXPECT_FALSE(committer->commit(Lane::import, submit(1), count()));
  for (int n = 0; n < 100; ++n) {
    EXPECT_TRUE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
  }
  EXPECT_EQ(committer->stats().waiting, 103u);
  gate.set_open(true);
  loop.run([&] { return done == 104; });
}

TEST_F(CommitterTest, AGroupTakesNoMoreThanItsSteps) {
  make({.group_steps = 10});
  hold();
  for (int n = 0; n < 25; ++n) {
    ASSERT_TRUE(committer->commit(Lane::interactive, submit(1), count()));
  }
  gate.set_open(true);
  loop.run([&] { return done == 26; });
  ASSERT_EQ(gate.groups.size(), 4u);
  EXPECT_EQ(gate.groups[1].size(), 10u);
  EXPECT_EQ(gate.groups[3].size(), 5u);
}

TEST_F(CommitterTest, AnImportIsServedHoweverBusyTheOthersAre) {
  make({.group_steps = 1});
  hold();
  ASSERT_TRUE(committer->commit(Lane::import, submit(5), count()));
  for (int n = 0; n < 50; ++n) {
    ASSERT_TRUE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
  }
  gate.set_open(true);
  loop.run([&] { return done == 52; });
  std::size_t at = 0;
  while (gate.groups[at].front() != 5) ++at;
  EXPECT_LE(at, 6u);
}

TEST_F(CommitterTest, StopCommitsWhatWasTaken) {
  make();
  hold();
  ASSERT_TRUE(committer->commit(Lane::interactive, submit(4), count()));
  gate.set_open(true);
  committer->stop();
  EXPECT_FALSE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
  loop.run([&] { return done == 2; });
  EXPECT_EQ(b.counts().submitted, 4u);
}

TEST_F(CommitterTest, AFailedDiskAcknowledgesNothingAndIsToldOnce) {
  make();
  hold();
  ASSERT_TRUE(committer->commit(Lane::interactive, submit(1), count()));
  ASSERT_TRUE(committer->commit(Lane::import, submit(1), count()));
  gate.broken = true;
  gate.set_open(true);
  loop.run([&] { return !fatal.empty(); });
  EXPECT_EQ(done, 3);
  EXPECT_EQ(failed, 3);
  EXPECT_EQ(fatal.size(), 1u);
  EXPECT_FALSE(committer->commit(Lane::settle, {step::Sweep{}}, count()));
}

}  // namespace
}  // namespace cpgw::queue::test
