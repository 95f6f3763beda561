// What every engine must do, step by step.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "support.h"

namespace cpgw::queue::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Store : public ::testing::TestWithParam<Engine> {
 protected:
  Bench b{GetParam()};
  void TearDown() override { b.expect_sound(); }
};
INSTANTIATE_TEST_SUITE_P(Engines, Store, ::testing::Values(Engine::memory, Engine::rocksdb),
                         [](const auto& p) { return name(p.param); });

// ---- accept

TEST_P(Store, KeepsEveryFieldOfASubmittedJob) {
  NewJob j = b.job(number("358401234567"), 3);
  j.priority = 2;
  j.trace[3] = std::byte{0x5A};
  const JobId id = b.submit(j);
  const auto read = b.store->job(id);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tenant, b.tenant);
  EXPECT_EQ(read->queue, b.queue);
  EXPECT_EQ(read->group, b.group);
  EXPECT_EQ(read->priority, 2);
  EXPECT_EQ(read->recipient, j.recipient);
  EXPECT_EQ(read->content, j.content);
  EXPECT_EQ(read->due, j.due);
  EXPECT_EQ(read->deadline, j.deadline);
  EXPECT_EQ(read->parts_estimate, 3);
  EXPECT_EQ(read->trace, j.trace);
  EXPECT_EQ(read->state, JobState::waiting);
  EXPECT_EQ(*b.store->sealed(id), octets("sealed"));
  EXPECT_EQ(b.counts().submitted, 1u);
  EXPECT_EQ(b.counts().waiting, 1u);
}

TEST_P(Store, IdsRiseEvenWhenTheClockStandsStillOrGoesBack) {
  JobId last = b.submit(b.job(number(1)));
  for (int i = 0; i < 5000; i += 1000) {
    if (i == 3000) b.now -= minutes(1);
    std::vector<NewJob> jobs(1000, b.job(number(2)));
    for (const JobId id : b.submit(std::move(jobs))) {
      EXPECT_LT(last, id);
      last = id;
    }
  }
  EXPECT_GT(last.value, singles(TenantId{UINT32_MAX}).value);
}

TEST_P(Store, TakesAllJobsOfARequestOrNone) {
  NewJob bad = b.job(number(2));
  bad.content = digest(77);
  const auto r = b.one(step::Submit{.tenant = b.tenant, .jobs = {b.job(number(1)), bad}});
  EXPECT_EQ(r.applied, Applied::refused);
  EXPECT_EQ(r.error->code, Errc::unknown_content);
  EXPECT_EQ(r.error->at.field, "jobs[1].content");
  EXPECT_EQ(b.counts().submitted, 0u);
  EXPECT_THAT(b.store->find({}).jobs, IsEmpty());
}

TEST_P(Store, RefusesWhatItCannotKeep) {
  const auto refusal = [&](auto change) {
    NewJob j = b.job(number(1));
    change(j);
    const auto r = b.one(step::Submit{.tenant = b.tenant, .jobs = {j}});
    EXPECT_EQ(r.applied, Applied::refused);
    return r.error ? r.error->code : Code{};
  };
  EXPECT_EQ(refusal([](NewJob& j) { j.queue.value = 99; }), Errc::unknown_queue);
  EXPECT_EQ(refusal([](NewJob& j) { j.parts_estimate = 0; }), Errc::limit);
  EXPECT_EQ(refusal([](NewJob& j) { j.parts_estimate = 33; }), Errc::limit);
  EXPECT_EQ(refusal([](NewJob& j) { j.priority = 10; }), Errc::limit);
  EXPECT_EQ(refusal([](NewJob& j) { j.sealed.resize(65 * 1024); }), Errc::limit);
  EXPECT_EQ(refusal([](NewJob& j) { j.after = JobId{5}; }), Errc::unknown_job);
  EXPECT_EQ(refusal([](NewJob& j) { j.after = JobId{UINT64_MAX}; }), Errc::cycle);
  EXPECT_EQ(refusal([](NewJob& j) { j.after_index = 0; }), Errc::cycle);
}

TEST_P(Store, ReplaysTheAnswerToTheSameKeyAndRefusesAnotherRequestUnderIt) {
  const step::Submit first{.tenant = b.tenant,
                           .jobs = {b.job(number(1)), b.job(number(2))},
                           .idempotency = Idempotency{"key", digest(3)}};
  const auto ids = b.one(first).ids;
  b.reopen();
  const auto again = b.one(first);
  EXPECT_EQ(again.applied, Applied::duplicate);
  EXPECT_EQ(again.ids, ids);
  step::Submit other = first;
  other.idempotency->request = digest(4);
  EXPECT_EQ(b.one(other).applied, Applied::conflict);
  EXPECT_EQ(b.counts().submitted, 2u);
  b.now += hours(24 * 7);
  EXPECT_EQ(b.one(other).applied, Applied::applied) << "the key's life is over";
}

TEST_P(Store, MovesAnImportCursorWithItsRowsAndOnlyOnce) {
  step::Submit chunk{.tenant = b.tenant, .jobs = {b.job(number(1))}};
  chunk.cursor = ImportCursor{.name = "list.csv",
                              .queue = b.queue,
                              .source = digest(5),
                              .next_offset = 100,
                              .next_row = 1,
                              .accepted = 1};
  EXPECT_EQ(b.one(chunk).applied, Applied::applied);
  b.reopen();
  EXPECT_EQ(b.one(chunk).applied, Applied::duplicate);
  EXPECT_EQ(b.store->import_cursor(b.queue, "list.csv")->next_offset, 100u);
  step::Submit gap = chunk;
  gap.expect_offset = 150;
  gap.cursor->next_offset = 200;
  EXPECT_EQ(b.one(gap).applied, Applied::conflict);
  step::Submit other_file = chunk;
  other_file.cursor->source = digest(6);
  EXPECT_EQ(b.one(other_file).applied, Applied::conflict);
  step::Submit next = chunk;
  next.expect_offset = 100;
  next.cursor->next_offset = 200;
  next.cursor->finished = true;
  EXPECT_EQ(b.one(next).applied, Applied::applied);
  EXPECT_TRUE(b.store->import_cursor(b.queue, "list.csv")->finished);
  EXPECT_EQ(b.counts().submitted, 2u);
}

TEST_P(Store, StoresContentOnce) {
  Content c;
  c.digest = digest(1);
  EXPECT_EQ(b.one(step::PutContent{c}).applied, Applied::duplicate);
  EXPECT_EQ(as_text(b.store->content(digest(1))->body), "body");
  EXPECT_EQ(as_text(b.store->content(digest(1))->source), "source");
  EXPECT_FALSE(b.store->content(digest(2)));
}

/// Sweeps until nothing is left to do.
void sweep(Bench& b) {
  while (b.one(step::Sweep{}).swept != 0) {
  }
}

Content content(std::uint8_t n) {
  Content c;
  c.digest = digest(n);
  c.body = octets("body " + std::to_string(n));
  return c;
}

