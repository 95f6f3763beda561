#include "gateway/flow/flow.h"

#include "gateway/flow/reasons.h"
#include "tests/unit/gateway_flow/flow_bench.h"

namespace cpgw::gateway::flow {
namespace {

using queue::EventKind;
using queue::JobState;
using C = OutcomeClass;

class FlowTest : public FlowBench {};

TEST_F(FlowTest, APushGoesOutIsAcceptedAndDelivered) {
  start();
  smsc->script = ScriptedCarrier::accepted;
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::sent));
  ASSERT_EQ(smsc->handed.size(), 1u);
  const Handed& push = smsc->handed[0];
  EXPECT_EQ(push.parts.size(), 3u);
  EXPECT_EQ(push.to_send, 7u);
  EXPECT_EQ(push.recipient.international(), "+358401234567");
  EXPECT_EQ(push.user_reference, queue::user_reference(id, 0));
  EXPECT_EQ(push.validity, std::chrono::hours(1));
  for (unsigned part = 0; part < 3; ++part) {
    EXPECT_EQ(state(id), JobState::sent);
    smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, part));
    quiesce();
  }
  ASSERT_TRUE(reaches(id, JobState::delivered));
  ASSERT_TRUE(until([&] { return smsc->acknowledged.size() == 3; }));
  EXPECT_EQ(events(id), (std::vector{EventKind::sent, EventKind::delivered}));
  const FlowStats stats = flow->stats();
  EXPECT_EQ(stats.claimed, 1u);
  EXPECT_EQ(stats.composed, 1u);
  EXPECT_EQ(stats.parts_submitted, 3u);
  EXPECT_EQ(stats.parts_accepted, 3u);
  EXPECT_EQ(stats.receipts, 3u);
  EXPECT_EQ(stats.delivered, 1u);
  EXPECT_EQ(stats.in_flight_parts, 0u);
  EXPECT_TRUE(store->sealed(id)->empty());
}

TEST_F(FlowTest, WithoutReceiptsToComeAPushIsOverWhenItIsSent) {
  start();
  smsc->script = [](const Handed& h) {
    auto all = ScriptedCarrier::accepted(h);
    for (auto& outcome : all) outcome.receipt_to_come = false;
    return all;
  };
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::sent));
  EXPECT_TRUE(queue::is_over(*store->job(id)));
  EXPECT_FALSE(store->sealed(id)->empty()) << "kept to the deadline: a user may ask for the code";
  EXPECT_EQ(events(id), (std::vector{EventKind::sent}));
}

TEST_F(FlowTest, ComposedIsDurableBeforeTheCarrierHearsOfThePush) {
  start();
  std::size_t seen = 0;
  smsc->on_submit = [&](const Handed& push) {
    const auto job = store->find({.recipient = push.recipient}).jobs;
    ASSERT_EQ(job.size(), 1u);
    EXPECT_EQ(job[0].parts, push.parts.size());
    EXPECT_NE(job[0].push_digest, queue::Digest{});
    EXPECT_EQ(job[0].state, JobState::claimed);
    ++seen;
  };
  (void)submit({"+3584010000", "+3584020000", "+3584030000", "+3584040000"}, "x");
  ASSERT_TRUE(until([&] { return seen == 4; }));
}

TEST_F(FlowTest, EveryLineAboutAJobCarriesItsTraceId) {
  start();
  smsc->script = ScriptedCarrier::accepted;
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::sent));
  quiesce();
  const std::string trace = "trace_id=" + to_hex(store->job(id)->trace);
  unsigned lines = 0;
  for (const std::string& line : log.lines) {
    if (line.find("job=") == std::string::npos) continue;
    ++lines;
    EXPECT_NE(line.find(trace), std::string::npos) << line;
  }
  EXPECT_GE(lines, 2u);
  EXPECT_EQ(store->events(store->tenant("acme"), 0, 10).events[0].trace, store->job(id)->trace);
}

