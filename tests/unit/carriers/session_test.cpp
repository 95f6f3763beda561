#include "carriers/smpp/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace cpgw::carriers::smpp {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;
using State = Session::State;
using End = Session::End;

const SteadyTime kStart{1000s};

// The peer of a session: reads what it writes, and writes PDUs into it.
struct Peer {
  explicit Peer(SessionSettings s = {}) : settings(std::move(s)), session(settings, now) {}

  std::vector<Pdu> sent() {
    framer.feed(session.output());
    session.output().clear();
    std::vector<Pdu> all;
    for (auto next = framer.next(); next && *next; next = framer.next()) {
      Pdu pdu;
      EXPECT_TRUE(decode(**next, pdu));
      all.push_back(std::move(pdu));
    }
    return all;
  }
  std::vector<CommandId> sent_ids() {
    std::vector<CommandId> ids;
    for (const Pdu& pdu : sent()) ids.push_back(pdu.command_id);
    return ids;
  }
  void give(const Pdu& pdu) {
    Octets octets;
    ASSERT_TRUE(encode(pdu, octets));
    session.received(octets, now);
  }
  void give_hex(std::string_view hex) { session.received(from_hex(hex).value(), now); }
  void give(CommandId id, std::uint32_t sequence, std::uint32_t status = 0) {
    Pdu pdu;
    pdu.command_id = id;
    pdu.sequence_number = sequence;
    pdu.command_status = status;
    give(pdu);
  }
  void accept(std::uint32_t sequence, std::string id) {
    Pdu pdu;
    pdu.command_id = CommandId::submit_sm_resp;
    pdu.sequence_number = sequence;
    pdu.message_id = std::move(id);
    give(pdu);
  }
  void bind() {
    const auto first = sent();
    ASSERT_THAT(first, SizeIs(1));
    give(answer(first[0]));
    ASSERT_EQ(session.state(), State::bound);
  }
  /// Submits one part and gives its sequence number.
  std::uint32_t submit(std::uint64_t token, std::uint8_t part = 0) {
    EXPECT_TRUE(session.can_submit());
    Pdu pdu;
    pdu.command_id = CommandId::submit_sm;
    EXPECT_TRUE(session.submit(pdu, {.token = token, .part = part}, now));
    return pdu.sequence_number;
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    session.tick(now);
  }

  SessionSettings settings;
  SteadyTime now = kStart;
  Session session;
  Framer framer;
};

Answer expected(std::uint64_t token, OutcomeClass outcome, std::uint32_t code = 0,
                std::string id = "") {
  return {.tag = {.token = token}, .outcome = outcome, .code = code, .id = std::move(id)};
}
MATCHER_P(Is, want, "") {
  return arg.tag == want.tag && arg.outcome == want.outcome && arg.code == want.code &&
         arg.id == want.id;
}

TEST(SmppSession, BindsFirstAndSubmitsOnlyWhenBound) {
  SessionSettings settings;
  settings.system_id = "esme01";
  settings.password = Secret("secret08");
  settings.system_type = "OTA";
  Peer peer(settings);
  EXPECT_FALSE(peer.session.can_submit());
  peer.pass(9s);
  const auto first = peer.sent();
  ASSERT_THAT(first, SizeIs(1)) << "no enquire_link before the bind is answered";
  EXPECT_EQ(first[0].command_id, CommandId::bind_transceiver);
  EXPECT_EQ(first[0].system_id, "esme01");
  EXPECT_EQ(first[0].password, "secret08");
  EXPECT_EQ(first[0].system_type, "OTA");
  EXPECT_EQ(first[0].interface_version, 0x34);
  peer.give(answer(first[0]));
  EXPECT_TRUE(peer.session.can_submit());
}

TEST(SmppSession, EndsWhenTheBindIsRefusedWithOrWithoutABody) {
  for (const char* hex :
       {"00000010 80000009 0000000e 00000001", "00000011 80000009 0000000e 00000001 00",
        "00000010 80000000 0000000e 00000001"}) {
    Peer peer;
    peer.give_hex(hex);
    EXPECT_TRUE(peer.session.closed()) << hex;
    EXPECT_EQ(peer.session.end(), End::bind_refused);
    EXPECT_EQ(peer.session.bind_status(), 0x0Eu);
    EXPECT_EQ(peer.session.why(), "bind refused: 0x0000000e ESME_RINVPASWD");
  }
}

