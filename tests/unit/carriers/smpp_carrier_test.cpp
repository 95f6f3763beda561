#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carriers/smpp/status.h"
#include "harness.h"

namespace cpgw::carriers::testing {
namespace {

using namespace std::chrono_literals;
using smpp::CommandId;
using smpp::Pdu;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(SmppCarrier, SendsAPushOctetForOctetAndTakesItsReceipts) {
  Bench bench;
  Server server(bench.io);
  bench.make(Bench::smpp(server));
  EXPECT_FALSE(bench.carrier->leaves_machine());
  EXPECT_EQ(bench.carrier->account(), "smsc-a");
  EXPECT_EQ(bench.carrier->ready_parts(), 0u);
  const auto push = parts(3);
  EXPECT_FALSE(bench.submit(7, push)) << "nothing is bound yet";
  ASSERT_TRUE(bench.start());
  EXPECT_EQ(bench.carrier->ready_parts(), 10u);
  ASSERT_TRUE(bench.submit(7, push));
  EXPECT_EQ(bench.carrier->ready_parts(), 7u);
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 3; }));
  EXPECT_EQ(bench.carrier->ready_parts(), 10u);

  const auto submits = server.submits();
  ASSERT_THAT(submits, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(to_hex(submits[i].short_message), to_hex(push[i].whole()));
    EXPECT_EQ(submits[i].esm_class, 0x40);
    EXPECT_EQ(submits[i].data_coding, 0x04);
    EXPECT_EQ(submits[i].registered_delivery, 1);
    EXPECT_EQ(submits[i].destination_addr, "358401234567");
    EXPECT_EQ(submits[i].dest_addr_ton, 1);
    EXPECT_EQ(submits[i].dest_addr_npi, 1);
    EXPECT_EQ(submits[i].source_addr, "12345");
    EXPECT_EQ(submits[i].source_addr_ton, 0);
    EXPECT_EQ(submits[i].validity_period, "000001000000000R");
    EXPECT_EQ(submits[i].number(smpp::tag::user_message_reference), 4660 + i);
    EXPECT_EQ(bench.flow.outcomes[i].token, 7u);
    EXPECT_EQ(bench.flow.outcomes[i].part, i);
    EXPECT_EQ(bench.flow.outcomes[i].outcome, OutcomeClass::accepted);
    EXPECT_EQ(bench.flow.outcomes[i].id, "id" + std::to_string(i + 1));
    EXPECT_TRUE(bench.flow.outcomes[i].receipt_to_come);
  }

  Pdu receipt;
  receipt.command_id = CommandId::deliver_sm;
  receipt.sequence_number = 900;
  receipt.source_addr = "+358401234567";
  receipt.esm_class = smpp::kDeliveryReceipt;
  const auto text = as_octets("id:id2 sub:001 dlvrd:001 stat:DELIVRD err:000 text:");
  receipt.short_message.assign(text.begin(), text.end());
  server.links[0]->send(receipt);
  ASSERT_TRUE(bench.run_until([&] { return server.count(CommandId::deliver_sm_resp) == 1; }));
  ASSERT_THAT(bench.flow.receipts, SizeIs(1));
  EXPECT_EQ(bench.flow.receipts[0].account, "smsc-a");
  EXPECT_EQ(bench.flow.receipts[0].candidates.front(), "id2");
  EXPECT_EQ(bench.flow.receipts[0].recipient->digits(), "358401234567");
  EXPECT_EQ(bench.flow.receipts[0].state, DeliveryState::delivered);
  EXPECT_EQ(bench.carrier->report().front().receipts, 1u);
  EXPECT_EQ(server.received.back().sequence_number, 900u);
  EXPECT_EQ(server.received.back().command_status, 0u);

  ASSERT_TRUE(bench.stop());
  EXPECT_EQ(server.count(CommandId::unbind), 1u);
  EXPECT_EQ(bench.carrier->report()[0].state, LinkState::stopped);
}

