// Inside the room: what every step means, the same for all engines. The engine keeps the rows.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include "queue/early.h"
#include "queue/job_store.h"
#include "queue/rows.h"

namespace cpgw::queue::detail {

/// commit(), recover() and check() exclude each other; reads see what was published after a commit.
class RuledStore final : public JobStore {
 public:
  RuledStore(std::unique_ptr<Rows> rows, const StoreOptions& options, Loaded loaded);

  Result<std::vector<std::vector<StepResult>>> commit(std::span<const std::vector<Step>> requests,
                                                      WallTime now) override;
  Result<std::uint64_t> recover(WallTime now) override;
  TenantId tenant(std::string_view name) override;
  RouteGroup route_group(std::string_view name) override;
  std::string tenant_name(TenantId id) const override;
  std::string route_group_name(RouteGroup id) const override;
  std::vector<ReadyQueue> ready_queues() const override;
  std::optional<Job> job(JobId id) const override;
  Result<Octets> sealed(JobId id) const override;
  JobPage find(const JobQuery& query) const override;
  std::optional<Content> content(const Digest& digest) const override;
  std::optional<QueueInfo> queue(QueueId id) const override;
  std::optional<QueueInfo> queue(TenantId tenant, std::string_view name) const override;
  std::vector<QueueInfo> queues(std::optional<TenantId> tenant) const override;
  std::optional<ImportCursor> import_cursor(QueueId queue, std::string_view name) const override;
  EventPage events(TenantId tenant, std::uint64_t after, std::uint32_t limit) const override;
  StoreStats stats() const override;
  std::vector<Error> check() const override;

 private:
  // ---- one method per step
  StepResult apply(const step::PutContent& s);
  StepResult apply(const step::PutQueue& s);
  StepResult apply(const step::SetQueueState& s);
  StepResult apply(const step::Submit& s);
  StepResult apply(const step::Claim& s);
  StepResult apply(const step::Composed& s);
  StepResult apply(const step::PartAccepted& s);
  StepResult apply(const step::Retry& s);
  StepResult apply(const step::Release& s);
  StepResult apply(const step::Fail& s);
  StepResult apply(const step::InDoubt& s);
  StepResult apply(const step::ApplyReceipt& s);
  StepResult apply(const step::CancelJob& s);
  StepResult apply(const step::Expire& s);
  StepResult apply(const step::Sweep& s);

  // ---- submit
  [[nodiscard]] std::optional<Error> refuse(const step::Submit& s);
  [[nodiscard]] std::optional<Error> refuse_job(const step::Submit& s, std::size_t index);
  [[nodiscard]] std::optional<StepResult> replay(const step::Submit& s);
  void store_job(const NewJob& job, JobId id, std::optional<JobId> after);
  [[nodiscard]] std::uint64_t next_id();

  // ---- contents in use: one change of the row for all that a commit does to a content
  struct TouchedContent {
    ContentUses uses;
    bool stored = false;
    bool changed = false;
    bool put = false;  ///< asked for by this commit
  };
  [[nodiscard]] TouchedContent& touch_content(const Digest& digest);
  void settle_contents();

  // ---- a job's life
  [[nodiscard]] bool over(const Record& r) const;  ///< final, or waiting in a cancelled queue
  void move(Record& r, JobState to);
  /// Counts a claimed multi-part push for its recipient, or no longer.
  void set_busy(const Record& r, bool busy);
  void leave(Record& r);
  void enter(Record& r, JobState to);
  void release_followers(Record& r);
  void wake_parked(std::uint64_t recipient);
  void charge(Record& r);
  void draw_reference(Record& r);
  void back_to_waiting(Record& r, JobState state);
  [[nodiscard]] Claimed hand_out(Record& r);
  void complete(Record& r);  ///< all parts accepted: sent; all delivered: delivered
  struct Held {
    Record* record = nullptr;
    Applied refusal = Applied::applied;
  };
  [[nodiscard]] Held holder(const Fence& fence);

  // ---- receipts
  [[nodiscard]] bool part_open(const Record& r, unsigned part) const;
  Applied settle(Record& r, unsigned part, const Receipt& receipt);
  struct Target {
    Record* record = nullptr;
    unsigned part = 0;
    bool open = false;
  };
  [[nodiscard]] Target by_candidates(const Receipt& receipt);
  [[nodiscard]] Target by_reference(const Receipt& receipt);
  [[nodiscard]] Target by_recipient(const Receipt& receipt);
  void index_part(Record& r, unsigned part, const std::string& account, const std::string& id);
  void consume_early(Record& r, unsigned part, const std::string& account, const std::string& id);

  // ---- sweep: each takes from what is left of the step's records
  void sweep_cancelled(std::uint32_t& left);
  void sweep_deadlines(std::uint32_t& left);
  void sweep_early(std::uint32_t& left);
  void sweep_unused(std::uint32_t& left);
  void sweep_retention(std::uint32_t& left);
  void put_retention_span(WallTime time, JobId first, JobId last, QueueId queue);
  void sweep_events(std::uint32_t& left);

  /// When a job expires: its deadline; of a campaign that was a draft, as much later as the job lay
  /// there before the start. A draft's jobs do not expire.
  [[nodiscard]] WallTime deadline_of(const Record& r);

  // ---- bookkeeping of one commit
  QueueRecord* queue_record(QueueId id, bool change);
  void count(const Record& r, JobState state, std::int64_t by);
  void emit(EventKind kind, const Record& r);
  void emit_queue(const QueueInfo& q);
  [[nodiscard]] Result<void> usable();
  [[nodiscard]] Result<void> finish();
  void publish();

  // ---- check
  void check_job(const Record& r, std::vector<Error>& wrong) const;
  void check_rows(std::vector<Error>& wrong) const;
  void check_counts(std::vector<Error>& wrong) const;
  void check_contents(std::vector<Error>& wrong) const;
  [[nodiscard]] Job shown(Record r) const;
  [[nodiscard]] bool queue_cancelled(QueueId id) const;  ///< as published

  std::unique_ptr<Rows> rows_;
  const StoreOptions options_;

  // Changed by commits, under commit_mutex_.
  mutable std::mutex commit_mutex_;
  WallTime now_{};
  std::uint64_t last_id_ = 0;
  bool last_id_changed_ = false;
  std::map<QueueId, QueueRecord> queues_;
  std::map<std::pair<TenantId, std::string>, QueueId> queue_names_;
  std::map<QueueId, bool> changed_queues_;  ///< true: more than the counts
  std::set<QueueId> to_sweep_;              ///< cancelled, with rows left
  std::map<TenantId, EventCounter> counters_;
  std::set<TenantId> changed_counters_;
  std::map<Digest, TouchedContent> touched_contents_;
  std::unordered_map<std::uint64_t, std::uint32_t> busy_;  ///< claimed multi-part pushes
  EarlyReceipts early_;
  std::optional<Error> fatal_;

  // What readers see, under shared_.
  mutable std::mutex shared_;
  std::map<QueueId, QueueRecord> published_queues_;
  std::map<TenantId, EventCounter> published_counters_;
  std::size_t published_early_ = 0;

  mutable std::mutex names_mutex_;
  std::map<std::string, std::uint32_t, std::less<>> tenants_, route_groups_;
  std::map<std::uint32_t, std::string> tenant_names_, route_group_names_;
  std::optional<Error> name_failure_;
};

}  // namespace cpgw::queue::detail
