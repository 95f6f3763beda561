#include "harness.h"

namespace cpgw::gateway::service {
namespace {

using namespace std::chrono_literals;

class EventsTest : public ServiceTest {
 protected:
  static json::object follow(std::uint64_t after, int wait_ms = 0, int credit = 500) {
    return {{"op", "events"},
            {"tenant", "acme"},
            {"after", after},
            {"credit", credit},
            {"wait_ms", wait_ms}};
  }
  /// A job submitted and cancelled: one event.
  void one_event(std::string_view tenant = "acme") {
    const auto answer = ask(submit(submission(), tenant));
    const auto id = answer.at("results").at(0).at("ids").at(0);
    ASSERT_TRUE(ok(ask({{"op", "job.cancel"}, {"tenant", tenant}, {"id", id}})));
  }
  void wait(const json::object& request) {
    events->handle(json::serialize(request),
                   [this](std::string text) { answers.push_back(json::parse(text).as_object()); });
  }
  std::uint64_t last(std::string_view tenant = "acme") {
    return ask_events({{"op", "events"}, {"tenant", tenant}}).at("last").to_number<std::uint64_t>();
  }
  std::vector<json::object> answers;
};

TEST_F(EventsTest, CarryEveryField) {
  const auto before = last();
  one_event();
  const auto answer = ask_events(follow(before));
  ASSERT_TRUE(ok(answer)) << answer;
  const auto& event = answer.at("events").as_array().back().as_object();
  std::string names;
  for (const auto& field : event) names += std::string(field.key()) + " ";
  EXPECT_EQ(names,
            "sequence kind at campaign campaign_state job number attempt parts possible_duplicate "
            "reason reason_class trace_id ");
  EXPECT_EQ(event.at("kind").as_string(), "cancelled");
  EXPECT_EQ(event.at("number").as_string(), "+358401234567");
  EXPECT_EQ(event.at("sequence"), answer.at("last"));
  EXPECT_EQ(answer.at("first_kept"), 1);
}

TEST_F(EventsTest, TellOfCampaigns) {
  json::object made{{"op", "campaign.new"}, {"tenant", "acme"}, {"name", "spring"}};
  made["content"] = content();
  ASSERT_TRUE(ok(ask(made)));
  const auto answer = ask_events(follow(0));
  const auto& event = answer.at("events").as_array().back().as_object();
  EXPECT_EQ(event.at("kind").as_string(), "queue_changed");
  EXPECT_EQ(event.at("campaign").as_string(), "spring");
  EXPECT_EQ(event.at("campaign_state").as_string(), "draft");
  EXPECT_TRUE(event.at("job").is_null());
  EXPECT_TRUE(event.at("number").is_null());
}

TEST_F(EventsTest, ComeInSequenceWithinTheCredit) {
  for (int i = 0; i < 5; ++i) one_event();
  std::uint64_t after = 0;
  const std::uint64_t newest = last();
  while (after < newest) {
    const auto answer = ask_events(follow(after, 0, 2));
    ASSERT_LE(answer.at("events").as_array().size(), 2u);
    for (const auto& e : answer.at("events").as_array()) EXPECT_EQ(e.at("sequence"), ++after);
  }
  EXPECT_TRUE(ask_events(follow(after)).at("events").as_array().empty());
}

TEST_F(EventsTest, AreWaitedForUntilACommit) {
  one_event();
  const auto seen = last();
  wait(follow(seen, 10'000));
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(armed, steady + 10s);
  one_event();
  events->committed();
  events->committed();
  ASSERT_EQ(armed, steady + 5ms) << "many commits, one look";
  steady += 5ms;
  events->fire();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].at("events").at(0).at("sequence"), seen + 1);
  EXPECT_EQ(armed, std::nullopt);
  EXPECT_EQ(events->waiting(), 0u);
}

TEST_F(EventsTest, OfAnotherTenantWakeNobody) {
  one_event();
  one_event("beta");
  wait(follow(last(), 10'000));
  one_event("beta");
  events->committed();
  steady += 5ms;
  events->fire();
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(armed, SteadyTime{} + 10s);
}

TEST_F(EventsTest, EmptyAnswerWhenTheWaitIsOver) {
  wait(follow(last(), 100));
  steady += 100ms;
  events->fire();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(ok(answers[0]));
  EXPECT_TRUE(answers[0].at("events").as_array().empty());
}

TEST_F(EventsTest, WaitersAreBounded) {
  for (int i = 0; i < 64; ++i) wait(follow(last(), 10'000));
  EXPECT_TRUE(answers.empty());
  wait(follow(last(), 10'000));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(errors_of(answers[0]), "gateway/busy");
  auto other = follow(0, 10'000);
  other["tenant"] = "beta";
  wait(other);
  EXPECT_EQ(answers.size(), 1u) << "another tenant still may";
  service->stop();
  events->stop();
  EXPECT_EQ(answers.size(), 66u);
  EXPECT_EQ(errors_of(answers.back()), "gateway/stopping");
  EXPECT_EQ(armed, std::nullopt);
}

TEST_F(EventsTest, NameEveryMistake) {
  EXPECT_EQ(errors_of(ask_events({{"op", "submit"}})), "gateway/bad-request op");
  EXPECT_EQ(errors_of(ask_events(
                {{"op", "events"}, {"after", -1}, {"credit", 0}, {"wait_ms", 30'001}, {"odd", 1}})),
            "gateway/bad-request tenant; gateway/bad-request after; gateway/bad-request credit; "
            "gateway/bad-request wait_ms; gateway/bad-request odd");
  EXPECT_TRUE(ok(ask_events({{"op", "ping"}})));
  EXPECT_EQ(errors_of(json::parse(ask_text(*events, "{")).as_object()), "gateway/bad-request");
}

}  // namespace
}  // namespace cpgw::gateway::service