TEST(SmppCarrier, AnswersAReceiptOnlyOnceItIsStored) {
  Bench bench;
  Server server(bench.io);
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  bench.flow.acknowledge_receipts = false;
  Pdu receipt;
  receipt.command_id = CommandId::deliver_sm;
  receipt.esm_class = smpp::kDeliveryReceipt;
  server.links[0]->send(receipt);
  receipt.command_id = CommandId::data_sm;
  server.links[0]->send(receipt);
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.receipts.size() == 2; }));
  EXPECT_EQ(server.count(CommandId::deliver_sm_resp), 0u);
  bench.carrier->acknowledge(bench.flow.receipts[0].ack, false);
  bench.carrier->acknowledge(bench.flow.receipts[1].ack, true);
  bench.carrier->acknowledge(bench.flow.receipts[1].ack, true);
  bench.carrier->acknowledge(12345, true);
  ASSERT_TRUE(bench.run_until([&] { return server.count(CommandId::data_sm_resp) == 1; }));
  EXPECT_EQ(server.received[server.received.size() - 2].command_status,
            smpp::status::ESME_RX_T_APPN);
  EXPECT_EQ(server.received.back().command_status, 0u);
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, HandsMessagesFromPhonesOver) {
  Bench bench;
  Server server(bench.io);
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  bench.flow.store_inbound = false;
  Pdu message;
  message.command_id = CommandId::deliver_sm;
  message.source_addr = "358401234567";
  message.destination_addr = "12345";
  const auto text = as_octets("STOP");
  message.short_message.assign(text.begin(), text.end());
  server.links[0]->send(message);
  ASSERT_TRUE(bench.run_until([&] { return server.count(CommandId::deliver_sm_resp) == 1; }));
  ASSERT_THAT(bench.flow.inbound, SizeIs(1));
  EXPECT_EQ(bench.flow.inbound[0].from, "358401234567");
  EXPECT_EQ(as_text(bench.flow.inbound[0].user_data), "STOP");
  EXPECT_EQ(server.received.back().command_status, smpp::status::ESME_RX_T_APPN);
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, SaysWhyABindIsRefusedAndWaitsLong) {
  Bench bench;
  Server server(bench.io);
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    EXPECT_EQ(pdu.password, "secret");
    Pdu response = smpp::answer(pdu, 0x0E);
    response.header_only = true;
    link.send(response);
  };
  bench.make(Bench::smpp(server));
  bench.carrier->start();
  ASSERT_TRUE(
      bench.run_until([&] { return bench.carrier->report()[0].state == LinkState::suspended; }));
  EXPECT_THAT(bench.carrier->report()[0].detail,
              HasSubstr("bind refused: 0x0000000e ESME_RINVPASWD; next try in 60 s"));
  EXPECT_EQ(bench.carrier->ready_parts(), 0u);
  ASSERT_TRUE(bench.stop());
  EXPECT_THAT(server.links, SizeIs(1));
}

TEST(SmppCarrier, ComesBackAfterTheConnectionIsLostAndReportsWhatWasWrittenAsUnknown) {
  Bench bench;
  Server server(bench.io);
  int submits = 0;
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm && ++submits <= 3) {
      if (submits == 1) return server.polite(link, pdu);
      if (submits == 3) link.close();
      return;
    }
    server.polite(link, pdu);
  };
  auto table = Bench::smpp(server);
  table["window"] = node(std::int64_t{3});
  bench.make(std::move(table));
  ASSERT_TRUE(bench.start());
  ASSERT_TRUE(bench.submit(1, parts(5)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 5; }));
  EXPECT_EQ(bench.flow.count(OutcomeClass::accepted), 1u);
  EXPECT_GE(bench.flow.count(OutcomeClass::unknown), 2u);
  ASSERT_TRUE(bench.run_until([&] { return bench.carrier->ready_parts() == 3; }));
  EXPECT_THAT(server.links, SizeIs(2));
  ASSERT_TRUE(bench.submit(2, parts(1)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 6; }));
  EXPECT_EQ(bench.flow.outcomes.back().outcome, OutcomeClass::accepted);
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, WritesAPartRefusedForSpeedAgainWithoutTellingTheFlow) {
  Bench bench;
  Server server(bench.io);
  int submits = 0;
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm && ++submits == 2) {
      server.received.push_back(pdu);
      return link.send(smpp::answer(pdu, smpp::status::ESME_RTHROTTLED));
    }
    server.polite(link, pdu);
  };
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  ASSERT_TRUE(bench.submit(1, parts(3)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 3; }));
  EXPECT_EQ(bench.flow.count(OutcomeClass::accepted), 3u);
  EXPECT_EQ(bench.carrier->report()[0].throttled, 1u);
  const auto seen = server.submits();
  ASSERT_THAT(seen, SizeIs(4));
  EXPECT_EQ(seen[3].short_message, seen[1].short_message);
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, SuspendsTheLinkAfterFiveRefusalsOfItsSettings) {
  Bench bench;
  Server server(bench.io);
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm) return link.send(smpp::answer(pdu, 0x0A));
    server.polite(link, pdu);
  };
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  for (std::uint64_t token = 1; token <= 5; ++token) {
    ASSERT_TRUE(bench.submit(token, parts(1)));
    ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == token; }));
    EXPECT_EQ(bench.flow.outcomes.back().outcome, OutcomeClass::configuration);
    EXPECT_EQ(bench.flow.outcomes.back().code, 0x0Au);
  }
  EXPECT_EQ(bench.carrier->report()[0].state, LinkState::suspended);
  EXPECT_FALSE(bench.submit(6, parts(1)));
  bench.carrier->pause(false);  // a person has looked after it
  EXPECT_TRUE(bench.submit(6, parts(1)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 6; }));
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, DoesNotSendTheRestOfAPushOnceAPartIsRefused) {
  Bench bench;
  Server server(bench.io);
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm) {
      server.received.push_back(pdu);
      return link.send(smpp::answer(pdu, 0x0B));
    }
    server.polite(link, pdu);
  };
  auto table = Bench::smpp(server);
  table["part_order"] = node("answered");
  bench.make(std::move(table));
  ASSERT_TRUE(bench.start());
  ASSERT_TRUE(bench.submit(1, parts(3)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 3; }));
  EXPECT_THAT(server.submits(), SizeIs(1));
  EXPECT_EQ(bench.flow.outcomes[0].outcome, OutcomeClass::permanent);
  EXPECT_EQ(bench.flow.count(OutcomeClass::session), 2u);
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, AsksForReceiptsAsConfigured) {
  const struct {
    const char* setting;
    std::vector<int> registered;
  } cases[] = {{"all", {1, 1, 1}}, {"last", {0, 0, 1}}, {"none", {0, 0, 0}}};
  for (const auto& c : cases) {
    Bench bench;
    Server server(bench.io);
    auto table = Bench::smpp(server);
    table["receipts"] = node(c.setting);
    bench.make(std::move(table));
    ASSERT_TRUE(bench.start());
    ASSERT_TRUE(bench.submit(1, parts(3)));
    ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 3; }));
    const auto submits = server.submits();
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(submits[i].registered_delivery, c.registered[i]) << c.setting;
      EXPECT_EQ(bench.flow.outcomes[i].receipt_to_come, c.registered[i] == 1) << c.setting;
    }
    ASSERT_TRUE(bench.stop());
  }
}

