// The store: the one truth about every job. Engines: memory (the reference) and RocksDB; both pass
// the same conformance suite.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <variant>

#include "queue/types.h"

namespace cpgw::queue {

enum class Errc {
  io,               ///< the disk refused; the store is fatal from here on: stop acknowledging, exit
  corrupt,          ///< a record fails its checksum or version; run `cpgw store check`
  locked,           ///< another process has the store open
  format,           ///< written by another format version
  unknown_content,  ///< a job or queue names a digest that is not stored; put it with the request
  unknown_queue,    ///< no such queue
  cycle,            ///< `after` would wait for itself
  limit,            ///< a bound of the store (parts, sizes) is exceeded
  unknown_job,      ///< `after` names a job that is not stored or can never start another
  queue_cancelled,  ///< the queue is cancelled and takes no more jobs
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::io: return "queue/io";
    case Errc::corrupt: return "queue/corrupt";
    case Errc::locked: return "queue/locked";
    case Errc::format: return "queue/format";
    case Errc::unknown_content: return "queue/unknown-content";
    case Errc::unknown_queue: return "queue/unknown-queue";
    case Errc::cycle: return "queue/cycle";
    case Errc::limit: return "queue/limit";
    case Errc::unknown_job: return "queue/unknown-job";
    case Errc::queue_cancelled: return "queue/cancelled";
  }
  return "queue/none";
}

// ---- steps: every change of the store is one of these; each is fenced or idempotent
// -------------------------------------

/// Progress of a file import, in the same commit as the rows it covers.
struct ImportCursor {
  std::string name{};  ///< names the import within its queue
  QueueId queue{};
  Digest source{};  ///< digest of the file's head and length: another file under the same name is a
                    ///< conflict
  std::uint64_t next_offset = 0;
  std::uint64_t next_row = 0;
  std::uint64_t accepted = 0, rejected = 0;
  bool finished = false;
};

/// Remembers the answer to a client's request: same key and digest replays it, another digest is a
/// conflict.
struct Idempotency {
  std::string key{};  ///< the client's, at most 128 octets; scoped by tenant
  Digest request{};
};

namespace step {

struct PutContent {
  Content content{};
};  ///< no-op when the digest is stored; forgotten after content_patience when nothing names it
struct PutQueue {
  QueueInfo queue{};
};  ///< creates (id 0: the store gives one; state and created are taken, counts are not); conflict
    ///< when the (tenant, name) exists with other settings, group or id; the result carries the id
struct SetQueueState {
  QueueId queue{};
  QueueState state;
};  ///< cancelled is a tombstone: waiting jobs count as cancelled at once, swept later
/// All jobs or none. The result carries their ids. With `cursor`, fenced by `expect_offset` equal
/// to the stored next_offset.
struct Submit {
  TenantId tenant{};
  std::vector<NewJob> jobs{};
  std::optional<Idempotency> idempotency{};
  std::optional<ImportCursor> cursor{};
  std::uint64_t expect_offset = 0;
};
/// Takes up to `max` due jobs from one queue's head whose parts_estimates sum to at most
/// `max_parts` (at least one job). Expires those past their deadline on the way, skips recipients
/// in `busy`.
struct Claim {
  RouteGroup group{};
  QueueId queue{};
  std::uint32_t max_jobs = 1;
  std::uint32_t max_parts = 32;
  bool expire = true;  ///< false while expiry is held: overdue jobs are handed out all the same
};
/// Composed: how many parts, their digest. Usually in the same request as the first PartAccepted.
struct Composed {
  Fence fence{};
  std::uint8_t parts;
  Digest push_digest;
};
/// The operator took part `part` (0-based). `id` may be empty or a placeholder: then it is not
/// indexed. Consumes an early receipt.
struct PartAccepted {
  Fence fence{};
  std::uint8_t part;
  std::string account{};
  std::string id{};
  /// A push is delivered when every part is whose receipt is to come. With none to come `sent` is
  /// its last state.
  bool receipt_expected = true;
};
/// Back to waiting at `due`: after throttled, temporary. `charge` counts an attempt.
struct Retry {
  Fence fence{};
  WallTime due{};
  OutcomeClass why;
  std::uint16_t code;
  bool charge;
};
/// Back to waiting at once, nothing charged: the link went away before anything was written.
struct Release {
  Fence fence{};
};
struct Fail {
  Fence fence{};
  OutcomeClass why;
  std::uint16_t code;
};
/// Parts in `parts` were written and never answered: kept in doubt, due again at `due`, marked
/// possible_duplicate when resent.
struct InDoubt {
  Fence fence{};
  std::uint32_t parts;
  WallTime due{};
};
struct ApplyReceipt {
  Receipt receipt;
};
struct CancelJob {
  JobId id{};
};
struct Expire {
  JobId id{};
};  ///< refused (not_due) before the deadline
/// Housekeeping in bounded pieces: sweeps cancelled queues, trims events, early receipts,
/// idempotency keys, contents nobody came to use, and final jobs older than retention.
struct Sweep {
  std::uint32_t max_records = 500;
  bool expire = true;  ///< false while expiry is held: nothing past its deadline is expired
};

}  // namespace step

using Step =
    std::variant<step::PutContent, step::PutQueue, step::SetQueueState, step::Submit, step::Claim,
                 step::Composed, step::PartAccepted, step::Retry, step::Release, step::Fail,
                 step::InDoubt, step::ApplyReceipt, step::CancelJob, step::Expire, step::Sweep>;