TEST_F(FlowTest, AThrottledPushStepsAsideUncharged) {
  start();
  unsigned pushes = 0;
  smsc->script = [&](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    if (pushes++ == 0) {
      outcomes[1] = {.token = h.token, .part = 1, .outcome = C::throttled, .code = 0x58, .id = {}};
    }
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return log.count("push-retry") == 1; }));
  ASSERT_TRUE(reaches(id, JobState::waiting));
  EXPECT_EQ(store->job(id)->accepted, 0b101u);
  later(std::chrono::seconds(2));
  ASSERT_TRUE(reaches(id, JobState::sent));
  ASSERT_EQ(smsc->handed.size(), 2u);
  EXPECT_EQ(smsc->handed[1].to_send, 0b010u);
  EXPECT_EQ(smsc->handed[1].parts, smsc->handed[0].parts);
  EXPECT_FALSE(store->job(id)->possible_duplicate);
}

TEST_F(FlowTest, ATemporaryRefusalIsRetriedAfterItsDelayWithTheSameOctets) {
  start();
  unsigned pushes = 0;
  smsc->script = [&](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    if (pushes++ < 2) {
      for (auto& o : outcomes) {
        o.outcome = C::temporary;
        o.code = 0x08;
        o.id.clear();
      }
    }
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return log.count("push-retry") == 1; }));
  ASSERT_TRUE(reaches(id, JobState::waiting));
  EXPECT_EQ(store->job(id)->attempt, 1);
  EXPECT_EQ(store->job(id)->reason, 0x08);
  EXPECT_GT(store->job(id)->due, clock.wall() + std::chrono::seconds(2));
  later(std::chrono::seconds(1));
  quiesce();
  EXPECT_EQ(state(id), JobState::waiting);
  later(std::chrono::seconds(5));
  ASSERT_TRUE(until([&] { return log.count("push-retry") == 2; }));
  quiesce();
  later(std::chrono::seconds(6));
  ASSERT_TRUE(reaches(id, JobState::sent));
  ASSERT_EQ(smsc->handed.size(), 3u);
  EXPECT_EQ(smsc->handed[2].parts, smsc->handed[0].parts);
  EXPECT_EQ(store->job(id)->attempt, 3);
  EXPECT_EQ(events(id), (std::vector{EventKind::retry, EventKind::retry, EventKind::sent}));
}

TEST_F(FlowTest, ACarriersOwnDelaysGoBeforeTheGateways) {
  start();
  smsc->delays = {.first = std::chrono::minutes(30), .most = std::nullopt};
  smsc->script = [&](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    for (auto& o : outcomes) o.outcome = C::temporary;
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return log.count("push-retry") == 1; }));
  ASSERT_TRUE(reaches(id, JobState::waiting));
  EXPECT_GE(store->job(id)->due, clock.wall() + std::chrono::minutes(14));
  smsc->delays = {.first = std::nullopt, .most = std::chrono::seconds(1)};
  const auto other = submit_one("+358401234568");
  ASSERT_TRUE(until([&] { return log.count("push-retry") == 2; }));
  ASSERT_TRUE(reaches(other, JobState::waiting));
  EXPECT_LE(store->job(other)->due, clock.wall() + std::chrono::seconds(1));
}

TEST_F(FlowTest, ARefusedPartFailsThePushAndTheRestIsNeverSentAgain) {
  start();
  smsc->script = [&](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    outcomes[1] = {.token = h.token, .part = 1, .outcome = C::permanent, .code = 0x0B, .id = {}};
    outcomes[2] = {.token = h.token, .part = 2, .outcome = C::session, .id = {}};
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::failed));
  EXPECT_EQ(store->job(id)->reason, 0x0B);
  EXPECT_EQ(store->job(id)->reason_class, C::permanent);
  EXPECT_EQ(store->job(id)->accepted, 1u);
  later(std::chrono::minutes(20));
  quiesce();
  EXPECT_EQ(smsc->handed.size(), 1u);
  EXPECT_EQ(flow->stats().failed, 1u);
}

TEST_F(FlowTest, AJobIsNotDecidedBeforeEveryPartHasItsOutcome) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const auto token = smsc->handed[0].token;
  smsc->tell(token, 0, C::permanent, 0x0B);
  smsc->tell(token, 1, C::accepted, 0, "id-1");
  ASSERT_TRUE(until([&] { return store->job(id)->accepted == 0b010u; }));
  EXPECT_EQ(state(id), JobState::claimed);
  EXPECT_EQ(flow->stats().in_flight_parts, 1u);
  smsc->tell(token, 2, C::accepted, 0, "id-2");
  ASSERT_TRUE(reaches(id, JobState::failed));
}