TEST_P(Store, AContentGoesWithTheLastJobThatUsesIt) {
  NewJob early = b.job(number(1));
  NewJob late = b.job(number(2));
  early.content = late.content = digest(2);
  late.deadline += hours(2);
  const auto r = b.run({step::PutContent{content(2)},
                        step::Submit{.tenant = b.tenant, .jobs = {early, late, early}}});
  ASSERT_EQ(r[1].applied, Applied::applied);
  b.now = early.deadline + minutes(1);
  sweep(b);
  b.now = early.deadline + hours(24 * 30) + minutes(1);
  sweep(b);
  b.reopen();
  EXPECT_EQ(b.store->find({}).jobs.size(), 1u);
  EXPECT_TRUE(b.store->content(digest(2))) << "one job is left";
  b.now = late.deadline + hours(24 * 30) + minutes(1);
  sweep(b);
  EXPECT_THAT(b.store->find({}).jobs, IsEmpty());
  EXPECT_FALSE(b.store->content(digest(2)));
  b.reopen();
  EXPECT_FALSE(b.store->content(digest(2)));
  EXPECT_EQ(b.one(step::Submit{.tenant = b.tenant, .jobs = {early}}).error->code,
            Errc::unknown_content);
  EXPECT_EQ(b.one(step::PutContent{content(2)}).applied, Applied::applied);
  EXPECT_EQ(b.one(step::Submit{.tenant = b.tenant, .jobs = {early}}).applied, Applied::applied);
}

TEST_P(Store, AContentStaysWhenItsLastJobGoesAndAnotherComesInOneCommit) {
  NewJob j = b.job(number(1));
  j.content = digest(2);
  b.run({step::PutContent{content(2)}, step::Submit{.tenant = b.tenant, .jobs = {j}}});
  b.now += hours(24 * 31) + minutes(1);
  b.one(step::Sweep{.max_records = 2});
  const std::vector<std::vector<Step>> requests{
      {step::Sweep{}},
      {step::PutContent{content(2)}, step::Submit{.tenant = b.tenant, .jobs = {j}}}};
  const auto r = b.store->commit(requests, b.now);
  ASSERT_TRUE(r);
  EXPECT_EQ((*r)[1][0].applied, Applied::duplicate);
  EXPECT_EQ((*r)[1][1].applied, Applied::applied);
  EXPECT_EQ(b.store->find({}).jobs.size(), 1u);
  EXPECT_TRUE(b.store->content(digest(2)));
}

TEST_P(Store, AContentNobodyCameToUseIsForgottenAfterAWhile) {
  NewJob refused = b.job(number(1));
  refused.content = digest(2);
  refused.priority = 10;
  const auto r = b.run({step::PutContent{content(2)}, step::PutContent{content(3)},
                        step::Submit{.tenant = b.tenant, .jobs = {refused}}});
  ASSERT_EQ(r[2].applied, Applied::refused);
  b.reopen();
  b.now += minutes(50);
  EXPECT_EQ(b.one(step::PutContent{content(3)}).applied, Applied::duplicate) << "asked for again";
  NewJob used = b.job(number(1));
  b.submit(used);
  b.now += minutes(11);
  sweep(b);
  EXPECT_TRUE(b.store->content(digest(1))) << "used before its hour was over";
  EXPECT_FALSE(b.store->content(digest(2)));
  EXPECT_TRUE(b.store->content(digest(3)));
  EXPECT_EQ(b.one(step::Sweep{.expire = false}).swept, 0u);
  b.now += minutes(50);
  EXPECT_EQ(b.one(step::Sweep{.expire = false}).swept, 0u) << "while the clock is in doubt";
  EXPECT_TRUE(b.store->content(digest(3)));
  sweep(b);
  EXPECT_FALSE(b.store->content(digest(3)));
}

TEST_P(Store, AQueueKeepsItsContentWithoutAnyJob) {
  QueueInfo q;
  q.tenant = b.tenant;
  q.name = "spring";
  q.group = b.group;
  q.content = digest(2);
  const auto refused = b.one(step::PutQueue{q});
  ASSERT_EQ(refused.applied, Applied::refused);
  EXPECT_EQ(refused.error->code, Errc::unknown_content);
  EXPECT_FALSE(b.store->queue(b.tenant, "spring"));
  const auto made = b.run({step::PutContent{content(2)}, step::PutQueue{q}});
  ASSERT_EQ(made[1].applied, Applied::applied);
  q.content = digest(1);
  EXPECT_EQ(b.one(step::PutQueue{q}).applied, Applied::conflict);
  NewJob j = b.job(number(1));
  j.queue = *made[1].queue;
  j.content = digest(2);
  b.submit(j);
  b.now += hours(24 * 31) + minutes(1);
  sweep(b);
  b.reopen();
  EXPECT_THAT(b.store->find({}).jobs, IsEmpty());
  EXPECT_TRUE(b.store->content(digest(2)));
  EXPECT_EQ(b.store->queue(b.tenant, "spring")->content, digest(2));
}

TEST_P(Store, GivesACampaignAnIdAndRefusesAnotherUnderItsName) {
  QueueInfo q;
  q.tenant = b.tenant;
  q.name = "spring";
  q.group = b.group;
  q.state = QueueState::draft;
  q.settings = octets("{}");
  const auto made = b.one(step::PutQueue{q});
  ASSERT_TRUE(made.queue);
  EXPECT_EQ(b.one(step::PutQueue{q}).applied, Applied::duplicate);
  EXPECT_EQ(b.one(step::PutQueue{q}).queue, made.queue);
  q.settings = octets("{1}");
  EXPECT_EQ(b.one(step::PutQueue{q}).applied, Applied::conflict);
  b.reopen();
  const auto read = b.store->queue(b.tenant, "spring");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, *made.queue);
  EXPECT_EQ(read->state, QueueState::draft);
  EXPECT_EQ(as_text(read->settings), "{}");
  EXPECT_EQ(b.store->queues(b.tenant).size(), 2u);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::queue_changed));
}

// ---- claim

TEST_P(Store, ClaimsInTheOrderPriorityDueId) {
  NewJob late = b.job(number(1));
  late.due = b.now - seconds(1);
  NewJob soon = b.job(number(2));
  soon.due = b.now - seconds(5);
  NewJob urgent = b.job(number(3));
  urgent.priority = 0;
  NewJob future = b.job(number(4));
  future.priority = 0;
  future.due = b.now + hours(1);
  const auto ids = b.submit({late, soon, urgent, future, soon});
  std::vector<JobId> order;
  for (const Claimed& c : b.claim(10)) order.push_back(c.fence.id);
  EXPECT_THAT(order, ElementsAre(ids[2], ids[1], ids[4], ids[0]));
  EXPECT_EQ(b.counts().in_flight, 4u);
  EXPECT_EQ(b.counts().waiting, 1u);
}

TEST_P(Store, HandsOutEverythingComposingNeeds) {
  const JobId id = b.submit(b.job(number(1), 3));
  const auto claimed = b.claim();
  ASSERT_EQ(claimed.size(), 1u);
  const Claimed& c = claimed.front();
  EXPECT_EQ(c.fence, (Fence{id, 1}));
  EXPECT_EQ(c.job.state, JobState::claimed);
  EXPECT_EQ(as_text(c.sealed), "sealed");
  EXPECT_EQ(c.parts_to_send, ~0u);
  EXPECT_LE(c.job.drawn.reference, 0xFF);
  EXPECT_EQ(c.job.drawn.composer_version, 1);
}