TEST(SmppSession, ABindWithSettingsThatDoNotFitEndsWithoutSayingThePassword) {
  SessionSettings settings;
  settings.password = Secret("far too long");
  Peer peer(settings);
  EXPECT_EQ(peer.session.end(), End::bind_refused);
  EXPECT_TRUE(peer.session.output().empty());
  EXPECT_EQ(peer.session.why().find("far too"), std::string::npos);
}

TEST(SmppSession, EndsWhenNobodyAnswersTheBind) {
  Peer peer;
  peer.pass(9999ms);
  EXPECT_FALSE(peer.session.closed());
  EXPECT_EQ(peer.session.next_timer(), kStart + 10s);
  peer.pass(1ms);
  EXPECT_EQ(peer.session.end(), End::silent);
}

TEST(SmppSession, MatchesAnswersToSubmitsInAnyOrderAndWithAnyBody) {
  Peer peer;
  peer.bind();
  const auto a = peer.submit(1), b = peer.submit(2), c = peer.submit(3);
  EXPECT_EQ(peer.session.in_window(), 3u);
  peer.accept(c, "39f99dd5");
  peer.give(CommandId::submit_sm_resp, a, 0x0B);  // with an empty id
  Pdu bare;
  bare.command_id = CommandId::submit_sm_resp;
  bare.header_only = true;
  bare.command_status = 0x58;
  bare.sequence_number = b;
  peer.give(bare);
  EXPECT_THAT(peer.session.take_answers(),
              ElementsAre(Is(expected(3, OutcomeClass::accepted, 0, "39f99dd5")),
                          Is(expected(1, OutcomeClass::permanent, 0x0B)),
                          Is(expected(2, OutcomeClass::throttled, 0x58))));
  EXPECT_EQ(peer.session.in_window(), 0u);
}

TEST(SmppSession, AnAcceptanceCountsEvenWhenTheRestOfItIsDamaged) {
  Peer peer;
  peer.bind();
  const auto sequence = peer.submit(1);
  ASSERT_EQ(sequence, 2u);
  peer.give_hex("00000018 80000004 00000000 00000002 6100 0428 0009 05 05");
  EXPECT_THAT(peer.session.take_answers(),
              ElementsAre(Is(expected(1, OutcomeClass::accepted, 0, "a"))));
  EXPECT_FALSE(peer.session.closed());
}

TEST(SmppSession, ReportsCongestion) {
  Peer peer;
  peer.bind();
  Pdu pdu;
  pdu.command_id = CommandId::submit_sm_resp;
  pdu.sequence_number = peer.submit(1);
  pdu.add_u8(tag::congestion_state, 85);
  peer.give(pdu);
  const auto answers = peer.session.take_answers();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].congestion_state, 85);
}

TEST(SmppSession, KeepsItsWindow) {
  Peer peer({.window = 2});
  peer.bind();
  const auto first = peer.submit(1);
  peer.submit(2);
  EXPECT_FALSE(peer.session.can_submit());
  peer.accept(first, "x");
  EXPECT_TRUE(peer.session.can_submit());
}

TEST(SmppSession, ATimeoutFreesTheWindowAndALateAcceptanceStillCounts) {
  Peer peer({.window = 2});
  peer.bind();
  const auto first = peer.submit(1), second = peer.submit(2);
  peer.pass(29s);
  peer.give(CommandId::enquire_link, 77);  // a sign of life
  EXPECT_THAT(peer.session.take_answers(), SizeIs(0));
  peer.pass(1s);
  EXPECT_THAT(peer.session.take_answers(), ElementsAre(Is(expected(1, OutcomeClass::unknown)),
                                                       Is(expected(2, OutcomeClass::unknown))));
  EXPECT_TRUE(peer.session.can_submit());
  peer.accept(first, "late");
  peer.give(CommandId::submit_sm_resp, second, 0x58);
  const auto late = peer.session.take_answers();
  EXPECT_THAT(late, ElementsAre(Is(expected(1, OutcomeClass::accepted, 0, "late"))))
      << "a late refusal changes nothing";
  EXPECT_TRUE(late[0].late);
  peer.accept(first, "late");
  EXPECT_THAT(peer.session.take_answers(), SizeIs(0)) << "once only";
}

TEST(SmppSession, WhatWasWrittenIsUnknownWhenTheConnectionGoes) {
  Peer peer;
  peer.bind();
  peer.submit(1);
  peer.submit(2);
  peer.session.lost("reset by peer");
  EXPECT_EQ(peer.session.end(), End::lost);
  EXPECT_THAT(peer.session.take_answers(), ElementsAre(Is(expected(1, OutcomeClass::unknown)),
                                                       Is(expected(2, OutcomeClass::unknown))));
}

