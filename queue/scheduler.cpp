#include "queue/scheduler.h"

#include <algorithm>

namespace cpgw::queue {
namespace {

template <class Members, class Id>
auto place_of(Members& members, Id id) {
  return std::lower_bound(members.begin(), members.end(), id,
                          [](const auto& member, Id wanted) { return member.id < wanted; });
}

template <class Members, class Id>
auto* find(Members& members, Id id) {
  const auto at = place_of(members, id);
  return at != members.end() && at->id == id ? &*at : nullptr;
}

/// The turn stays where it was; when its holder left, it goes to the next in order.
template <class Ring>
void take_over_turn(const Ring& old, Ring& fresh) {
  if (old.members.empty() || fresh.members.empty()) return;
  const auto holder = old.members[old.at].id;
  const auto at = place_of(fresh.members, holder);
  if (at == fresh.members.end()) return;
  fresh.at = static_cast<std::size_t>(at - fresh.members.begin());
  fresh.served = at->id == holder && old.served;
}

}  // namespace

FairScheduler::FairScheduler(std::uint32_t quantum_parts) : quantum_(std::max(quantum_parts, 1u)) {}

void FairScheduler::update(std::span<const ReadyQueue> ready) {
  std::vector<ReadyQueue> rows(ready.begin(), ready.end());
  std::sort(rows.begin(), rows.end(), [](const ReadyQueue& a, const ReadyQueue& b) {
    return std::tie(a.group, a.tenant, a.queue, a.next_due) <
           std::tie(b.group, b.tenant, b.queue, b.next_due);
  });
  std::map<RouteGroup, Group> fresh;
  for (const ReadyQueue& row : rows) {
    auto& tenants = fresh[row.group].members;
    if (tenants.empty() || tenants.back().id != row.tenant) {
      tenants.push_back({row.tenant, 0, {}});
    }
    auto& queues = tenants.back().queues.members;
    if (!queues.empty() && queues.back().id == row.queue) continue;
    queues.push_back({row.queue, row.next_due, 0, false});
  }
  for (auto& [id, group] : fresh) {
    const auto old_group = groups_.find(id);
    if (old_group == groups_.end()) continue;
    take_over_turn(old_group->second, group);
    for (TenantShare& tenant : group.members) {
      TenantShare* old = find(old_group->second.members, tenant.id);
      if (old == nullptr) continue;
      tenant.deficit = old->deficit;
      take_over_turn(old->queues, tenant.queues);
      for (QueueShare& queue : tenant.queues.members) {
        if (const QueueShare* was = find(old->queues.members, queue.id)) {
          queue.deficit = was->deficit;
        }
      }
    }
  }
  groups_ = std::move(fresh);
}

template <class Member, class Due>
Member* FairScheduler::pick(Ring<Member>& ring, const Due& due) {
  if (std::none_of(ring.members.begin(), ring.members.end(), due)) return nullptr;
  // Ends: every pass gives each due member a quantum, and debts are finite.
  for (;;) {
    Member& member = ring.members[ring.at];
    if (!due(member)) {
      member.deficit = std::min<std::int64_t>(member.deficit, 0);  // no saving while idle
      ring.pass_on();
      continue;
    }
    if (!ring.served) {
      member.deficit = std::min<std::int64_t>(member.deficit + quantum_, quantum_);
      ring.served = true;
    }
    if (member.deficit > 0) return &member;
    ring.pass_on();
  }
}

std::optional<FairScheduler::Turn> FairScheduler::next(RouteGroup group, std::uint32_t room_parts,
                                                       WallTime now) {
  const auto at = groups_.find(group);
  if (room_parts == 0 || at == groups_.end()) return std::nullopt;
  const auto queue_due = [now](const QueueShare& q) { return !q.empty && q.next_due <= now; };
  TenantShare* tenant = pick(at->second, [&](const TenantShare& t) {
    return std::any_of(t.queues.members.begin(), t.queues.members.end(), queue_due);
  });
  if (tenant == nullptr) return std::nullopt;
  QueueShare* queue = pick(tenant->queues, queue_due);
  if (queue == nullptr) return std::nullopt;
  const auto parts = std::min<std::int64_t>({room_parts, tenant->deficit, queue->deficit});
  tenant->deficit -= parts;
  queue->deficit -= parts;
  return Turn{tenant->id, queue->id, group, static_cast<std::uint32_t>(parts)};
}

void FairScheduler::spent(const Turn& turn, std::uint32_t parts) {
  const auto group = groups_.find(turn.group);
  if (group == groups_.end()) return;
  TenantShare* tenant = find(group->second.members, turn.tenant);
  if (tenant == nullptr) return;
  const std::int64_t back = static_cast<std::int64_t>(turn.parts) - parts;
  tenant->deficit += back;
  QueueShare* queue = find(tenant->queues.members, turn.queue);
  if (queue == nullptr) return;
  queue->deficit += back;
  if (parts == 0) queue->empty = true;
}

std::optional<WallTime> FairScheduler::next_due(RouteGroup group) const {
  const auto at = groups_.find(group);
  if (at == groups_.end()) return std::nullopt;
  std::optional<WallTime> earliest;
  for (const TenantShare& tenant : at->second.members) {
    for (const QueueShare& queue : tenant.queues.members) {
      if (queue.empty) continue;
      if (!earliest || queue.next_due < *earliest) earliest = queue.next_due;
    }
  }
  return earliest;
}

}  // namespace cpgw::queue
