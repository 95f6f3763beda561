// Opening the durable engine: options, families, what is loaded.
#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "queue/codec.h"
#include "queue/rocksdb_rows.h"
#include "queue/rules.h"

namespace cpgw::queue {
namespace detail {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMiB = std::size_t{1} << 20;

constexpr auto kNames = std::to_array<std::string_view>(
    {"default", "job", "sealed", "ready", "parked", "lease", "rcpt", "after", "mid", "early",
     "idem", "import", "content", "span", "run", "event", "queue"});
static_assert(kNames.size() == kFamilies);

/// Rows whose time is over are left out when their file is rewritten: mid and idem. Their readers
/// treat them as gone before that.
class ForgetOver final : public rocksdb::CompactionFilter {
 public:
  ForgetOver(std::shared_ptr<Shared> shared, bool mid) : shared_(std::move(shared)), mid_(mid) {}
  [[nodiscard]] const char* Name() const override { return "cpgw.forget-over"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    const WallTime now{std::chrono::milliseconds(shared_->now.load(std::memory_order_relaxed))};
    if (mid_) {
      const auto entries = decode_mid(value.ToStringView());
      return entries && all_over(*entries, now);
    }
    const auto record = decode_idempotency(value.ToStringView());
    return record && record->until <= now;
  }

 private:
  std::shared_ptr<Shared> shared_;
  bool mid_;
};

class ForgetOverFactory final : public rocksdb::CompactionFilterFactory {
 public:
  ForgetOverFactory(std::shared_ptr<Shared> shared, bool mid)
      : shared_(std::move(shared)), mid_(mid) {}
  [[nodiscard]] const char* Name() const override { return "cpgw.forget-over"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<ForgetOver>(shared_, mid_);
  }

 private:
  std::shared_ptr<Shared> shared_;
  bool mid_;
};

/// One thread reads at a time, more or less: few shards, so that each holds large blocks too.
constexpr int kCacheShardBits = 2;

class Watch final : public rocksdb::EventListener {
 public:
  explicit Watch(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override {
    shared_->background_error.store(true);
  }

 private:
  std::shared_ptr<Shared> shared_;
};

rocksdb::ColumnFamilyOptions family_options(Family family, const std::shared_ptr<Shared>& shared,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In pieces: the filter of a file with millions of rows is larger than the cache keeps in one
  // block, and would be read again for every lookup.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 8 * 1024;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.format_version = 5;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.write_buffer_size = 4 * kMiB;
  if (family == Family::job || family == Family::sealed || family == Family::lease ||
      family == Family::ready) {
    // One commit writes neighbours: the place of the last one is where the next is looked for. Only
    // where no range is deleted: RocksDB 7.8 takes one hint for rows and for deleted ranges, which
    // are lists of their own, and breaks both.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(1));
  }
  switch (family) {
    case Family::job:
    case Family::sealed:
    case Family::event: options.write_buffer_size = 16 * kMiB; break;
    case Family::mid:
      options.write_buffer_size = 16 * kMiB;
      // Each new id is looked for first and mostly denied by a filter.
      options.memtable_prefix_bloom_size_ratio = 0.1;
      options.memtable_whole_key_filtering = true;
      break;
    case Family::rcpt:
      options.write_buffer_size = 16 * kMiB;
      // "Has this number other jobs?" is asked for every new one and mostly denied by a filter.
      options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(8));
      options.memtable_prefix_bloom_size_ratio = 0.1;
      table.whole_key_filtering = false;  // rows are looked for by number alone
      break;
    case Family::ready:
    case Family::lease:
      options.write_buffer_size = 8 * kMiB;
      // A queue is deletions at its front: rewrite files that hold many of them.
      options.table_properties_collector_factories.push_back(
          rocksdb::NewCompactOnDeletionCollectorFactory(10'000, 5'000));
      break;
    default: break;
  }
  if (family == Family::mid || family == Family::idem) {
    options.compaction_filter_factory =
        std::make_shared<ForgetOverFactory>(shared, family == Family::mid);
    options.periodic_compaction_seconds = 7 * 24 * 3600;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::DBOptions database_options(const std::shared_ptr<Shared>& shared, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_total_wal_size = 256 * kMiB;
  options.db_write_buffer_size = 64 * kMiB;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.keep_log_file_num = 2;
  options.max_log_file_size = kMiB;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.max_bgerror_resume_count = 0;  // an error of the disk is for people, not for retries
  options.allow_concurrent_memtable_write = false;  // there is one writer
  options.listeners.push_back(std::make_shared<Watch>(shared));
  return options;
}

/// A store of another program or version has families this one does not know.
Result<void> check_families(const rocksdb::DBOptions& options, const std::string& directory) {
  std::vector<std::string> found;
  const auto listed = rocksdb::DB::ListColumnFamilies(options, directory, &found);
  if (!listed.ok()) return {};  // no store yet, or one that Open() will complain about
  for (const std::string& name : found) {
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
      return fail(Errc::format, "the store in " + directory +
                                    " holds rows this version does not know; use the "
                                    "version that wrote it, or restore a backup");
    }
  }
  return {};
}

Result<void> check_format(const Database& database, const std::string& directory) {
  std::string value;
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const auto read = database.db->Get({}, "format", &value);
  if (read.IsNotFound()) {
    std::unique_ptr<rocksdb::Iterator> any(
        database.db->NewIterator({}, database.family(Family::job)));
    any->SeekToFirst();
    if (any->Valid()) {
      return fail(Errc::format, "the store in " + directory + " does not say its format");
    }
    const auto written = database.db->Put(sync, "format", RowWriter(4).u32(kFormat).take());
    if (!written.ok()) return fail(to_error(written, "create the store in " + directory));
    return {};
  }
  if (!read.ok()) return fail(to_error(read, "read the store in " + directory));
  const std::uint32_t format = RowReader(value).u32();
  if (format != kFormat) {
    return fail(Errc::format, "the store in " + directory + " has format " +
                                  std::to_string(format) + ", this version reads format " +
                                  std::to_string(kFormat));
  }
  return {};
}

}  // namespace

std::string_view family_name(Family family) { return kNames[static_cast<std::size_t>(family)]; }

Database::~Database() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* handle : families) {
    if (handle != nullptr) (void)db->DestroyColumnFamilyHandle(handle);
  }
  (void)db->Close();
}

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  Errc code = Errc::io;
  if (status.IsCorruption()) code = Errc::corrupt;
  return {code, "cannot " + std::string(doing) + ": " + text};
}

