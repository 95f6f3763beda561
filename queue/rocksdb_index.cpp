// The durable engine's rows about jobs: recipients, followers, carrier ids, spans, events, queues.
#include <algorithm>

#include "queue/codec.h"
#include "queue/rocksdb_rows.h"

namespace cpgw::queue::detail {
namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// ---- recipients, followers

bool RocksRows::recipient_known(std::uint64_t recipient) {
  if (thinned_recipients_.contains(recipient)) {
    const std::string prefix = RowWriter(8).u64(recipient).take();
    return rcpt_.first_from(prefix, prefix).has_value();
  }
  if (new_recipients_.contains(recipient)) return true;
  if (!recipient_iterator_) {
    rocksdb::ReadOptions read;
    read.prefix_same_as_start = true;  // lets the filters answer
    recipient_iterator_.reset(database_->db->NewIterator(read, database_->family(Family::rcpt)));
  }
  recipient_iterator_->Seek(pair_key(recipient, 0));
  if (recipient_iterator_->Valid()) {
    return RowReader(recipient_iterator_->key().ToStringView()).u64() == recipient;
  }
  if (!recipient_iterator_->status().ok()) {
    fail_once(recipient_iterator_->status(), "read the store");
  }
  return false;
}

std::vector<Rows::RecipientRow> RocksRows::recipient_rows(std::uint64_t recipient,
                                                          std::size_t most) {
  // Read in order of ids, of which the newest are wanted.
  std::deque<RecipientRow> found;
  const std::string prefix = RowWriter(8).u64(recipient).take();
  std::string from = prefix;
  while (const auto row = rcpt_.first_from(from, prefix)) {
    RowReader key(row->key);
    (void)key.u64();
    RecipientRow one;
    one.id.value = key.u64();
    if (!row->value.empty()) one.draw = RowReader(row->value).u32();
    found.push_front(one);
    if (found.size() > most) found.pop_back();
    from = row->key + '\0';
  }
  return {found.begin(), found.end()};
}

void RocksRows::set_draw(std::uint64_t recipient, JobId id, std::uint32_t draw) {
  rcpt_.put(pair_key(recipient, id.value), RowWriter(4).u32(draw).take());
}

void RocksRows::follower_add(JobId before, JobId follower) {
  after_.put(pair_key(before.value, follower.value), "");
}
void RocksRows::follower_remove(JobId before, JobId follower) {
  after_.erase(pair_key(before.value, follower.value));
}

std::vector<JobId> RocksRows::followers(JobId before) {
  std::vector<JobId> found;
  const std::string prefix = id_key(before);
  std::string from = prefix;
  while (const auto row = after_.first_from(from, prefix)) {
    RowReader key(row->key);
    (void)key.u64();
    found.push_back(JobId{key.u64()});
    from = row->key + '\0';
  }
  return found;
}

// ---- carrier ids, receipts, requests

std::vector<MidEntry> RocksRows::mid(const std::string& account, const std::string& id) {
  const std::string key = mid_key(account, id);
  const auto recent = recent_ids_.find(key);
  if (recent != recent_ids_.end()) return recent->second;
  rocksdb::PinnableSlice row;
  const auto got = database_->db->Get({}, database_->family(Family::mid), key, &row);
  if (got.IsNotFound()) return {};
  if (!got.ok()) {
    fail_once(got, "read the store");
    return {};
  }
  auto entries = decode_mid(row.ToStringView());
  if (!entries) {
    corrupt(Family::mid, as_octets(key));
    return {};
  }
  return std::move(*entries);
}

void RocksRows::put_mid(const std::string& account, const std::string& id,
                        std::vector<MidEntry> entries) {
  std::string key = mid_key(account, id);
  put(Family::mid, key, encode(entries));
  const auto [at, fresh] = recent_ids_.insert_or_assign(key, std::move(entries));
  if (fresh) recent_order_.push_back(std::move(key));
}

void RocksRows::put_early(const EarlyReceipt& early) {
  early_.put(id_key(JobId{early.number}), encode(early));
}
void RocksRows::erase_early(std::uint64_t number) { early_.erase(id_key(JobId{number})); }

namespace {
std::string idem_key(TenantId tenant, std::string_view key) {
  return RowWriter(4 + key.size()).u32(tenant.value).raw(key).take();
}
std::string cursor_key(QueueId queue, std::string_view name) {
  return RowWriter(8 + name.size()).u64(queue.value).raw(name).take();
}
}  // namespace

std::optional<IdempotencyRecord> RocksRows::idempotency(TenantId tenant, const std::string& key) {
  const auto row = idem_.get(idem_key(tenant, key));
  if (!row) return std::nullopt;
  auto record = decode_idempotency(*row);
  if (!record) corrupt(Family::idem, as_octets(idem_key(tenant, key)));
  return record;
}
void RocksRows::put_idempotency(TenantId tenant, const std::string& key,
                                const IdempotencyRecord& record) {
  idem_.put(idem_key(tenant, key), encode(record));
}

std::optional<ImportCursor> RocksRows::cursor(QueueId queue, const std::string& name) {
  const auto row = cursors_.get(cursor_key(queue, name));
  if (!row) return std::nullopt;
  auto cursor = decode_cursor(queue, name, *row);
  if (!cursor) corrupt(Family::import_cursor, as_octets(cursor_key(queue, name)));
  return cursor;
}
void RocksRows::put_cursor(const ImportCursor& cursor) {
  cursors_.put(cursor_key(cursor.queue, cursor.name), encode(cursor));
}

std::optional<ContentUses> RocksRows::content_uses(const Digest& digest) {
  const auto known = known_content_.find(digest);
  if (known != known_content_.end()) return known->second;
  const auto row = contents_.get(content_uses_key(digest));
  if (!row) return std::nullopt;
  const auto uses = decode_content_uses(*row);
  if (!uses) {
    corrupt(Family::content, digest);
    return std::nullopt;
  }
  known_content_.emplace(digest, *uses);
  return uses;
}

// Past the table, which would keep a copy of the body until the commit.
void RocksRows::put_content(const Content& content) {
  put(Family::content, content_key(content.digest), encode(content));
}
void RocksRows::put_content_uses(const Digest& digest, const ContentUses& uses) {
  contents_.put(content_uses_key(digest), encode(uses));
  known_content_.insert_or_assign(digest, uses);
}
void RocksRows::erase_content(const Digest& digest) {
  del(Family::content, content_key(digest));
  contents_.erase(content_uses_key(digest));
  known_content_.erase(digest);
}

void RocksRows::put_unused(const Unused& unused) {
  contents_.put(unused_key(unused), RowWriter(5).u8(kRowVersion).take_framed());
}
void RocksRows::erase_unused(const Unused& unused) { contents_.erase(unused_key(unused)); }

std::optional<Rows::Unused> RocksRows::first_unused() {
  const std::string prefix(1, kUnusedRow);
  const auto row = contents_.first_from(prefix, prefix);
  if (!row) return std::nullopt;
  const auto unused = decode_unused_key(row->key);
  if (!unused) corrupt(Family::content, as_octets(row->key));
  return unused;
}

// ---- spans, runs

void RocksRows::put_span(const Span& span) { spans_.put(span_key(span), encode_value(span)); }
void RocksRows::erase_span(const Span& span) { spans_.erase(span_key(span)); }

std::optional<Span> RocksRows::first_span(Span::Stage stage) {
  const std::string prefix(1, static_cast<char>(stage));
  const auto row = spans_.first_from(prefix, prefix);
  if (!row) return std::nullopt;
  auto span = decode_span(row->key, row->value);
  if (!span) corrupt(Family::span, as_octets(row->key));
  return span;
}

// Keyed by the last id, so that the first row at or after an id is the run it is in.
void RocksRows::put_run(QueueId queue, JobId first, JobId last) {
  runs_.put(pair_key(queue.value, last.value), id_key(first));
}
void RocksRows::erase_run(QueueId queue, JobId, JobId last) {
  runs_.erase(pair_key(queue.value, last.value));
}

Record* RocksRows::next_of_queue(QueueId queue, JobId from) {
  const std::string prefix = RowWriter(8).u64(queue.value).take();
  for (;;) {
    const auto row = runs_.first_from(pair_key(queue.value, from.value), prefix);
    if (!row) return nullptr;
    const JobId first{RowReader(row->value).u64()};
    const JobId last{RowReader(std::string_view(row->key).substr(8)).u64()};
    if (Record* r = next_job(std::max(first, from), last)) return r;
    if (failure_ || last.value == UINT64_MAX) return nullptr;
    from = JobId{last.value + 1};
  }
}

// ---- events, queues, names

void RocksRows::put_event(const Event& event) {
  put(Family::event, event_key(event.tenant, event.sequence), encode(event));
}

void RocksRows::trim_events(TenantId tenant, std::uint64_t from, std::uint64_t first_kept) {
  batch_.DeleteRange(database_->family(Family::event), event_key(tenant, from),
                     event_key(tenant, first_kept));
}

std::optional<Event> RocksRows::event(TenantId tenant, std::uint64_t sequence) {
  std::string row;
  const std::string key = event_key(tenant, sequence);
  const auto got = database_->db->Get({}, database_->family(Family::event), key, &row);
  if (!got.ok()) {
    if (!got.IsNotFound()) fail_once(got, "read the store");
    return std::nullopt;  // not written yet: too young to be asked for
  }
  return decode_event(tenant, sequence, row);
}

void RocksRows::put_queue(const QueueRecord& queue, bool counts_only) {
  const std::string key = RowWriter(9).u64(queue.info.id.value).take();
  put(Family::queue, key + 'c', encode_counts(queue));
  if (!counts_only) put(Family::queue, key + 'i', encode_info(queue.info));
}

void RocksRows::put_counter(TenantId tenant, const EventCounter& counter) {
  put(Family::meta, RowWriter(16).raw("events/").u32(tenant.value).take(),
      RowWriter(16).u64(counter.last).u64(counter.first_kept).take());
}

void RocksRows::put_last_id(std::uint64_t id) {
  put(Family::meta, "last-id", RowWriter(8).u64(id).take());
}

Result<void> RocksRows::put_name(NameKind kind, std::uint32_t id, std::string_view name) {
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const std::string key =
      RowWriter(20).raw(kind == NameKind::tenant ? "tenant/" : "route-group/").u32(id).take();
  const auto written = database_->db->Put(sync, key, slice(name));
  if (!written.ok()) return fail(to_error(written, "write the store"));
  return {};
}

}  // namespace cpgw::queue::detail
