#include "gateway/flow/attempt.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>

namespace cpgw::gateway::flow {
namespace {

constexpr std::array kAll = {OutcomeClass::accepted,      OutcomeClass::throttled,
                             OutcomeClass::temporary,     OutcomeClass::permanent,
                             OutcomeClass::configuration, OutcomeClass::session,
                             OutcomeClass::unknown};

carriers::Outcome outcome(std::uint8_t part, OutcomeClass what, std::uint32_t code = 0) {
  return {.token = 1, .part = part, .outcome = what, .code = code, .id = {}};
}

TEST(Attempt, TheWorstPartDecides) {
  using K = Verdict::Kind;
  using C = OutcomeClass;
  struct Case {
    C one, two;
    Verdict verdict;
  };
  for (const Case& c : std::initializer_list<Case>{
           {C::accepted, C::accepted, {K::sent, C::accepted, 0, false, 0}},
           {C::accepted, C::throttled, {K::retry, C::throttled, 2, false, 0}},
           {C::temporary, C::throttled, {K::retry, C::temporary, 1, true, 0}},
           {C::session, C::session, {K::release, C::session, 1, false, 0}},
           {C::accepted, C::session, {K::retry, C::session, 2, false, 0}},
           {C::unknown, C::accepted, {K::in_doubt, C::unknown, 0, false, 1}},
           {C::session, C::unknown, {K::in_doubt, C::unknown, 1, false, 2}},
           {C::unknown, C::unknown, {K::in_doubt, C::unknown, 0, false, 3}},
           {C::unknown, C::permanent, {K::fail, C::permanent, 2, false, 0}},
           {C::configuration, C::permanent, {K::fail, C::permanent, 2, false, 0}},
           {C::configuration, C::temporary, {K::fail, C::configuration, 1, false, 0}},
       }) {
    Attempt attempt(3);
    EXPECT_EQ(attempt.take(outcome(0, c.one, c.one == C::accepted ? 0 : 1)), Attempt::Taken::first);
    EXPECT_FALSE(attempt.complete());
    EXPECT_EQ(attempt.take(outcome(1, c.two, c.two == C::accepted ? 0 : 2)), Attempt::Taken::first);
    EXPECT_TRUE(attempt.complete());
    const Verdict verdict = attempt.verdict();
    EXPECT_EQ(verdict.kind, c.verdict.kind) << to_string(c.one) << " " << to_string(c.two);
    EXPECT_EQ(verdict.why, c.verdict.why);
    EXPECT_EQ(verdict.charge, c.verdict.charge);
    EXPECT_EQ(verdict.doubtful, c.verdict.doubtful);
    if (verdict.why != C::accepted && verdict.why != C::unknown) {
      EXPECT_EQ(verdict.code, c.verdict.code);
    }
  }
}

TEST(Attempt, OnlyTheFirstAnswerOfAPartCountsExceptALateAccept) {
  Attempt attempt(0b101);
  EXPECT_EQ(attempt.take(outcome(1, OutcomeClass::accepted)), Attempt::Taken::ignored);
  EXPECT_EQ(attempt.take(outcome(200, OutcomeClass::accepted)), Attempt::Taken::ignored);
  EXPECT_EQ(attempt.take(outcome(0, OutcomeClass::unknown)), Attempt::Taken::first);
  EXPECT_EQ(attempt.take(outcome(0, OutcomeClass::permanent)), Attempt::Taken::ignored);
  EXPECT_EQ(attempt.unanswered(), 0b100u);
  EXPECT_EQ(attempt.take(outcome(0, OutcomeClass::accepted)), Attempt::Taken::late_accept);
  EXPECT_EQ(attempt.take(outcome(0, OutcomeClass::accepted)), Attempt::Taken::ignored);
  EXPECT_EQ(attempt.take(outcome(2, OutcomeClass::accepted)), Attempt::Taken::first);
  EXPECT_EQ(attempt.take(outcome(2, OutcomeClass::unknown)), Attempt::Taken::ignored);
  ASSERT_TRUE(attempt.complete());
  EXPECT_EQ(attempt.verdict().kind, Verdict::Kind::sent);
}

TEST(Attempt, EveryMixtureOfThreePartsHasOneVerdictWhateverTheOrder) {
  for (const OutcomeClass a : kAll) {
    for (const OutcomeClass b : kAll) {
      for (const OutcomeClass c : kAll) {
        Attempt forward(7), backward(7);
        (void)forward.take(outcome(0, a));
        (void)forward.take(outcome(1, b));
        (void)forward.take(outcome(2, c));
        (void)backward.take(outcome(2, c));
        (void)backward.take(outcome(1, b));
        (void)backward.take(outcome(0, a));
        EXPECT_TRUE(forward.complete());
        EXPECT_EQ(forward.verdict(), backward.verdict());
        EXPECT_EQ(forward.accepted(), backward.accepted());
        const Verdict v = forward.verdict();
        EXPECT_EQ(v.kind == Verdict::Kind::sent, std::popcount(forward.accepted()) == 3);
        EXPECT_EQ(v.kind == Verdict::Kind::in_doubt, v.doubtful != 0);
        EXPECT_TRUE(!v.charge || v.kind == Verdict::Kind::retry);
      }
    }
  }
}

TEST(Attempt, CodesBeyondSixteenBitsAreCapped) {
  Attempt attempt(1);
  (void)attempt.take(outcome(0, OutcomeClass::permanent, 0x12345678));
  EXPECT_EQ(attempt.verdict().code, 0xFFFF);
}

}  // namespace
}  // namespace cpgw::gateway::flow
