#include "harness.h"

namespace cpgw::gateway::service {
namespace {

class CampaignsTest : public ServiceTest {
 protected:
  static json::object named(std::string_view op, std::string_view name = "spring",
                            std::string_view tenant = "acme") {
    return {{"op", op}, {"tenant", tenant}, {"name", name}};
  }
  json::object make(std::string_view name = "spring", std::string_view tenant = "acme") {
    json::object request = named("campaign.new", name, tenant);
    request["content"] = content();
    return ask(request);
  }
  static json::object row(int number, std::string_view msisdn) {
    json::object r = recipient(msisdn);
    r["row"] = number;
    return r;
  }
  static json::object rows(std::uint64_t expect, std::uint64_t next, json::array list,
                           std::string_view import = "list.csv") {
    const json::object* last = list.empty() ? nullptr : list.back().if_object();
    const json::value* number = last ? last->if_contains("row") : nullptr;
    const auto next_row = number ? number->as_int64() + 1 : 0;
    return {{"op", "import.rows"},
            {"tenant", "acme"},
            {"campaign", "spring"},
            {"import", import},
            {"source", std::string(64, 'a')},
            {"expect_offset", expect},
            {"next_offset", next},
            {"next_row", next_row},
            {"rows", std::move(list)}};
  }
  std::string state(std::string_view name = "spring") {
    return std::string(ask(named("campaign.status", name)).at("campaign").at("state").as_string());
  }
  /// Every waiting job of the queue is claimed and accepted, then `delivered` of them told so.
  void deliver_all() {
    const auto group = store->route_group("smsc-a");
    const auto info = store->queue(store->tenant("acme"), "spring");
    queue::StepResult claimed;
    commit({queue::step::Claim{group, info->id, 100, 1000}}, &claimed);
    std::vector<queue::Step> steps;
    for (const queue::Claimed& c : claimed.claimed) {
      steps.emplace_back(queue::step::Composed{c.fence, 1, {}});
      steps.emplace_back(
          queue::step::PartAccepted{c.fence, 0, "a", std::to_string(c.job.id.value)});
      steps.emplace_back(queue::step::ApplyReceipt{{.account = "a",
                                                    .candidates = {std::to_string(c.job.id.value)},
                                                    .recipient = c.job.recipient,
                                                    .state = queue::ReceiptState::delivered,
                                                    .at = now}});
    }
    if (!steps.empty()) commit(std::move(steps));
  }
};

TEST_F(CampaignsTest, GoFromDraftToCancelled) {
  const auto made = make();
  ASSERT_TRUE(ok(made)) << made;
  EXPECT_EQ(made.at("campaign").at("name").as_string(), "spring");
  EXPECT_EQ(made.at("campaign").at("state").as_string(), "draft");
  EXPECT_EQ(made.at("campaign").at("security").as_string(), "netwpin");
  EXPECT_EQ(made.at("campaign").at("created").as_string(), "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(made.at("campaign").at("counts").at("submitted"), 0);
  struct Step {
    std::string_view op, state, error;
  };
  for (const Step& s :
       {Step{"campaign.pause", "draft", "gateway/wrong-state name"},
        Step{"campaign.start", "running", ""}, Step{"campaign.start", "running", ""},
        Step{"campaign.pause", "paused", ""},
        Step{"campaign.start", "paused", "gateway/wrong-state name"},
        Step{"campaign.resume", "running", ""}, Step{"campaign.cancel", "cancelled", ""},
        Step{"campaign.cancel", "cancelled", ""},
        Step{"campaign.resume", "cancelled", "gateway/wrong-state name"}}) {
    const auto answer = ask(named(s.op));
    EXPECT_EQ(errors_of(answer), s.error) << s.op;
    if (s.error.empty()) {
      EXPECT_EQ(answer.at("campaign").at("state").as_string(), s.state) << s.op;
    }
    EXPECT_EQ(state(), s.state) << s.op;
  }
  EXPECT_EQ(errors_of(ask(rows(0, 10, {row(2, "+35840000001")}))), "gateway/wrong-state campaign");
}

TEST_F(CampaignsTest, AreMadeOnceUnderAName) {
  ASSERT_TRUE(ok(make()));
  EXPECT_TRUE(ok(make())) << "the answer may have been lost";
  json::object other = named("campaign.new");
  other["content"] = content();
  other["priority"] = 9;
  EXPECT_EQ(errors_of(ask(other)), "gateway/conflict name");
  ASSERT_TRUE(ok(ask(named("campaign.start"))));
  EXPECT_EQ(errors_of(make()), "gateway/conflict name");
  EXPECT_TRUE(ok(make("spring", "beta")));
  const auto list = ask({{"op", "campaign.list"}, {"tenant", "acme"}});
  EXPECT_EQ(list.at("campaigns").as_array().size(), 1u);
}

TEST_F(CampaignsTest, NameEveryMistake) {
  json::object request = named("campaign.new", "a b");
  request["content"] = content("");
  EXPECT_EQ(errors_of(ask(request)),
            "gateway/bad-request name; gateway/bad-content content.security");
  request = named("campaign.new");
  request["priority"] = -1;
  request["expires_in"] = "1";
  request["odd"] = 1;
  EXPECT_EQ(errors_of(ask(request)),
            "gateway/bad-request content; gateway/bad-request priority; gateway/bad-request "
            "expires_in; gateway/bad-request odd");
  for (const char* op : {"campaign.start", "campaign.pause", "campaign.resume", "campaign.cancel",
                         "campaign.status"}) {
    EXPECT_EQ(errors_of(ask(named(op, "nothing"))), "gateway/unknown-campaign name") << op;
    EXPECT_EQ(errors_of(ask({{"op", op}, {"tenant", "acme"}})), "gateway/bad-request name") << op;
  }
}

TEST_F(CampaignsTest, TakeRowsAndListTheRejected) {
  ASSERT_TRUE(ok(make()));
  const json::object open{{"op", "import.open"},
                          {"tenant", "acme"},
                          {"campaign", "spring"},
                          {"import", "list.csv"},
                          {"source", std::string(64, 'a')}};
  auto answer = ask(open);
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("next_offset"), 0);

  json::object no_number{{"row", 4}, {"number", ""}};
  json::object odd = row(5, "+35840000005");
  odd["colour"] = "red";
  answer = ask(rows(0, 100,
                    {row(2, "+35840000001"), row(3, "040000001"), no_number, odd, row(6, "+3584o6"),
                     row(7, "003584000000 7")}));
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("accepted"), 2);
  EXPECT_EQ(answer.at("rejected"), 4);
  EXPECT_EQ(answer.at("next_offset"), 100);
  EXPECT_EQ(answer.at("next_row"), 8);
  std::string rejected;
  for (const auto& r : answer.at("rejected_rows").as_array()) {
    rejected += std::to_string(r.at("row").as_int64()) + " " + errors_of(r.as_object()) + "\n";
  }
  EXPECT_EQ(rejected,
            "3 gateway/bad-recipient number\n"
            "4 gateway/bad-request number\n"
            "5 gateway/bad-request colour\n"
            "6 gateway/bad-recipient number\n");
  EXPECT_EQ(answer.at("rejected_rows").at(0).at("errors").at(0).at("message").as_string(),
            "duplicate of row 2");
  EXPECT_EQ(ask(named("campaign.status")).at("campaign").at("counts").at("submitted"), 2);
  answer = ask(open);
  EXPECT_EQ(answer.at("next_offset"), 100);
}

TEST_F(CampaignsTest, GoOnAtTheExactRow) {
  ASSERT_TRUE(ok(make()));
  ASSERT_TRUE(ok(ask(rows(0, 50, {row(2, "+35840000001"), row(3, "bad")}))));
  // The answer was lost: the same rows again change nothing.
  auto answer = ask(rows(0, 50, {row(2, "+35840000001"), row(3, "bad")}));
  EXPECT_EQ(errors_of(answer), "gateway/conflict expect_offset");
  EXPECT_EQ(answer.at("next_offset"), 50);
  EXPECT_EQ(answer.at("next_row"), 4);
  EXPECT_EQ(answer.at("accepted"), 1);
  EXPECT_EQ(answer.at("rejected"), 1);
  EXPECT_EQ(store->stats().jobs, 1u);

  auto last = rows(50, 90, {row(4, "+35840000002"), row(5, "+35840000001")});
  last["finished"] = true;
  answer = ask(last);
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("rejected_rows").at(0).at("errors").at(0).at("message").as_string(),
            "duplicate of row 2");
  EXPECT_TRUE(answer.at("finished").as_bool());
  EXPECT_EQ(errors_of(ask(rows(90, 91, {row(6, "+35840000009")}))), "gateway/conflict import");