Result<std::unique_ptr<Database>> open_database(const std::string& directory, rocksdb::Env* env) {
  std::error_code failed;
  const std::filesystem::path path(directory);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Errc::io, "cannot make the directory " + directory + ": " +
                              std::generic_category().message(errno));
  }
  auto database = std::make_unique<Database>();
  const auto cache = rocksdb::NewLRUCache(96 * kMiB, kCacheShardBits);
  const rocksdb::DBOptions options = database_options(database->shared, env);
  if (auto known = check_families(options, directory); !known) {
    return fail(std::move(known).error());
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    descriptors.emplace_back(std::string(kNames[i]),
                             family_options(static_cast<Family>(i), database->shared, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto opened = rocksdb::DB::Open(options, directory, descriptors, &handles, &db);
  if (!opened.ok()) {
    const std::string text = opened.ToString();
    if (text.find("lock") != std::string::npos && opened.IsIOError()) {
      return fail(Errc::locked, "another process has the store in " + directory +
                                    " open; stop it, or use another data directory");
    }
    return fail(to_error(opened, "open the store in " + directory));
  }
  database->db.reset(db);
  std::copy(handles.begin(), handles.end(), database->families.begin());
  if (auto format = check_format(*database, directory); !format) {
    return fail(std::move(format).error());
  }
  return database;
}

namespace {

using Each = std::function<bool(std::string_view key, std::string_view value)>;

/// Visits the rows of a family from `from` on while `each` says true.
Result<void> visit(const Database& database, Family family, std::string_view from,
                   const Each& each) {
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  std::unique_ptr<rocksdb::Iterator> at(database.db->NewIterator(read, database.family(family)));
  for (at->Seek(rocksdb::Slice(from.data(), from.size())); at->Valid(); at->Next()) {
    if (!each(at->key().ToStringView(), at->value().ToStringView())) break;
  }
  if (!at->status().ok()) return fail(to_error(at->status(), "read the store"));
  return {};
}

Error damaged_row(Family family) {
  return {Errc::corrupt, "a row of \"" + std::string(family_name(family)) +
                             "\" is damaged; run `cpgw store check` and restore a backup"};
}

Result<void> load_meta(const Database& database, Loaded& loaded) {
  return visit(database, Family::meta, "", [&](std::string_view key, std::string_view value) {
    RowReader in(value);
    if (key == "last-id") {
      loaded.last_id = in.u64();
    } else if (key.starts_with("events/")) {
      RowReader id(key.substr(7));
      EventCounter counter;
      counter.last = in.u64();
      counter.first_kept = in.u64();
      loaded.counters.emplace_back(TenantId{id.u32()}, counter);
    } else if (key.starts_with("tenant/")) {
      loaded.tenants.emplace_back(RowReader(key.substr(7)).u32(), value);
    } else if (key.starts_with("route-group/")) {
      loaded.route_groups.emplace_back(RowReader(key.substr(12)).u32(), value);
    }
    return true;
  });
}

Result<void> load_queues(const Database& database, Loaded& loaded) {
  // Two rows a queue: counts, then info.
  std::string counts;
  bool good = true;
  auto read = visit(database, Family::queue, "", [&](std::string_view key, std::string_view value) {
    if (key.size() != 9) return good = false;
    if (key[8] == 'c') {
      counts = value;
      return true;
    }
    auto queue = decode_queue(QueueId{RowReader(key).u64()}, value, counts);
    if (!queue) return good = false;
    loaded.queues.push_back(std::move(*queue));
    return true;
  });
  if (read && !good) return fail(damaged_row(Family::queue));
  return read;
}

Result<void> load_early(const Database& database, Loaded& loaded) {
  bool good = true;
  auto read = visit(database, Family::early, "", [&](std::string_view key, std::string_view value) {
    auto early = decode_early(RowReader(key).u64(), value);
    if (!early) return good = false;
    loaded.early.push_back(std::move(*early));
    return true;
  });
  if (read && !good) return fail(damaged_row(Family::early));
  return read;
}

Result<void> load_busy(const Database& database, Loaded& loaded) {
  bool good = true;
  auto read = visit(database, Family::lease, "", [&](std::string_view key, std::string_view) {
    std::string row;
    const auto got = database.db->Get({}, database.family(Family::job),
                                      rocksdb::Slice(key.data(), key.size()), &row);
    if (!got.ok()) return true;  // `check` names it
    const auto r = decode_job(JobId{RowReader(key).u64()}, row);
    if (!r) return good = false;
    if (r->job.parts_estimate > 1 || r->job.parts > 1) {
      loaded.busy.push_back(r->job.recipient.packed());
    }
    return true;
  });
  if (read && !good) return fail(damaged_row(Family::job));
  return read;
}

}  // namespace

Result<Loaded> load(const Database& database) {
  Loaded loaded;
  for (const auto load_one : {load_meta, load_queues, load_early, load_busy}) {
    if (auto read = load_one(database, loaded); !read) return fail(std::move(read).error());
  }
  // The ids of a restored backup must not be given again either.
  const rocksdb::ReadOptions read;
  std::unique_ptr<rocksdb::Iterator> jobs(
      database.db->NewIterator(read, database.family(Family::job)));
  jobs->SeekToLast();
  if (jobs->Valid()) {
    loaded.last_id = std::max(loaded.last_id, RowReader(jobs->key().ToStringView()).u64());
  }
  return loaded;
}

Result<std::unique_ptr<JobStore>> open_rocksdb_store_on(const std::string& directory,
                                                        const StoreOptions& options,
                                                        rocksdb::Env* env) {
  auto database = open_database(directory, env);
  if (!database) return fail(std::move(database).error());
  auto loaded = load(**database);
  if (!loaded) return fail(std::move(loaded).error());
  return std::make_unique<RuledStore>(std::make_unique<RocksRows>(std::move(*database)), options,
                                      std::move(*loaded));
}

}  // namespace detail

Result<std::unique_ptr<JobStore>> open_rocksdb_store(const std::string& directory,
                                                     const StoreOptions& options) {
  return detail::open_rocksdb_store_on(directory, options, nullptr);
}

}  // namespace cpgw::queue
