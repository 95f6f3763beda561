#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance_kit.h"

namespace cpgw::carriers::testing {
namespace {

using smpp::CommandId;
using smpp::Pdu;

// An SMSC's behaviours in turn; `n` counts submits.
using Behaviour = void (*)(Server&, ServerLink&, const Pdu&, int n);
void answers_all(Server& server, ServerLink& link, const Pdu& pdu, int) {
  server.polite(link, pdu);
}
void throttles(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  if (n % 5 == 0) return link.send(smpp::answer(pdu, 0x58));
  server.polite(link, pdu);
}
void refuses_some(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  constexpr std::uint32_t kCodes[] = {0x08, 0x0B, 0x14, 0x45, 0x66};
  if (n % 4 == 0) return link.send(smpp::answer(pdu, kCodes[n / 4 % 5]));
  server.polite(link, pdu);
}
void cuts_connections(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  if (n % 37 == 0) return link.close();
  server.polite(link, pdu);
}
void unbinds(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  server.polite(link, pdu);
  if (n % 41 != 0) return;
  Pdu unbind;
  unbind.command_id = CommandId::unbind;
  link.send(unbind);
}
void loses_its_state(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  if (n % 43 == 0) return link.send(smpp::answer(pdu, 0x04));
  server.polite(link, pdu);
}
void talks_nonsense(Server& server, ServerLink& link, const Pdu& pdu, int n) {
  if (n % 47 == 0) return link.send_raw(as_octets("HTTP/1.1 400 Bad Request\r\n\r\n"));
  Pdu strange;
  strange.command_id = CommandId{0x80000111};
  link.send(strange);
  server.polite(link, pdu);
}

struct Case {
  const char* name;
  Behaviour behaviour;
};
class SmppConforms : public ::testing::TestWithParam<std::tuple<Case, const char*, bool>> {};

TEST_P(SmppConforms, WithTheKit) {
  const auto& [c, order, stop_in_the_middle] = GetParam();
  Bench bench;
  Server server(bench.io);
  int submits = 0;
  const Behaviour behaviour = c.behaviour;
  server.handler = [&](ServerLink& link, const Pdu& pdu) {
    if (pdu.command_id == CommandId::submit_sm) return behaviour(server, link, pdu, ++submits);
    server.polite(link, pdu);
  };
  auto table = Bench::smpp(server);
  table["part_order"] = node(order);
  table["links"] = node(std::int64_t{2});
  bench.make(std::move(table));
  expect_conforms(bench, 40, stop_in_the_middle);
}

INSTANTIATE_TEST_SUITE_P(
    Carrier, SmppConforms,
    ::testing::Combine(::testing::Values(Case{"AnswersAll", answers_all},
                                         Case{"Throttles", throttles},
                                         Case{"RefusesSome", refuses_some},
                                         Case{"CutsConnections", cuts_connections},
                                         Case{"Unbinds", unbinds},
                                         Case{"LosesItsState", loses_its_state},
                                         Case{"TalksNonsense", talks_nonsense}),
                       ::testing::Values("wire", "answered"), ::testing::Bool()),
    [](const auto& param) {
      return std::string(std::get<0>(param.param).name) + "_" + std::get<1>(param.param) +
             (std::get<2>(param.param) ? "_StoppedInTheMiddle" : "");
    });

class SpoolConforms : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = (std::filesystem::temp_directory_path() / "cpgw-spool-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    bench.make(
        {{"name", node("files")}, {"type", node("spool")}, {"directory", node(folder + "/out")}});
  }
  void TearDown() override {
    bench.carrier.reset();
    std::filesystem::remove_all(folder);
  }
  std::string folder;
  Bench bench;
};

TEST_F(SpoolConforms, WithTheKit) { expect_conforms(bench, 20, false); }

TEST_F(SpoolConforms, WritesEachPartWhole) {
  EXPECT_FALSE(bench.carrier->leaves_machine());
  ASSERT_TRUE(bench.start());
  const auto push = parts(2);
  ASSERT_TRUE(bench.submit(7, push, 0b10));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 1; }));
  EXPECT_EQ(bench.flow.outcomes[0].part, 1);
  EXPECT_FALSE(bench.flow.outcomes[0].receipt_to_come);
  std::ostringstream text;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/out")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name.starts_with("358401234567-") && name.ends_with("-7-2.sms")) << name;
    text << std::ifstream(entry.path()).rdbuf();
  }
  EXPECT_EQ(text.str(), "to +358401234567\ndcs 4\npart 2 of 2\nudh " + to_hex(push[1].udh()) +
                            "\ndata " + to_hex(push[1].data()) + "\n");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/out")) {
    (void)entry;
    ++files;
  }
  EXPECT_EQ(files, 1u) << "nothing half written is left";
  ASSERT_TRUE(bench.stop());
}

TEST_F(SpoolConforms, ReportsADirectoryThatHasGoneAsTemporary) {
  ASSERT_TRUE(bench.start());
  std::filesystem::remove_all(folder + "/out");
  ASSERT_TRUE(bench.submit(1, parts(1)));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 1; }));
  EXPECT_EQ(bench.flow.outcomes[0].outcome, OutcomeClass::temporary);
  ASSERT_TRUE(bench.stop());
}

}  // namespace
}  // namespace cpgw::carriers::testing