  auto other = rows(90, 91, {});
  other["source"] = std::string(64, 'b');
  EXPECT_EQ(errors_of(ask(other)), "gateway/conflict source");
}

TEST_F(CampaignsTest, CheckAgainExactlyAsTheFirstTime) {
  ASSERT_TRUE(ok(make()));
  const json::array list{row(2, "bad"), row(3, "+35840000001"), row(4, "+35840000001"),
                         row(5, "+35840000002")};
  const auto first = ask(rows(0, 50, list));
  ASSERT_TRUE(ok(first));
  ASSERT_EQ(first.at("rejected_rows").as_array().size(), 2u);
  auto check = rows(50, 50, list);
  check["check_only"] = true;
  for (int i = 0; i < 2; ++i) {
    const auto answer = ask(check);
    ASSERT_TRUE(ok(answer)) << answer;
    EXPECT_EQ(answer.at("rejected_rows"), first.at("rejected_rows"));
    EXPECT_EQ(answer.at("accepted"), 2);
    now += std::chrono::hours(5);
  }
  // Piece by piece from the start it is the same, whatever the offsets.
  auto piece = rows(50, 10, {row(4, "+35840000001")});
  piece["check_only"] = true;
  const auto answer = ask(piece);
  EXPECT_EQ(answer.at("rejected_rows").at(0), first.at("rejected_rows").at(1));
  EXPECT_EQ(store->stats().jobs, 2u);
}

