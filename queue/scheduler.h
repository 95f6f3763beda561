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
  /// Reserves the turn's parts, so several turns may be out at once.
  [[nodiscard]] std::optional<Turn> next(RouteGroup group, std::uint32_t room_parts, WallTime now);
  /// What a turn took, once per turn; 0 parts: the queue had nothing, it leaves the round until the
  /// next update. A push that did not fit its turn may take more: the excess is owed.
  void spent(const Turn& turn, std::uint32_t parts);
  /// When the earliest work not yet due becomes due.
  [[nodiscard]] std::optional<WallTime> next_due(RouteGroup group) const;

 private:
  /// One member of a ring: a tenant among tenants or a queue among a tenant's queues.
  struct QueueShare {
    QueueId id;
    WallTime next_due;
    std::int64_t deficit = 0;
    bool empty = false;
  };
  /// Round robin over `members`: `at` has the turn, `served` says that it got its quantum.
  template <class Member>
  struct Ring {
    std::vector<Member> members;  ///< by id
    std::size_t at = 0;
    bool served = false;
    void pass_on() {
      at = members.empty() ? 0 : (at + 1) % members.size();
      served = false;
    }
  };
  struct TenantShare {
    TenantId id;
    std::int64_t deficit = 0;
    Ring<QueueShare> queues;
  };
  using Group = Ring<TenantShare>;

  /// Gives the turn to the first member from `at` on that is due and has parts left.
  template <class Member, class Due>
  Member* pick(Ring<Member>& ring, const Due& due);

  std::uint32_t quantum_;
  std::map<RouteGroup, Group> groups_;
};

}  // namespace cpgw::queue