TEST_P(Store, SubmitAndClaimMayShareACommit) {
  const auto results = b.run({step::Submit{.tenant = b.tenant, .jobs = {b.job(number(1))}},
                              step::Claim{.group = b.group, .queue = b.queue}});
  ASSERT_EQ(results[1].claimed.size(), 1u);
  EXPECT_EQ(results[1].claimed[0].fence.id, results[0].ids[0]);
  EXPECT_EQ(as_text(results[1].claimed[0].sealed), "sealed");
  EXPECT_THAT(b.store->ready_queues(), IsEmpty());
}

TEST_P(Store, CountsPartsButAlwaysHandsOutOneJob) {
  b.submit({b.job(number(1), 5), b.job(number(2), 3), b.job(number(3), 2)});
  EXPECT_EQ(b.claim(10, 2).size(), 1u);
  EXPECT_EQ(b.claim(10, 5).size(), 2u);
}

TEST_P(Store, NeverHandsOutTwoMultiPartPushesForOnePhone) {
  const Msisdn phone = number(1);
  const auto ids = b.submit(
      {b.job(phone, 2), b.job(phone, 2), b.job(number(2), 2), b.job(phone, 1), b.job(phone, 2)});
  const auto first = b.claim(10);
  std::vector<JobId> order;
  for (const Claimed& c : first) order.push_back(c.fence.id);
  EXPECT_THAT(order, ElementsAre(ids[0], ids[2], ids[3]));
  EXPECT_THAT(b.claim(10), IsEmpty());
  b.expect_sound();
  b.one(step::Fail{first[0].fence, OutcomeClass::permanent, 1});
  auto second = b.claim(10);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].fence.id, ids[1]) << "the skipped one kept its place";
  EXPECT_NE(second[0].job.drawn.reference, first[0].job.drawn.reference);
  b.expect_sound();
  b.one(step::Release{second[0].fence});
  second = b.claim(10);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].fence.id, ids[1]);
  b.one(step::Fail{second[0].fence, OutcomeClass::permanent, 1});
  EXPECT_EQ(b.claim(10).front().fence.id, ids[4]);
}

TEST_P(Store, WakesThoseBehindAJobThatIsCancelledWhileTheyWait) {
  const Msisdn phone = number(1);
  const auto ids = b.submit({b.job(phone, 2), b.job(phone, 2), b.job(phone, 2)});
  const auto first = b.claim(10);
  ASSERT_EQ(first.size(), 1u);
  b.one(step::Fail{first[0].fence, OutcomeClass::permanent, 1});
  EXPECT_EQ(b.one(step::CancelJob{ids[1]}).applied, Applied::applied);
  const auto next = b.claim(10);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].fence.id, ids[2]);
}

TEST_P(Store, APhoneIsFreeAgainThoughThePushShrankWhenItWasComposedAgain) {
  const Msisdn phone = number(1);
  b.submit({b.job(phone, 1), b.job(phone, 2)});
  const auto first = b.claim_composed(3);
  b.one(step::Release{first.fence});
  const auto again = b.claim_composed(1);
  ASSERT_EQ(again.fence.id, first.fence.id);
  b.one(step::Fail{again.fence, OutcomeClass::permanent, 1});
  EXPECT_EQ(b.claim().size(), 1u);
}

TEST_P(Store, ManyJobsOfABusyPhoneDoNotHoldUpTheOthers) {
  const Msisdn phone = number(1);
  b.submit(std::vector<NewJob>(2500, b.job(phone, 2)));
  const JobId other = b.submit(b.job(number(2), 2));
  ASSERT_EQ(b.claim(1).size(), 1u);
  std::vector<Claimed> found;
  for (int round = 0; round < 4 && found.empty(); ++round) found = b.claim(10);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fence.id, other);
}

TEST_P(Store, DrawsADifferentReferenceForEachJobOfAPhoneAndKeepsItOverRetries) {
  const Msisdn phone = number(7);
  std::set<int> references;
  for (int i = 0; i < 200; ++i) {
    b.submit(b.job(phone, 3));
    auto c = b.claim();
    ASSERT_EQ(c.size(), 1u);
    const auto drawn = c[0].job.drawn;
    b.one(step::Release{c[0].fence});
    c = b.claim();
    EXPECT_EQ(c[0].job.drawn, drawn);
    EXPECT_EQ(c[0].fence.epoch, 2u);
    EXPECT_TRUE(references.insert(drawn.reference).second) << i;
    b.one(step::Fail{c[0].fence, OutcomeClass::permanent, 0});
    if (i == 100) b.reopen();
  }
}

