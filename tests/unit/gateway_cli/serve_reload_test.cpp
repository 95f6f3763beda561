#include "gateway/cli/serve_reload.h"

#include <gtest/gtest.h>

namespace cpgw::gateway::cli {
namespace {

CarrierSection carrier(const std::string& name, std::int64_t window) {
  SettingsNode::Table table;
  table["name"].value = name;
  table["window"].value = window;
  SettingsNode section;
  section.value = table;
  return {name, section, "carrier[0]"};
}

Settings settings() {
  Settings s;
  s.file = "cpgw.toml";
  s.data_dir = "/var/lib/cpgw";
  s.store_engine = "rocksdb";
  s.keyring = "/etc/cpgw/keyring";
  s.doors.intake = "ipc:///run/intake";
  s.doors.events = "ipc:///run/events";
  s.carriers = {carrier("a", 10), carrier("b", 10), carrier("c", 10)};
  return s;
}

std::vector<std::string> names(const std::vector<Error>& errors) {
  std::vector<std::string> fields;
  for (const Error& e : errors) fields.push_back(e.at.field);
  return fields;
}

TEST(Reload, TouchesOnlyTheCarriersThatChanged) {
  Settings after = settings();
  // a stays and moves to another place in the file, b changes, c goes, d is new.
  after.carriers = {carrier("d", 1), carrier("b", 20), carrier("a", 10)};
  after.carriers[2].path = "carrier[2]";
  after.carriers[2].section.at.line = 99;
  const CarrierChanges changes = carrier_changes(settings(), after);
  EXPECT_EQ(changes.stop, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(changes.start, (std::vector<std::size_t>{0, 1}));
}

TEST(Reload, OfTheSameFileTouchesNothing) {
  const CarrierChanges changes = carrier_changes(settings(), settings());
  EXPECT_TRUE(changes.stop.empty());
  EXPECT_TRUE(changes.start.empty());
  EXPECT_TRUE(needs_restart(settings(), settings()).empty());
}

TEST(Reload, RefusesWhatNeedsARestartAllAtOnce) {
  Settings after = settings();
  after.keyring = "/elsewhere";
  after.doors.events = "ipc:///run/other";
  after.doors.http.resize(1);
  after.log.file = "new.log";
  after.log.format = LogFormat::json;
  EXPECT_EQ(names(needs_restart(settings(), after)),
            (std::vector<std::string>{"secrets.keyring", "zmq.events", "http", "log.file",
                                      "log.format"}));
  after = settings();
  after.data_dir = "/elsewhere";
  after.doors.intake = "ipc:///elsewhere/run/intake";
  EXPECT_EQ(names(needs_restart(settings(), after)),
            (std::vector<std::string>{"gateway.data_dir"}));
}

TEST(Reload, SaysTheLine) {
  Settings after = settings();
  after.keyring = "/elsewhere";
  SettingsNode value;
  value.at.file = "cpgw.toml";
  value.at.line = 14;
  SettingsNode section;
  section.value = SettingsNode::Table{{"keyring", value}};
  after.root.value = SettingsNode::Table{{"secrets", section}};
  const auto reasons = needs_restart(settings(), after);
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0].at.line, 14u);
  EXPECT_EQ(reasons[0].at.field, "secrets.keyring");
}

TEST(Reload, OfTheLogLevelAloneNeedsNoRestart) {
  Settings after = settings();
  after.log.level = LogLevel::debug;
  EXPECT_TRUE(needs_restart(settings(), after).empty());
}

}  // namespace
}  // namespace cpgw::gateway::cli