TEST_F(CampaignsTest, RefuseANumberTwiceWithinTheCoolDown) {
  ASSERT_TRUE(ok(make()));
  ASSERT_TRUE(ok(ask(named("campaign.start"))));
  ASSERT_TRUE(ok(ask(rows(0, 50, {row(2, "+35840000001")}))));
  auto answer = ask(rows(0, 50, {row(2, "+35840000001")}, "second.csv"));
  ASSERT_TRUE(ok(answer));
  EXPECT_EQ(answer.at("rejected"), 1);
  deliver_all();
  now += std::chrono::minutes(30);
  EXPECT_EQ(ask(rows(0, 50, {row(2, "+35840000001")}, "third.csv")).at("rejected"), 1);
  now += std::chrono::minutes(31);
  EXPECT_EQ(ask(rows(0, 50, {row(2, "+35840000001")}, "fourth.csv")).at("accepted"), 1);
}

TEST_F(CampaignsTest, NameEveryMistakeOfAnImport) {
  ASSERT_TRUE(ok(make()));
  auto answer = ask({{"op", "import.rows"}, {"tenant", "acme"}});
  EXPECT_EQ(errors_of(answer),
            "gateway/bad-request campaign; gateway/bad-request import; gateway/bad-request source; "
            "gateway/bad-request expect_offset; gateway/bad-request next_offset; "
            "gateway/bad-request next_row; gateway/bad-request rows");
  auto request = rows(
      10, 5, {row(3, "+35840000001"), row(3, "+35840000002"), 7, json::object{{"number", "1"}}});
  request["source"] = "xyz";
  request["import"] = "a\nb";
  EXPECT_EQ(errors_of(ask(request)),
            "gateway/bad-request import; gateway/bad-request source; gateway/bad-request "
            "next_offset; gateway/bad-request rows[1].row; gateway/bad-request rows[2]; "
            "gateway/bad-request rows[3].row");
  request = rows(0, 5, {});
  request["campaign"] = "nothing";
  EXPECT_EQ(errors_of(ask(request)), "gateway/unknown-campaign campaign");
  json::array many;
  for (int i = 0; i < 1001; ++i) many.push_back(row(i, "+35840000001"));
  EXPECT_EQ(errors_of(ask(rows(0, 5, many))), "gateway/bad-request rows");
}