TEST_P(Store, HandsOutEachJobWithItsOwnInputs) {
  std::vector<NewJob> jobs;
  for (unsigned i = 0; i < 300; ++i) {
    jobs.push_back(b.job(number(i)));
    jobs.back().sealed = i % 5 == 4 ? Octets() : octets("sealed " + std::to_string(i));
  }
  const auto ids = b.submit(jobs);
  std::vector<Step> cancels;
  for (unsigned i = 0; i < 300; ++i) {
    if (i % 7 == 3 || (i >= 100 && i < 200)) cancels.emplace_back(step::CancelJob{ids[i]});
  }
  b.run(std::move(cancels));
  b.reopen();
  std::size_t seen = 0;
  for (const std::uint32_t most : {1u, 2u, 50u, 200u}) {
    for (const Claimed& c : b.claim(most)) {
      const auto at = std::find(ids.begin(), ids.end(), c.fence.id) - ids.begin();
      EXPECT_EQ(c.job.recipient, number(static_cast<std::uint64_t>(at)));
      EXPECT_EQ(c.sealed, jobs[static_cast<std::size_t>(at)].sealed) << at;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 172u);
}

TEST_P(Store, StepsForForgottenJobsSaySo) {
  const auto ids = b.submit(std::vector<NewJob>(200, b.job(number(1))));
  const JobId last = b.submit(b.job(number(2)));
  b.now += hours(24 * 31) + minutes(1);
  sweep(b);
  std::vector<Step> steps;
  for (const JobId id : ids) steps.emplace_back(step::CancelJob{id});
  steps.emplace_back(step::CancelJob{last});
  for (const StepResult& r : b.run(std::move(steps))) {
    EXPECT_EQ(r.applied, Applied::unknown_job);
  }
}

TEST_P(Store, APausedQueueHandsOutNothingAndIsNotReady) {
  b.submit(b.job(number(1)));
  ASSERT_EQ(b.store->ready_queues().size(), 1u);
  EXPECT_EQ(b.store->ready_queues()[0].next_due, b.now);
  b.one(step::SetQueueState{b.queue, QueueState::paused});
  EXPECT_THAT(b.store->ready_queues(), IsEmpty());
  EXPECT_THAT(b.claim(), IsEmpty());
  b.one(step::SetQueueState{b.queue, QueueState::running});
  EXPECT_EQ(b.claim().size(), 1u);
}

TEST_P(Store, ReadyQueuesTellTheEarliestDueTime) {
  NewJob j = b.job(number(1));
  j.due = b.now + hours(2);
  b.submit(j);
  j.due = b.now + hours(1);
  j.priority = 9;
  const JobId first = b.submit(j);
  EXPECT_EQ(b.store->ready_queues()[0].next_due, b.now + hours(1));
  b.one(step::CancelJob{first});
  EXPECT_EQ(b.store->ready_queues()[0].next_due, b.now + hours(2));
}

TEST_P(Store, AFinishedQueueRunsAgainWhenJobsCome) {
  b.one(step::SetQueueState{b.queue, QueueState::finished});
  b.submit(b.job(number(1)));
  EXPECT_EQ(b.store->queue(b.queue)->state, QueueState::running);
  EXPECT_EQ(b.claim().size(), 1u);
}

// ---- after

TEST_P(Store, AJobHeldForAnotherStartsWhenThatOneIsSent) {
  const JobId pin = b.submit(b.job(number(1)));
  NewJob push = b.job(number(1));
  push.after = pin;
  const JobId second = b.submit(push);
  EXPECT_EQ(b.state(second), JobState::held);
  const auto c = b.claim_composed(1);
  EXPECT_EQ(c.fence.id, pin);
  EXPECT_THAT(b.claim(), IsEmpty());
  b.accept(c.fence, 0, "id-1");
  EXPECT_EQ(b.state(second), JobState::waiting);
  EXPECT_EQ(b.claim().front().fence.id, second);
  push.after = pin;
  EXPECT_EQ(b.state(b.submit(push)), JobState::waiting) << "what it waits for is sent already";
}

TEST_P(Store, AJobHeldForAnotherStartsWhenThatOneFails) {
  NewJob text = b.job(number(1));
  text.after_index = 0;
  const auto ids = b.submit({b.job(number(1)), text});
  EXPECT_EQ(b.state(ids[1]), JobState::held);
  b.reopen();
  b.one(step::Fail{b.claim().front().fence, OutcomeClass::permanent, 8});
  EXPECT_EQ(b.state(ids[1]), JobState::waiting);
}

TEST_P(Store, AHeldJobExpiresAtItsDeadlineWhenTheOtherWasCancelled) {
  NewJob text = b.job(number(1));
  text.after_index = 0;
  const auto ids = b.submit({b.job(number(1)), text});
  b.one(step::CancelJob{ids[0]});
  EXPECT_EQ(b.state(ids[1]), JobState::held);
  NewJob more = b.job(number(1));
  more.after = ids[0];
  EXPECT_EQ(b.one(step::Submit{.tenant = b.tenant, .jobs = {more}}).applied, Applied::refused);
  b.now += hours(25);
  b.one(step::Sweep{});
  EXPECT_EQ(b.state(ids[1]), JobState::expired);
}

// ---- the attempt

TEST_P(Store, IsSentWhenEveryPartIsAcceptedAndDeliveredWhenEveryReceiptIsIn) {
  const JobId id = b.submit(b.job(number(1), 3));
  const auto c = b.claim_composed(3);
  for (std::uint8_t part = 0; part < 3; ++part) {
    EXPECT_EQ(b.state(id), JobState::claimed);
    EXPECT_EQ(b.accept(c.fence, part, "id-" + std::to_string(part)).applied, Applied::applied);
  }
  EXPECT_EQ(b.state(id), JobState::sent);
  EXPECT_FALSE(b.store->sealed(id)->empty());
  for (int part = 2; part >= 0; --part) {
    const auto r = b.receipt("id-" + std::to_string(part));
    EXPECT_EQ(r.applied, Applied::applied);
    EXPECT_EQ(r.job, id);
  }
  EXPECT_EQ(b.state(id), JobState::delivered);
  EXPECT_TRUE(b.store->sealed(id)->empty()) << "sealed inputs go with the final state";
  EXPECT_EQ(b.receipt("id-1").applied, Applied::duplicate);
  EXPECT_EQ(b.receipt("id-1", ReceiptState::failed).applied, Applied::duplicate);
  EXPECT_EQ(b.receipt("id-1", ReceiptState::pending).applied, Applied::duplicate);
  EXPECT_EQ(b.state(id), JobState::delivered);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::sent, EventKind::delivered));
  EXPECT_EQ(b.store->job(id)->attempt, 1);
  EXPECT_EQ(b.counts().delivered, 1u);
}

TEST_P(Store, StepsOfAnOlderEpochAreFenced) {
  b.submit(b.job(number(1)));
  const auto old = b.claim_composed(1);
  b.one(step::Release{old.fence});
  const auto fresh = b.claim();
  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_EQ(b.accept(old.fence, 0, "x").applied, Applied::fenced);
  EXPECT_EQ(b.one(step::Retry{old.fence, b.now, OutcomeClass::temporary, 1, true}).applied,
            Applied::fenced);
  EXPECT_EQ(b.one(step::Fail{old.fence, OutcomeClass::permanent, 1}).applied, Applied::fenced);
  EXPECT_EQ(b.one(step::Release{old.fence}).applied, Applied::fenced);
  EXPECT_EQ(b.one(step::InDoubt{old.fence, 1, b.now}).applied, Applied::fenced);
  EXPECT_EQ(b.one(step::Composed{old.fence, 1, digest(1)}).applied, Applied::fenced);
  EXPECT_EQ(b.one(step::Release{{JobId{4}, 1}}).applied, Applied::unknown_job);
  EXPECT_EQ(b.state(fresh[0].fence.id), JobState::claimed);
}

TEST_P(Store, ARetryKeepsAcceptedPartsAndSendsTheOthers) {
  b.submit(b.job(number(1), 3));
  const auto c = b.claim_composed(3);
  b.accept(c.fence, 1, "id-1");
  EXPECT_EQ(
      b.one(step::Retry{c.fence, b.now + seconds(5), OutcomeClass::temporary, 8, true}).applied,
      Applied::applied);
  EXPECT_THAT(b.claim(), IsEmpty());
  b.reopen();
  b.now += seconds(5);
  const auto again = b.claim();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].parts_to_send, 0b101u);
  EXPECT_EQ(again[0].job.attempt, 1);
  EXPECT_EQ(again[0].job.reason, 8);
  EXPECT_FALSE(again[0].job.possible_duplicate);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::retry));
}

TEST_P(Store, ThrottlingChargesNoAttempt) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  b.one(step::Retry{c.fence, b.now, OutcomeClass::throttled, 0x58, false});
  EXPECT_EQ(b.claim().front().job.attempt, 0);
  EXPECT_THAT(b.events(), IsEmpty());
}

TEST_P(Store, PartsInDoubtAreSentAgainMarkedAndCounted) {
  b.submit(b.job(number(1), 3));
  const auto c = b.claim_composed(3);
  b.accept(c.fence, 0, "id-0");
  EXPECT_EQ(b.one(step::InDoubt{c.fence, 0b011, b.now + seconds(60)}).applied, Applied::applied);
  auto job = *b.store->job(c.fence.id);
  EXPECT_EQ(job.state, JobState::in_doubt);
  EXPECT_EQ(job.in_doubt, 0b010u) << "an accepted part is in no doubt";
  b.now += seconds(60);
  const auto again = b.claim();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].parts_to_send, 0b110u);
  EXPECT_TRUE(again[0].job.possible_duplicate);
  EXPECT_EQ(b.counts().resent_parts, 1u);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::in_doubt, EventKind::resent));
}

