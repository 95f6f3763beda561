// The durable engine's reads of committed rows, from any thread, and its part of check().
#include <algorithm>
#include <set>

#include "queue/codec.h"
#include "queue/rocksdb_rows.h"

namespace cpgw::queue::detail {

std::unique_ptr<rocksdb::Iterator> RocksRows::all(Family family) const {
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  return std::unique_ptr<rocksdb::Iterator>(
      database_->db->NewIterator(read, database_->family(family)));
}

std::optional<Record> RocksRows::read_job(JobId id) const {
  rocksdb::PinnableSlice row;
  const auto got = database_->db->Get({}, database_->family(Family::job), id_key(id), &row);
  if (!got.ok()) return std::nullopt;
  return decode_job(id, row.ToStringView());
}

Result<Octets> RocksRows::read_sealed(JobId id) const {
  rocksdb::PinnableSlice row;
  const auto got = database_->db->Get({}, database_->family(Family::sealed), id_key(id), &row);
  if (got.IsNotFound()) return Octets();
  if (!got.ok()) return fail(to_error(got, "read the store"));
  const OctetView view = as_octets(row.ToStringView());
  return Octets(view.begin(), view.end());
}

std::optional<Content> RocksRows::read_content(const Digest& digest) const {
  rocksdb::PinnableSlice row;
  const auto got =
      database_->db->Get({}, database_->family(Family::content), content_key(digest), &row);
  if (!got.ok()) return std::nullopt;
  return decode_content(digest, row.ToStringView());
}

std::optional<ImportCursor> RocksRows::read_cursor(QueueId queue, std::string_view name) const {
  rocksdb::PinnableSlice row;
  const std::string key = RowWriter(8 + name.size()).u64(queue.value).raw(name).take();
  const auto got = database_->db->Get({}, database_->family(Family::import_cursor), key, &row);
  if (!got.ok()) return std::nullopt;
  return decode_cursor(queue, name, row.ToStringView());
}

std::vector<Event> RocksRows::read_events(TenantId tenant, std::uint64_t from,
                                          std::uint32_t most) const {
  std::vector<Event> found;
  const auto at = all(Family::event);
  for (at->Seek(event_key(tenant, from)); at->Valid() && found.size() < most; at->Next()) {
    RowReader key(at->key().ToStringView());
    if (key.u32() != tenant.value) break;
    const std::uint64_t sequence = key.u64();
    auto event = decode_event(tenant, sequence, at->value().ToStringView());
    if (!event) break;  // `check` names it
    found.push_back(*event);
  }
  return found;
}

void RocksRows::visit_jobs(std::optional<std::uint64_t> recipient, std::optional<QueueId> queue,
                           JobId after, const Visitor& visit) const {
  if (after.value == UINT64_MAX) return;
  const JobId from{after.value + 1};
  if (recipient) {
    const auto at = all(Family::rcpt);
    for (at->Seek(pair_key(*recipient, from.value)); at->Valid(); at->Next()) {
      RowReader key(at->key().ToStringView());
      if (key.u64() != *recipient) return;
      const auto r = read_job(JobId{key.u64()});
      if (r && !visit(*r)) return;
    }
    return;
  }
  const auto jobs = all(Family::job);
  const auto visit_range = [&](JobId first, JobId last) {
    for (jobs->Seek(id_key(first)); jobs->Valid(); jobs->Next()) {
      const JobId id{RowReader(jobs->key().ToStringView()).u64()};
      if (id > last) return true;
      const auto r = decode_job(id, jobs->value().ToStringView());
      if (r && !visit(*r)) return false;
    }
    return true;
  };
  if (!queue) {
    (void)visit_range(from, JobId{UINT64_MAX});
    return;
  }
  const auto runs = all(Family::run);
  for (runs->Seek(pair_key(queue->value, from.value)); runs->Valid(); runs->Next()) {
    RowReader key(runs->key().ToStringView());
    if (key.u64() != queue->value) return;
    const JobId last{key.u64()};
    const JobId first{RowReader(runs->value().ToStringView()).u64()};
    if (!visit_range(std::max(first, from), last)) return;
  }
}

std::uint64_t RocksRows::octets_on_disk() const {
  std::uint64_t octets = 0;
  for (rocksdb::ColumnFamilyHandle* family : database_->families) {
    std::uint64_t files = 0;
    if (database_->db->GetIntProperty(family, rocksdb::DB::Properties::kTotalSstFilesSize,
                                      &files)) {
      octets += files;
    }
  }
  rocksdb::VectorLogPtr logs;
  if (database_->db->GetSortedWalFiles(logs).ok()) {
    for (const auto& log : logs) octets += log->SizeFileBytes();
  }
  return octets;
}

// ---- check

bool RocksRows::present(Family family, const std::string& key) const {
  rocksdb::PinnableSlice row;
  return database_->db->Get({}, database_->family(family), key, &row).ok();
}

bool RocksRows::has_ready(const ReadyKey& key) const {
  return present(Family::ready, encode_key(key));
}
bool RocksRows::has_parked(std::uint64_t recipient, const ReadyKey& key) const {
  return present(Family::parked, RowWriter(35).u64(recipient).raw(encode_key(key)).take());
}
bool RocksRows::has_lease(JobId id) const { return present(Family::lease, id_key(id)); }
bool RocksRows::has_recipient(std::uint64_t recipient, JobId id) const {
  return present(Family::rcpt, pair_key(recipient, id.value));
}
bool RocksRows::has_follower(JobId before, JobId follower) const {
  return present(Family::after, pair_key(before.value, follower.value));
}
bool RocksRows::has_run(QueueId queue, JobId id) const {
  const auto at = all(Family::run);
  at->Seek(pair_key(queue.value, id.value));
  if (!at->Valid()) return false;
  return RowReader(at->key().ToStringView()).u64() == queue.value &&
         RowReader(at->value().ToStringView()).u64() <= id.value;
}

void RocksRows::visit_ready(const std::function<void(const ReadyKey&)>& visit) const {
  const auto at = all(Family::ready);
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (const auto key = decode_ready_key(at->key().ToStringView())) visit(*key);
  }
}

