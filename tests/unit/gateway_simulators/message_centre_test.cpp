#include "gateway/simulators/message_centre.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "carriers/smpp/receipt.h"
#include "carriers/smpp/status.h"
#include "gateway/simulators/phones.h"
#include "gateway/simulators/report.h"
#include "tests/unit/gateway_simulators/pushes.h"

namespace cpgw::gateway::simulators {
namespace {

using namespace testing;
using smpp::CommandId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace status = smpp::status;

// A message centre and peers in memory; time moves when a test says so.
struct World {
  explicit World(SmscOptions options, MessageCentre::Recorder recorder = {})
      : centre(
            [&] {
              if (options.first_id == 0) options.first_id = 1;
              return options;
            }(),
            std::move(recorder)) {
    std::istringstream in(std::string(kNumber) + "," + std::string(kImsi) + "\n");
    EXPECT_TRUE(phones.read(in, "phones"));
    phones.expect(wbxml::read_xml(kXml).value());
  }

  ConnectionId connect(const smpp::Pdu& bind) {
    const auto id = centre.open();
    send(id, bind);
    return id;
  }
  ConnectionId gateway() { return connect(bind(CommandId::bind_transceiver, "gateway")); }
  ConnectionId handsets(const std::string& prefix = {}) {
    handset = connect(bind(CommandId::bind_receiver, "phones", "HANDSET", prefix));
    return handset;
  }
  void send(ConnectionId id, const smpp::Pdu& pdu) { centre.receive(id, encoded(pdu), now, {}); }
  void send(ConnectionId id, const std::vector<smpp::Pdu>& pdus) {
    for (const auto& pdu : pdus) send(id, pdu);
  }