TEST_F(FlowTest, UnansweredPartsAreInDoubtAndOnlyTheyAreSentAgain) {
  start();
  unsigned pushes = 0;
  smsc->script = [&](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    if (pushes++ == 0) outcomes[2].outcome = C::unknown;
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::in_doubt));
  EXPECT_EQ(store->job(id)->in_doubt, 0b100u);
  later(std::chrono::seconds(6));
  ASSERT_TRUE(reaches(id, JobState::sent));
  EXPECT_EQ(smsc->handed[1].to_send, 0b100u);
  EXPECT_EQ(smsc->handed[1].parts, smsc->handed[0].parts);
  EXPECT_TRUE(store->job(id)->possible_duplicate);
  EXPECT_EQ(flow->stats().parts_resent, 1u);
  EXPECT_EQ(events(id), (std::vector{EventKind::in_doubt, EventKind::resent, EventKind::sent}));
}

TEST_F(FlowTest, AnAnswerAfterItsTimeoutEndsTheDoubt) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const auto token = smsc->handed[0].token;
  smsc->tell(token, 0, C::accepted, 0, "a");
  smsc->tell(token, 1, C::unknown);
  smsc->tell(token, 2, C::unknown);
  ASSERT_TRUE(reaches(id, JobState::in_doubt));
  smsc->tell(token, 1, C::accepted, 0, "b");
  smsc->tell(token, 2, C::accepted, 0, "c");
  ASSERT_TRUE(reaches(id, JobState::sent));
  later(std::chrono::seconds(10));
  quiesce();
  EXPECT_EQ(smsc->handed.size(), 1u);
  EXPECT_FALSE(store->job(id)->possible_duplicate);
  smsc->receipt(smsc->handed[0].recipient, "c");
  ASSERT_TRUE(until([&] { return store->job(id)->delivered == 0b100u; }));
}

TEST_F(FlowTest, APartAnsweredAfterItsPushWasClaimedAgainIsNotSentAgain) {
  start(3);
  const auto ids = submit({"+3584011111", "+3584022222"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const auto token = smsc->handed[0].token;
  for (std::uint8_t p = 0; p < 3; ++p) smsc->tell(token, p, C::unknown);
  ASSERT_TRUE(reaches(ids[0], JobState::in_doubt));
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 2; }));
  later(std::chrono::seconds(6));
  // Claimed and composed again, while the other push fills the window.
  ASSERT_TRUE(until([&] { return flow->stats().composed == 3; }));
  quiesce();
  smsc->tell(token, 1, C::accepted, 0, "late");
  ASSERT_TRUE(until([&] { return store->job(ids[0])->accepted == 0b010u; }));
  smsc->script = ScriptedCarrier::accepted;
  smsc->accept(smsc->handed[1]);
  ASSERT_TRUE(reaches(ids[0], JobState::sent));
  ASSERT_EQ(smsc->handed.size(), 3u);
  EXPECT_EQ(smsc->handed[2].to_send, 0b101u);
  EXPECT_EQ(flow->stats().parts_resent, 2u);
  EXPECT_TRUE(stop());
}

TEST_F(FlowTest, HeldDoubtIsNotResentAndRaisesAnAlarm) {
  settings.in_doubt = FlowSettings::Doubt::hold;
  start();
  smsc->script = [](const Handed& h) {
    auto outcomes = ScriptedCarrier::accepted(h);
    for (auto& o : outcomes) o.outcome = C::unknown;
    return outcomes;
  };
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::in_doubt));
  later(std::chrono::minutes(30));
  quiesce();
  EXPECT_EQ(smsc->handed.size(), 1u);
  ASSERT_EQ(flow->alarms().size(), 1u);
  EXPECT_NE(flow->alarms()[0].find("in doubt"), std::string::npos);
}

TEST_F(FlowTest, ALostLinkGivesBackWhatWasNotSentAndChargesNothing) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const auto token = smsc->handed[0].token;
  smsc->bind(false);
  smsc->tell(token, 0, C::accepted, 0, "a");
  smsc->tell(token, 1, C::session);
  smsc->tell(token, 2, C::session);
  ASSERT_TRUE(reaches(id, JobState::waiting));
  EXPECT_EQ(smsc->handed.size(), 1u);
  smsc->script = ScriptedCarrier::accepted;
  smsc->bind(true);
  ASSERT_TRUE(reaches(id, JobState::sent));
  EXPECT_EQ(smsc->handed[1].to_send, 0b110u);
  EXPECT_FALSE(store->job(id)->possible_duplicate);
  EXPECT_EQ(events(id), std::vector{EventKind::sent});
}

