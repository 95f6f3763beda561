// Inside the room: what the store's rules (rules.h) need of an engine. Rows are typed; how they are
// kept is the engine's affair.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "queue/job_store.h"

namespace cpgw::queue::detail {

/// A job and what only the store knows of it.
struct Record {
  Job job;
  std::uint32_t unindexed = 0;  ///< bit k: part k+1 accepted without an id to look it up by
  std::uint32_t draw = 0;      ///< how many references the recipient had drawn, with this; 0 = none
  bool composed = false;       ///< Composed was recorded in this epoch: something may be written
  bool charged = false;        ///< this epoch is counted in `attempt`
  bool parked = false;         ///< its ready row is set aside while the recipient is busy
  bool was_parked = false;     ///< others may wait in the parked rows behind it
  bool alone = false;          ///< the recipient had no other job when this one was stored
  bool has_followers = false;  ///< other jobs are held for it
  bool has_sealed = false;
};

/// The order of the queue. Equal keys do not exist: the id is part of it.
struct ReadyKey {
  RouteGroup group;
  QueueId queue;
  std::uint8_t priority = 0;
  WallTime due;
  JobId id;
  friend auto operator<=>(const ReadyKey&, const ReadyKey&) = default;
};
[[nodiscard]] inline ReadyKey ready_key(const Record& r) {
  return {r.job.group, r.job.queue, r.job.priority, r.job.due, r.job.id};
}

/// Who names a content. It is stored as long as one of them does, and for a while after it was put.
struct ContentUses {
  std::uint64_t jobs = 0, queues = 0;
  WallTime unused_since{};  ///< put then and never used; zero: in use
  [[nodiscard]] bool any() const { return jobs != 0 || queues != 0; }
  friend bool operator==(const ContentUses&, const ContentUses&) = default;
};

/// Which part an operator's id stands for.
struct MidEntry {
  JobId job;
  std::uint8_t part = 0;
  WallTime until;  ///< may be forgotten from then on
  friend bool operator==(const MidEntry&, const MidEntry&) = default;
};

/// Nothing of the row is of use any more.
[[nodiscard]] inline bool all_over(const std::vector<MidEntry>& entries, WallTime now) {
  return std::all_of(entries.begin(), entries.end(),
                     [now](const MidEntry& e) { return e.until <= now; });
}

/// Consecutive jobs of one Submit with the same queue and deadline: one row for all of them. First
/// it waits for the deadline, then for the end of retention. `late` rows name one job that came
/// back to waiting after its span was through.
struct Span {
  enum class Stage : std::uint8_t { deadline = 1, retention = 2 };
  Stage stage = Stage::deadline;
  WallTime time{};  ///< the deadline; for left-overs of retention the time they were met
  JobId first{}, last{};
  bool late = false;
  QueueId queue{};
  JobId next{};  ///< where the sweep goes on, ≥ first
};

struct EarlyReceipt {
  std::uint64_t number = 0;  ///< in the order of arrival
  WallTime stored;
  Receipt receipt;
};

struct IdempotencyRecord {
  Digest request{};
  std::vector<JobId> ids;
  WallTime until;
};

struct QueueRecord {
  QueueInfo info;
  JobId sweep_next{UINT64_MAX};  ///< cancelled queues: where the sweep goes on; all ones = nothing
  std::uint64_t retired = 0;     ///< jobs forgotten after retention
};

struct EventCounter {
  std::uint64_t last = 0;
  std::uint64_t first_kept = 1;
};

enum class NameKind : std::uint8_t { tenant = 1, route_group = 2 };

/// The rows during one commit: reads see what the commit has written so far. A failed read or write
/// is remembered and reported by write(); until then the rows read as absent. Called by the
/// committing thread only, except the const members, which read committed rows from any thread.
class Rows {
 public:
  virtual ~Rows() = default;

  virtual void begin(WallTime now) = 0;
  /// Makes everything since begin() durable and visible.
  [[nodiscard]] virtual Result<void> write() = 0;

