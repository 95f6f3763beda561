#include "carriers/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "carriers/errors.h"
#include "carriers/smpp/settings.h"
#include "harness.h"

namespace cpgw::carriers::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SettingsNode at_line(SettingsNode value, std::uint32_t line) {
  value.at.file = "cpgw.toml";
  value.at.line = line;
  return value;
}
SettingsNode::Table good() {
  return {{"name", node("smsc-a")},    {"type", node("smpp")},       {"host", node("192.0.2.1")},
          {"system_id", node("cpgw")}, {"password", node("secret")}, {"source", node("12345")}};
}
std::vector<Error> mistakes_of(SettingsNode::Table table) {
  std::vector<Error> mistakes;
  check_carrier({.value = std::move(table), .at = {}}, "carrier[0]", mistakes);
  return mistakes;
}

TEST(CarrierSettings, TakesTheDocumentedSection) {
  auto table = good();
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, SettingsNode>>{
           {"port", node(std::int64_t{2775})},
           {"window", node(std::int64_t{10})},
           {"rate", node(std::int64_t{0})},
           {"part_order", node("wire")},
           {"receipts", node("all")},
           {"links", node(std::int64_t{2})},
           {"version", node("5.0")},
           {"validity", node("absolute")},
           {"receipt_id", node("dec-to-hex")},
           {"bind", node("transmitter")},
           {"retry_first", node(std::int64_t{30})},
           {"retry_most", node(std::int64_t{900})},
           {"simulator", node(true)}}) {
    table[name] = value;
  }
  table["status"] = {
      .value = SettingsNode::Table{{"0x45", node("permanent")}, {"1025", node("throttled")}},
      .at = {}};
  table["tlv"] = {
      .value = SettingsNode::List{{.value = SettingsNode::Table{{"tag", node(std::int64_t{0x1400})},
                                                                {"value", node("31 00")}},
                                   .at = {}}},
      .at = {}};
  table["receipt_states"] = {
      .value = SettingsNode::Table{{"Buffered", node("pending")}, {"OK", node("delivered")}},
      .at = {}};
  table["receipt_errors"] = {.value = SettingsNode::Table{{"0x0b", node("failed")}}, .at = {}};
  std::vector<Error> mistakes;
  const auto s = smpp::read_smpp_settings({.value = table, .at = {}}, "carrier[0]", mistakes);
  for (const Error& m : mistakes) ADD_FAILURE() << to_string(m);
  EXPECT_EQ(s.account, "smsc-a");
  EXPECT_EQ(s.links, 2u);
  EXPECT_EQ(s.session.interface_version, 0x50);
  EXPECT_EQ(s.session.statuses.of(0x45), OutcomeClass::permanent);
  EXPECT_EQ(s.session.statuses.of(1025), OutcomeClass::throttled);
  EXPECT_EQ(s.submit.tlvs.at(0).tag, 0x1400);
  EXPECT_EQ(s.receipts.ids, smpp::IdRule::dec_to_hex);
  EXPECT_EQ(s.receipts.words.at("BUFFERED"), DeliveryState::pending);
  EXPECT_EQ(s.receipts.words.at("OK"), DeliveryState::delivered);
  EXPECT_EQ(s.receipts.errors.at("0x0b"), DeliveryState::failed);
  EXPECT_EQ(s.retry, (RetryDelays{std::chrono::seconds(30), std::chrono::seconds(900)}));
  EXPECT_THAT(mistakes_of(table), IsEmpty());
}

