#include "carriers/smpp/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace cpgw::carriers::smpp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SteadyTime kNow{1000s};

std::vector<si_sl::Part> parts(std::size_t count) {
  std::vector<si_sl::Part> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i].number = static_cast<std::uint8_t>(i + 1);
  return all;
}

struct Desk {
  explicit Desk(PartOrder order = PartOrder::wire) : box(order) {}
  bool take(std::uint64_t token, std::size_t count, std::uint32_t to_send = ~0u) {
    const auto all = parts(count);
    return box.take({.token = token,
                     .recipient = Msisdn::parse("358401234567").value(),
                     .parts = all,
                     .to_send = to_send});
  }
  /// Writes the front part and says which it was.
  SubmitTag write() {
    const auto next = box.front();
    const SubmitTag tag{.token = next.push.token, .part = next.part, .receipt = true};
    box.written();
    return tag;
  }
  bool answer(SubmitTag tag, OutcomeClass outcome, std::uint32_t code = 0, SteadyTime now = kNow) {
    return box.answered({.tag = tag, .outcome = outcome, .code = code, .id = "x"}, now);
  }
  std::vector<std::pair<int, OutcomeClass>> outcomes() {
    std::vector<std::pair<int, OutcomeClass>> all;
    for (const Outcome& o : box.take_outcomes()) all.emplace_back(o.part, o.outcome);
    return all;
  }
  Outbox box;
};

TEST(SmppOutbox, PipelinesThePartsInOrder) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 3));
  ASSERT_TRUE(desk.take(2, 1));
  EXPECT_EQ(desk.box.open(), 4u);
  for (const int part : {0, 1, 2}) EXPECT_EQ(desk.write().part, part);
  EXPECT_EQ(desk.write().token, 2u);
  EXPECT_TRUE(desk.box.empty());
}

TEST(SmppOutbox, SendsOnlyThePartsAskedFor) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 3, 0b101));
  EXPECT_EQ(desk.box.open(), 2u);
  EXPECT_EQ(desk.write().part, 0);
  EXPECT_EQ(desk.write().part, 2);
}

TEST(SmppOutbox, RefusesWhatItCannotHold) {
  Desk desk;
  EXPECT_FALSE(desk.take(1, 0));
  EXPECT_FALSE(desk.take(1, 33));
  EXPECT_FALSE(desk.take(1, 3, 0b1000));
  EXPECT_TRUE(desk.take(1, 32));
  EXPECT_FALSE(desk.take(1, 1)) << "the token is taken";
  EXPECT_EQ(desk.box.open(), 32u);
}

TEST(SmppOutbox, WaitsForEachAnswerWhereTheRoadReorders) {
  Desk desk(PartOrder::answered);
  ASSERT_TRUE(desk.take(1, 2));
  ASSERT_TRUE(desk.take(2, 2));
  const auto first = desk.write();
  EXPECT_EQ(first.part, 0);
  const auto other = desk.write();
  EXPECT_EQ(other.token, 2u) << "other pushes fill the window";
  EXPECT_TRUE(desk.box.empty());
  desk.answer(first, OutcomeClass::accepted);
  ASSERT_FALSE(desk.box.empty());
  const auto second = desk.write();
  EXPECT_EQ(second.token, 1u);
  EXPECT_EQ(second.part, 1);
  desk.answer(second, OutcomeClass::accepted);
  EXPECT_EQ(desk.box.open(), 2u);
  EXPECT_THAT(desk.outcomes(), ElementsAre(std::pair(0, OutcomeClass::accepted),
                                           std::pair(1, OutcomeClass::accepted)));
}

TEST(SmppOutbox, StopsTheRestWhenAPartFailsButWaitsForWhatIsWritten) {
  for (const OutcomeClass failure : {OutcomeClass::permanent, OutcomeClass::temporary,
                                     OutcomeClass::configuration, OutcomeClass::unknown}) {
    Desk desk;
    ASSERT_TRUE(desk.take(1, 4));
    const auto a = desk.write(), b = desk.write();
    desk.answer(a, failure, 0x0B);
    EXPECT_TRUE(desk.box.empty());
    EXPECT_THAT(desk.outcomes(),
                ElementsAre(std::pair(0, failure), std::pair(2, OutcomeClass::session),
                            std::pair(3, OutcomeClass::session)));
    EXPECT_EQ(desk.box.open(), 1u);
    desk.answer(b, OutcomeClass::accepted);
    EXPECT_THAT(desk.outcomes(), ElementsAre(std::pair(1, OutcomeClass::accepted)));
    EXPECT_EQ(desk.box.open(), 0u);
  }
}

