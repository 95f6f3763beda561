// Inside the room: the durable engine. One column family per kind of row, one WriteBatch with a
// synchronous write per commit. docs/store-format.md describes the rows.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "queue/lanes.h"
#include "queue/rows.h"

namespace cpgw::queue::detail {

enum class Family : std::uint8_t {
  meta,  ///< RocksDB's default family
  job,
  sealed,
  ready,
  parked,
  lease,
  rcpt,
  after,
  mid,
  early,
  idem,
  import_cursor,
  content,
  span,
  run,
  event,
  queue,
};
inline constexpr std::size_t kFamilies = 17;
[[nodiscard]] std::string_view family_name(Family family);

/// What the engine and RocksDB's own threads share.
struct Shared {
  std::atomic<std::int64_t> now{INT64_MIN};  ///< wall milliseconds of the last commit
  std::atomic<bool> background_error{false};
};

/// Closes the families before the database.
struct Database {
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families{};

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family f) const {
    return families[static_cast<std::size_t>(f)];
  }
};

/// Opens or creates; `env` may be null. Errc::locked, format, io, corrupt.
[[nodiscard]] Result<std::unique_ptr<Database>> open_database(const std::string& directory,
                                                              rocksdb::Env* env);
/// What RuledStore must know from the start.
[[nodiscard]] Result<Loaded> load(const Database& database);
/// As open_rocksdb_store(), on a file system of the caller's, which outlives the store.
[[nodiscard]] Result<std::unique_ptr<JobStore>> open_rocksdb_store_on(const std::string& directory,
                                                                      const StoreOptions& options,
                                                                      rocksdb::Env* env);

[[nodiscard]] Error to_error(const rocksdb::Status& status, std::string_view doing);

/// One family during a commit: what the commit wrote lies over what is on disk.
class Table {
 public:
  Table(const Database& database, Family family, rocksdb::WriteBatch& batch,
        std::optional<Error>& failure)
      : database_(database), family_(family), batch_(batch), failure_(failure) {}

  void put(const std::string& key, std::string value);
  void erase(const std::string& key);
  [[nodiscard]] std::optional<std::string> get(const std::string& key);
  /// The first row with key ≥ `from` that begins with `prefix`.
  struct Row {
    std::string key, value;
  };
  [[nodiscard]] std::optional<Row> first_from(const std::string& from, std::string_view prefix);
  void committed();