TEST(CarrierSettings, NamesEveryMistakeWithItsLine) {
  const struct {
    const char* name;
    SettingsNode value;
    const char* says;
  } cases[] = {
      {"port", node(std::int64_t{70000}), "1 to 65535"},
      {"window", node(std::int64_t{0}), "1 to 10000"},
      {"links", node(std::int64_t{17}), "1 to 16"},
      {"rate", node("fast"), "whole number"},
      {"part_order", node("any"), "\"wire\", \"answered\""},
      {"receipts", node("some"), "\"all\", \"last\", \"none\""},
      {"validity", node("long"), "\"relative\""},
      {"receipt_id", node("octal"), "\"dec-to-hex\""},
      {"version", node("3.3"), "\"3.4\", \"5.0\""},
      {"system_id", node("sixteen letters.."), "at most 15"},
      {"service_type", node("WAPPUSH"), "at most 5"},
      {"source", node("far too long a name"), "up to 11 characters"},
      {"password", node("far too long"), "at most 8"},
      {"password_file", node("/nonexistent"), "cannot be read"},
      {"simulator", node("yes"), "true or false"},
      {"tls", node(true), "not in this version"},
      {"tls", {.value = SettingsNode::Table{}, .at = {}}, "not in this version"},
      {"windw", node(std::int64_t{1}), "unknown setting 'windw'"},
      {"status",
       {.value = SettingsNode::Table{{"x", node("permanent")}}, .at = {}},
       "command_status"},
      {"status", {.value = SettingsNode::Table{{"0x45", node("bad")}}, .at = {}}, "\"throttled\""},
      {"retry_first", node(std::int64_t{0}), "1 to 86400"},
      {"receipt_states",
       {.value = SettingsNode::Table{{"GONE", node("lost")}}, .at = {}},
       "\"pending\""},
      {"receipt_errors",
       {.value = SettingsNode::Table{{"a code that is far too long", node("failed")}}, .at = {}},
       "1 to 20 characters"},
      {"receipt_states",
       {.value = SettingsNode::Table{{"OK", node("failed")}, {"ok", node("delivered")}}, .at = {}},
       "given twice"},
      {"tlv",
       {.value = SettingsNode::List{{.value = SettingsNode::Table{{"value", node("1")}}, .at = {}}},
        .at = {}},
       "required"},
  };
  for (const auto& c : cases) {
    auto table = good();
    table[c.name] = at_line(c.value, 42);
    const auto mistakes = mistakes_of(table);
    ASSERT_FALSE(mistakes.empty()) << c.name;
    std::string all;
    for (const Error& m : mistakes) {
      all += to_string(m) + "\n";
    }
    EXPECT_THAT(all, HasSubstr(c.says)) << c.name;
    EXPECT_THAT(all, ::testing::Not(HasSubstr("far too long\n")));
    if (c.value.table() == nullptr && c.value.list() == nullptr) {
      EXPECT_EQ(mistakes[0].at.line, 42u) << all;
      EXPECT_EQ(mistakes[0].at.field, std::string("carrier[0].") + c.name);
    }
  }
}

TEST(CarrierSettings, CollectsAllMistakesAtOnce) {
  EXPECT_THAT(mistakes_of({{"type", node("smpp")}, {"port", node("x")}, {"colour", node("red")}}),
              SizeIs(5));  // name, host, system_id, port, colour
}

TEST(CarrierSettings, RefusesDelaysTheWrongWayRound) {
  auto table = good();
  table["retry_first"] = node(std::int64_t{60});
  table["retry_most"] = node(std::int64_t{30});
  EXPECT_THAT(mistakes_of(table).at(0).message, HasSubstr("shorter than retry_first"));
}

TEST(CarrierSettings, RefusesTypesThatAreNotHere) {
  EXPECT_THAT(mistakes_of({{"type", node("ucp")}}).at(0).message, HasSubstr("not in this version"));
  EXPECT_THAT(mistakes_of({{"type", node("pigeon")}}).at(0).message,
              HasSubstr("no type of carrier"));
  EXPECT_THAT(mistakes_of({}).at(0).message, HasSubstr("required"));
  std::vector<Error> mistakes;
  check_carrier(node("text"), "carrier[0]", mistakes);
  EXPECT_FALSE(mistakes.empty());
}

TEST(CarrierSettings, ReadsThePasswordFromAFile) {
  std::string folder = (std::filesystem::temp_directory_path() / "cpgw-carriers-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/password") << "filed\n";
  auto table = good();
  table.erase("password");
  table["password_file"] = node(folder + "/password");
  table["receipt_states"] = {
      .value = SettingsNode::Table{{"Buffered", node("pending")}, {"OK", node("delivered")}},
      .at = {}};
  table["receipt_errors"] = {.value = SettingsNode::Table{{"0x0b", node("failed")}}, .at = {}};
  std::vector<Error> mistakes;
  const auto s = smpp::read_smpp_settings({.value = table, .at = {}}, "carrier[0]", mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(s.session.password, Secret("filed"));
  table["password"] = node("both");
  EXPECT_THAT(mistakes_of(table), SizeIs(1));
  std::filesystem::remove_all(folder);
}

TEST(CarrierRegistry, KnowsWhatLeavesTheMachine) {
  Bench bench;
  const struct {
    const char* host;
    bool simulator, leaves;
  } cases[] = {{"192.0.2.1", false, true},  {"smsc.example", false, true},
               {"192.0.2.1", true, false},  {"127.0.0.1", false, false},
               {"localhost", false, false}, {"::1", false, false}};
  for (const auto& c : cases) {
    auto table = good();
    table["host"] = node(c.host);
    table["simulator"] = node(c.simulator);
    auto made = make_carrier({.value = table, .at = {}}, "carrier[0]", bench.setup());
    ASSERT_TRUE(made);
    EXPECT_EQ((*made)->leaves_machine(), c.leaves) << c.host;
  }
  auto table = good();
  table["port"] = node("x");
  const auto bad = make_carrier({.value = table, .at = {}}, "carrier[0]", bench.setup());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().at.field, "carrier[0].port");
}

}  // namespace
}  // namespace cpgw::carriers::testing