TEST_F(FlowTest, ClaimsGoBackWhenNoLinkIsLeft) {
  start(3);
  const auto ids = submit({"+3584011111", "+3584022222", "+3584033333"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1 && flow->stats().composed == 2; }));
  EXPECT_EQ(state(ids[1]), JobState::claimed);
  smsc->bind(false);
  ASSERT_TRUE(reaches(ids[1], JobState::waiting));
  EXPECT_EQ(state(ids[0]), JobState::claimed);  // its parts are out
  EXPECT_EQ(store->job(ids[1])->attempt, 0);
  smsc->accept(smsc->handed[0]);
  ASSERT_TRUE(reaches(ids[0], JobState::sent));
  smsc->script = ScriptedCarrier::accepted;
  smsc->bind(true);
  ASSERT_TRUE(reaches(ids[2], JobState::sent));
}

TEST_F(FlowTest, ReceiptsCountWhenTheyComeBeforeAfterAndTwice) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const Handed push = smsc->handed[0];
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 0));  // before its response
  ASSERT_TRUE(until([&] { return smsc->acknowledged.size() == 1; }));
  EXPECT_EQ(flow->stats().receipts_early, 1u);
  smsc->accept(push);
  ASSERT_TRUE(reaches(id, JobState::sent));
  EXPECT_EQ(store->job(id)->delivered, 1u);
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 1));
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 1));
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 2));
  ASSERT_TRUE(reaches(id, JobState::delivered));
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 2));
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 2),
                carriers::DeliveryState::failed);
  ASSERT_TRUE(until([&] { return smsc->acknowledged.size() == 6; }));
  EXPECT_EQ(state(id), JobState::delivered);
  EXPECT_EQ(flow->stats().delivered, 1u);
  EXPECT_EQ(events(id), (std::vector{EventKind::sent, EventKind::delivered}));
}

TEST_F(FlowTest, AFailedReceiptFailsThePush) {
  start();
  smsc->script = ScriptedCarrier::accepted;
  const auto id = submit_one();
  ASSERT_TRUE(reaches(id, JobState::sent));
  const Handed& push = smsc->handed[0];
  smsc->receipt(push.recipient, ScriptedCarrier::id(push.token, 1), carriers::DeliveryState::failed,
                0x22);
  ASSERT_TRUE(reaches(id, JobState::failed));
  ASSERT_TRUE(until([&] { return flow->stats().failed == 1; }));
  EXPECT_EQ(log.count("push-undelivered"), 1u);
}

TEST_F(FlowTest, UnknownOutcomesAndTokensChangeNothing) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const auto token = smsc->handed[0].token;
  smsc->tell(token + 77, 0, C::accepted, 0, "x");
  smsc->tell(token, 31, C::accepted, 0, "x");
  smsc->tell(token, 255, C::accepted, 0, "x");
  quiesce();
  quiesce();
  EXPECT_EQ(store->job(id)->accepted, 0u);
  EXPECT_EQ(flow->stats().in_flight_parts, 3u);
}

TEST_F(FlowTest, AContentThatIsNotInTheStoreFailsItsJobsWithTheReason) {
  // The store refuses such a job, so the content is one that this version cannot read.
  start();
  const auto queue = make_queue("acme");
  queue::Content content;
  content.kind = 77;
  content.digest.fill(std::byte{1});
  queue::NewJob job{.tenant = store->tenant("acme"),
                    .queue = queue,
                    .group = store->route_group("smsc"),
                    .recipient = *Msisdn::parse("358401"),
                    .content = content.digest,
                    .sealed = {},
                    .due = clock.wall(),
                    .deadline = clock.wall() + std::chrono::hours(1),
                    .after = {}};
  std::vector<queue::Step> steps;
  steps.emplace_back(queue::step::PutContent{content});
  steps.emplace_back(
      queue::step::Submit{.tenant = job.tenant, .jobs = {job}, .idempotency = {}, .cursor = {}});
  const auto id = commit(std::move(steps))[1].ids.front();
  flow->wake();
  ASSERT_TRUE(reaches(id, JobState::failed));
  EXPECT_EQ(store->job(id)->reason, static_cast<std::uint16_t>(OwnReason::content_unreadable));
  EXPECT_EQ(log.count("push-not-composed"), 1u);
  EXPECT_TRUE(smsc->handed.empty());
}

