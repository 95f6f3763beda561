#include "queue/rocksdb_rows.h"

#include <rocksdb/perf_level.h>

#include <algorithm>

#include "queue/codec.h"

namespace cpgw::queue::detail {
namespace {

/// Rows an iterator may step over to reach a neighbour.
constexpr std::uint64_t kMostSkipped = 64;

rocksdb::Slice slice(OctetView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

// ---- the commit

RocksRows::RocksRows(std::unique_ptr<Database> database)
    : database_(std::move(database)),
      lanes_([this](const Lanes::LaneKey& lane, const Lanes::Entry& from, std::size_t most) {
        return read_lane(lane, from, most);
      }),
      parked_(*database_, Family::parked, batch_, failure_),
      leases_(*database_, Family::lease, batch_, failure_),
      rcpt_(*database_, Family::rcpt, batch_, failure_),
      after_(*database_, Family::after, batch_, failure_),
      early_(*database_, Family::early, batch_, failure_),
      idem_(*database_, Family::idem, batch_, failure_),
      cursors_(*database_, Family::import_cursor, batch_, failure_),
      contents_(*database_, Family::content, batch_, failure_),
      spans_(*database_, Family::span, batch_, failure_),
      runs_(*database_, Family::run, batch_, failure_) {
  // One step per lane: from the first row of each to the first of the next.
  const auto at = all(Family::ready);
  std::string from;
  for (at->Seek(from); at->Valid(); at->Seek(from)) {
    const auto key = decode_ready_key(at->key().ToStringView());
    if (!key) {
      corrupt(Family::ready, as_octets(at->key().ToStringView()));
      break;
    }
    lanes_.load({key->group, key->queue, key->priority});
    from = RowWriter(11).u16(key->group.value).u64(key->queue.value).u8(key->priority).take();
    from.append(16, '\xFF');
    from.push_back('\0');
  }
  if (!at->status().ok()) fail_once(at->status(), "read the store");
  lanes_.committed();
  const auto parked = all(Family::parked);
  for (parked->SeekToFirst(); parked->Valid(); parked->Next()) ++parked_rows_;
}

RocksRows::~RocksRows() = default;

void RocksRows::fail_once(const rocksdb::Status& status, std::string_view doing) {
  if (!failure_) failure_ = to_error(status, doing);
}

void RocksRows::corrupt(Family family, OctetView key) {
  if (failure_) return;
  failure_ = Error(Errc::corrupt,
                   "a row of \"" + std::string(family_name(family)) +
                       "\" is damaged; run `cpgw store check` and restore a backup",
                   at_field(to_hex(key)));
}

void RocksRows::put(Family family, const rocksdb::Slice& key, const rocksdb::Slice& value) {
  batch_.Put(database_->family(family), key, value);
}
void RocksRows::del(Family family, const rocksdb::Slice& key) {
  batch_.Delete(database_->family(family), key);
}

void RocksRows::begin(WallTime now) {
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);  // counting comparisons costs more than them
  database_->shared->now.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

Result<void> RocksRows::write() {
  if (database_->shared->background_error.load()) {
    return fail(Errc::io, "the disk has refused a write of the store; see its LOG file");
  }
  for (const std::uint64_t id : touched_) {
    Node& n = jobs_.at(id);
    if (!n.dirty || n.erased) continue;
    put(Family::job, id_key(JobId{id}), encode(n.record));
    n.dirty = false;
  }
  if (failure_) return fail(*failure_);
  if (batch_.Count() > 0) {
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto written = database_->db->Write(options, &batch_);
    if (!written.ok()) {
      fail_once(written, "write the store");
      return fail(*failure_);
    }
  }
  batch_.Clear();
  for (Table* table : {&parked_, &leases_, &rcpt_, &after_, &early_, &idem_, &cursors_, &contents_,
                       &spans_, &runs_}) {
    table->committed();
  }
  job_iterator_.reset();
  job_rows_.at.reset();
  sealed_rows_.at.reset();
  recipient_iterator_.reset();
  forget_touched();
  inserted_.clear();
  new_recipients_.clear();
  thinned_recipients_.clear();
  sealed_.clear();
  for (; recent_order_.size() > kRecentIds; recent_order_.pop_front()) {
    recent_ids_.erase(recent_order_.front());
  }
  if (known_content_.size() > 10'000) known_content_.clear();
  lanes_.committed();
  if (failure_) return fail(*failure_);
  return {};
}

/// Jobs in flight stay, and sent ones whose receipts come soon; the rest is read again when
/// needed.
void RocksRows::forget_touched() {
  for (const std::uint64_t id : touched_) {
    const auto at = jobs_.find(id);
    Node& n = at->second;
    n.touched = false;
    const bool keep =
        !n.erased && (n.record.job.state == JobState::claimed ||
                      (n.record.job.state == JobState::sent && !is_over(n.record.job)));
    if (!keep) {
      // kept_ may still name it; the place is found empty later.
      jobs_.erase(at);
    } else if (!n.kept) {
      n.kept = true;
      kept_.push_back(id);
    }
  }
  touched_.clear();
  for (; kept_.size() > kKeptJobs; kept_.pop_front()) jobs_.erase(kept_.front());
}

// ---- jobs

void RocksRows::touch(JobId id, Node& n) {
  if (n.touched) return;
  n.touched = true;
  touched_.push_back(id.value);
}

RocksRows::Node& RocksRows::admit(Record record) {
  const JobId id = record.job.id;
  Node& n = jobs_.insert_or_assign(id.value, Node{std::move(record)}).first->second;
  touch(id, n);
  return n;
}

rocksdb::Status RocksRows::read_row(Neighbours& n, Family family, JobId id,
                                    rocksdb::PinnableSlice& row) {
  const std::string key = id_key(id);
  const bool neighbour = id.value == n.last + 1;
  n.last = id.value;
  if (!neighbour) return database_->db->Get({}, database_->family(family), key, &row);
  if (!n.at) {
    rocksdb::ReadOptions read;
    read.total_order_seek = true;
    read.max_skippable_internal_keys = kMostSkipped;
    n.at.reset(database_->db->NewIterator(read, database_->family(family)));
  }
  if (n.at->Valid() && n.stands + 1 == id.value) {
    n.at->Next();
  } else {
    n.at->Seek(key);
  }
  n.stands = 0;
  if (n.at->Valid() && n.at->key() == key) {
    n.stands = id.value;
    row.PinSelf(n.at->value());
    return {};
  }
  // Not there, or behind many deleted rows: a lookup knows.
  return database_->db->Get({}, database_->family(family), key, &row);
}

RocksRows::Node* RocksRows::node(JobId id) {
  const auto at = jobs_.find(id.value);
  if (at != jobs_.end()) {
    touch(id, at->second);
    return at->second.erased ? nullptr : &at->second;
  }
  rocksdb::PinnableSlice row;
  const auto got = read_row(job_rows_, Family::job, id, row);
  if (got.IsNotFound()) return nullptr;
  if (!got.ok()) {
    fail_once(got, "read the store");
    return nullptr;
  }
  auto record = decode_job(id, row.ToStringView());
  if (!record) {
    corrupt(Family::job, as_octets(id_key(id)));
    return nullptr;
  }
  return &admit(std::move(*record));
}

Record* RocksRows::job(JobId id) {
  Node* n = node(id);
  return n == nullptr ? nullptr : &n->record;
}

Record& RocksRows::insert(Record record, const Octets& sealed) {
  const JobId id = record.job.id;
  const std::uint64_t recipient = record.job.recipient.packed();
  if (!sealed.empty()) {
    put(Family::sealed, id_key(id), slice(sealed));
    sealed_[id.value] = sealed;
  }
  rcpt_.put(pair_key(recipient, id.value), "");
  new_recipients_.insert(recipient);
  inserted_.push_back(id.value);
  Node& n = admit(std::move(record));
  n.dirty = true;
  return n.record;
}

void RocksRows::save(Record& record) {
  Node& n = jobs_.at(record.job.id.value);
  touch(record.job.id, n);
  n.dirty = true;
}

void RocksRows::erase(Record& record) {
  const JobId id = record.job.id;
  const std::string key = id_key(id);
  del(Family::job, key);
  if (record.has_sealed) erase_sealed(id);
  rcpt_.erase(pair_key(record.job.recipient.packed(), id.value));
  thinned_recipients_.insert(record.job.recipient.packed());
  Node& n = jobs_.at(id.value);
  touch(id, n);
  n.erased = true;
  n.dirty = false;
}

Octets RocksRows::sealed_now(JobId id) {
  const auto mine = sealed_.find(id.value);
  if (mine != sealed_.end()) return mine->second;
  rocksdb::PinnableSlice row;
  const auto got = read_row(sealed_rows_, Family::sealed, id, row);
  if (!got.ok()) {
    if (!got.IsNotFound()) fail_once(got, "read the store");
    return {};
  }
  const OctetView view = as_octets(row.ToStringView());
  return {view.begin(), view.end()};
}

void RocksRows::erase_sealed(JobId id) {
  del(Family::sealed, id_key(id));
  sealed_[id.value].clear();
}

Record* RocksRows::next_job(JobId from, JobId last) {
  if (!job_iterator_) job_iterator_ = all(Family::job);
  for (JobId at = from; at <= last; ++at.value) {
    job_iterator_->Seek(id_key(at));
    JobId next{UINT64_MAX};
    if (job_iterator_->Valid()) {
      next.value = RowReader(job_iterator_->key().ToStringView()).u64();
    } else if (!job_iterator_->status().ok()) {
      fail_once(job_iterator_->status(), "read the store");
    }
    const auto mine = std::lower_bound(inserted_.begin(), inserted_.end(), at.value);
    if (mine != inserted_.end()) next.value = std::min(next.value, *mine);
    if (next > last) return nullptr;
    if (Record* r = job(next)) return r;
    if (failure_) return nullptr;
    at = next;  // erased by this commit
  }
  return nullptr;
}

// ---- the ready queue

void RocksRows::ready_add(const ReadyKey& key) {
  put(Family::ready, encode_key(key), {});
  lanes_.add(key);
}

void RocksRows::ready_remove(const ReadyKey& key) {
  del(Family::ready, encode_key(key));
  lanes_.remove(key);
}

std::optional<JobId> RocksRows::ready_first(RouteGroup group, QueueId queue, WallTime now) {
  return lanes_.first(group, queue, now);
}

std::vector<Lanes::Entry> RocksRows::read_lane(const Lanes::LaneKey& lane, const Lanes::Entry& from,
                                               std::size_t most) {
  const std::string prefix =
      RowWriter(11).u16(lane.group.value).u64(lane.queue.value).u8(lane.priority).take();
  std::string end = prefix;
  end.append(17, '\xFF');
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  read.iterate_upper_bound = &bound;
  std::unique_ptr<rocksdb::Iterator> at(
      database_->db->NewIterator(read, database_->family(Family::ready)));
  std::vector<Lanes::Entry> found;
  at->Seek(encode_key({lane.group, lane.queue, lane.priority, from.due, from.id}));
  for (; at->Valid() && found.size() < most; at->Next()) {
    const auto key = decode_ready_key(at->key().ToStringView());
    if (!key) {
      corrupt(Family::ready, as_octets(at->key().ToStringView()));
      break;
    }
    found.push_back({key->due, key->id});
  }
  if (!at->status().ok()) fail_once(at->status(), "read the store");
  return found;
}

void RocksRows::park(std::uint64_t recipient, const ReadyKey& key) {
  parked_.put(RowWriter(35).u64(recipient).raw(encode_key(key)).take(), "");
  ++parked_rows_;
}

void RocksRows::unpark(std::uint64_t recipient, const ReadyKey& key) {
  parked_.erase(RowWriter(35).u64(recipient).raw(encode_key(key)).take());
  --parked_rows_;
}

std::optional<ReadyKey> RocksRows::parked_from(std::uint64_t recipient, const ReadyKey& from) {
  if (parked_rows_ == 0) return std::nullopt;
  const std::string prefix = RowWriter(8).u64(recipient).take();
  const auto row = parked_.first_from(prefix + encode_key(from), prefix);
  if (!row) return std::nullopt;
  auto key = decode_ready_key(std::string_view(row->key).substr(8));
  if (!key) corrupt(Family::parked, as_octets(row->key));
  return key;
}

void RocksRows::lease_add(JobId id) { leases_.put(id_key(id), ""); }
void RocksRows::lease_remove(JobId id) { leases_.erase(id_key(id)); }

std::vector<JobId> RocksRows::leases(std::size_t most) {
  std::vector<JobId> found;
  std::string from;
  while (found.size() < most) {
    const auto row = leases_.first_from(from, "");
    if (!row) break;
    found.push_back(JobId{RowReader(row->key).u64()});
    from = row->key + '\0';
  }
  return found;
}

}  // namespace cpgw::queue::detail