void RocksRows::visit_parked(
    const std::function<void(std::uint64_t, const ReadyKey&)>& visit) const {
  const auto at = all(Family::parked);
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    RowReader key(at->key().ToStringView());
    const std::uint64_t recipient = key.u64();
    if (const auto ready = decode_ready_key(key.rest())) visit(recipient, *ready);
  }
}

void RocksRows::visit_leases(const std::function<void(JobId)>& visit) const {
  const auto at = all(Family::lease);
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    visit(JobId{RowReader(at->key().ToStringView()).u64()});
  }
}

void RocksRows::visit_spans(const std::function<void(const Span&)>& visit) const {
  const auto at = all(Family::span);
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (const auto span = decode_span(at->key().ToStringView(), at->value().ToStringView())) {
      visit(*span);
    }
  }
}

void RocksRows::visit_contents(
    const std::function<void(const Digest&, const std::optional<ContentUses>&)>& visit) const {
  // Contents first, then counts: one of both is visited with its count, either alone with none.
  std::set<Digest> alone;
  const auto at = all(Family::content);
  const auto each = [&](char kind, const auto& take) {
    for (at->Seek(std::string(1, kind)); at->Valid() && at->key()[0] == kind; at->Next()) {
      if (const auto digest = decode_content_key(at->key().ToStringView())) take(*digest);
    }
  };
  each(kContentRow, [&](const Digest& digest) { alone.insert(digest); });
  each(kContentUsesRow, [&](const Digest& digest) {
    alone.erase(digest);
    visit(digest, decode_content_uses(at->value().ToStringView()));
  });
  for (const Digest& digest : alone) visit(digest, std::nullopt);
}

void RocksRows::visit_unused(const std::function<void(const Unused&)>& visit) const {
  const auto at = all(Family::content);
  for (at->Seek(std::string(1, kUnusedRow)); at->Valid() && at->key()[0] == kUnusedRow;
       at->Next()) {
    if (const auto unused = decode_unused_key(at->key().ToStringView())) visit(*unused);
  }
}

std::vector<Error> RocksRows::damaged() const {
  std::vector<Error> wrong;
  for (const Family family :
       {Family::job, Family::mid, Family::early, Family::idem, Family::import_cursor,
        Family::content, Family::span, Family::event, Family::queue}) {
    const auto at = all(family);
    for (at->SeekToFirst(); at->Valid() && wrong.size() < 1000; at->Next()) {
      if (RowReader::framed(at->value().ToStringView()).good()) continue;
      wrong.emplace_back(Errc::corrupt,
                         "a row of \"" + std::string(family_name(family)) + "\" is damaged",
                         at_field(to_hex(as_octets(at->key().ToStringView()))));
    }
    if (!at->status().ok()) wrong.push_back(to_error(at->status(), "read the store"));
  }
  return wrong;
}

}  // namespace cpgw::queue::detail
