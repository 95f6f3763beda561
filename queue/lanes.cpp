#include "queue/lanes.h"

#include <algorithm>

namespace cpgw::queue::detail {
namespace {

constexpr auto kDescending = [](const Lanes::Entry& a, const Lanes::Entry& b) { return b < a; };

Lanes::LaneKey lane_of(const ReadyKey& key) { return {key.group, key.queue, key.priority}; }

}  // namespace

void Lanes::touch(const LaneKey& key, Lane& lane) {
  if (lane.changed) return;
  lane.changed = true;
  changed_.push_back(key);
}

void Lanes::load(const LaneKey& key) {
  Lane& lane = lanes_[key];
  lane.complete = false;
  touch(key, lane);
}

void Lanes::add(const ReadyKey& key) {
  const LaneKey at = lane_of(key);
  Lane& lane = lanes_[at];
  touch(at, lane);
  const Entry entry{key.due, key.id};
  if (!lane.complete && !(entry < lane.limit)) {
    lane.pending.emplace_back(entry, true);
    return;
  }
  const auto place = std::lower_bound(lane.window.begin(), lane.window.end(), entry, kDescending);
  if (place != lane.window.end() && *place == entry) return;
  lane.window.insert(place, entry);
  if (lane.window.size() > kMost) shrink(lane);
}

/// Lets go of the later half: it is on disk, or will be with this commit.
void Lanes::shrink(Lane& lane) {
  const auto keep = lane.window.end() - static_cast<std::ptrdiff_t>(kMost / 2);
  for (auto at = lane.window.begin(); at != keep; ++at) lane.pending.emplace_back(*at, true);
  lane.limit = *(keep - 1);
  lane.complete = false;
  lane.window.erase(lane.window.begin(), keep);
}

void Lanes::remove(const ReadyKey& key) {
  const LaneKey at = lane_of(key);
  const auto found = lanes_.find(at);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  touch(at, lane);
  const Entry entry{key.due, key.id};
  if (!lane.complete && !(entry < lane.limit)) {
    lane.pending.emplace_back(entry, false);
    return;
  }
  const auto place = std::lower_bound(lane.window.begin(), lane.window.end(), entry, kDescending);
  if (place != lane.window.end() && *place == entry) lane.window.erase(place);
}

void Lanes::refill(const LaneKey& key, Lane& lane) {
  while (lane.window.empty() && !lane.complete) {
    std::vector<Entry> rows = reader_(key, lane.limit, kFill + 1);
    std::optional<Entry> next;  // the first one not taken
    if (rows.size() > kFill) {
      next = rows.back();
      rows.pop_back();
    }
    std::map<Entry, bool> changes;
    for (const auto& [entry, added] : lane.pending) changes[entry] = added;
    std::erase_if(rows, [&](const Entry& e) { return changes.contains(e); });
    for (const auto& [entry, added] : changes) {
      if (added && (!next || entry < *next)) rows.push_back(entry);
    }
    std::sort(rows.begin(), rows.end(), kDescending);
    lane.window = std::move(rows);
    if (next) {
      lane.limit = *next;
      std::erase_if(lane.pending, [&](const auto& change) { return change.first < *next; });
    } else {
      lane.complete = true;
      lane.pending.clear();
    }
  }
}

std::optional<JobId> Lanes::first(RouteGroup group, QueueId queue, WallTime now) {
  for (auto at = lanes_.lower_bound(LaneKey{group, queue, 0});
       at != lanes_.end() && at->first.group == group && at->first.queue == queue; ++at) {
    Lane& lane = at->second;
    if (lane.window.empty() && !lane.complete) {
      touch(at->first, lane);
      refill(at->first, lane);
    }
    if (!lane.window.empty() && lane.window.back().due <= now) return lane.window.back().id;
  }
  return std::nullopt;
}

void Lanes::committed() {
  for (const LaneKey& key : changed_) {
    Lane& lane = lanes_.at(key);
    lane.changed = false;
    lane.pending.clear();
    refill(key, lane);
  }
  const std::lock_guard lock(mutex_);
  for (const LaneKey& key : changed_) {
    const auto at = lanes_.find(key);
    if (at->second.window.empty()) {
      lanes_.erase(at);
      heads_.erase(key);
    } else {
      heads_[key] = at->second.window.back().due;
    }
  }
  changed_.clear();
}

std::vector<Rows::ReadyHead> Lanes::heads() const {
  std::vector<Rows::ReadyHead> heads;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, due] : heads_) {
    if (heads.empty() || heads.back().group != key.group || heads.back().queue != key.queue) {
      heads.push_back({key.group, key.queue, due});
    }
    heads.back().due = std::min(heads.back().due, due);
  }
  return heads;
}

}  // namespace cpgw::queue::detail