TEST(SmppSession, AnswersEnquireLinkInEveryStateWithThePeersNumber) {
  Peer peer;
  peer.sent();
  peer.give(CommandId::enquire_link, 0xFFFFFFFF);
  const auto answered = peer.sent();
  ASSERT_THAT(answered, SizeIs(1));
  EXPECT_EQ(answered[0].command_id, CommandId::enquire_link_resp);
  EXPECT_EQ(answered[0].sequence_number, 0xFFFFFFFF);
}

TEST(SmppSession, AsksWhetherASilentPeerLivesAndEndsAfterTwoQuestions) {
  Peer peer;
  peer.bind();
  peer.pass(29s);
  EXPECT_THAT(peer.sent_ids(), SizeIs(0));
  peer.pass(1s);
  EXPECT_THAT(peer.sent_ids(), ElementsAre(CommandId::enquire_link));
  peer.pass(10s);
  EXPECT_THAT(peer.sent_ids(), ElementsAre(CommandId::enquire_link));
  peer.pass(9999ms);
  EXPECT_FALSE(peer.session.closed());
  peer.pass(1ms);
  EXPECT_EQ(peer.session.end(), End::silent);
}

TEST(SmppSession, AnAnsweredQuestionStartsANewSilence) {
  Peer peer;
  peer.bind();
  peer.pass(30s);
  const auto asked = peer.sent();
  ASSERT_THAT(asked, SizeIs(1));
  peer.pass(5s);
  peer.give(answer(asked[0]));
  EXPECT_EQ(peer.session.next_timer(), kStart + 60s) << "we were silent since the question";
  peer.pass(24s);
  EXPECT_THAT(peer.sent_ids(), SizeIs(0));
}

TEST(SmppSession, HandsDeliveriesOverAndAnswersOnlyWhenTold) {
  Peer peer;
  peer.bind();
  for (const CommandId id : {CommandId::deliver_sm, CommandId::data_sm}) {
    peer.give(id, 0xFFFFFFFE);
    const auto arrived = peer.session.take_deliveries();
    ASSERT_THAT(arrived, SizeIs(1));
    EXPECT_THAT(peer.sent_ids(), SizeIs(0));
    peer.session.acknowledge(arrived[0].id, status::ESME_RX_T_APPN, peer.now);
    const auto answered = peer.sent();
    ASSERT_THAT(answered, SizeIs(1));
    EXPECT_EQ(answered[0].command_id, response_to(id));
    EXPECT_EQ(answered[0].sequence_number, 0xFFFFFFFE);
    EXPECT_EQ(answered[0].command_status, status::ESME_RX_T_APPN);
    EXPECT_EQ(answered[0].message_id, "");
    peer.session.acknowledge(arrived[0].id, 0, peer.now);
    EXPECT_THAT(peer.sent_ids(), SizeIs(0)) << "once only";
  }
}

TEST(SmppSession, BoundsDeliveriesThatNobodyAcknowledged) {
  Peer peer({.most_deliveries = 2});
  peer.bind();
  for (std::uint32_t i = 1; i <= 3; ++i) peer.give(CommandId::deliver_sm, i);
  EXPECT_THAT(peer.session.take_deliveries(), SizeIs(2));
  const auto answered = peer.sent();
  ASSERT_THAT(answered, SizeIs(1));
  EXPECT_EQ(answered[0].sequence_number, 3u);
  EXPECT_EQ(answered[0].command_status, status::ESME_RTHROTTLED);
}

TEST(SmppSession, RefusesWhatIsNotItsBusinessAndKeepsTheLink) {
  const struct {
    const char* what;
    const char* hex;
    CommandId answer;
    std::uint32_t status;
  } cases[] = {
      {"an unknown request", "00000010 00000111 00000000 00000009", CommandId::generic_nack, 0x03},
      {"a request for an SMSC", "00000010 00000003 00000000 00000009", CommandId::query_sm_resp,
       0x02},
      {"a truncated deliver_sm", "00000012 00000005 00000000 00000009 0001",
       CommandId::deliver_sm_resp, 0x02},
      {"a parameter past the end",
       "00000026 00000005 00000000 00000009 00 0000 00 0000 00 00 00 00 00 00 00 00 00 00 00 0427 "
       "0009 02",
       CommandId::deliver_sm_resp, 0xC2},
  };
  for (const auto& c : cases) {
    Peer peer;
    peer.bind();
    peer.give_hex(c.hex);
    const auto answered = peer.sent();
    ASSERT_THAT(answered, SizeIs(1)) << c.what;
    EXPECT_EQ(answered[0].command_id, c.answer) << c.what;
    EXPECT_EQ(answered[0].command_status, c.status) << c.what;
    EXPECT_EQ(answered[0].sequence_number, 9u) << c.what;
    EXPECT_EQ(peer.session.state(), State::bound) << c.what;
  }
}

