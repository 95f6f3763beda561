// Stopping, removing carriers, failing stores.
#include "gateway/flow/reasons.h"
#include "tests/unit/gateway_flow/flow_bench.h"

namespace cpgw::gateway::flow {
namespace {

using queue::EventKind;
using queue::JobState;
using C = OutcomeClass;

class FlowLife : public FlowBench {};

TEST_F(FlowLife, StoppingWaitsForAnswersAndMakesThemDurable) {
  start(3);
  const auto ids = submit({"+3584011111", "+3584022222", "+3584033333"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  smsc->hold_stop = true;
  bool stopped = false;
  flow->stop(std::chrono::seconds(5), [&] { stopped = true; });
  ASSERT_TRUE(until([&] { return smsc->stopping; }));
  quiesce();
  EXPECT_FALSE(stopped);
  smsc->accept(smsc->handed[0]);
  ASSERT_TRUE(reaches(ids[0], JobState::sent));
  EXPECT_EQ(smsc->handed.size(), 1u);
  smsc->finish_stop(std::exchange(smsc->stop_done, nullptr));
  ASSERT_TRUE(until([&] { return stopped; }));
  EXPECT_EQ(state(ids[1]), JobState::waiting);
  EXPECT_EQ(state(ids[2]), JobState::waiting);
  EXPECT_EQ(store->job(ids[1])->attempt, 0);
  EXPECT_TRUE(flow->links().empty());
}

TEST_F(FlowLife, WhatIsNeverAnsweredIsInDoubtAfterTheStop) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  smsc->tell(smsc->handed[0].token, 1, C::accepted, 0, "b");
  ASSERT_TRUE(stop());
  EXPECT_EQ(state(id), JobState::in_doubt);
  EXPECT_EQ(store->job(id)->in_doubt, 0b101u);
}

TEST_F(FlowLife, ACarrierThatForgetsItsLeftoversLeavesNothingStuck) {
  start();
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  smsc->report_leftovers = false;
  ASSERT_TRUE(stop());
  EXPECT_EQ(state(id), JobState::in_doubt);
}

TEST_F(FlowLife, StopsAtOnceWhenThereIsNothingToDo) {
  start();
  ASSERT_TRUE(stop());
  ASSERT_TRUE(stop());  // and again
}

TEST_F(FlowLife, AStoppedFlowClaimsNothing) {
  start();
  ASSERT_TRUE(stop());
  const auto id = submit_one();
  quiesce();
  EXPECT_EQ(state(id), JobState::waiting);
}

TEST_F(FlowLife, ARemovedCarriersPushesWaitForItsReturn) {
  start(3);
  const auto ids = submit({"+3584011111", "+3584022222"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  bool removed = false;
  flow->remove_carrier("smsc", [&] { removed = true; });
  // The new one is there before the old one is gone, as after a changed password.
  smsc = &add("smsc", 10);
  ASSERT_TRUE(until([&] { return removed; }));
  EXPECT_EQ(state(ids[0]), JobState::in_doubt);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  smsc->script = ScriptedCarrier::accepted;
  smsc->accept(smsc->handed[0]);
  ASSERT_TRUE(reaches(ids[1], JobState::sent));
  later(std::chrono::seconds(6));
  ASSERT_TRUE(reaches(ids[0], JobState::sent));
  EXPECT_TRUE(store->job(ids[0])->possible_duplicate);
  bool nothing = false;
  flow->remove_carrier("nobody", [&] { nothing = true; });
  ASSERT_TRUE(until([&] { return nothing; }));
}

TEST_F(FlowLife, WorkForACarrierThatIsNotConfiguredRaisesAnAlarm) {
  start();
  bool removed = false;
  flow->remove_carrier("smsc", [&] { removed = true; });
  ASSERT_TRUE(until([&] { return removed; }));
  add("other", 4);
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return !flow->alarms().empty(); }));
  EXPECT_NE(flow->alarms()[0].find("carrier smsc"), std::string::npos);
  EXPECT_EQ(state(id), JobState::waiting);
}

TEST_F(FlowLife, AfterAStoreFailureNothingIsSentOrAcknowledged) {
  start(3);
  const auto ids = submit({"+3584011111", "+3584022222"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  const Handed push = smsc->handed[0];
  store->broken = true;
  smsc->hold_stop = true;
  smsc->receipt(push.recipient, "nobody's");
  smsc->accept(push);
  ASSERT_TRUE(until([&] { return fatal.has_value(); }));
  smsc->receipt(push.recipient, "nobody's");
  flow->wake();
  for (int i = 0; i < 20; ++i) reactor.poll();
  EXPECT_TRUE(smsc->acknowledged.empty());
  EXPECT_TRUE(smsc->stopping);
  EXPECT_EQ(smsc->handed.size(), 1u);
  EXPECT_EQ(log.count("store-failed"), 1u);
  ASSERT_FALSE(flow->alarms().empty());
  EXPECT_NE(flow->alarms()[0].find("store failed"), std::string::npos);
  smsc->finish_stop(std::exchange(smsc->stop_done, nullptr));
  ASSERT_TRUE(stop());
  EXPECT_EQ(state(ids[0]), JobState::claimed);  // the next start finds it in doubt
}

TEST_F(FlowLife, MayEndWithoutAStop) {
  start(3);
  (void)submit({"+3584011111", "+3584022222"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  smsc->script = ScriptedCarrier::accepted;
  smsc->accept(smsc->handed[0]);
  // The fixture takes the flow away with outcomes and commits on their way.
}

TEST_F(FlowLife, SettingsApplyFromNowOn) {
  start();
  FlowSettings changed = settings;
  changed.in_doubt = FlowSettings::Doubt::hold;
  flow->apply(changed);
  EXPECT_EQ(flow->settings().in_doubt, FlowSettings::Doubt::hold);
  const auto id = submit_one();
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  for (std::uint8_t p = 0; p < 3; ++p) smsc->tell(smsc->handed[0].token, p, C::unknown);
  ASSERT_TRUE(reaches(id, JobState::in_doubt));
  EXPECT_EQ(store->job(id)->due, store->job(id)->deadline + queue::kHeld) << "it expires first";
}

TEST_F(FlowLife, ACarrierRemovedWhileItWaitsForItsNamesakeNeverStarts) {
  start(3);
  (void)submit({"+3584011111", "+3584022222"}, kLongName);
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
  bool first = false;
  flow->remove_carrier("smsc", [&] { first = true; });
  add("smsc", 10);
  flow->remove_carrier("smsc", {});
  ASSERT_TRUE(until([&] { return first; }));
  quiesce();
  EXPECT_TRUE(flow->links().empty());
}

TEST_F(FlowLife, NarrowedSafetyHoldsBackWhatWasAccepted) {
  start();
  smsc->bind(false);
  quiesce();
  const auto id = submit_one();
  FlowSettings narrowed = settings;
  narrowed.only_to = {*Msisdn::parse("358409999999")};
  flow->apply(narrowed);
  smsc->bind(true);
  ASSERT_TRUE(until([&] {
    return store->job(id)->reason == static_cast<std::uint16_t>(OwnReason::held_by_safety);
  }));
  quiesce();
  EXPECT_TRUE(smsc->handed.empty());
  EXPECT_EQ(state(id), JobState::waiting);
  flow->apply(settings);
  later(std::chrono::minutes(2));
  ASSERT_TRUE(until([&] { return smsc->handed.size() == 1; }));
}

}  // namespace
}  // namespace cpgw::gateway::flow
