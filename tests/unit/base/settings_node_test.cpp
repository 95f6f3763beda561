#include "base/settings_node.h"

#include <gtest/gtest.h>

namespace cpgw {
namespace {

SettingsNode at_line(SettingsNode node, std::uint32_t line) {
  node.at.file = "cpgw.toml";
  node.at.line = line;
  return node;
}

SettingsNode example() {
  SettingsNode::Table table;
  table["host"] = at_line({std::string("127.0.0.1"), {}}, 2);
  table["port"] = at_line({std::int64_t{70000}, {}}, 3);
  table["fast"] = at_line({std::string("yes"), {}}, 4);
  table["tyep"] = at_line({std::string("smpp"), {}}, 5);
  return at_line({std::move(table), {}}, 1);
}

TEST(SettingsSection, CollectsEveryMistakeWithItsLineAndPath) {
  const SettingsNode node = example();
  std::vector<Error> mistakes;
  SettingsSection section(&node, "carrier[0]", mistakes);
  EXPECT_EQ(section.text("host"), "127.0.0.1");
  EXPECT_FALSE(section.integer("port", 1, 65535));
  EXPECT_FALSE(section.flag("fast"));
  EXPECT_EQ(section.required_text("type"), "");
  section.finish();
  ASSERT_EQ(mistakes.size(), 4u);
  EXPECT_EQ(to_string(mistakes[0]),
            "cpgw.toml:3: a whole number from 1 to 65535 is expected (field carrier[0].port) "
            "[base/bad-setting]");
  EXPECT_EQ(mistakes[1].at.line, 4u);
  EXPECT_EQ(mistakes[2].at.line, 1u) << "an absent setting is reported at its table";
  EXPECT_EQ(mistakes[3].code, Code(Errc::unknown_setting));
  EXPECT_EQ(mistakes[3].at.line, 5u);
}

TEST(SettingsSection, AnAbsentTableHasNoValuesAndNoMistakes) {
  std::vector<Error> mistakes;
  SettingsSection section(nullptr, "http", mistakes);
  EXPECT_FALSE(section.text("listen"));
  EXPECT_TRUE(section.texts("serves").empty());
  EXPECT_EQ(section.child("tls"), nullptr);
  section.finish();
  EXPECT_TRUE(mistakes.empty());
}

TEST(SettingsSection, AValueWhereATableBelongsIsOneMistake) {
  const SettingsNode node = at_line({std::string("x"), {}}, 7);
  std::vector<Error> mistakes;
  SettingsSection section(&node, "http", mistakes);
  EXPECT_FALSE(section.text("listen"));
  section.finish();
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].at.line, 7u);
}

TEST(SettingsSection, ListsNameTheItemThatIsWrong) {
  SettingsNode::Table table;
  table["serves"] = {SettingsNode::List{{std::string("metrics"), {}}, {std::int64_t{3}, {}}}, {}};
  table["http"] = {std::string("not a list"), {}};
  const SettingsNode node{std::move(table), {}};
  std::vector<Error> mistakes;
  SettingsSection section(&node, "", mistakes);
  EXPECT_EQ(section.texts("serves"), std::vector<std::string>{"metrics"});
  EXPECT_TRUE(section.children("http").empty());
  EXPECT_EQ(mistakes.size(), 2u);
}

}  // namespace
}  // namespace cpgw