  /// The working copy of a job, valid until write(); null when there is none. Changes need save().
  [[nodiscard]] virtual Record* job(JobId id) = 0;
  virtual Record& insert(Record record, const Octets& sealed) = 0;
  virtual void save(Record& record) = 0;
  /// With its sealed octets and recipient row.
  virtual void erase(Record& record) = 0;
  [[nodiscard]] virtual Octets sealed_now(JobId id) = 0;
  virtual void erase_sealed(JobId id) = 0;
  /// The first stored job with id ≥ `from` and ≤ `last`.
  [[nodiscard]] virtual Record* next_job(JobId from, JobId last) = 0;

  virtual void ready_add(const ReadyKey& key) = 0;
  virtual void ready_remove(const ReadyKey& key) = 0;
  /// The first due job of a queue in the order priority, due, id.
  [[nodiscard]] virtual std::optional<JobId> ready_first(RouteGroup group, QueueId queue,
                                                         WallTime now) = 0;
  virtual void park(std::uint64_t recipient, const ReadyKey& key) = 0;
  virtual void unpark(std::uint64_t recipient, const ReadyKey& key) = 0;
  /// The first parked row of the recipient with key ≥ `from`.
  [[nodiscard]] virtual std::optional<ReadyKey> parked_from(std::uint64_t recipient,
                                                            const ReadyKey& from) = 0;

  virtual void lease_add(JobId id) = 0;
  virtual void lease_remove(JobId id) = 0;
  [[nodiscard]] virtual std::vector<JobId> leases(std::size_t most) = 0;

  [[nodiscard]] virtual bool recipient_known(std::uint64_t recipient) = 0;
  /// Ids of the recipient's jobs, oldest first or newest first, and the references drawn for them.
  struct RecipientRow {
    JobId id;
    std::uint32_t draw = 0;
  };
  [[nodiscard]] virtual std::vector<RecipientRow> recipient_rows(std::uint64_t recipient,
                                                                 std::size_t most) = 0;
  virtual void set_draw(std::uint64_t recipient, JobId id, std::uint32_t draw) = 0;

  virtual void follower_add(JobId before, JobId follower) = 0;
  virtual void follower_remove(JobId before, JobId follower) = 0;
  [[nodiscard]] virtual std::vector<JobId> followers(JobId before) = 0;

  [[nodiscard]] virtual std::vector<MidEntry> mid(const std::string& account,
                                                  const std::string& id) = 0;
  virtual void put_mid(const std::string& account, const std::string& id,
                       std::vector<MidEntry> entries) = 0;

  virtual void put_early(const EarlyReceipt& early) = 0;
  virtual void erase_early(std::uint64_t number) = 0;

  [[nodiscard]] virtual std::optional<IdempotencyRecord> idempotency(TenantId tenant,
                                                                     const std::string& key) = 0;
  virtual void put_idempotency(TenantId tenant, const std::string& key,
                               const IdempotencyRecord& record) = 0;
  /// Forgets up to `most` keys whose time is over, where the engine does not do so by itself.
  [[nodiscard]] virtual std::uint32_t sweep_idempotency(std::uint32_t most) = 0;

  [[nodiscard]] virtual std::optional<ImportCursor> cursor(QueueId queue,
                                                           const std::string& name) = 0;
  virtual void put_cursor(const ImportCursor& cursor) = 0;

  /// Nothing when the content is not stored.
  [[nodiscard]] virtual std::optional<ContentUses> content_uses(const Digest& digest) = 0;
  virtual void put_content(const Content& content) = 0;
  virtual void put_content_uses(const Digest& digest, const ContentUses& uses) = 0;
  /// With its uses.
  virtual void erase_content(const Digest& digest) = 0;
  /// Contents that wait for their first use, in the order of `since`.
  struct Unused {
    WallTime since;
    Digest digest;
    friend auto operator<=>(const Unused&, const Unused&) = default;
  };
  virtual void put_unused(const Unused& unused) = 0;
  virtual void erase_unused(const Unused& unused) = 0;
  [[nodiscard]] virtual std::optional<Unused> first_unused() = 0;

  virtual void put_span(const Span& span) = 0;  ///< creates or moves `next`
  virtual void erase_span(const Span& span) = 0;
  /// The span of the stage with the earliest time.
  [[nodiscard]] virtual std::optional<Span> first_span(Span::Stage stage) = 0;
  /// Which jobs a queue has: a run of ids, for find() and the sweep of cancelled queues.
  virtual void put_run(QueueId queue, JobId first, JobId last) = 0;
  virtual void erase_run(QueueId queue, JobId first, JobId last) = 0;
  /// The first job of the queue with id ≥ `from`.
  [[nodiscard]] virtual Record* next_of_queue(QueueId queue, JobId from) = 0;