  // Moves octets until nothing moves: the phones answer, the gateway's input is collected.
  void settle(bool phones_answer = true) {
    for (auto ready = centre.take_ready(); !ready.empty(); ready = centre.take_ready()) {
      for (const ConnectionId id : ready) {
        const Octets output = centre.take_output(id);
        smpp::Framer framer;
        framer.feed(output);
        for (auto next = framer.next().value(); next; next = framer.next().value()) {
          smpp::Pdu pdu;
          ASSERT_TRUE(smpp::decode(*next, pdu));
          if (pdu.command_id == CommandId::deliver_sm && (id == handset)) {
            if (phones_answer)
              send(id, smpp::answer(pdu, phones.take(pdu, now)));
            else
              held.push_back(pdu);
          } else {
            got[id].push_back(pdu);
            if (pdu.command_id == CommandId::deliver_sm && answer_receipts)
              send(id, smpp::answer(pdu));
          }
        }
        if (centre.to_close(id)) {
          centre.closed(id);
          gone.push_back(id);
        } else {
          centre.written(id);
        }
      }
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    centre.tick(now, {});
    settle();
  }
  std::vector<smpp::Pdu> of(ConnectionId id, CommandId command) {
    std::vector<smpp::Pdu> out;
    for (const auto& pdu : got[id])
      if (pdu.command_id == command) out.push_back(pdu);
    return out;
  }

  SteadyTime now{};
  MessageCentre centre;
  Phones phones{{}};
  ConnectionId handset = 0;
  std::map<ConnectionId, std::vector<smpp::Pdu>> got;
  std::vector<smpp::Pdu> held;
  std::vector<ConnectionId> gone;
  bool answer_receipts = true;
};

std::vector<smpp::Pdu> signed_push(std::uint16_t reference = 0x2A) {
  return submits(push_of(wbxml_of(kXml), kImsi), kNumber, reference);
}

TEST(MessageCentre, CarriesAPushToThePhoneAndItsReceiptsBack) {
  World world({});
  const auto gateway = world.gateway();
  world.handsets();
  world.send(gateway, signed_push());
  world.settle();
  EXPECT_EQ(world.phones.summary().verified, 1U);
  const auto answers = world.of(gateway, CommandId::submit_sm_resp);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[2].message_id, "3");
  const auto receipts = world.of(gateway, CommandId::deliver_sm);
  ASSERT_EQ(receipts.size(), 3U);
  const auto receipt = smpp::read_receipt(receipts[0], {}).value();
  EXPECT_EQ(receipt.delivery, carriers::DeliveryState::delivered);
  EXPECT_THAT(receipt.candidates, ::testing::Contains("1"));
  EXPECT_EQ(receipt.user_reference, 1);
  EXPECT_EQ(receipts[0].source_addr, kNumber);
  EXPECT_EQ(receipts[0].esm_class, smpp::kDeliveryReceipt);
  EXPECT_THAT(std::string(as_text(receipts[0].short_message)),
              HasSubstr("id:1 sub:001 dlvrd:001 submit date:7001010000 done date:7001010000 "
                        "stat:DELIVRD err:000 text:"));
  EXPECT_EQ(world.centre.waiting(), 0U);
  const auto& c = world.centre.counters();
  EXPECT_EQ(c.accepted, 3U);
  EXPECT_EQ(c.unique_parts, 3U);
  EXPECT_EQ(c.delivered, 3U);
  EXPECT_EQ(c.receipts_acked, 3U);
}

TEST(MessageCentre, GivesReceiptsAsRegisteredDeliveryAsks) {
  const struct {
    std::uint8_t registered;
    std::size_t with_phone, refused;
  } cases[] = {{0, 0, 0}, {1, 1, 1}, {2, 0, 1}, {3, 1, 0}, {0x10, 0, 0}};
  for (const auto& c : cases) {
    for (const bool known : {true, false}) {
      World world({});
      const auto gateway = world.gateway();
      world.handsets();
      auto pdu = signed_push()[0];
      pdu.registered_delivery = c.registered;
      if (!known) pdu.destination_addr = "358400000000";
      world.send(gateway, pdu);
      world.settle();
      const auto receipts = world.of(gateway, CommandId::deliver_sm);
      ASSERT_EQ(receipts.size(), known ? c.with_phone : c.refused) << int{c.registered} << known;
      if (!receipts.empty()) {
        EXPECT_EQ(smpp::read_receipt(receipts[0], {})->delivery,
                  known ? carriers::DeliveryState::delivered : carriers::DeliveryState::failed);
      }
    }
  }
}

TEST(MessageCentre, TakesAMessageWithoutAPhoneAsDeliveredOrWaitsForOne) {
  SmscOptions options;
  World at_once(options);
  auto gateway = at_once.gateway();
  at_once.send(gateway, signed_push());
  at_once.settle();
  EXPECT_EQ(at_once.of(gateway, CommandId::deliver_sm).size(), 3U);

  options.wait_for_phone = true;
  World waiting(options);
  gateway = waiting.gateway();
  waiting.send(gateway, signed_push());
  waiting.settle();
  EXPECT_EQ(waiting.of(gateway, CommandId::deliver_sm).size(), 0U);
  EXPECT_EQ(waiting.centre.waiting(), 3U);
  waiting.handsets("+44");
  waiting.settle();
  EXPECT_EQ(waiting.centre.waiting(), 3U);
  waiting.handsets("+3584");
  waiting.settle();
  EXPECT_EQ(waiting.of(gateway, CommandId::deliver_sm).size(), 3U);
  EXPECT_EQ(waiting.phones.summary().verified, 1U);
}

TEST(MessageCentre, GivesAgainWhatALostPhoneHadNotAnswered) {
  World world({});
  const auto gateway = world.gateway();
  const auto first = world.handsets();
  world.send(gateway, signed_push());
  world.settle(false);
  ASSERT_EQ(world.held.size(), 3U);
  EXPECT_EQ(world.of(gateway, CommandId::deliver_sm).size(), 0U);
  world.centre.closed(first);
  world.handsets();
  world.settle();
  EXPECT_EQ(world.phones.summary().verified, 1U);
  EXPECT_EQ(world.of(gateway, CommandId::deliver_sm).size(), 3U);
  EXPECT_EQ(world.centre.counters().redelivered, 3U);
}

TEST(MessageCentre, KeepsReceiptsForAGatewayThatComesBack) {
  World world({});
  const auto gateway = world.gateway();
  world.handsets();
  world.send(gateway, signed_push());
  world.centre.closed(gateway);
  world.settle();
  EXPECT_EQ(world.centre.waiting(), 3U);
  const auto other = world.connect(bind(CommandId::bind_transceiver, "somebody else"));
  world.settle();
  EXPECT_EQ(world.of(other, CommandId::deliver_sm).size(), 0U);
  const auto back = world.gateway();
  world.settle();
  EXPECT_EQ(world.of(back, CommandId::deliver_sm).size(), 3U);
}

TEST(MessageCentre, SendsARefusedReceiptAgainASecondLater) {
  World world({});
  world.answer_receipts = false;
  const auto gateway = world.gateway();
  world.send(gateway, signed_push()[0]);
  world.settle();
  auto receipts = world.of(gateway, CommandId::deliver_sm);
  ASSERT_EQ(receipts.size(), 1U);
  world.send(gateway, smpp::answer(receipts[0], status::ESME_RX_T_APPN));
  world.pass(std::chrono::milliseconds(999));
  EXPECT_EQ(world.of(gateway, CommandId::deliver_sm).size(), 1U);
  world.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(world.of(gateway, CommandId::deliver_sm).size(), 2U);
}

TEST(MessageCentre, AnswersAndReceiptsCanBeLate) {
  SmscOptions options;
  options.delay_ms = 20;
  options.dlr_ms = 50;
  World world(options);
  const auto gateway = world.gateway();
  world.settle();
  world.send(gateway, signed_push()[0]);
  EXPECT_EQ(world.centre.due(), world.now + std::chrono::milliseconds(20));
  world.pass(std::chrono::milliseconds(19));
  EXPECT_EQ(world.got[gateway].size(), 1U);  // the bind's answer
  world.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(world.of(gateway, CommandId::submit_sm_resp).size(), 1U);
  world.pass(std::chrono::milliseconds(30));
  EXPECT_EQ(world.of(gateway, CommandId::deliver_sm).size(), 1U);
  EXPECT_FALSE(world.centre.due());
}

TEST(MessageCentre, RefusesTheShareItIsToldTo) {
  const struct {
    double throttle, error;
    std::uint32_t wanted;
  } cases[] = {{0.25, 0, status::ESME_RTHROTTLED}, {0, 0.25, 0x45}};
  for (const auto& c : cases) {
    SmscOptions options;
    options.throttle_rate = c.throttle;
    options.error_rate = c.error;
    options.error_status = 0x45;
    options.dlr_fail_rate = 0.5;
    World world(options);
    const auto gateway = world.gateway();
    for (int i = 0; i < 400; ++i) world.send(gateway, signed_push()[0]);
    world.settle();
    std::size_t refused = 0, failed = 0;
    for (const auto& pdu : world.of(gateway, CommandId::submit_sm_resp)) {
      EXPECT_THAT(pdu.command_status, ::testing::AnyOf(0U, c.wanted));
      refused += pdu.command_status != 0;
    }
    EXPECT_GT(refused, 60U);
    EXPECT_LT(refused, 140U);
    const auto receipts = world.of(gateway, CommandId::deliver_sm);
    EXPECT_EQ(receipts.size(), 400 - refused);
    for (const auto& pdu : receipts)
      failed += smpp::read_receipt(pdu, {})->delivery == carriers::DeliveryState::failed;
    EXPECT_GT(failed, 100U);
    EXPECT_LT(failed, 200U);
    const auto& counters = world.centre.counters();
    EXPECT_EQ(counters.throttled + counters.errors, refused);
    EXPECT_EQ(counters.duplicate_parts, 400 - refused - 1);
  }
}

TEST(MessageCentre, ThrottlesAboveARate) {
  SmscOptions options;
  options.max_rate = 2;
  World world(options);
  const auto gateway = world.gateway();
  world.send(gateway, signed_push());
  world.now += std::chrono::seconds(1);
  world.send(gateway, signed_push());
  world.settle();
  std::vector<std::uint32_t> statuses;
  for (const auto& pdu : world.of(gateway, CommandId::submit_sm_resp))
    statuses.push_back(pdu.command_status);
  EXPECT_THAT(statuses, ElementsAre(0, 0, 0x58, 0, 0, 0x58));
}

TEST(MessageCentre, DropsTheConnectionAnsweredOrNot) {
  for (const bool silent : {false, true}) {
    SmscOptions options;
    options.drop_every = 2;
    options.drop_before_resp = silent;
    World world(options);
    const auto gateway = world.gateway();
    world.handsets();
    world.send(gateway, signed_push());
    world.settle();
    EXPECT_THAT(world.gone, ElementsAre(gateway));
    EXPECT_EQ(world.of(gateway, CommandId::submit_sm_resp).size(), silent ? 1U : 2U);
    // The one that went unanswered was taken: sent again, the phone has it twice.
    EXPECT_EQ(world.phones.summary().parts, 2U);
    const auto& c = world.centre.counters();
    EXPECT_EQ(c.submits, 2U);
    EXPECT_EQ(c.drops, 1U);
    EXPECT_EQ(c.drops_unanswered, silent ? 1U : 0U);
  }
}

TEST(MessageCentre, ChecksWhoBindsAndHow) {
  SmscOptions options;
  options.system_id = "gateway";
  options.password = "right";
  World world(options);
  const auto nobody = world.centre.open();
  world.send(nobody, signed_push()[0]);
  world.settle();
  EXPECT_EQ(world.got[nobody][0].command_status, status::ESME_RINVBNDSTS);
  auto pdu = bind(CommandId::bind_transceiver, "other");
  world.send(nobody, pdu);
  pdu.system_id = "gateway";
  pdu.password = "wrong";
  world.send(nobody, pdu);
  pdu.password = "right";
  world.send(nobody, pdu);
  world.send(nobody, pdu);
  world.settle();
  std::vector<std::uint32_t> statuses;
  for (const auto& p : world.of(nobody, CommandId::bind_transceiver_resp))
    statuses.push_back(p.command_status);
  EXPECT_THAT(statuses, ElementsAre(0x0F, 0x0E, 0, 5));
  EXPECT_EQ(world.got[nobody][3].number(smpp::tag::sc_interface_version), 0x34U);
  const auto receiver = world.connect([&] {
    auto b = bind(CommandId::bind_receiver, "gateway");
    b.password = "right";
    return b;
  }());
  world.send(receiver, signed_push()[0]);
  world.settle();
  EXPECT_EQ(world.of(receiver, CommandId::submit_sm_resp)[0].command_status,
            status::ESME_RINVBNDSTS);
  world.handsets();  // needs no password
  world.settle();
  EXPECT_EQ(world.got[world.handset][0].command_status, 0U);
}

TEST(MessageCentre, AnswersTheRestOfTheProtocol) {
  World world({});
  const auto gateway = world.gateway();
  smpp::Pdu pdu;
  pdu.command_id = CommandId::enquire_link;
  pdu.sequence_number = 7;
  world.send(gateway, pdu);
  pdu.command_id = CommandId{0x21};
  world.send(gateway, pdu);
  pdu.command_id = CommandId::query_sm;
  world.send(gateway, pdu);
  Octets cut = encoded(signed_push()[0]);
  cut.resize(40);
  cut[3] = std::byte{40};
  world.centre.receive(gateway, cut, world.now, {});
  pdu.command_id = CommandId::unbind;
  world.send(gateway, pdu);
  world.settle();
  const auto& got = world.got[gateway];
  ASSERT_EQ(got.size(), 6U);
  EXPECT_EQ(got[1].command_id, CommandId::enquire_link_resp);
  EXPECT_EQ(got[1].sequence_number, 7U);
  EXPECT_EQ(got[2].command_id, CommandId::generic_nack);
  EXPECT_EQ(got[3].command_id, CommandId::generic_nack);
  EXPECT_EQ(got[4].command_id, CommandId::submit_sm_resp);
  EXPECT_NE(got[4].command_status, 0U);
  EXPECT_EQ(got[5].command_id, CommandId::unbind_resp);
  EXPECT_THAT(world.gone, ElementsAre(gateway));

  const auto lost = world.gateway();
  world.centre.receive(lost, as_octets("HTTP/1.1 400 Bad Request\r\n"), world.now, {});
  world.settle();
  EXPECT_EQ(world.got[lost].back().command_id, CommandId::generic_nack);
  EXPECT_EQ(world.gone.back(), lost);
}

TEST(MessageCentre, TakesDataSmAndRefusesAnAddressNoPhoneHas) {
  World world({});
  const auto gateway = world.gateway();
  world.handsets();
  auto pdu = signed_push()[0];
  pdu.command_id = CommandId::data_sm;
  pdu.add(smpp::tag::message_payload, pdu.short_message);
  world.send(gateway, pdu);
  pdu.destination_addr = std::string(64, '1');
  world.send(gateway, pdu);
  pdu.source_addr = std::string(64, '1');
  world.send(gateway, pdu);
  world.settle();
  std::vector<std::uint32_t> statuses;
  for (const auto& answer : world.of(gateway, CommandId::data_sm_resp))
    statuses.push_back(answer.command_status);
  EXPECT_THAT(statuses, ElementsAre(0, 0x0B, 0x0A));
  EXPECT_EQ(world.phones.summary().parts, 1U);
}

TEST(MessageCentre, HoldsAWindowAndABoundedQueue) {
  SmscOptions options;
  options.deliver_window = 2;
  options.most_waiting = 4;
  options.hex_id = true;
  options.first_id = 0xAB;
  World world(options);
  const auto gateway = world.gateway();
  world.handsets();
  for (int i = 0; i < 6; ++i) world.send(gateway, signed_push()[0]);
  world.settle(false);
  EXPECT_EQ(world.held.size(), 2U);
  std::vector<std::string> ids;
  for (const auto& pdu : world.of(gateway, CommandId::submit_sm_resp))
    ids.push_back(pdu.command_status == 0 ? pdu.message_id : std::to_string(pdu.command_status));
  EXPECT_THAT(ids, ElementsAre("ab", "ac", "ad", "ae", "20", "20"));
  EXPECT_EQ(world.centre.counters().queue_full, 2U);
  for (const auto& pdu : world.held) world.send(world.handset, smpp::answer(pdu));
  world.settle();
  EXPECT_EQ(world.centre.waiting(), 0U);
}

TEST(MessageCentre, RecordsEverySubmit) {
  std::vector<std::string> lines;
  SmscOptions options;
  options.drop_every = 2;
  World world(options, [&](const SubmitRecord& record) {
    lines.push_back(to_json(record, WallTime(std::chrono::milliseconds(5))));
  });
  const auto gateway = world.gateway();
  const auto parts = signed_push();
  world.send(gateway, parts);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr(R"("destination_addr":"358401234567")"));
  EXPECT_THAT(lines[0], HasSubstr(R"("concatenation":{"reference":42,"total":3,"part":1})"));
  EXPECT_THAT(lines[0], HasSubstr("\"udh\":\"0b05040b8423f00003"));
  EXPECT_THAT(lines[0], HasSubstr("\"raw\":\"" + to_hex(encoded(parts[0])) + "\""));
  EXPECT_THAT(lines[1], HasSubstr(R"("dropped":true)"));
}

TEST(MessageCentre, SurvivesEveryTruncationAndCorruptionOfASubmit) {
  const Octets whole = encoded(signed_push()[0]);
  World world({});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const bool cut : {true, false}) {
      const auto gateway = world.gateway();
      Octets octets = whole;
      if (cut)
        octets.resize(i);
      else
        octets[i] ^= std::byte{0xFF};
      world.centre.receive(gateway, octets, world.now, {});
      world.settle();
      world.centre.closed(gateway);
    }
  }
  EXPECT_LE(world.centre.waiting(), 2 * whole.size());
}

}  // namespace
}  // namespace cpgw::gateway::simulators
