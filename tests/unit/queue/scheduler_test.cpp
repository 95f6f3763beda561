#include "queue/scheduler.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "support.h"

namespace cpgw::queue::test {
namespace {

using std::chrono::seconds;

constexpr RouteGroup kGroup{1};

ReadyQueue ready(std::uint32_t tenant, std::uint64_t queue, WallTime due = kStart,
                 RouteGroup group = kGroup) {
  return {TenantId{tenant}, QueueId{queue}, group, due};
}

/// Backlogs served by a scheduler: what a claim would take, without a store.
struct Backlogs {
  struct One {
    std::uint32_t tenant = 1;
    std::uint64_t jobs = 0;
    std::uint32_t parts = 1;  ///< of each job
  };
  std::map<std::uint64_t, One> queues;
  std::map<std::uint64_t, std::uint64_t> taken;  ///< parts

  std::vector<ReadyQueue> ready_queues() const {
    std::vector<ReadyQueue> rows;
    for (const auto& [id, q] : queues) {
      if (q.jobs > 0) rows.push_back(ready(q.tenant, id));
    }
    return rows;
  }
  /// Takes as Claim does: at least one job, else what fits.
  std::uint32_t claim(const FairScheduler::Turn& turn) {
    One& q = queues.at(turn.queue.value);
    std::uint32_t parts = 0;
    while (q.jobs > 0 && (parts == 0 || parts + q.parts <= turn.parts)) {
      --q.jobs;
      parts += q.parts;
    }
    taken[turn.queue.value] += parts;
    return parts;
  }
};

TEST(FairScheduler, HasNoTurnWithoutWorkOrRoom) {
  FairScheduler s;
  EXPECT_FALSE(s.next(kGroup, 10, kStart));
  s.update(std::vector{ready(1, 1)});
  EXPECT_FALSE(s.next(kGroup, 0, kStart));
  EXPECT_FALSE(s.next(RouteGroup{2}, 10, kStart));
  const auto turn = s.next(kGroup, 10, kStart);
  ASSERT_TRUE(turn);
  EXPECT_EQ(turn->queue, QueueId{1});
  EXPECT_EQ(turn->parts, 10u);
}

TEST(FairScheduler, WaitsForWhatIsNotDue) {
  FairScheduler s;
  s.update(std::vector{ready(1, 1, after(seconds(9))), ready(1, 2, after(seconds(5)))});
  EXPECT_FALSE(s.next(kGroup, 10, kStart));
  EXPECT_EQ(s.next_due(kGroup), after(seconds(5)));
  EXPECT_EQ(s.next(kGroup, 10, after(seconds(5)))->queue, QueueId{2});
  EXPECT_FALSE(s.next_due(RouteGroup{2}));
}

TEST(FairScheduler, AQueueThatHadNothingLeavesTheRound) {
  FairScheduler s;
  s.update(std::vector{ready(1, 1)});
  s.spent(*s.next(kGroup, 10, kStart), 0);
  EXPECT_FALSE(s.next(kGroup, 10, kStart));
  EXPECT_FALSE(s.next_due(kGroup)) << "nobody should wait for it";
  s.update(std::vector{ready(1, 1)});
  EXPECT_TRUE(s.next(kGroup, 10, kStart));
}

TEST(FairScheduler, ReservesWhatATurnMayTake) {
  FairScheduler s;
  s.update(std::vector{ready(1, 1), ready(2, 2)});
  const auto a = s.next(kGroup, 32, kStart);
  const auto b = s.next(kGroup, 32, kStart);
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->queue, b->queue) << "the first one's quantum is out already";
}

TEST(FairScheduler, TenJobsBesideAMillionAreOutWithinTwoRounds) {
  for (const bool same_tenant : {false, true}) {
    FairScheduler s;
    Backlogs b;
    b.queues[1] = {1, 1'000'000, 3};
    b.queues[2] = {same_tenant ? 1u : 2u, 10, 3};
    s.update(b.ready_queues());
    // Two rounds: two quanta for each of the two.
    std::uint64_t parts = 0;
    while (b.queues[2].jobs > 0) {
      const auto turn = s.next(kGroup, 12, kStart);
      ASSERT_TRUE(turn);
      const auto took = b.claim(*turn);
      parts += took;
      s.spent(*turn, took);
    }
    EXPECT_LE(parts, 2u * 2u * 32u + 3u) << "same tenant: " << same_tenant;
  }
}

RC_GTEST_PROP(FairScheduler, TenantsGetTheSameNumberOfPartsWhateverTheirQueuesAndPushSizes, ()) {
  FairScheduler s;
  Backlogs b;
  const auto tenants = *rc::gen::inRange(1, 5);
  std::uint64_t id = 1;
  for (int t = 1; t <= tenants; ++t) {
    const auto queues = *rc::gen::inRange(1, 4);
    for (int q = 0; q < queues; ++q) {
      b.queues[id++] = {static_cast<std::uint32_t>(t), 1'000'000,
                        *rc::gen::inRange<std::uint32_t>(1, 33)};
    }
  }
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  const int turns = *rc::gen::inRange(200, 600);
  for (int n = 0; n < turns; ++n) {
    if (n % 7 == 0) s.update(b.ready_queues());
    const auto room = 1 + static_cast<std::uint32_t>(random() % 63);
    const auto turn = s.next(kGroup, room, kStart);
    RC_ASSERT(turn.has_value());
    RC_ASSERT(turn->parts >= 1u && turn->parts <= room);
    s.spent(*turn, b.claim(*turn));
  }
  std::map<std::uint32_t, std::uint64_t> by_tenant;
  for (int t = 1; t <= tenants; ++t) by_tenant[static_cast<std::uint32_t>(t)] = 0;
  for (const auto& [queue, parts] : b.taken) by_tenant[b.queues[queue].tenant] += parts;
  const auto [least, most] =
      std::minmax_element(by_tenant.begin(), by_tenant.end(),
                          [](const auto& x, const auto& y) { return x.second < y.second; });
  // A quantum, and a largest push more or less.
  RC_ASSERT(most->second - least->second <= 2u * (32u + 32u));
}

RC_GTEST_PROP(FairScheduler, NothingStarvesWhileQueuesComeAndGo, ()) {
  FairScheduler s;
  Backlogs b;
  for (std::uint64_t q = 1; q <= 6; ++q) {
    b.queues[q] = {*rc::gen::inRange<std::uint32_t>(1, 4), *rc::gen::inRange<std::uint64_t>(0, 300),
                   *rc::gen::inRange<std::uint32_t>(1, 33)};
  }
  int idle = 0;
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  for (int n = 0; n < 5000; ++n) {
    if (n % 3 == 0) s.update(b.ready_queues());
    const auto turn = s.next(kGroup, 1 + static_cast<std::uint32_t>(random() % 40), kStart);
    if (!turn) {
      ++idle;
      break;
    }
    s.spent(*turn, b.claim(*turn));
  }
  RC_ASSERT(idle == 1);
  for (const auto& [id, q] : b.queues) RC_ASSERT(q.jobs == 0u);
}

TEST(FairScheduler, ServesASmallQueueBesideALargeOneOfTheStore) {
  Bench b(Engine::memory);
  const TenantId other = b.store->tenant("other");
  QueueInfo info;
  info.tenant = other;
  info.group = b.group;
  b.one(step::PutQueue{info});
  for (int n = 0; n < 20; ++n) b.submit(std::vector<NewJob>(5000, b.job(number(1))));
  NewJob small = b.job(number(2));
  small.tenant = other;
  small.queue = singles(other);
  b.submit(std::vector<NewJob>(10, small));
  FairScheduler s;
  s.update(b.store->ready_queues());
  std::size_t parts = 0;
  std::size_t found = 0;
  while (found < 10 && parts <= 128) {
    const auto turn = s.next(b.group, 16, b.now);
    ASSERT_TRUE(turn);
    const auto claimed = b.one(step::Claim{.group = turn->group,
                                           .queue = turn->queue,
                                           .max_jobs = turn->parts,
                                           .max_parts = turn->parts})
                             .claimed;
    parts += claimed.size();
    if (turn->queue == singles(other)) found += claimed.size();
    s.spent(*turn, static_cast<std::uint32_t>(claimed.size()));
  }
  EXPECT_EQ(found, 10u);
  EXPECT_LE(parts, 2u * 2u * 32u);
}

}  // namespace
}  // namespace cpgw::queue::test
