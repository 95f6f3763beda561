#include "gateway/flow/settings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cpgw::gateway::flow {
namespace {

SettingsNode node(auto value, std::uint32_t line = 0) {
  SettingsNode n;
  n.value = std::move(value);
  n.at.line = line;
  return n;
}
SettingsNode text(const char* value, std::uint32_t line = 0) {
  return node(std::string(value), line);
}
SettingsNode number(std::int64_t value, std::uint32_t line = 0) { return node(value, line); }
SettingsNode table(std::initializer_list<std::pair<const char*, SettingsNode>> rows) {
  SettingsNode::Table t;
  for (const auto& [name, value] : rows) t.emplace(name, value);
  return node(std::move(t));
}
SettingsNode list(std::initializer_list<SettingsNode> items) {
  return node(SettingsNode::List(items));
}

const std::vector<std::string> kCarriers = {"smsc-a", "smsc-b"};

TEST(FlowSettings, EmptyFileGivesTheDefaults) {
  std::vector<Error> mistakes;
  const auto settings = read_flow_settings(table({}), kCarriers, mistakes);
  EXPECT_TRUE(mistakes.empty());
  EXPECT_EQ(settings.expiry, std::chrono::hours(24));
  EXPECT_EQ(settings.cool_down, std::chrono::hours(1));
  EXPECT_EQ(settings.retry.first, std::chrono::seconds(5));
  EXPECT_EQ(settings.retry.most, std::chrono::minutes(10));
  EXPECT_EQ(settings.in_doubt, FlowSettings::Doubt::resend);
  EXPECT_EQ(settings.profile, DeliveryProfile());
  EXPECT_EQ(settings.numbers.national_prefix, "0");
}

TEST(FlowSettings, ReadsEverySection) {
  std::vector<Error> mistakes;
  const auto root =
      table({{"numbers", table({{"default_country", text("358")},
                                {"national_prefix", text("0")},
                                {"international_prefix", text("990")}})},
             {"route", list({table({{"prefix", text("+358")}, {"carrier", text("smsc-a")}}),
                             table({{"prefix", text("+")}, {"carrier", text("smsc-b")}})})},
             {"tenant", list({table({{"name", text("acme")}, {"token_file", text("t")}})})},
             {"safety", table({{"only_to", list({text("0401234567"), text("+4479111234")})}})},
             {"push", table({{"reference", number(16)},
                             {"order", text("concatenation-first")},
                             {"part_limit", number(4)},
                             {"data_coding", number(0xF5)},
                             {"source_port", number(49999)},
                             {"destination_port", number(2949)},
                             {"wbxml_version", text("1.1")}})},
             {"delivery", table({{"expires_in", number(60)},
                                 {"cool_down", number(0)},
                                 {"retry_first", number(1)},
                                 {"retry_most", number(2)},
                                 {"in_doubt", text("hold")}})},
             {"somebody_else", table({})}});
  const auto s = read_flow_settings(root, kCarriers, mistakes);
  for (const Error& e : mistakes) ADD_FAILURE() << to_string(e);
  EXPECT_EQ(s.numbers.international_prefix, "990");
  ASSERT_EQ(s.routes.size(), 2u);
  EXPECT_EQ(s.routes[0].prefix, "+358");
  EXPECT_EQ(s.routes[1].carrier, "smsc-b");
  ASSERT_EQ(s.tenants.size(), 1u);
  EXPECT_EQ(s.tenants[0].token_file, "t");
  ASSERT_EQ(s.only_to.size(), 2u);
  EXPECT_EQ(s.only_to[0].international(), "+358401234567");
  EXPECT_TRUE(s.profile.segments.wide_reference);
  EXPECT_EQ(s.profile.segments.order, si_sl::ElementOrder::concatenation_first);
  EXPECT_EQ(s.profile.segments.part_limit, 4);
  EXPECT_EQ(s.profile.segments.data_coding, 0xF5);
  EXPECT_EQ(s.profile.segments.source_port, 49999);
  EXPECT_EQ(s.profile.segments.destination_port, 2949);
  EXPECT_EQ(s.profile.wbxml_version, 1);
  EXPECT_EQ(s.expiry, std::chrono::seconds(60));
  EXPECT_EQ(s.cool_down, std::chrono::seconds(0));
  EXPECT_EQ(s.retry.most, std::chrono::seconds(2));
  EXPECT_EQ(s.in_doubt, FlowSettings::Doubt::hold);
}

TEST(FlowSettings, NamesEveryMistakeWithItsLineAtOnce) {
  struct Case {
    const char* field;
    std::uint32_t line;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"numbers.default_country", 1, "assigned country code"},
      {"numbers.national_prefix", 2, "5 digits"},
      {"numbers.odd", 3, "unknown setting"},
      {"route[0].prefix", 4, "'+' and up to 15 digits"},
      {"route[0].carrier", 5, "smsc-a, smsc-b"},
      {"route[1].carrier", 0, "required"},
      {"route[3].prefix", 7, "already"},
      {"tenant[0].name", 8, "1 to 64 letters"},
      {"tenant[2].name", 9, "already"},
      {"safety.only_to", 10, "begins neither"},
      {"push.reference", 11, "8 or 16"},
      {"push.order", 12, "ports-first"},
      {"push.part_limit", 13, "1 to 32"},
      {"push.data_coding", 14, "8-bit"},
      {"push.wbxml_version", 15, "1.3"},
      {"delivery.expires_in", 16, "whole number"},
      {"delivery.retry_most", 17, "not be longer"},
      {"delivery.in_doubt", 18, "resend"},
  };
  SettingsNode only_to = list({text("12")});
  only_to.at.line = 10;
  const auto root =
      table({{"numbers", table({{"default_country", text("999", 1)},
                                {"national_prefix", text("0x", 2)},
                                {"odd", text("", 3)}})},
             {"route", list({table({{"prefix", text("358", 4)}, {"carrier", text("nobody", 5)}}),
                             table({{"prefix", text("+1")}}),
                             table({{"prefix", text("+44")}, {"carrier", text("smsc-a")}}),
                             table({{"prefix", text("+44", 7)}, {"carrier", text("smsc-a")}})})},
             {"tenant", list({table({{"name", text("a b", 8)}}), table({{"name", text("acme")}}),
                              table({{"name", text("acme", 9)}})})},
             {"safety", table({{"only_to", only_to}})},
             {"push", table({{"reference", number(12, 11)},
                             {"order", text("any", 12)},
                             {"part_limit", number(33, 13)},
                             {"data_coding", number(8, 14)},
                             {"wbxml_version", text("1.4", 15)}})},
             {"delivery", table({{"expires_in", number(0, 16)},
                                 {"retry_first", number(9)},
                                 {"retry_most", number(8, 17)},
                                 {"in_doubt", text("maybe", 18)}})}});
  std::vector<Error> mistakes;
  (void)read_flow_settings(root, kCarriers, mistakes);
  for (const Case& c : cases) {
    const auto found =
        std::ranges::find_if(mistakes, [&](const Error& e) { return e.at.field == c.field; });
    ASSERT_NE(found, mistakes.end()) << c.field;
    EXPECT_EQ(found->at.line, c.line) << c.field;
    EXPECT_NE(found->message.find(c.says), std::string::npos) << found->message;
  }
  EXPECT_EQ(mistakes.size(), cases.size());
}

TEST(FlowSettings, WrongShapesAreMistakesToo) {
  std::vector<Error> mistakes;
  (void)read_flow_settings(
      table({{"numbers", text("x")}, {"route", table({})}, {"tenant", list({text("x")})}}),
      kCarriers, mistakes);
  EXPECT_EQ(mistakes.size(), 3u);
}

}  // namespace
}  // namespace cpgw::gateway::flow