TEST(SmppCarrier, KeepsTheRate) {
  Bench bench;
  Server server(bench.io);
  auto table = Bench::smpp(server);
  table["rate"] = node(std::int64_t{100});
  bench.make(std::move(table));
  ASSERT_TRUE(bench.start());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(bench.submit(1, parts(10)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 10; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 80ms)
      << "nine gaps of 10 ms, the first shorter";
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, SpreadsPushesOverItsLinksAndKeepsEachOnOne) {
  Bench bench;
  Server server(bench.io);
  std::map<ServerLink*, std::set<std::string>> seen;
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm) {
      seen[&link].insert(to_hex(pdu.short_message));
    }
    server.polite(link, pdu);
  };
  auto table = Bench::smpp(server);
  table["links"] = node(std::int64_t{2});
  bench.make(std::move(table));
  EXPECT_EQ(bench.carrier->window(), 20u);
  bench.carrier->start();
  ASSERT_TRUE(bench.run_until([&] { return bench.carrier->ready_parts() == 20; }));
  ASSERT_TRUE(bench.submit(1, parts(3)));
  ASSERT_TRUE(bench.submit(2, parts(2)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 5; }));
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen.begin()->second.size() + std::next(seen.begin())->second.size(), 5u);
  EXPECT_EQ(bench.carrier->report()[1].name, "smsc-a#2");
  ASSERT_TRUE(bench.stop());
  EXPECT_EQ(server.count(CommandId::unbind), 2u);
}

TEST(SmppCarrier, StopsInTimeWhenNobodyAnswers) {
  Bench bench;
  Server server(bench.io);
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm || pdu.command_id == CommandId::unbind) return;
    server.polite(link, pdu);
  };
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  ASSERT_TRUE(bench.submit(1, parts(2)));
  ASSERT_TRUE(bench.run_until([&] { return bench.carrier->report()[0].submitted == 2; }));
  ASSERT_TRUE(bench.stop(100ms));
  EXPECT_EQ(bench.flow.count(OutcomeClass::unknown), 2u);
}

TEST(SmppCarrier, CanBeLetGoAtAnyTime) {
  for (int turns = 0; turns < 12; ++turns) {
    Bench bench;
    Server server(bench.io);
    bench.make(Bench::smpp(server));
    bench.carrier->start();
    for (int i = 0; i < turns; ++i) bench.io.run_one_for(5ms);
    if (bench.carrier->ready_parts() > 0) {
      EXPECT_TRUE(bench.submit(1, parts(3)));
    }
    bench.carrier.reset();
    bench.flow.carrier = nullptr;
    bench.io.restart();
    bench.io.run_for(5ms);
  }
}

TEST(SmppCarrier, RetriesWhileNobodyListens) {
  Bench bench;
  Server server(bench.io);
  server.cut_at_accept = true;
  bench.make(Bench::smpp(server));
  bench.carrier->start();
  ASSERT_TRUE(bench.run_until([&] { return server.links.size() >= 3; }));
  server.cut_at_accept = false;
  ASSERT_TRUE(bench.run_until([&] { return bench.carrier->ready_parts() > 0; }));
  ASSERT_TRUE(bench.stop());
}

TEST(SmppCarrier, SaysThatThePeerSpeaksSomethingElse) {
  Bench bench;
  Server server(bench.io);
  server.handler = [&](ServerLink& link, const Pdu&) {
    link.send_raw(as_octets("HTTP/1.1 400\r\n"));
  };
  bench.make(Bench::smpp(server));
  bench.carrier->start();
  ASSERT_TRUE(bench.run_until([&] {
    return std::ranges::any_of(bench.flow.links, [](const LinkReport& r) {
      return r.detail.find("another protocol") != std::string::npos;
    });
  }));
  ASSERT_TRUE(bench.stop());
}

}  // namespace
}  // namespace cpgw::carriers::testing