 private:
  rocksdb::Iterator& iterator();
  const Database& database_;
  Family family_;
  rocksdb::WriteBatch& batch_;
  std::optional<Error>& failure_;
  std::map<std::string, std::optional<std::string>, std::less<>> pending_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksRows final : public Rows {
 public:
  explicit RocksRows(std::unique_ptr<Database> database);
  ~RocksRows() override;

  void begin(WallTime now) override;
  Result<void> write() override;
  Record* job(JobId id) override;
  Record& insert(Record record, const Octets& sealed) override;
  void save(Record& record) override;
  void erase(Record& record) override;
  Octets sealed_now(JobId id) override;
  void erase_sealed(JobId id) override;
  Record* next_job(JobId from, JobId last) override;
  void ready_add(const ReadyKey& key) override;
  void ready_remove(const ReadyKey& key) override;
  std::optional<JobId> ready_first(RouteGroup group, QueueId queue, WallTime now) override;
  void park(std::uint64_t recipient, const ReadyKey& key) override;
  void unpark(std::uint64_t recipient, const ReadyKey& key) override;
  std::optional<ReadyKey> parked_from(std::uint64_t recipient, const ReadyKey& from) override;
  void lease_add(JobId id) override;
  void lease_remove(JobId id) override;
  std::vector<JobId> leases(std::size_t most) override;
  bool recipient_known(std::uint64_t recipient) override;
  std::vector<RecipientRow> recipient_rows(std::uint64_t recipient, std::size_t most) override;
  void set_draw(std::uint64_t recipient, JobId id, std::uint32_t draw) override;
  void follower_add(JobId before, JobId follower) override;
  void follower_remove(JobId before, JobId follower) override;
  std::vector<JobId> followers(JobId before) override;
  std::vector<MidEntry> mid(const std::string& account, const std::string& id) override;
  void put_mid(const std::string& account, const std::string& id,
               std::vector<MidEntry> entries) override;
  void put_early(const EarlyReceipt& early) override;
  void erase_early(std::uint64_t number) override;
  std::optional<IdempotencyRecord> idempotency(TenantId tenant, const std::string& key) override;
  void put_idempotency(TenantId tenant, const std::string& key,
                       const IdempotencyRecord& record) override;
  /// Compaction forgets them.
  std::uint32_t sweep_idempotency(std::uint32_t) override { return 0; }
  std::optional<ImportCursor> cursor(QueueId queue, const std::string& name) override;
  void put_cursor(const ImportCursor& cursor) override;
  std::optional<ContentUses> content_uses(const Digest& digest) override;
  void put_content(const Content& content) override;
  void put_content_uses(const Digest& digest, const ContentUses& uses) override;
  void erase_content(const Digest& digest) override;
  void put_unused(const Unused& unused) override;
  void erase_unused(const Unused& unused) override;
  std::optional<Unused> first_unused() override;
  void put_span(const Span& span) override;
  void erase_span(const Span& span) override;
  std::optional<Span> first_span(Span::Stage stage) override;
  void put_run(QueueId queue, JobId first, JobId last) override;
  void erase_run(QueueId queue, JobId first, JobId last) override;
  Record* next_of_queue(QueueId queue, JobId from) override;
  void put_event(const Event& event) override;
  void trim_events(TenantId tenant, std::uint64_t from, std::uint64_t first_kept) override;
  std::optional<Event> event(TenantId tenant, std::uint64_t sequence) override;
  void put_queue(const QueueRecord& queue, bool counts_only) override;
  void put_counter(TenantId tenant, const EventCounter& counter) override;
  void put_last_id(std::uint64_t id) override;
  Result<void> put_name(NameKind kind, std::uint32_t id, std::string_view name) override;

  std::optional<Record> read_job(JobId id) const override;
  Result<Octets> read_sealed(JobId id) const override;
  std::optional<Content> read_content(const Digest& digest) const override;
  std::optional<ImportCursor> read_cursor(QueueId queue, std::string_view name) const override;
  std::vector<Event> read_events(TenantId tenant, std::uint64_t from,
                                 std::uint32_t most) const override;
  void visit_jobs(std::optional<std::uint64_t> recipient, std::optional<QueueId> queue, JobId after,
                  const Visitor& visit) const override;
  std::vector<ReadyHead> ready_heads() const override { return lanes_.heads(); }
  std::uint64_t octets_on_disk() const override;
  bool has_ready(const ReadyKey& key) const override;
  bool has_parked(std::uint64_t recipient, const ReadyKey& key) const override;
  bool has_lease(JobId id) const override;
  bool has_recipient(std::uint64_t recipient, JobId id) const override;
  bool has_follower(JobId before, JobId follower) const override;
  bool has_run(QueueId queue, JobId id) const override;
  void visit_ready(const std::function<void(const ReadyKey&)>& visit) const override;
  void visit_parked(
      const std::function<void(std::uint64_t, const ReadyKey&)>& visit) const override;
  void visit_leases(const std::function<void(JobId)>& visit) const override;
  void visit_spans(const std::function<void(const Span&)>& visit) const override;
  void visit_contents(const std::function<void(const Digest&, const std::optional<ContentUses>&)>&
                          visit) const override;
  void visit_unused(const std::function<void(const Unused&)>& visit) const override;
  std::vector<Error> damaged() const override;

 private:
  struct Node {
    Record record;
    bool dirty = false;
    bool erased = false;
    bool touched = false;  ///< used by this commit
    bool kept = false;     ///< counted in kept_
  };
  /// Rows read in the order of ids: a neighbour costs an iterator a step, a lookup many.
  struct Neighbours {
    std::unique_ptr<rocksdb::Iterator> at;
    std::uint64_t last = 0;    ///< asked for last
    std::uint64_t stands = 0;  ///< where `at` is
  };
  [[nodiscard]] rocksdb::Status read_row(Neighbours& n, Family family, JobId id,
                                         rocksdb::PinnableSlice& row);
  Node* node(JobId id);
  Node& admit(Record record);
  void touch(JobId id, Node& n);
  void forget_touched();
  void fail_once(const rocksdb::Status& status, std::string_view doing);
  void corrupt(Family family, OctetView key);
  void put(Family family, const rocksdb::Slice& key, const rocksdb::Slice& value);
  void del(Family family, const rocksdb::Slice& key);
  [[nodiscard]] bool present(Family family, const std::string& key) const;
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> all(Family family) const;
  [[nodiscard]] std::vector<Lanes::Entry> read_lane(const Lanes::LaneKey& lane,
                                                    const Lanes::Entry& from, std::size_t most);

  static constexpr std::size_t kKeptJobs = 65'536;  ///< in flight or waiting for receipts
  static constexpr std::size_t kRecentIds = 131'072;

  std::unique_ptr<Database> database_;
  rocksdb::WriteBatch batch_;
  std::optional<Error> failure_;
  Lanes lanes_;
  Table parked_, leases_, rcpt_, after_, early_, idem_, cursors_, contents_, spans_, runs_;

  std::unordered_map<std::uint64_t, Node> jobs_;
  std::vector<std::uint64_t> touched_;
  std::deque<std::uint64_t> kept_;
  std::vector<std::uint64_t> inserted_;  ///< by this commit, ascending
  std::unique_ptr<rocksdb::Iterator> job_iterator_;
  Neighbours job_rows_, sealed_rows_;
  std::unique_ptr<rocksdb::Iterator> recipient_iterator_;
  std::unordered_set<std::uint64_t> new_recipients_;      ///< got a job in this commit
  std::unordered_set<std::uint64_t> thinned_recipients_;  ///< lost one in this commit
  std::unordered_map<std::uint64_t, Octets> sealed_;      ///< of this commit
  std::unordered_map<std::string, std::vector<MidEntry>> recent_ids_;
  std::deque<std::string> recent_order_;
  std::map<Digest, ContentUses> known_content_;
  std::size_t parked_rows_ = 0;
};

}  // namespace cpgw::queue::detail
