// Inside the room: the head of every lane of the ready queue in memory, the rest on disk. What was
// taken is never read again, so the marks that deletions leave on disk cost nothing.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "queue/rows.h"

namespace cpgw::queue::detail {

/// A lane is one (route group, queue, priority). Changed by the committing thread only; heads() may
/// be called from any thread and shows what the last commit left.
class Lanes {
 public:
  struct LaneKey {
    RouteGroup group;
    QueueId queue;
    std::uint8_t priority = 0;
    friend auto operator<=>(const LaneKey&, const LaneKey&) = default;
  };
  struct Entry {
    WallTime due;
    JobId id;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  /// Committed rows of the lane from `from` (inclusive) on, in order, at most `most`.
  using Reader =
      std::function<std::vector<Entry>(const LaneKey& lane, const Entry& from, std::size_t most)>;

  explicit Lanes(Reader reader) : reader_(std::move(reader)) {}

  /// A lane that has rows on disk, found when the store is opened.
  void load(const LaneKey& lane);
  void add(const ReadyKey& key);
  void remove(const ReadyKey& key);
  [[nodiscard]] std::optional<JobId> first(RouteGroup group, QueueId queue, WallTime now);
  /// The changes since the last call are on disk: forget them, show the new heads.
  void committed();
  [[nodiscard]] std::vector<Rows::ReadyHead> heads() const;

 private:
  static constexpr std::size_t kFill = 256;        ///< entries read at once
  static constexpr std::size_t kMost = 4 * kFill;  ///< entries kept of one lane

  /// `window` holds every entry of the lane below `limit` (all when complete), the last is first.
  struct Lane {
    std::vector<Entry> window;
    Entry limit{WallTime::min(), JobId{0}};
    bool complete = true;
    bool changed = false;
    /// Adds and removals of this commit at or above the limit, in their order: not yet on disk.
    std::vector<std::pair<Entry, bool>> pending;
  };
  void touch(const LaneKey& key, Lane& lane);
  void refill(const LaneKey& key, Lane& lane);
  void shrink(Lane& lane);

  Reader reader_;
  std::map<LaneKey, Lane> lanes_;
  std::vector<LaneKey> changed_;
  mutable std::mutex mutex_;  ///< guards heads_
  std::map<LaneKey, WallTime> heads_;
};

}  // namespace cpgw::queue::detail