TEST_P(Store, AnAnswerAfterItsTimeoutEndsTheDoubt) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  b.one(step::InDoubt{c.fence, 1, b.now + seconds(60)});
  EXPECT_EQ(b.accept(c.fence, 0, "late").applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::sent);
  b.now += seconds(60);
  EXPECT_THAT(b.claim(), IsEmpty());
  EXPECT_EQ(b.receipt("late").applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::delivered);
}

TEST_P(Store, AnAnswerAfterTheResendCountsToo) {
  b.submit(b.job(number(1), 2));
  const auto c = b.claim_composed(2);
  b.one(step::InDoubt{c.fence, 0b11, b.now});
  const auto again = b.claim_composed(2);
  EXPECT_EQ(b.accept(c.fence, 0, "first").applied, Applied::applied);
  EXPECT_EQ(b.accept(again.fence, 0, "second").applied, Applied::duplicate);
  EXPECT_EQ(b.accept(again.fence, 1, "other").applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::sent);
  // A receipt may come for either id of the part sent twice.
  EXPECT_EQ(b.receipt("second").applied, Applied::applied);
  EXPECT_EQ(b.receipt("first").applied, Applied::duplicate);
  EXPECT_EQ(b.receipt("other").applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::delivered);
}

TEST_P(Store, RefusesPartsThePushDoesNotHave) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(2);
  EXPECT_EQ(b.accept(c.fence, 2, "x").applied, Applied::refused);
  EXPECT_EQ(b.accept(c.fence, 32, "x").applied, Applied::refused);
  EXPECT_EQ(b.one(step::Composed{c.fence, 0, digest(1)}).applied, Applied::refused);
  EXPECT_EQ(b.one(step::Composed{c.fence, 33, digest(1)}).applied, Applied::refused);
  b.accept(c.fence, 0, "x");
  EXPECT_EQ(b.one(step::Composed{c.fence, 3, digest(1)}).applied, Applied::conflict)
      << "parts of two pushes never mix";
}

TEST_P(Store, AfterACrashOnlyWhatMayHaveBeenWrittenIsInDoubt) {
  b.submit({b.job(number(1), 3), b.job(number(2))});
  const auto written = b.claim_composed(3);
  b.accept(written.fence, 2, "id-2");
  const auto unwritten = b.claim();
  b.now += seconds(10);
  EXPECT_EQ(b.reopen(), 2u);
  const auto a = *b.store->job(written.fence.id);
  EXPECT_EQ(a.state, JobState::in_doubt);
  EXPECT_EQ(a.in_doubt, 0b011u);
  EXPECT_EQ(b.state(unwritten[0].fence.id), JobState::waiting);
  EXPECT_EQ(b.counts().in_flight, 0u);
  const auto again = b.claim(10);
  ASSERT_EQ(again.size(), 2u);
  for (const Claimed& c : again) {
    EXPECT_EQ(c.job.possible_duplicate, c.fence.id == written.fence.id);
  }
  EXPECT_EQ(b.counts().resent_parts, 2u);
  EXPECT_EQ(b.accept(unwritten[0].fence, 0, "x").applied, Applied::fenced);
}

// ---- receipts

TEST_P(Store, AnEarlyReceiptWaitsForItsId) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  EXPECT_EQ(b.receipt("id-1").applied, Applied::stored_early);
  EXPECT_EQ(b.receipt("id-1").applied, Applied::stored_early);
  EXPECT_EQ(b.store->stats().early_receipts, 1u);
  b.accept(c.fence, 0, "id-1");
  EXPECT_EQ(b.state(c.fence.id), JobState::delivered);
  EXPECT_EQ(b.store->stats().early_receipts, 0u);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::sent, EventKind::delivered));
}

TEST_P(Store, AnEarlyReceiptSurvivesARestartInAnyOfItsForms) {
  Receipt r;
  r.account = "acct";
  r.candidates = {"1A2B", "6699"};
  r.recipient = number(1);
  r.state = ReceiptState::failed;
  r.code = 27;
  r.at = b.now;
  b.one(step::ApplyReceipt{r});
  b.reopen();
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  b.accept(c.fence, 0, "6699");
  EXPECT_EQ(b.state(c.fence.id), JobState::failed);
  EXPECT_EQ(b.store->job(c.fence.id)->reason, 27);
}

TEST_P(Store, AnUnmatchedReceiptIsForgottenAfterItsPatience) {
  b.receipt("nobody");
  b.now += hours(1);
  b.one(step::Sweep{});
  EXPECT_EQ(b.store->stats().early_receipts, 0u);
  EXPECT_EQ(b.receipt("nobody", ReceiptState::pending).applied, Applied::unknown_job);
}

TEST_P(Store, AReceiptOfAnotherNumberIsNotTaken) {
  b.submit(b.job(number("358401234567")));
  const auto c = b.claim_composed(1);
  b.accept(c.fence, 0, "id");
  EXPECT_EQ(b.receipt("id", ReceiptState::delivered, number("358409999999")).applied,
            Applied::stored_early);
  EXPECT_EQ(b.receipt("id", ReceiptState::delivered, number("0401234567")).applied,
            Applied::applied)
      << "national form of the same number";
}

TEST_P(Store, AnIdUsedTwiceIsToldApartByTheNumber) {
  b.submit({b.job(number(1)), b.job(number(2))});
  const auto one = b.claim_composed(1);
  const auto two = b.claim_composed(1);
  b.accept(one.fence, 0, "same");
  b.accept(two.fence, 0, "same");
  EXPECT_EQ(b.receipt("same").applied, Applied::stored_early) << "ambiguous: whose is it?";
  EXPECT_EQ(b.receipt("same", ReceiptState::delivered, number(2)).job, two.fence.id);
  EXPECT_EQ(b.receipt("same").job, one.fence.id) << "only one is open now";
}

TEST_P(Store, PlaceholderIdsAreMatchedByReferenceOrByTheOldestOpenPart) {
  b.submit({b.job(number(1)), b.job(number(1)), b.job(number(1))});
  std::vector<JobId> ids;
  for (const char* placeholder : {"", "0000", "null"}) {
    const auto c = b.claim_composed(1);
    b.accept(c.fence, 0, placeholder);
    ids.push_back(c.fence.id);
  }
  Receipt r;
  r.account = "acct";
  r.recipient = number(1);
  r.user_reference = user_reference(ids[1], 0);
  r.state = ReceiptState::delivered;
  EXPECT_EQ(b.one(step::ApplyReceipt{r}).job, ids[1]);
  EXPECT_EQ(b.receipt("0000", ReceiptState::delivered, number(1)).job, ids[0]);
  EXPECT_EQ(b.receipt("", ReceiptState::delivered, number(1)).job, ids[2]);
  EXPECT_EQ(b.receipt("real-id", ReceiptState::delivered, number(1)).applied,
            Applied::stored_early);
}