TEST_F(CampaignsTest, FinishWhenEveryJobIsFinal) {
  ASSERT_TRUE(ok(make()));
  ASSERT_TRUE(ok(ask(named("campaign.start"))));
  service->tick();
  EXPECT_EQ(state(), "running") << "no rows yet";
  ASSERT_TRUE(ok(ask(rows(0, 50, {row(2, "+35840000001"), row(3, "+35840000002")}))));
  deliver_all();
  service->tick();
  EXPECT_EQ(state(), "running") << "the import goes on";
  auto last = rows(50, 60, {row(4, "+35840000003")});
  last["finished"] = true;
  ASSERT_TRUE(ok(ask(last)));
  service->tick();
  EXPECT_EQ(state(), "running") << "one waits";
  deliver_all();
  service->tick();
  ASSERT_TRUE(posts.run_one());
  EXPECT_EQ(state(), "finished");
  EXPECT_TRUE(log.holds("campaign-finished"));
  EXPECT_EQ(errors_of(ask(named("campaign.cancel"))), "gateway/wrong-state name");
  // More rows make it run again.
  now += std::chrono::hours(2);
  ASSERT_TRUE(ok(ask(rows(0, 50, {row(2, "+35840000004")}, "more.csv"))));
  EXPECT_EQ(state(), "running");
}

TEST_F(CampaignsTest, KeepTheirContentWithoutJobs) {
  ASSERT_TRUE(ok(make()));
  now += std::chrono::hours(24 * 32);
  for (queue::StepResult swept{.swept = 1}; swept.swept != 0;) {
    commit({queue::step::Sweep{}}, &swept);
  }
  start(settings());  // nothing is remembered
  const auto answer = ask(rows(0, 10, {row(1, "+358401234567")}));
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("accepted"), 1);
  EXPECT_TRUE(store->check().empty());
}

TEST_F(CampaignsTest, FinishAfterARestartToo) {
  ASSERT_TRUE(ok(make()));
  ASSERT_TRUE(ok(ask(named("campaign.start"))));
  auto last = rows(0, 60, {row(4, "+35840000003")});
  last["finished"] = true;
  ASSERT_TRUE(ok(ask(last)));
  deliver_all();
  start(settings());
  service->tick();
  ASSERT_TRUE(posts.run_one());
  EXPECT_EQ(state(), "finished");
}

TEST_F(CampaignsTest, ChangesOfOneCampaignWaitForEachOther) {
  ASSERT_TRUE(ok(make()));
  // All at once, before any commit is answered: each sees what the one before made of it.
  std::vector<json::object> answers;
  const auto take = [&](std::string text) { answers.push_back(json::parse(text).as_object()); };
  for (const char* op :
       {"campaign.start", "campaign.pause", "campaign.cancel", "campaign.resume"}) {
    intake->handle(json::serialize(named(op)), take);
  }
  intake->handle(json::serialize(rows(0, 50, {row(2, "+35840000001")})), take);
  while (answers.size() < 5) ASSERT_TRUE(posts.run_one());
  EXPECT_TRUE(ok(answers[0]));
  EXPECT_TRUE(ok(answers[1]));
  EXPECT_TRUE(ok(answers[2]));
  EXPECT_EQ(errors_of(answers[3]), "gateway/wrong-state name");
  EXPECT_EQ(errors_of(answers[4]), "gateway/wrong-state campaign");
  EXPECT_EQ(state(), "cancelled");
}

TEST_F(CampaignsTest, TooManyAtOnceAreToldToComeLater) {
  ASSERT_TRUE(ok(make()));
  std::size_t busy = 0, good = 0;
  for (int i = 0; i < 40; ++i) {
    intake->handle(json::serialize(named(i % 2 == 0 ? "campaign.start" : "campaign.pause")),
                   [&](std::string text) {
                     const auto answer = json::parse(text).as_object();
                     errors_of(answer) == "gateway/busy" ? ++busy : ++good;
                   });
  }
  while (busy + good < 40) ASSERT_TRUE(posts.run_one());
  EXPECT_EQ(busy, 23u);
}

}  // namespace
}  // namespace cpgw::gateway::service