enum class Applied : std::uint8_t {
  applied,
  duplicate,  ///< already so; nothing changed; for Submit the first answer is replayed
  fenced,     ///< another epoch owns the job
  unknown_job,
  stored_early,  ///< a receipt nobody waits for yet: kept and matched when its id arrives
  conflict,      ///< idempotency key, queue name or import cursor with other content
  final,         ///< the job already has its final state
  not_due,
  refused,  ///< see `error`
};

struct StepResult {
  Applied applied = Applied::applied;
  std::vector<JobId> ids{};        ///< Submit
  std::vector<Claimed> claimed{};  ///< Claim
  std::optional<JobId> job{};      ///< ApplyReceipt: whose it was
  std::optional<QueueId> queue{};  ///< PutQueue: the queue's id
  std::uint32_t swept = 0;         ///< Sweep: records touched; 0 = nothing left to do
  std::optional<Error> error{};    ///< with refused
};

// ---- reads
// ----------------------------------------------------------------------------------------------------------------

/// What the scheduler sees of one queue: that it has work, and when.
struct ReadyQueue {
  TenantId tenant{};
  QueueId queue{};
  RouteGroup group{};
  WallTime next_due{};
};

struct JobQuery {
  std::optional<TenantId> tenant{};
  std::optional<QueueId> queue{};
  std::optional<Msisdn> recipient{};
  std::optional<JobState> state{};
  JobId after_id{};                  ///< page on from here; 0 = start
  std::uint32_t limit = 100;         ///< at most 1000
  std::uint32_t most_read = 20'000;  ///< jobs looked at, whether they match or not
};

struct JobPage {
  std::vector<Job> jobs{};
  std::optional<JobId> next{};  ///< what `after_id` goes on from; nothing: this was the end
};

struct StoreStats {
  std::uint64_t jobs = 0, waiting = 0, in_flight = 0, events = 0, early_receipts = 0,
                octets_on_disk = 0;
};

struct StoreOptions {
  std::uint16_t node = 0;
  bool hold_in_doubt =
      false;  ///< recover() leaves what is in doubt to its deadline instead of making it due
  std::chrono::milliseconds receipt_patience{
      std::chrono::hours(1)};  ///< how long an unmatched receipt is kept
  std::chrono::milliseconds content_patience{
      std::chrono::hours(1)};  ///< how long a content is kept that nothing has used yet
  std::chrono::hours retention{24 * 30};
  std::chrono::hours idempotency_life{24 * 7};
  std::uint64_t events_kept = 1'000'000;  ///< per tenant; older ones leave a visible gap
};

/// One owner thread at a time calls commit(); reads may come from any thread and see committed
/// state only.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Applies the requests in order as one durable group; result i belongs to request i, one
  /// StepResult per step. The steps of one request are all applied or, when one is
  /// refused/conflict/fenced, that step reports it and the request's other steps still stand on
  /// their own (each step is atomic by itself). An Error means the disk failed: nothing of this
  /// group may be acknowledged. `now` is the guarded wall time (see ClockGuard).
  [[nodiscard]] virtual Result<std::vector<std::vector<StepResult>>> commit(
      std::span<const std::vector<Step>> requests, WallTime now) = 0;

  /// Ends the leases of earlier processes: every claimed job becomes in_doubt (all unanswered
  /// parts) and due at once. Call once, first.
  [[nodiscard]] virtual Result<std::uint64_t> recover(WallTime now) = 0;

  [[nodiscard]] virtual TenantId tenant(std::string_view name) = 0;  ///< creates on first sight
  [[nodiscard]] virtual RouteGroup route_group(std::string_view name) = 0;
  [[nodiscard]] virtual std::string tenant_name(TenantId id) const = 0;
  [[nodiscard]] virtual std::string route_group_name(RouteGroup id) const = 0;

  [[nodiscard]] virtual std::vector<ReadyQueue> ready_queues()
      const = 0;  ///< queues that run and have waiting jobs
  [[nodiscard]] virtual std::optional<Job> job(JobId id) const = 0;
  [[nodiscard]] virtual Result<Octets> sealed(JobId id) const = 0;  ///< empty once erased
  /// Jobs in the order of ids. A page may hold few jobs, or none, and still not be the last.
  [[nodiscard]] virtual JobPage find(const JobQuery& query) const = 0;
  [[nodiscard]] virtual std::optional<Content> content(const Digest& digest) const = 0;
  [[nodiscard]] virtual std::optional<QueueInfo> queue(QueueId id) const = 0;
  [[nodiscard]] virtual std::optional<QueueInfo> queue(TenantId tenant,
                                                       std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<QueueInfo> queues(std::optional<TenantId> tenant) const = 0;
  [[nodiscard]] virtual std::optional<ImportCursor> import_cursor(QueueId queue,
                                                                  std::string_view name) const = 0;
  /// Up to `limit` events with sequence > `after`. `first_kept` in the result shows a gap left by
  /// trimming.
  struct EventPage {
    std::vector<Event> events;
    std::uint64_t first_kept = 1;
    std::uint64_t last = 0;
  };
  [[nodiscard]] virtual EventPage events(TenantId tenant, std::uint64_t after,
                                         std::uint32_t limit) const = 0;
  [[nodiscard]] virtual StoreStats stats() const = 0;
  /// Reads everything and cross-checks indexes; returns what is wrong, empty when sound.
  [[nodiscard]] virtual std::vector<Error> check() const = 0;
};

[[nodiscard]] std::unique_ptr<JobStore> open_memory_store(const StoreOptions& options);
/// `directory` is made when missing (0700). Errc::locked, format, corrupt, io.
[[nodiscard]] Result<std::unique_ptr<JobStore>> open_rocksdb_store(const std::string& directory,
                                                                   const StoreOptions& options);

}  // namespace cpgw::queue