TEST_F(FlowTest, ALostKeyFailsTheJobAndTheOthersGoOn) {
  start();
  smsc->script = ScriptedCarrier::accepted;
  smsc->bind(false);
  quiesce();
  SeededRandom other_random(99);
  const signer::Keyring other = signer::Keyring::ephemeral(other_random);
  signer::Sealer stranger(other, other_random);
  const auto queue = make_queue("acme");
  const auto content = compiled();
  const auto stored = *seal_content(store_content(content, ""), sealer);
  JobTerms terms{.tenant = store->tenant("acme"),
                 .tenant_name = "acme",
                 .queue = queue,
                 .due = clock.wall(),
                 .deadline = clock.wall() + std::chrono::hours(1)};
  Acceptor acceptor(settings, stranger, random);
  auto job = acceptor.job({.number = "+3584099999",
                           .imsi = Secret("244070000000017"),
                           .pin = {},
                           .slots = {{"name", Secret("x")}, {"apn", Secret("y")}}},
                          content, stored.digest, terms,
                          [&](const std::string& n) { return store->route_group(n); });
  ASSERT_TRUE(job);
  std::vector<queue::Step> steps;
  steps.emplace_back(queue::step::PutContent{stored});
  steps.emplace_back(
      queue::step::Submit{.tenant = job->tenant, .jobs = {*job}, .idempotency = {}, .cursor = {}});
  const auto lost = commit(std::move(steps))[1].ids.front();
  const auto good = submit_one();
  smsc->bind(true);
  ASSERT_TRUE(reaches(lost, JobState::failed));
  ASSERT_TRUE(reaches(good, JobState::sent));
  EXPECT_EQ(store->job(lost)->reason, static_cast<std::uint16_t>(OwnReason::inputs_unreadable));
  EXPECT_EQ(store->job(lost)->reason_class, C::configuration);
}

TEST_F(FlowTest, APausedQueueStopsAndGoesOnACancelledOneIsOver) {
  start(3);
  const auto queue = make_queue("acme", "spring");
  std::vector<std::string> numbers;
  for (int i = 0; i < 20; ++i) numbers.push_back("+35840" + std::to_string(100000 + i));
  const auto ids = submit(numbers, kLongName, "acme", queue);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  (void)commit({queue::step::SetQueueState{queue, queue::QueueState::paused}});
  flow->wake();
  quiesce();
  // What was claimed goes out; nothing further.
  smsc->script = ScriptedCarrier::accepted;
  smsc->accept(smsc->handed[0]);
  ASSERT_TRUE(until([&] { return store->queue(queue)->counts.in_flight == 0; }));
  const auto sent = store->queue(queue)->counts.sent;
  EXPECT_LE(sent, 4u);
  EXPECT_EQ(store->queue(queue)->counts.waiting, 20 - sent);
  (void)commit({queue::step::SetQueueState{queue, queue::QueueState::running}});
  smsc->script = {};
  flow->wake();
  ASSERT_TRUE(until([&] { return smsc->open.size() == 1; }));
  (void)commit({queue::step::SetQueueState{queue, queue::QueueState::cancelled}});
  flow->wake();
  // Its parts are on the wire: what becomes of it still counts.
  const Handed last = smsc->handed.back();
  smsc->script = ScriptedCarrier::accepted;
  smsc->accept(last);
  ASSERT_TRUE(until([&] { return store->queue(queue)->counts.in_flight == 0; }));
  const auto counts = store->queue(queue)->counts;
  EXPECT_GT(counts.sent, sent);
  EXPECT_EQ(counts.sent + counts.cancelled, 20u);
  EXPECT_EQ(flow->stats().in_flight_parts, 0u);
}