TEST_P(Store, WithNoReceiptToComeSentIsTheEnd) {
  NewJob text = b.job(number(1));
  text.after_index = 0;
  const auto ids = b.submit({b.job(number(1), 2), text});
  const auto c = b.claim_composed(2);
  b.accept(c.fence, 0, "a", false);
  EXPECT_FALSE(b.store->sealed(ids[0])->empty());
  b.accept(c.fence, 1, "b", false);
  EXPECT_EQ(b.state(ids[0]), JobState::sent);
  EXPECT_TRUE(is_over(*b.store->job(ids[0])));
  EXPECT_FALSE(b.store->sealed(ids[0])->empty()) << "a user may still ask for the code";
  EXPECT_EQ(b.counts().sent, 1u);
  EXPECT_EQ(b.counts().awaiting, 0u);
  EXPECT_EQ(b.state(ids[1]), JobState::waiting) << "what was held for it starts";
  NewJob more = b.job(number(1));
  more.after = ids[0];
  EXPECT_EQ(b.state(b.submit(more)), JobState::waiting);
  b.reopen();

  EXPECT_EQ(b.accept(c.fence, 1, "again").applied, Applied::final);
  EXPECT_EQ(b.receipt("a", ReceiptState::failed).applied, Applied::final);
  Receipt r;
  r.account = "acct";
  r.recipient = number(1);
  r.user_reference = user_reference(ids[0], 0);
  r.state = ReceiptState::delivered;
  EXPECT_EQ(b.one(step::ApplyReceipt{r}).applied, Applied::final);
  EXPECT_EQ(b.one(step::CancelJob{ids[0]}).applied, Applied::final);
  b.one(step::SetQueueState{b.queue, QueueState::cancelled});
  sweep(b);
  EXPECT_EQ(b.state(ids[0]), JobState::sent);
  b.now += hours(25);
  sweep(b);
  EXPECT_TRUE(b.store->sealed(ids[0])->empty()) << "after the deadline nobody needs them";
  b.now += hours(24 * 31) + minutes(1);
  sweep(b);
  EXPECT_FALSE(b.store->job(ids[0]));
  EXPECT_EQ(b.counts().sent, 1u);
}

TEST_P(Store, AReceiptNobodyAskedForDecidesNoOtherPush) {
  // The operator gives no ids and sends receipts for every part; only the last was asked for.
  const JobId first = b.submit(b.job(number(1), 2));
  auto c = b.claim_composed(2);
  b.accept(c.fence, 0, "", false);
  b.accept(c.fence, 1, "", true);
  b.receipt("", ReceiptState::delivered, number(1));
  b.receipt("", ReceiptState::delivered, number(1));
  EXPECT_EQ(b.state(first), JobState::delivered);
  EXPECT_EQ(b.store->stats().early_receipts, 0u);
  // None was asked for: it belongs to the push that is over, and a later one is not decided by it.
  const JobId second = b.submit(b.job(number(2)));
  c = b.claim_composed(1);
  b.accept(c.fence, 0, "", false);
  EXPECT_EQ(b.receipt("", ReceiptState::failed, number(2)).applied, Applied::final);
  EXPECT_EQ(b.state(second), JobState::sent);
  EXPECT_EQ(b.store->stats().early_receipts, 0u);
  // With one under way it may be that one's.
  b.submit(b.job(number(2)));
  c = b.claim_composed(1);
  EXPECT_EQ(b.receipt("", ReceiptState::delivered, number(2)).applied, Applied::stored_early);
  b.accept(c.fence, 0, "");
  EXPECT_EQ(b.state(c.fence.id), JobState::delivered);
}

TEST_P(Store, LateAnswersThatSendAPushWakeWhatIsParkedBehindIt) {
  const JobId doubted = b.submit(b.job(number(1), 2));
  const auto c = b.claim_composed(2);
  b.one(step::InDoubt{c.fence, 0b11, b.now + seconds(60)});
  const JobId front = b.submit(b.job(number(1), 2));
  const auto a = b.claim_composed(2);
  ASSERT_EQ(a.fence.id, front);
  b.now += seconds(60);
  const JobId behind = b.submit(b.job(number(1), 2));
  EXPECT_THAT(b.claim(10), IsEmpty()) << "both are parked";
  b.accept(a.fence, 0, "", false);
  b.accept(a.fence, 1, "", false);
  b.accept(c.fence, 0, "", false);
  b.accept(c.fence, 1, "", false);
  EXPECT_EQ(b.state(doubted), JobState::sent);
  b.expect_sound();
  const auto next = b.claim(10);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].fence.id, behind);
}

TEST_P(Store, ACancelledCampaignLetsItsContentGo) {
  Content content;
  content.digest = digest(7);
  content.body = octets("body 7");
  QueueInfo info;
  info.tenant = b.tenant;
  info.name = "spring";
  info.group = b.group;
  info.content = digest(7);
  const auto made = b.run({step::PutContent{content}, step::PutQueue{info}});
  NewJob job = b.job(number(1));
  job.queue = *made[1].queue;
  job.content = digest(7);
  b.submit(job);
  b.one(step::SetQueueState{*made[1].queue, QueueState::cancelled});
  b.expect_sound();
  EXPECT_EQ(b.one(step::PutQueue{info}).applied, Applied::duplicate);
  EXPECT_TRUE(b.store->content(digest(7))) << "its job still names it";
  sweep(b);
  b.now += hours(24 * 32);
  sweep(b);
  EXPECT_FALSE(b.store->content(digest(7)));
  b.expect_sound();
}

TEST_P(Store, WaitsOnlyForReceiptsThatAreToCome) {
  const JobId id = b.submit(b.job(number(1), 3));
  const auto c = b.claim_composed(3);
  b.accept(c.fence, 0, "a", false);
  b.accept(c.fence, 1, "b", false);
  b.accept(c.fence, 2, "c", true);
  EXPECT_EQ(b.state(id), JobState::sent);
  EXPECT_FALSE(is_over(*b.store->job(id)));
  EXPECT_EQ(b.counts().awaiting, 1u);
  b.reopen();
  EXPECT_EQ(b.receipt("c").applied, Applied::applied);
  EXPECT_EQ(b.state(id), JobState::delivered);
  EXPECT_EQ(b.counts().awaiting, 0u);
  EXPECT_THAT(b.events(), ElementsAre(EventKind::sent, EventKind::delivered));
}

TEST_P(Store, TheFirstPermanentFailureFailsThePush) {
  b.submit(b.job(number(1), 2));
  const auto c = b.claim_composed(2);
  b.accept(c.fence, 0, "a");
  b.accept(c.fence, 1, "b");
  EXPECT_EQ(b.receipt("b", ReceiptState::failed).applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::failed);
  EXPECT_EQ(b.receipt("a").applied, Applied::final);
  EXPECT_EQ(b.state(c.fence.id), JobState::failed);
}

TEST_P(Store, IdsStayKnownOverARestart) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  b.accept(c.fence, 0, "id");
  b.reopen();
  EXPECT_EQ(b.receipt("id").job, c.fence.id);
}

// ---- expiry, cancelling, sweeping

TEST_P(Store, ClaimExpiresWhatIsOverdueUnlessExpiryIsHeld) {
  const auto ids = b.submit({b.job(number(1)), b.job(number(2))});
  b.now += hours(25);
  const auto held =
      b.one(step::Claim{.group = b.group, .queue = b.queue, .max_jobs = 1, .expire = false});
  ASSERT_EQ(held.claimed.size(), 1u);
  EXPECT_THAT(b.claim(), IsEmpty());
  EXPECT_EQ(b.state(ids[1]), JobState::expired);
  EXPECT_TRUE(b.store->sealed(ids[1])->empty());
  EXPECT_EQ(b.counts().expired, 1u);
}