  virtual void put_event(const Event& event) = 0;
  /// Forgets the events below `first_kept`.
  virtual void trim_events(TenantId tenant, std::uint64_t from, std::uint64_t first_kept) = 0;
  [[nodiscard]] virtual std::optional<Event> event(TenantId tenant, std::uint64_t sequence) = 0;

  virtual void put_queue(const QueueRecord& queue, bool counts_only) = 0;
  virtual void put_counter(TenantId tenant, const EventCounter& counter) = 0;
  virtual void put_last_id(std::uint64_t id) = 0;
  /// Durable at once; may be called beside a commit.
  [[nodiscard]] virtual Result<void> put_name(NameKind kind, std::uint32_t id,
                                              std::string_view name) = 0;

  // ---- committed rows, from any thread
  [[nodiscard]] virtual std::optional<Record> read_job(JobId id) const = 0;
  [[nodiscard]] virtual Result<Octets> read_sealed(JobId id) const = 0;
  [[nodiscard]] virtual std::optional<Content> read_content(const Digest& digest) const = 0;
  [[nodiscard]] virtual std::optional<ImportCursor> read_cursor(QueueId queue,
                                                                std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<Event> read_events(TenantId tenant, std::uint64_t from,
                                                       std::uint32_t most) const = 0;
  /// Visits jobs in the order of ids from `after` (exclusive) on until the visitor says false:
  /// those of the recipient, else of the queue, else all.
  using Visitor = std::function<bool(const Record&)>;
  virtual void visit_jobs(std::optional<std::uint64_t> recipient, std::optional<QueueId> queue,
                          JobId after, const Visitor& visit) const = 0;
  /// The due time of the first ready row of each (group, queue).
  struct ReadyHead {
    RouteGroup group;
    QueueId queue;
    WallTime due;
  };
  [[nodiscard]] virtual std::vector<ReadyHead> ready_heads() const = 0;
  [[nodiscard]] virtual std::uint64_t octets_on_disk() const = 0;

  // ---- for check(): whether the index rows and the jobs agree
  [[nodiscard]] virtual bool has_ready(const ReadyKey& key) const = 0;
  [[nodiscard]] virtual bool has_parked(std::uint64_t recipient, const ReadyKey& key) const = 0;
  [[nodiscard]] virtual bool has_lease(JobId id) const = 0;
  [[nodiscard]] virtual bool has_recipient(std::uint64_t recipient, JobId id) const = 0;
  [[nodiscard]] virtual bool has_follower(JobId before, JobId follower) const = 0;
  [[nodiscard]] virtual bool has_run(QueueId queue, JobId id) const = 0;
  virtual void visit_ready(const std::function<void(const ReadyKey&)>& visit) const = 0;
  virtual void visit_parked(
      const std::function<void(std::uint64_t recipient, const ReadyKey&)>& visit) const = 0;
  virtual void visit_leases(const std::function<void(JobId)>& visit) const = 0;
  virtual void visit_spans(const std::function<void(const Span&)>& visit) const = 0;
  /// Stored contents, and without uses those whose row of uses is missing.
  virtual void visit_contents(
      const std::function<void(const Digest&, const std::optional<ContentUses>&)>& visit) const = 0;
  virtual void visit_unused(const std::function<void(const Unused&)>& visit) const = 0;
  /// Rows that cannot be read at all.
  [[nodiscard]] virtual std::vector<Error> damaged() const = 0;
};

/// What an engine found on disk when it was opened.
struct Loaded {
  std::uint64_t last_id = 0;
  std::vector<QueueRecord> queues;
  std::vector<std::pair<TenantId, EventCounter>> counters;
  std::vector<std::pair<std::uint32_t, std::string>> tenants, route_groups;
  std::vector<EarlyReceipt> early;
  std::vector<std::uint64_t> busy;  ///< recipients of claimed multi-part pushes, one per job
};

}  // namespace cpgw::queue::detail