TEST_F(FlowTest, ASmallTenantIsNotKeptWaitingByABigOne) {
  start(8);
  smsc->script = {};
  std::vector<std::string> numbers;
  for (int i = 0; i < 400; ++i) numbers.push_back("+35840" + std::to_string(100000 + i));
  (void)submit(numbers, "x", "big");
  ASSERT_TRUE(until([&] { return !smsc->handed.empty(); }));
  clock.advance(std::chrono::milliseconds(10));
  const auto small = submit({"+447911000001", "+447911000002", "+447911000003"}, "x", "small");
  smsc->script = ScriptedCarrier::accepted;
  for (const Handed& h : std::vector<Handed>(smsc->handed)) smsc->accept(h);
  ASSERT_TRUE(reaches(small[2], JobState::sent));
  unsigned before = 0;
  for (const Handed& h : smsc->handed) {
    if (h.recipient.international() == "+447911000003") break;
    before += static_cast<unsigned>(std::popcount(h.to_send));
  }
  // Two rounds of 32 parts for the big one, and what was out or claimed when the small one came.
  EXPECT_LE(before, 2 * 32 + 3 * 8u);
}

TEST_F(FlowTest, ExpiredJobsAreNotSent) {
  start();
  smsc->bind(false);
  const auto id = submit_one();
  quiesce();
  clock.advance(std::chrono::minutes(61));
  smsc->bind(true);
  flow->wake();
  ASSERT_TRUE(reaches(id, JobState::expired));
  EXPECT_TRUE(smsc->handed.empty());
  EXPECT_EQ(flow->stats().expired, 1u);
}

TEST_F(FlowTest, AForwardJumpOfTheClockExpiresNothingUntilConfirmed) {
  start();
  smsc->bind(false);
  const auto id = submit_one();
  quiesce();
  clock.jump(std::chrono::hours(48));
  flow->wake();
  smsc->bind(true);
  // The job goes out all the same: it was to go when the clock was right.
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  EXPECT_GT(smsc->handed[0].validity.count(), 0);
  ASSERT_EQ(flow->alarms().size(), 1u);
  EXPECT_NE(flow->alarms()[0].find("jumped ahead"), std::string::npos);
  smsc->tell(smsc->handed[0].token, 0, C::session);
  smsc->tell(smsc->handed[0].token, 1, C::session);
  smsc->tell(smsc->handed[0].token, 2, C::session);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 2; }));
  EXPECT_TRUE(flow->confirm_clock());
  EXPECT_FALSE(flow->confirm_clock());
  EXPECT_TRUE(flow->alarms().empty());
  for (std::uint8_t p = 0; p < 3; ++p) smsc->tell(smsc->handed[1].token, p, C::session);
  ASSERT_TRUE(reaches(id, JobState::expired));
}

TEST_F(FlowTest, InboundMessagesAreAnsweredCountedAndSaidNotToBeKept) {
  start();
  const std::string words = "a private word";
  smsc->receive_message(Octets(as_octets(words).begin(), as_octets(words).end()));
  ASSERT_TRUE(until([&] { return smsc->acknowledged.size() == 1; }));
  EXPECT_EQ(flow->stats().inbound_not_kept, 1u);
  EXPECT_EQ(log.count("inbound-not-kept"), 1u);
  for (const auto& line : log.lines) EXPECT_EQ(line.find("private"), std::string::npos);
}

TEST_F(FlowTest, APushLargerThanTheWindowStillGoes) {
  start(1);
  smsc->script = ScriptedCarrier::accepted;
  const auto ids = submit({"+3584011111", "+3584022222", "+3584033333"}, kLongName);
  for (const auto id : ids) ASSERT_TRUE(reaches(id, JobState::sent));
}

TEST_F(FlowTest, LinksThatStayAwayRaiseAnAlarm) {
  start();
  quiesce();
  EXPECT_TRUE(flow->alarms().empty());
  smsc->bind(false);
  quiesce();
  clock.advance(std::chrono::seconds(61));
  ASSERT_EQ(flow->alarms().size(), 1u);
  smsc->suspended = true;
  smsc->bind(false);
  quiesce();
  ASSERT_EQ(flow->alarms().size(), 1u);
  EXPECT_NE(flow->alarms()[0].find("suspended"), std::string::npos);
  smsc->suspended = false;
  smsc->bind(true);
  quiesce();
  EXPECT_TRUE(flow->alarms().empty());
  (void)submit({"+358401111"}, "x");
  EXPECT_EQ(flow->links().size(), 1u);
}

}  // namespace
}  // namespace cpgw::gateway::flow