TEST(SmppSession, IgnoresWhatAnswersNothing) {
  for (const char* hex :
       {"00000011 80000004 00000000 000000ff 00", "00000010 80000111 00000000 00000001",
        "00000010 80000000 00000003 000000ff", "00000010 80000006 00000000 00000001",
        "0000001e 0000000b 00000000 00000005 534d53433031006f627061737300",
        "00000010 80000015 00000000 00000063"}) {
    Peer peer;
    peer.bind();
    peer.give_hex(hex);
    EXPECT_THAT(peer.sent_ids(), SizeIs(0)) << hex;
    EXPECT_EQ(peer.session.state(), State::bound) << hex;
    EXPECT_THAT(peer.session.take_answers(), SizeIs(0)) << hex;
  }
}

TEST(SmppSession, RefusesDeliveriesBeforeTheBindIsAnswered) {
  Peer peer;
  peer.sent();
  peer.give(CommandId::deliver_sm, 5);
  const auto answered = peer.sent();
  ASSERT_THAT(answered, SizeIs(1));
  EXPECT_EQ(answered[0].command_status, status::ESME_RINVBNDSTS);
  EXPECT_THAT(peer.session.take_deliveries(), SizeIs(0));
}

TEST(SmppSession, AGenericNackAnswersTheSubmitItNames) {
  Peer peer;
  peer.bind();
  peer.give(CommandId::generic_nack, peer.submit(1), 0x03);
  peer.give(CommandId::generic_nack, peer.submit(2), 0x00);
  EXPECT_THAT(peer.session.take_answers(),
              ElementsAre(Is(expected(1, OutcomeClass::configuration, 0x03)),
                          Is(expected(2, OutcomeClass::unknown))));
  peer.give(CommandId::generic_nack, 0, 0x02);
  EXPECT_EQ(peer.session.end(), End::broken);
}

TEST(SmppSession, NacksAndEndsWhenTheBoundariesAreLost) {
  Peer peer;
  peer.bind();
  peer.submit(1);
  peer.sent();
  peer.give_hex("48545450 2f312e31");
  const auto last = peer.sent();
  ASSERT_THAT(last, SizeIs(1));
  EXPECT_EQ(last[0].command_id, CommandId::generic_nack);
  EXPECT_EQ(last[0].command_status, status::ESME_RINVCMDLEN);
  EXPECT_EQ(peer.session.end(), End::broken);
  EXPECT_THAT(peer.session.take_answers(), ElementsAre(Is(expected(1, OutcomeClass::unknown))));
}

TEST(SmppSession, EndsWhenHalfAPduIsAllThatComes) {
  Peer peer;
  peer.bind();
  peer.give_hex("00000010 80000015");
  peer.pass(9s);
  peer.give_hex("00");
  EXPECT_FALSE(peer.session.closed());
  peer.pass(1s);
  EXPECT_EQ(peer.session.end(), End::silent) << "a trickle does not extend the time of one PDU";
}

TEST(SmppSession, ClosesOnceAWrongBindStateIsAnsweredForEverythingWritten) {
  Peer peer;
  peer.bind();
  const auto a = peer.submit(1), b = peer.submit(2);
  peer.submit(3);
  peer.give(CommandId::submit_sm_resp, a, 0x04);
  EXPECT_FALSE(peer.session.can_submit());
  EXPECT_FALSE(peer.session.closed());
  peer.accept(b, "ok");
  peer.pass(5s);
  EXPECT_EQ(peer.session.end(), End::unusable);
  EXPECT_THAT(peer.session.take_answers(),
              ElementsAre(Is(expected(1, OutcomeClass::session, 0x04)),
                          Is(expected(2, OutcomeClass::accepted, 0, "ok")),
                          Is(expected(3, OutcomeClass::unknown))));
}

