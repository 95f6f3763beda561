// The commands that ask a gateway, against answers of every kind.
#include "gateway/cli/client.h"

#include <gmock/gmock.h>

#include "queue/zmq/errors.h"
#include "tests/unit/gateway_cli/scripted_gateway.h"

namespace cpgw::gateway::cli {
namespace {

using testing::HasSubstr;

boost::json::object object(const std::string& text) { return boost::json::parse(text).as_object(); }

TEST(Refusals, AreToldWithTheirPlaceAndTheirStatus) {
  struct Case {
    const char* answer;
    int status;
    const char* told;
  };
  for (
      const Case& c : std::initializer_list<Case>{
          {R"({"ok":false,"errors":[{"code":"gateway/bad-recipient","message":"no","field":"a","line":4}]})",
           kNo, "cpgw: error: no (field a, line 4) [gateway/bad-recipient]\n"},
          {R"({"ok":false,"errors":[{"code":"gateway/busy","message":"later"}]})", kUnreachable,
           "cpgw: error: later [gateway/busy]\n"},
          {R"({"ok":false,"errors":[{"code":"a/b","message":"x"},{"code":"gateway/stopping","message":"y"}]})",
           kUnreachable, "cpgw: error: x [a/b]\ncpgw: error: y [gateway/stopping]\n"},
          {R"({"ok":false,"errors":[{"code":"a/b","message":"gateway/busy \u001b[2J"}]})", kNo,
           "cpgw: error: gateway/busy ?[2J [a/b]\n"},
          {R"({"ok":false})", kNo, "cpgw: error: the gateway refused and gave no reason\n"},
          {R"({"ok":false,"errors":{}})", kNo,
           "cpgw: error: the gateway refused and gave no reason\n"},
          {R"({"ok":false,"errors":[1,{}]})", kNo, "cpgw: error: - [-]\n"}}) {
    test::CommandIo io;
    EXPECT_EQ(complain_refused(io.io, object(c.answer)), c.status) << c.answer;
    EXPECT_EQ(io.err.str(), c.told);
  }
}

TEST(Answers, OfAnotherFormAreErrorsNotExceptions) {
  const auto answer = object(R"({"a":1})");
  EXPECT_TRUE(read_answer([&] { answer.at("a").as_int64(); }));
  EXPECT_FALSE(read_answer([&] { answer.at("b"); }));
  EXPECT_FALSE(read_answer([&] { answer.at("a").as_object(); }));
  EXPECT_EQ(number_of(object(R"({"n":-1})"), "n"), 0u);
  EXPECT_EQ(number_of(object(R"({"n":"1"})"), "n"), 0u);
  EXPECT_EQ(number_of(object(R"({"n":18446744073709551615})"), "n"), ~std::uint64_t{0});
  EXPECT_EQ(text_of(object(R"({"t":null})"), "t"), "-");
  EXPECT_FALSE(is_ok(object(R"({"ok":"true"})")));
}

TEST(Commands, SurviveEveryMalformedAnswer) {
  const test::TemporaryFolder folder;
  const std::string xml = folder.write("a.xml", "<wap-provisioningdoc/>");
  const std::string csv = folder.write("a.csv", "number\n+358401234567\n");
  const std::vector<std::vector<std::string>> commands = {
      {"send", xml, "--to", "+358401234567", "--sec", "none"},
      {"campaign", "new", "c", "--content", xml, "--sec", "none"},
      {"campaign", "status", "c"},
      {"campaign", "watch", "c"},
      {"campaign", "list"},
      {"job", "list"},
      {"job", "show", "1"},
      {"subscriber", "+358401234567"},
      {"carrier", "list"},
      {"config", "reload"},
      {"import", "recipients", csv, "--campaign", "c"}};
  std::string answer;
  test::ScriptedGateway gateway([&](const boost::json::object&) { return answer; });
  for (
      const char* text :
      {"", "no json", "[]", "{}", R"({"ok":1})", R"({"ok":false})", R"({"ok":false,"errors":7})",
       R"({"ok":true})",
       R"({"ok":true,"results":[7],"campaign":7,"campaigns":7,"jobs":7,"job":7,"carriers":7,"changes":7})",
       R"({"ok":true,"results":[{"ok":true}],"campaign":{"security":7},"campaigns":[7],"jobs":[7],"job":[],"carriers":[7],"changes":[7]})",
       R"({"ok":true,"results":[{"ok":true,"ids":[7]}],"campaign":null,"campaigns":{},"jobs":{},"job":null,"carriers":{},"changes":{}})"}) {
    answer = text;
    for (auto arguments : commands) {
      arguments.insert(arguments.end(), {"--config", gateway.config()});
      test::CommandIo io;
      const int status = run_command_line(arguments, io.io);
      EXPECT_TRUE(status == kNo || status == kUnreachable)
          << arguments[0] << " " << arguments[1] << " at " << text << " gave " << status;
      EXPECT_THAT(io.err.str(), HasSubstr("cpgw: error: ")) << arguments[0] << " at " << text;
    }
  }
}

TEST(Commands, WithoutAGatewaySayHowToStartOne) {
  const test::TemporaryFolder folder;
  const std::string config = folder.write("cpgw.toml", demo::settings_text(1, "00000000"));
  test::CommandIo io;
  EXPECT_EQ(run_command_line({"campaign", "list", "--config", config}, io.io), kUnreachable);
  EXPECT_THAT(io.err.str(), HasSubstr("cpgw serve"));
  test::CommandIo none;
  EXPECT_EQ(run_command_line({"campaign", "list", "--config", folder.path("none")}, none.io),
            kMalformed);
}

TEST(Client, RefusesARequestThatIsTooLargeAtOnce) {
  test::ScriptedGateway gateway([](const boost::json::object&) { return R"({"ok":true})"; });
  test::CommandIo io;
  auto client = Client::connect(io.io, {gateway.config(), "demo", false});
  ASSERT_TRUE(client);
  const auto answer = client->ask({{"op", "ping"}, {"pad", std::string(5 << 20, 'x')}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code(queue::zmq::Errc::too_large));
  EXPECT_EQ(complain_connect(io.io, answer.error()), kMalformed);
  EXPECT_TRUE(client->ask({{"op", "ping"}}));  // and can be used on
}

TEST(Client, TakesTheOnlyTenant) {
  test::ScriptedGateway gateway([](const boost::json::object&) { return R"({"ok":true})"; });
  test::CommandIo io;
  auto client = Client::connect(io.io, {gateway.config(), "", false});
  ASSERT_TRUE(client);
  EXPECT_EQ(client->tenant(), "demo");
}

TEST(JobList, GoesOnUntilItHasEnoughOrThereIsNoMore) {
  std::vector<std::string> asked;
  test::ScriptedGateway gateway([&](const boost::json::object& request) -> std::string {
    const std::string after = text_of(request, "after");
    asked.push_back(after + "/" + text_of(request, "limit"));
    if (after == "-") return R"({"ok":true,"jobs":[],"next":"20000"})";
    if (after == "20000") return R"({"ok":true,"jobs":[{"id":"20005"}],"next":"40000"})";
    return R"({"ok":true,"jobs":[{"id":"40009"}],"next":null})";
  });
  const auto list = [&](std::vector<std::string> more, test::CommandIo& io) {
    std::vector<std::string> arguments{"job", "list", "--config", gateway.config()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    asked.clear();
    return run_command_line(arguments, io.io);
  };
  test::CommandIo all;
  EXPECT_EQ(list({}, all), kDone);
  EXPECT_THAT(asked, testing::ElementsAre("-/100", "20000/100", "40000/99"));
  EXPECT_THAT(all.out.str(), testing::AllOf(HasSubstr("20005"), HasSubstr("40009")));
  EXPECT_EQ(all.err.str(), "");
  test::CommandIo one;
  EXPECT_EQ(list({"--limit", "1", "--json"}, one), kDone);
  EXPECT_THAT(asked, testing::ElementsAre("-/1", "20000/1"));
  EXPECT_EQ(one.out.str(), R"({"ok":true,"jobs":[{"id":"20005"}],"next":"40000"})"
                           "\n");
}

TEST(JobList, DoesNotGoRoundInCircles) {
  test::ScriptedGateway gateway(
      [](const boost::json::object&) { return R"({"ok":true,"jobs":[],"next":"7"})"; });
  test::CommandIo io;
  EXPECT_EQ(run_command_line({"job", "list", "--config", gateway.config()}, io.io), kUnreachable);
}

TEST(Send, AsksWithAKeyOfItsOwnAndTellsTheIds) {
  const test::TemporaryFolder folder;
  constexpr const char* kWithSlot =
      R"(<wap-provisioningdoc><characteristic type="APPLICATION"><parm name="NAME" value="${s}"/></characteristic></wap-provisioningdoc>)";
  std::string seen;
  test::ScriptedGateway gateway([&](const boost::json::object& request) {
    seen = boost::json::serialize(request);
    return R"({"ok":true,"results":[{"ok":true,"ids":["77"],"trace_id":"0","duplicate":false}]})";
  });
  test::CommandIo io;
  EXPECT_EQ(run_command_line(
                {"send", folder.write("a.xml", kWithSlot), "--to", "+3581", "--sec", "usernetwpin",
                 "--imsi", "244051234567890", "--pin", "1234", "--slot", "s=v", "--priority", "9",
                 "--expires-in", "60", "--config", gateway.config()},
                io.io),
            kDone);
  EXPECT_EQ(io.out.str(), "77\n");
  const auto request = object(seen);
  const auto& submission = request.at("submissions").as_array().at(0).as_object();
  EXPECT_EQ(boost::json::serialize(submission.at("recipients")),
            R"([{"number":"+3581","imsi":"244051234567890","pin":"1234","slots":{"s":"v"}}])");
  EXPECT_THAT(std::string(submission.at("key").as_string()), testing::StartsWith("send-"));
  EXPECT_EQ(submission.at("priority").to_number<int>(), 9);
  EXPECT_EQ(submission.at("content").as_object().at("security").as_string(), "usernetwpin");
}

TEST(Watch, EndsWithTheCampaignAndWithARefusal) {
  int events = 0;
  test::ScriptedGateway gateway([&](const boost::json::object& request) -> std::string {
    if (request.at("op").as_string() == "events") {
      ++events;
      return R"({"ok":true,"events":[],"last":5,"first_kept":1})";
    }
    return std::string(R"({"ok":true,"campaign":{"name":"c","state":")") +
           (events < 2 ? "running" : "finished") + R"(","counts":{"sent":1}}})";
  });
  test::CommandIo io;
  EXPECT_EQ(run_command_line({"campaign", "watch", "c", "--config", gateway.config()}, io.io),
            kDone);
  EXPECT_THAT(io.out.str(), HasSubstr("finished"));

  test::ScriptedGateway busy([](const boost::json::object& request) -> std::string {
    if (request.at("op").as_string() == "events")
      return R"({"ok":false,"errors":[{"code":"gateway/busy","message":"later"}]})";
    return R"({"ok":true,"campaign":{"name":"c","state":"running"}})";
  });
  test::CommandIo refused;
  EXPECT_EQ(run_command_line({"campaign", "watch", "c", "--config", busy.config()}, refused.io),
            kUnreachable);
}

}  // namespace
}  // namespace cpgw::gateway::cli
