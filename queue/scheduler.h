// Which queue is claimed from next: deficit round robin counted in parts, first between tenants,
// then between a tenant's queues.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "queue/job_store.h"

namespace cpgw::queue {

/// A pure value: told what has work and what was spent, it says whose turn it is. One round is one
/// pass over the tenants that have due work, with `quantum` parts each. Owned by one thread.
class FairScheduler {
 public:
  explicit FairScheduler(std::uint32_t quantum_parts = 32);

  /// Replaces what is known to have work. Deficits of queues that stay are kept; those that left
  /// are forgotten.
  void update(std::span<const ReadyQueue> ready);

  struct Turn {
    TenantId tenant;
    QueueId queue;
    RouteGroup group;
    std::uint32_t parts = 0;  ///< may be spent now, at least 1 and at most the room
  };
  /// The next queue of `group` with due work; nothing when none is due or `room_parts` is 0.
  [[nodiscard]] std::optional<Turn> next(RouteGroup group, std::uint32_t room_parts, WallTime now);
  /// What a turn took; 0 parts: the queue had nothing, it leaves the round until the next update.
  void spent(const Turn& turn, std::uint32_t parts);
  /// When the earliest work not yet due becomes due.
  [[nodiscard]] std::optional<WallTime> next_due(RouteGroup group) const;

 private:
  struct Share;
  struct Group;
  std::uint32_t quantum_;
  std::map<RouteGroup, Group> groups_;
};

}  // namespace cpgw::queue