TEST(SmppSession, UnbindsAndTakesAnswersUntilThePeerAgrees) {
  Peer peer;
  peer.bind();
  const auto a = peer.submit(1);
  peer.sent();
  peer.session.unbind(peer.now);
  const auto last = peer.sent();
  ASSERT_THAT(last, SizeIs(1));
  EXPECT_EQ(last[0].command_id, CommandId::unbind);
  EXPECT_FALSE(peer.session.can_submit());
  peer.accept(a, "x");
  peer.give(answer(last[0]));
  EXPECT_EQ(peer.session.end(), End::unbound);
  EXPECT_THAT(peer.session.take_answers(),
              ElementsAre(Is(expected(1, OutcomeClass::accepted, 0, "x"))));
}

TEST(SmppSession, DoesNotWaitForEverForTheAnswerToAnUnbind) {
  Peer peer;
  peer.bind();
  peer.session.unbind(peer.now);
  peer.pass(5s);
  EXPECT_EQ(peer.session.end(), End::unbound);
}

TEST(SmppSession, AnswersThePeersUnbindAndEnds) {
  Peer peer;
  peer.bind();
  peer.submit(1);
  peer.sent();
  peer.give(CommandId::unbind, 3);
  EXPECT_THAT(peer.sent_ids(), ElementsAre(CommandId::unbind_resp));
  EXPECT_EQ(peer.session.end(), End::unbound);
  EXPECT_THAT(peer.session.take_answers(), ElementsAre(Is(expected(1, OutcomeClass::unknown))));
}

TEST(SmppSession, WrapsSequenceNumbersAndSkipsThoseInUse) {
  Peer peer({.first_sequence = 0x7FFFFFFE});
  peer.bind();
  EXPECT_EQ(peer.submit(1), 0x7FFFFFFFu);
  EXPECT_EQ(peer.submit(2), 1u);
  Peer again({.window = 4, .first_sequence = 0x7FFFFFFF});
  again.bind();
  EXPECT_EQ(again.submit(1), 1u);
}

TEST(SmppSession, AReceiverNeverSubmits) {
  Peer peer({.mode = BindMode::receiver});
  peer.bind();
  EXPECT_FALSE(peer.session.can_submit());
}

// Whatever the peer says, in whatever pieces: each submit gets its answer once, and at most one
// late acceptance after an unknown.
RC_GTEST_PROP(SmppSession, GivesEverySubmitExactlyOneAnswer, ()) {
  Peer peer({.window = 4});
  peer.bind();
  std::uint64_t token = 0;
  std::map<std::uint64_t, std::vector<Answer>> answers;
  const auto collect = [&] {
    for (const Answer& a : peer.session.take_answers()) answers[a.tag.token].push_back(a);
  };
  std::vector<std::uint32_t> sequences;
  const auto steps =
      *rc::gen::container<std::vector<std::uint8_t>>(60, rc::gen::arbitrary<std::uint8_t>());
  for (const std::uint8_t step : steps) {
    if (peer.session.closed()) break;
    RC_ASSERT(peer.session.in_window() <= 4u);
    switch (step % 6) {
      case 0:
      case 1:
        if (peer.session.can_submit()) sequences.push_back(peer.submit(++token));
        break;
      case 2:
        if (!sequences.empty()) peer.accept(sequences[step % sequences.size()], "id");
        break;
      case 3:
        if (!sequences.empty())
          peer.give(CommandId::submit_sm_resp, sequences[step % sequences.size()], step);
        break;
      case 4: peer.pass(std::chrono::seconds(step % 16)); break;
      case 5: peer.give(CommandId::enquire_link, step); break;
    }
    collect();
  }
  peer.session.lost("end");
  collect();
  RC_ASSERT(answers.size() == token);
  for (const auto& [t, all] : answers) {
    RC_ASSERT(all.size() == 1u || (all.size() == 2u && all[0].outcome == OutcomeClass::unknown &&
                                   all[1].late && all[1].outcome == OutcomeClass::accepted));
  }
}

// A session never crashes, never hangs, and never answers a submit twice, whatever octets come.
RC_GTEST_PROP(SmppSession, SurvivesNoise, (std::vector<std::uint8_t> noise)) {
  Peer peer;
  peer.bind();
  peer.submit(1);
  peer.session.received(std::as_bytes(std::span(noise)), peer.now);
  peer.session.lost("end");
  RC_ASSERT(peer.session.take_answers().size() == 1u);
}

}  // namespace
}  // namespace cpgw::carriers::smpp