TEST_P(Store, JobsExpireWithoutAnybodyClaiming) {
  const auto ids = b.submit(std::vector<NewJob>(30, b.job(number(1), 2)));
  b.claim_composed(2);
  b.now += hours(25);
  EXPECT_EQ(b.one(step::Sweep{.max_records = 10, .expire = false}).swept, 0u);
  std::uint32_t touched = 0;
  for (;;) {
    const auto r = b.one(step::Sweep{.max_records = 10});
    EXPECT_LE(r.swept, 10u);
    touched += r.swept;
    if (r.swept == 0) break;
  }
  EXPECT_GE(touched, 30u);
  EXPECT_EQ(b.counts().expired, 29u);
  EXPECT_EQ(b.state(ids[0]), JobState::claimed) << "a claimed job is its holder's";
  b.one(step::Release{{ids[0], 1}});
  b.one(step::Sweep{});
  EXPECT_EQ(b.state(ids[0]), JobState::expired);
}

TEST_P(Store, WithoutAnIdAReceiptTouchesOnlyJobsOfItsAccount) {
  const JobId id = b.submit(b.job(number(1)));
  const Claimed claimed = b.claim_composed(1);
  b.accept(claimed.fence, 0, "id1");
  Receipt r;
  r.account = "other";
  r.candidates = {"ZZZ999"};
  r.recipient = number(1);
  r.user_reference = user_reference(id, 0);
  r.state = ReceiptState::failed;
  r.groups = {RouteGroup{static_cast<std::uint16_t>(b.group.value + 1)}};
  EXPECT_EQ(b.one(step::ApplyReceipt{r}).applied, Applied::stored_early);
  EXPECT_EQ(b.state(id), JobState::sent);
  r.account = "acct";
  r.groups = {b.group};
  EXPECT_EQ(b.one(step::ApplyReceipt{r}).applied, Applied::applied);
  EXPECT_EQ(b.state(id), JobState::failed);
}

TEST_P(Store, TimeInADraftDoesNotCountTowardsTheDeadline) {
  QueueInfo q;
  q.tenant = b.tenant;
  q.name = "spring";
  q.group = b.group;
  q.state = QueueState::draft;
  const QueueId draft = *b.one(step::PutQueue{q}).queue;
  NewJob early = b.job(number(1));
  early.queue = draft;
  const auto life = early.deadline - b.now;
  const JobId id = b.submit(early);
  b.now += life + std::chrono::hours(50);
  b.one(step::Sweep{});
  EXPECT_EQ(b.store->job(id)->state, JobState::waiting) << "a draft's jobs do not expire";
  EXPECT_EQ(b.one(step::Expire{id}).applied, Applied::not_due);

  ASSERT_EQ(b.one(step::SetQueueState{draft, QueueState::running}).applied, Applied::applied);
  const WallTime started = b.now;
  b.reopen();
  EXPECT_EQ(b.store->queue(draft)->started, started);
  EXPECT_EQ(b.store->job(id)->deadline, started + life);
  b.now = started + life - std::chrono::milliseconds(1);
  b.one(step::Sweep{});
  EXPECT_EQ(b.store->job(id)->state, JobState::waiting);
  b.now = started + life + std::chrono::hours(1);
  b.one(step::Sweep{});
  EXPECT_EQ(b.store->job(id)->state, JobState::expired);
  EXPECT_TRUE(b.store->check().empty());

  NewJob late = b.job(number(2));
  late.queue = draft;
  late.deadline = b.now + life;
  const JobId after = b.submit(late);
  EXPECT_EQ(b.store->job(after)->deadline, late.deadline) << "stored after the start: as handed in";
}

TEST_P(Store, ExpireIsRefusedBeforeTheDeadline) {
  const JobId id = b.submit(b.job(number(1)));
  EXPECT_EQ(b.one(step::Expire{id}).applied, Applied::not_due);
  b.now += hours(24);
  EXPECT_EQ(b.one(step::Expire{id}).applied, Applied::applied);
  EXPECT_EQ(b.one(step::Expire{id}).applied, Applied::duplicate);
  EXPECT_EQ(b.one(step::CancelJob{id}).applied, Applied::final);
}

TEST_P(Store, CancelsOneJobUnlessItIsUnderWay) {
  const auto ids = b.submit({b.job(number(1)), b.job(number(2))});
  const auto c = b.claim_composed(1);
  EXPECT_EQ(b.one(step::CancelJob{ids[0]}).applied, Applied::fenced);
  EXPECT_EQ(b.one(step::CancelJob{ids[1]}).applied, Applied::applied);
  EXPECT_EQ(b.one(step::CancelJob{ids[1]}).applied, Applied::duplicate);
  EXPECT_THAT(b.claim(), IsEmpty());
  b.accept(c.fence, 0, "x");
  EXPECT_EQ(b.one(step::CancelJob{ids[0]}).applied, Applied::final);
}

TEST_P(Store, CancellingAQueueIsSeenAtOnceAndSweptInPieces) {
  const auto ids = b.submit(std::vector<NewJob>(50, b.job(number(1), 2)));
  const auto c = b.claim_composed(2);
  EXPECT_EQ(b.one(step::SetQueueState{b.queue, QueueState::cancelled}).applied, Applied::applied);
  EXPECT_EQ(b.counts().cancelled, 49u);
  EXPECT_EQ(b.counts().waiting, 0u);
  EXPECT_EQ(b.state(ids[49]), JobState::cancelled);
  EXPECT_THAT(b.store->ready_queues(), IsEmpty());
  EXPECT_EQ(b.one(step::CancelJob{ids[49]}).applied, Applied::final);
  b.expect_sound();
  EXPECT_EQ(b.one(step::Sweep{.max_records = 20}).swept, 20u);
  b.reopen();
  while (b.one(step::Sweep{.max_records = 20}).swept != 0) {
  }
  EXPECT_TRUE(b.store->sealed(ids[49])->empty());
  EXPECT_EQ(b.counts().cancelled, 50u) << "the one in flight cannot be sent again";
  EXPECT_EQ(b.one(step::SetQueueState{b.queue, QueueState::running}).applied, Applied::final);
  EXPECT_EQ(b.one(step::Submit{.tenant = b.tenant, .jobs = {b.job(number(2))}}).error->code,
            Errc::queue_cancelled);
}

TEST_P(Store, AClaimedJobOfACancelledQueueFinishes) {
  b.submit(b.job(number(1)));
  const auto c = b.claim_composed(1);
  b.one(step::SetQueueState{b.queue, QueueState::cancelled});
  b.accept(c.fence, 0, "id");
  b.one(step::Sweep{});
  EXPECT_EQ(b.receipt("id").applied, Applied::applied);
  EXPECT_EQ(b.state(c.fence.id), JobState::delivered);
}

