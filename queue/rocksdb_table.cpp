// One family during a commit: what was written over what is on disk.
#include "queue/rocksdb_rows.h"

namespace cpgw::queue::detail {
namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void Table::put(const std::string& key, std::string value) {
  batch_.Put(database_.family(family_), key, value);
  pending_[key] = std::move(value);
}

void Table::erase(const std::string& key) {
  batch_.Delete(database_.family(family_), key);
  pending_[key] = std::nullopt;
}

std::optional<std::string> Table::get(const std::string& key) {
  const auto at = pending_.find(key);
  if (at != pending_.end()) return at->second;
  std::string value;
  const auto got = database_.db->Get({}, database_.family(family_), key, &value);
  if (got.ok()) return value;
  if (!got.IsNotFound() && !failure_) failure_ = to_error(got, "read the store");
  return std::nullopt;
}

rocksdb::Iterator& Table::iterator() {
  if (!iterator_) {
    rocksdb::ReadOptions read;
    read.total_order_seek = true;
    iterator_.reset(database_.db->NewIterator(read, database_.family(family_)));
  }
  return *iterator_;
}

std::optional<Table::Row> Table::first_from(const std::string& from, std::string_view prefix) {
  rocksdb::Iterator& disk = iterator();
  auto mine = pending_.lower_bound(from);
  for (disk.Seek(from);; disk.Next()) {
    if (!disk.Valid() && !disk.status().ok() && !failure_) {
      failure_ = to_error(disk.status(), "read the store");
    }
    const bool on_disk = disk.Valid() && disk.key().starts_with(slice(prefix));
    // What this commit wrote before the next row on disk, or instead of it.
    while (mine != pending_.end() && std::string_view(mine->first).starts_with(prefix) &&
           (!on_disk || slice(mine->first).compare(disk.key()) <= 0)) {
      if (mine->second) return Row{mine->first, *mine->second};
      ++mine;
    }
    if (!on_disk) return std::nullopt;
    if (!pending_.contains(disk.key().ToStringView())) {
      return Row{disk.key().ToString(), disk.value().ToString()};
    }
  }
}

void Table::committed() {
  pending_.clear();
  iterator_.reset();
}

}  // namespace cpgw::queue::detail