TEST(SmppOutbox, WritesThrottledPartsFirstAndInTheirOrder) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 4));
  ASSERT_TRUE(desk.take(2, 1));
  const auto a = desk.write(), b = desk.write(), c = desk.write();
  EXPECT_TRUE(desk.answer(a, OutcomeClass::throttled, 0x58));
  EXPECT_TRUE(desk.answer(c, OutcomeClass::throttled, 0x58));
  EXPECT_TRUE(desk.answer(b, OutcomeClass::throttled, 0x58));
  EXPECT_THAT(desk.outcomes(), IsEmpty());
  for (const int part : {0, 1, 2, 3}) EXPECT_EQ(desk.write().part, part);
  EXPECT_EQ(desk.write().token, 2u);
}

TEST(SmppOutbox, TellsTheFlowOfThrottlingThatLasts) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 2));
  desk.answer(desk.write(), OutcomeClass::throttled, 0x58, kNow);
  desk.answer(desk.write(), OutcomeClass::throttled, 0x58, kNow + 29s);
  EXPECT_THAT(desk.outcomes(), IsEmpty());
  EXPECT_TRUE(desk.answer(desk.write(), OutcomeClass::throttled, 0x58, kNow + 30s));
  EXPECT_THAT(desk.outcomes(), ElementsAre(std::pair(0, OutcomeClass::throttled),
                                           std::pair(1, OutcomeClass::session)));
}

TEST(SmppOutbox, AFullQueueThreeTimesIsTheRecipientsTroubleAlone) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 1));
  EXPECT_TRUE(desk.answer(desk.write(), OutcomeClass::throttled, 0x14));
  EXPECT_TRUE(desk.answer(desk.write(), OutcomeClass::throttled, 0x14));
  EXPECT_FALSE(desk.answer(desk.write(), OutcomeClass::throttled, 0x14)) << "the link goes on";
  EXPECT_THAT(desk.outcomes(), ElementsAre(std::pair(0, OutcomeClass::temporary)));
}

TEST(SmppOutbox, GivesBackWhatWasNotWritten) {
  Desk desk(PartOrder::answered);
  ASSERT_TRUE(desk.take(1, 2));
  ASSERT_TRUE(desk.take(2, 2));
  const auto a = desk.write();
  desk.box.give_back();
  EXPECT_TRUE(desk.box.empty());
  EXPECT_THAT(desk.outcomes(), SizeIs(3));
  EXPECT_EQ(desk.box.open(), 1u);
  desk.answer(a, OutcomeClass::unknown);
  EXPECT_EQ(desk.box.open(), 0u);
}

TEST(SmppOutbox, PassesALateAcceptanceOn) {
  Desk desk;
  ASSERT_TRUE(desk.take(1, 1));
  const auto a = desk.write();
  desk.answer(a, OutcomeClass::unknown);
  (void)desk.outcomes();
  desk.box.answered({.tag = a, .outcome = OutcomeClass::accepted, .id = "late", .late = true},
                    kNow);
  const auto late = desk.box.take_outcomes();
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_EQ(late[0].id, "late");
  EXPECT_TRUE(late[0].receipt_to_come);
  EXPECT_EQ(desk.box.open(), 0u);
}

// Whatever the operator answers, every part taken has exactly one outcome and nothing stays.
RC_GTEST_PROP(SmppOutbox, GivesEveryPartExactlyOneOutcome, (bool answered_order)) {
  Desk desk(answered_order ? PartOrder::answered : PartOrder::wire);
  std::map<std::pair<std::uint64_t, int>, int> seen;
  std::size_t taken = 0;
  std::vector<SubmitTag> waiting;
  const auto collect = [&] {
    for (const Outcome& o : desk.box.take_outcomes()) ++seen[{o.token, o.part}];
  };
  constexpr OutcomeClass kAnswers[] = {OutcomeClass::accepted,  OutcomeClass::accepted,
                                       OutcomeClass::throttled, OutcomeClass::temporary,
                                       OutcomeClass::permanent, OutcomeClass::unknown};
  const auto steps = *rc::gen::container<std::vector<unsigned>>(80, rc::gen::inRange(0u, 60u));
  std::uint64_t token = 0;
  for (const unsigned step : steps) {
    if (step % 3 == 0 && desk.take(++token, step % 5 + 1)) taken += step % 5 + 1;
    if (step % 3 == 1 && !desk.box.empty()) waiting.push_back(desk.write());
    if (step % 3 == 2 && !waiting.empty()) {
      const auto at = waiting.begin() + static_cast<std::ptrdiff_t>(step % waiting.size());
      const SubmitTag tag = *at;
      waiting.erase(at);
      desk.answer(tag, kAnswers[step % 6], step % 2 == 0 ? 0x14 : 0x58,
                  kNow + std::chrono::seconds(step));
    }
    if (step == 59) desk.box.give_back();
    collect();
    RC_ASSERT(seen.size() + desk.box.open() == taken);
  }
  desk.box.give_back();
  for (const SubmitTag& tag : waiting) desk.answer(tag, OutcomeClass::unknown);
  collect();
  RC_ASSERT(desk.box.open() == 0u);
  RC_ASSERT(seen.size() == taken);
  for (const auto& [part, times] : seen) RC_ASSERT(times == 1);
}

}  // namespace
}  // namespace cpgw::carriers::smpp