TEST_P(Store, ForgetsJobsAfterRetentionButNotTheirCounts) {
  const auto ids = b.submit(std::vector<NewJob>(20, b.job(number(1))));
  const auto c = b.claim_composed(1);
  b.accept(c.fence, 0, "id");
  b.now += hours(24 * 31) + minutes(1);
  while (b.one(step::Sweep{.max_records = 7}).swept != 0) {
  }
  EXPECT_FALSE(b.store->job(ids[0]));
  EXPECT_THAT(b.store->find({}).jobs, IsEmpty());
  EXPECT_EQ(b.counts().expired, 19u);
  EXPECT_EQ(b.counts().sent, 1u);
  EXPECT_EQ(b.counts().awaiting, 0u) << "its receipt is not waited for any more";
  EXPECT_EQ(b.store->stats().jobs, 0u);
  EXPECT_EQ(b.receipt("id").applied, Applied::stored_early);
}

TEST_P(Store, RetentionLeavesWhatIsNotOver) {
  std::vector<NewJob> jobs(9, b.job(number(1)));
  const auto ids = b.submit(std::move(jobs));
  const auto claimed = b.claim(5);
  ASSERT_EQ(claimed.size(), 5u);
  b.now += hours(24 * 31) + minutes(1);
  while (b.one(step::Sweep{.max_records = 4}).swept != 0) {
  }
  EXPECT_EQ(b.store->find({.queue = b.queue}).jobs.size(), 5u);
  b.expect_sound();
  for (const Claimed& c : claimed) b.one(step::Fail{c.fence, OutcomeClass::permanent, 1});
  b.now += hours(24 * 30) + minutes(1);
  while (b.one(step::Sweep{.max_records = 4}).swept != 0) {
  }
  EXPECT_THAT(b.store->find({}).jobs, IsEmpty());
}

// ---- reads

TEST_P(Store, FindsByRecipientQueueAndStateInPages) {
  std::vector<NewJob> jobs;
  for (unsigned i = 0; i < 30; ++i) jobs.push_back(b.job(number(i % 3)));
  const auto ids = b.submit(std::move(jobs));
  b.claim(4);
  EXPECT_EQ(b.store->find({.recipient = number(1)}).jobs.size(), 10u);
  EXPECT_EQ(b.store->find({.state = JobState::claimed}).jobs.size(), 4u);
  EXPECT_EQ(b.store->find({.queue = QueueId{99}}).jobs.size(), 0u);
  EXPECT_EQ(b.store->find({.tenant = TenantId{99}}).jobs.size(), 0u);
  std::vector<JobId> seen;
  for (std::optional<JobId> at{JobId{}}; at;) {
    const auto page = b.store->find({.queue = b.queue, .after_id = *at, .limit = 7});
    for (const Job& j : page.jobs) seen.push_back(j.id);
    at = page.next;
  }
  EXPECT_EQ(seen, ids);
  EXPECT_EQ(b.store->find({.limit = 29}).next, ids[28]);
  EXPECT_FALSE(b.store->find({.limit = 30}).next) << "full, and the end";
}

TEST_P(Store, LooksAtABoundedCountOfJobsAndSaysWhereToGoOn) {
  std::vector<NewJob> jobs;
  for (unsigned i = 0; i < 45; ++i) jobs.push_back(b.job(number(i % 3)));
  const auto ids = b.submit(jobs);
  ASSERT_EQ(b.one(step::CancelJob{ids[44]}).applied, Applied::applied);
  for (const JobQuery& query :
       {JobQuery{}, JobQuery{.tenant = b.tenant}, JobQuery{.queue = b.queue},
        JobQuery{.recipient = number(2)}, JobQuery{.queue = b.queue, .recipient = number(2)}}) {
    JobQuery one = query;
    one.state = JobState::cancelled;
    one.most_read = 10;
    std::vector<JobId> found;
    unsigned pages = 0;
    for (std::optional<JobId> at{JobId{}}; at; ++pages) {
      one.after_id = *at;
      const JobPage page = b.store->find(one);
      for (const Job& j : page.jobs) found.push_back(j.id);
      ASSERT_TRUE(!page.next || *page.next > *at);
      at = page.next;
    }
    EXPECT_THAT(found, ElementsAre(ids[44]));
    EXPECT_EQ(pages, query.recipient ? 2u : 5u);
  }
  EXPECT_EQ(b.store->find({.tenant = TenantId{99}, .most_read = 10}).next, ids[9]);
}

TEST_P(Store, NamesKeepTheirNumbers) {
  const TenantId other = b.store->tenant("other");
  const RouteGroup modem = b.store->route_group("modem");
  EXPECT_NE(other, b.tenant);
  b.reopen();
  EXPECT_EQ(b.store->tenant("other"), other);
  EXPECT_EQ(b.store->tenant("acme"), b.tenant);
  EXPECT_EQ(b.store->route_group("modem"), modem);
  EXPECT_EQ(b.store->tenant_name(other), "other");
  EXPECT_EQ(b.store->route_group_name(modem), "modem");
  EXPECT_EQ(b.store->tenant_name(TenantId{77}), "");
}

TEST_P(Store, EventsHaveNoGapsOverRestartsAndSayEverything) {
  for (int i = 0; i < 10; ++i) {
    NewJob j = b.job(number(5));
    j.trace[0] = std::byte{7};
    b.submit(j);
    b.one(step::Fail{b.claim().front().fence, OutcomeClass::permanent, 11});
    if (i % 3 == 0) b.reopen();
  }
  const auto page = b.store->events(b.tenant, 4, 100);
  ASSERT_EQ(page.events.size(), 6u);
  EXPECT_EQ(page.last, 10u);
  EXPECT_EQ(page.first_kept, 1u);
  EXPECT_EQ(page.events[0].sequence, 5u);
  EXPECT_EQ(page.events[0].kind, EventKind::failed);
  EXPECT_EQ(page.events[0].recipient, number(5).packed());
  EXPECT_EQ(page.events[0].reason, 11);
  EXPECT_EQ(page.events[0].attempt, 1);
  EXPECT_EQ(page.events[0].trace[0], std::byte{7});
  EXPECT_THAT(b.store->events(b.tenant, 10, 100).events, IsEmpty());
  EXPECT_THAT(b.store->events(TenantId{9}, 0, 100).events, IsEmpty());
}

class SmallStore : public ::testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, SmallStore, ::testing::Values(Engine::memory, Engine::rocksdb),
                         [](const auto& p) { return name(p.param); });

TEST_P(SmallStore, TrimmedEventsLeaveAVisibleGap) {
  Bench b(GetParam(), StoreOptions{.events_kept = 5});
  for (int i = 0; i < 12; ++i) {
    b.submit(b.job(number(5)));
    b.one(step::Fail{b.claim().front().fence, OutcomeClass::permanent, 11});
  }
  while (b.one(step::Sweep{.max_records = 3}).swept != 0) {
  }
  auto page = b.store->events(b.tenant, 0, 100);
  EXPECT_EQ(page.first_kept, 8u);
  EXPECT_EQ(page.last, 12u);
  ASSERT_EQ(page.events.size(), 5u);
  EXPECT_EQ(page.events[0].sequence, 8u);
  b.reopen();
  page = b.store->events(b.tenant, 0, 100);
  EXPECT_EQ(page.first_kept, 8u);
  EXPECT_EQ(b.store->stats().events, 5u);
}

}  // namespace
}  // namespace cpgw::queue::test
