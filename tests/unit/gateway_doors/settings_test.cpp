#include "gateway/doors/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cpgw::gateway::doors {
namespace {

using ::testing::HasSubstr;

SettingsNode text(const char* value, std::uint32_t line) {
  SettingsNode node{std::string(value), {}};
  node.at.line = line;
  return node;
}
SettingsNode list(std::vector<std::string> values, std::uint32_t line) {
  SettingsNode node;
  SettingsNode::List items;
  for (auto& value : values) items.push_back(text(value.c_str(), line));
  node.value = std::move(items);
  node.at.line = line;
  return node;
}
SettingsNode table(SettingsNode::Table values, std::uint32_t line = 1) {
  SettingsNode node{std::move(values), {}};
  node.at.line = line;
  return node;
}
SettingsNode listeners(std::vector<SettingsNode> nodes) {
  return table({{"http", SettingsNode{SettingsNode::List(std::move(nodes)), {}}}});
}

TEST(ListenAddressText, IsALoopbackAddressAndAPort) {
  EXPECT_EQ(*parse_listen("127.0.0.1:8480"), (ListenAddress{"127.0.0.1", 8480}));
  EXPECT_EQ(*parse_listen("127.1.2.3:0"), (ListenAddress{"127.1.2.3", 0}));
  EXPECT_EQ(*parse_listen("[::1]:65535"), (ListenAddress{"::1", 65535}));
  EXPECT_EQ(*parse_listen("localhost:80"), (ListenAddress{"127.0.0.1", 80}));
  for (const char* wrong : {"", ":", "8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                            "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 80", "127.0.0.1:80 ",
                            "::1:80", "[::1]", "[]:80", "host:80", "127.1:80", "[127.0.0.1]:80"}) {
    ASSERT_FALSE(parse_listen(wrong)) << wrong;
    EXPECT_EQ(parse_listen(wrong).error().code, Code(Errc::bad_listen)) << wrong;
  }
  for (const char* outside : {"0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[fe80::1]:80",
                              "128.0.0.1:80", "[::ffff:127.0.0.1]:80"}) {
    ASSERT_FALSE(parse_listen(outside)) << outside;
    EXPECT_EQ(parse_listen(outside).error().code, Code(Errc::not_loopback)) << outside;
    EXPECT_THAT(parse_listen(outside).error().message, HasSubstr("TLS"));
  }
}

TEST(DoorSettings, PutTheSocketsIntoTheDataFolderByDefault) {
  std::vector<Error> mistakes;
  const auto settings = read_door_settings(table({}), "/srv/cpgw", mistakes);
  EXPECT_TRUE(mistakes.empty());
  EXPECT_EQ(settings.intake, "ipc:///srv/cpgw/run/intake.sock");
  EXPECT_EQ(settings.events, "ipc:///srv/cpgw/run/events.sock");
  EXPECT_TRUE(settings.http.empty());
}

TEST(DoorSettings, ReadEveryListener) {
  std::vector<Error> mistakes;
  const auto settings = read_door_settings(
      listeners(
          {table({{"listen", text("127.0.0.1:1", 2)}, {"serves", list({"health"}, 3)}}),
           table({{"listen", text("[::1]:1", 5)}, {"serves", list({"metrics", "health"}, 6)}})}),
      "/d", mistakes);
  EXPECT_TRUE(mistakes.empty());
  ASSERT_EQ(settings.http.size(), 2u);
  EXPECT_EQ(settings.http[0], (HttpSettings{{"127.0.0.1", 1}, {"health"}}));
  EXPECT_EQ(settings.http[1], (HttpSettings{{"::1", 1}, {"metrics", "health"}}));
}

TEST(DoorSettings, NameEveryMistakeByItsLine) {
  const struct {
    SettingsNode root;
    std::uint32_t line;
    const char *field, *says;
  } cases[] = {
      {table({{"zmq", table({{"intake", text("tcp://127.0.0.1:1", 7)}})}}), 7, "zmq.intake",
       "CURVE"},
      {table({{"zmq", table({{"events", text("x", 8)}})}}), 8, "zmq.events", "ipc://"},
      {table({{"zmq", table({{"intake", text(("ipc:///" + std::string(200, 'x')).c_str(), 9)}})}}),
       9, "zmq.intake", "107"},
      {table({{"zmq", table({{"intake", text("ipc:///a", 1)}, {"events", text("ipc:///a", 2)}})}}),
       2, "zmq.events", "different"},
      {table({{"zmq", table({{"inteke", text("ipc:///a", 3)}})}}), 3, "zmq.inteke", "unknown"},
      {listeners({table({{"serves", list({"health"}, 3)}}, 2)}), 2, "http[0].listen", "required"},
      {listeners({table({{"listen", text("0.0.0.0:1", 4)}, {"serves", list({"health"}, 3)}})}), 4,
       "http[0].listen", "loopback"},
      {listeners({table({{"listen", text("127.0.0.1:1", 4)}}, 3)}), 3, "http[0].serves",
       "\"health\", \"metrics\""},
      {listeners({table({{"listen", text("127.0.0.1:1", 4)}, {"serves", list({"pap"}, 5)}})}), 5,
       "http[0].serves", "not in this version"},
      {listeners({table({{"listen", text("127.0.0.1:1", 4)}, {"serves", list({"x"}, 6)}})}), 6,
       "http[0].serves", "nothing to serve"},
      {listeners({table(
           {{"listen", text("127.0.0.1:1", 4)}, {"serves", list({"health", "health"}, 6)}})}),
       6, "http[0].serves", "twice"},
      {listeners({table({{"listen", text("127.0.0.1:1", 4)}, {"serves", list({"health"}, 5)}}),
                  table({{"listen", text("127.0.0.1:1", 8)}, {"serves", list({"health"}, 9)}})}),
       8, "http[1].listen", "already"},
  };
  for (const auto& c : cases) {
    std::vector<Error> mistakes;
    static_cast<void>(read_door_settings(c.root, "/d", mistakes));
    ASSERT_EQ(mistakes.size(), 1u) << c.field << c.says;
    EXPECT_EQ(mistakes[0].at.line, c.line) << to_string(mistakes[0]);
    EXPECT_EQ(mistakes[0].at.field, c.field);
    EXPECT_THAT(mistakes[0].message, HasSubstr(c.says));
  }
}

}  // namespace
}  // namespace cpgw::gateway::doors
