// What the queue's tests share: both engines behind one handle, and short ways to say a step.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "queue/job_store.h"

namespace cpgw::queue::test {

enum class Engine : std::uint8_t { memory, rocksdb };

inline std::string name(Engine e) { return e == Engine::memory ? "memory" : "rocksdb"; }

/// A directory of its own, gone with the object.
class TempDir {
 public:
  TempDir() {
    // In memory where there is such a place: what these tests ask does not depend on the disk.
    std::string pattern = "/dev/shm/cpgw-queue-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      pattern = (std::filesystem::temp_directory_path() / "cpgw-queue-XXXXXX").string();
      if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    }
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] std::string file(std::string_view leaf) const {
    return (std::filesystem::path(path_) / leaf).string();
  }

 private:
  std::string path_;
};

inline constexpr WallTime kStart{std::chrono::milliseconds(1'800'000'000'000)};
inline WallTime after(std::chrono::milliseconds d) { return kStart + d; }

inline Digest digest(std::uint8_t v) {
  Digest d{};
  d[0] = std::byte{v};
  return d;
}

inline Msisdn number(std::string_view digits) { return *Msisdn::parse(digits); }
inline Msisdn number(std::uint64_t n) { return *Msisdn::parse(std::to_string(358400000000 + n)); }

inline Octets octets(std::string_view text) {
  const OctetView v = as_octets(text);
  return {v.begin(), v.end()};
}

/// Makes an empty store by copying one: creating its families takes longer than most tests.
inline void make_empty_store(const std::string& directory) {
  static const TempDir master;
  static const bool made = open_rocksdb_store(master.file("store"), {}).has_value();
  EXPECT_TRUE(made);
  std::filesystem::copy(master.file("store"), directory);
}

/// One store with a tenant, a route group, a content and a running queue.
class Bench {
 public:
  explicit Bench(Engine engine, StoreOptions options = {}) : engine_(engine), options_(options) {
    if (engine == Engine::rocksdb) make_empty_store(dir_.file("store"));
    open();
    tenant = store->tenant("acme");
    group = store->route_group("smsc-a");
    queue = singles(tenant);
    QueueInfo info;
    info.id = queue;
    info.tenant = tenant;
    info.group = group;
    info.created = now;
    Content content;
    content.digest = digest(1);
    content.body = octets("body");
    content.source = octets("source");
    const auto results = run({step::PutQueue{info}, step::PutContent{content}});
    EXPECT_EQ(results[0].applied, Applied::applied);
  }

  void open() {
    if (engine_ == Engine::memory) {
      store = open_memory_store(options_);
      return;
    }
    auto opened = open_rocksdb_store(dir_.file("store"), options_);
    ASSERT_TRUE(opened) << to_string(opened.error());
    store = std::move(*opened);
  }
  /// As after a crash of the process; the memory engine keeps what it has and only recovers.
  std::uint64_t reopen() {
    if (engine_ == Engine::rocksdb) {
      store.reset();
      open();
    }
    const auto recovered = store->recover(now);
    EXPECT_TRUE(recovered) << to_string(recovered.error());
    return recovered.value_or(0);
  }

  std::vector<StepResult> run(std::vector<Step> steps) {
    const std::vector<std::vector<Step>> requests{std::move(steps)};
    auto results = store->commit(requests, now);
    EXPECT_TRUE(results) << to_string(results.error());
    if (!results) std::abort();
    return std::move(results->front());
  }
  StepResult one(Step s) {
    std::vector<Step> steps;
    steps.push_back(std::move(s));
    return std::move(run(std::move(steps)).front());
  }

  [[nodiscard]] NewJob job(const Msisdn& recipient, std::uint8_t parts = 1) const {
    return NewJob{.tenant = tenant,
                  .queue = queue,
                  .group = group,
                  .recipient = recipient,
                  .content = digest(1),
                  .sealed = octets("sealed"),
                  .due = now,
                  .deadline = now + std::chrono::hours(24),
                  .parts_estimate = parts};
  }
  std::vector<JobId> submit(std::vector<NewJob> jobs) {
    const TenantId whose = jobs.empty() ? tenant : jobs.front().tenant;
    const StepResult r = one(step::Submit{.tenant = whose, .jobs = std::move(jobs)});
    EXPECT_EQ(r.applied, Applied::applied) << (r.error ? to_string(*r.error) : "");
    return r.ids;
  }
  JobId submit(NewJob j) { return submit(std::vector<NewJob>{std::move(j)}).front(); }
  std::vector<Claimed> claim(std::uint32_t most = 1, std::uint32_t parts = 1000) {
    return one(step::Claim{.group = group, .queue = queue, .max_jobs = most, .max_parts = parts})
        .claimed;
  }
  /// Claims one job and records that its parts are composed.
  Claimed claim_composed(std::uint8_t parts) {
    auto claimed = claim();
    EXPECT_EQ(claimed.size(), 1u);
    EXPECT_EQ(one(step::Composed{claimed.front().fence, parts, digest(9)}).applied,
              Applied::applied);
    return std::move(claimed.front());
  }
  StepResult accept(const Fence& fence, std::uint8_t part, std::string id, bool receipt = true) {
    return one(step::PartAccepted{fence, part, "acct", std::move(id), receipt});
  }
  StepResult receipt(std::string id, ReceiptState state = ReceiptState::delivered,
                     std::optional<Msisdn> who = std::nullopt) {
    Receipt r;
    r.account = "acct";
    if (!id.empty()) r.candidates.push_back(std::move(id));
    r.recipient = who;
    r.state = state;
    r.at = now;
    return one(step::ApplyReceipt{r});
  }
  [[nodiscard]] JobState state(JobId id) const {
    const auto j = store->job(id);
    return j ? j->state : JobState{};
  }
  [[nodiscard]] QueueCounts counts() const { return store->queue(queue)->counts; }
  [[nodiscard]] std::vector<EventKind> events() const {
    std::vector<EventKind> kinds;
    for (const Event& e : store->events(tenant, 0, 1000).events) kinds.push_back(e.kind);
    return kinds;
  }
  void expect_sound() const {
    for (const Error& e : store->check()) ADD_FAILURE() << to_string(e);
  }

  TenantId tenant;
  RouteGroup group;
  QueueId queue;
  WallTime now = kStart;
  std::unique_ptr<JobStore> store;

 private:
  Engine engine_;
  StoreOptions options_;
  TempDir dir_;
};

}  // namespace cpgw::queue::test
