#include "harness.h"

namespace cpgw::gateway::service {
namespace {

class JobsTest : public ServiceTest {
 protected:
  std::string submitted(std::string_view number = "+358401234567",
                        std::string_view tenant = "acme") {
    const auto answer = ask(submit(submission(number), tenant));
    return std::string(answer.at("results").at(0).at("ids").at(0).as_string());
  }
  static json::object of(std::string_view op, std::string_view id,
                         std::string_view tenant = "acme") {
    return {{"op", op}, {"tenant", tenant}, {"id", id}};
  }
};

TEST_F(JobsTest, AreShownWithEveryField) {
  const std::string id = submitted();
  const auto answer = ask(of("job.show", id));
  ASSERT_TRUE(ok(answer)) << answer;
  const auto& job = answer.at("job").as_object();
  std::string names;
  for (const auto& field : job) names += std::string(field.key()) + " ";
  EXPECT_EQ(names,
            "id tenant campaign number state attempt parts accepted_parts delivered_parts "
            "in_doubt_parts possible_duplicate due deadline reason reason_class trace_id "
            "push_digest ");
  EXPECT_EQ(job.at("id").as_string(), id);
  EXPECT_EQ(job.at("tenant").as_string(), "acme");
  EXPECT_TRUE(job.at("campaign").is_null());
  EXPECT_EQ(job.at("state").as_string(), "waiting");
  EXPECT_TRUE(job.at("push_digest").is_null());
  EXPECT_EQ(job.at("deadline").as_string(), "2026-03-02T00:00:00.000Z");
}

TEST_F(JobsTest, OfAnotherTenantDoNotExist) {
  const std::string id = submitted();
  for (const char* op : {"job.show", "job.cancel", "job.code"}) {
    const auto theirs = ask(of(op, id, "beta"));
    const auto nobodys = ask(of(op, "1", "beta"));
    EXPECT_EQ(errors_of(theirs), "gateway/unknown-job id") << op;
    EXPECT_EQ(theirs, nobodys) << op;
    EXPECT_EQ(errors_of(ask(of(op, id, "nobody"))), "gateway/unknown-tenant tenant") << op;
    EXPECT_EQ(errors_of(ask(of(op, "12x"))), "gateway/bad-request id") << op;
    EXPECT_EQ(errors_of(ask(of(op, ""))), "gateway/bad-request id") << op;
    EXPECT_EQ(errors_of(ask({{"op", op}, {"tenant", "acme"}})), "gateway/bad-request id") << op;
  }
  EXPECT_EQ(ask(of("job.show", id)).at("job").at("state").as_string(), "waiting");
  const auto list = ask({{"op", "job.list"}, {"tenant", "beta"}});
  EXPECT_TRUE(list.at("jobs").as_array().empty());
  const auto subscriber =
      ask({{"op", "subscriber"}, {"tenant", "beta"}, {"number", "+358401234567"}});
  EXPECT_TRUE(subscriber.at("jobs").as_array().empty());
  const auto page = ask_events({{"op", "events"}, {"tenant", "beta"}});
  for (const auto& e : page.at("events").as_array()) EXPECT_TRUE(e.at("job").is_null());
  EXPECT_EQ(errors_of(ask({{"op", "job.list"}, {"tenant", "nobody"}})),
            "gateway/unknown-tenant tenant");
  EXPECT_EQ(errors_of(ask_events({{"op", "events"}, {"tenant", "nobody"}})),
            "gateway/unknown-tenant tenant");
}

TEST_F(JobsTest, AreCancelledOnce) {
  const std::string id = submitted();
  auto answer = ask(of("job.cancel", id));
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("job").at("state").as_string(), "cancelled");
  EXPECT_TRUE(ok(ask(of("job.cancel", id)))) << "the answer may have been lost";
}

TEST_F(JobsTest, AreListedInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(submitted("+3584000000" + std::to_string(i)));
  ASSERT_TRUE(ok(ask(of("job.cancel", ids[3]))));
  std::vector<std::string> seen;
  json::object request{{"op", "job.list"}, {"tenant", "acme"}, {"limit", 2}};
  for (int pages = 0; pages < 5; ++pages) {
    const auto answer = ask(request);
    for (const auto& j : answer.at("jobs").as_array()) seen.emplace_back(j.at("id").as_string());
    if (answer.at("next").is_null()) break;
    request["after"] = answer.at("next");
  }
  EXPECT_EQ(seen, ids);
  request = {{"op", "job.list"}, {"tenant", "acme"}, {"state", "cancelled"}};
  auto answer = ask(request);
  ASSERT_EQ(answer.at("jobs").as_array().size(), 1u);
  EXPECT_EQ(answer.at("jobs").at(0).at("id").as_string(), ids[3]);
  answer = ask({{"op", "job.list"}, {"tenant", "acme"}, {"number", "040000004"}});
  ASSERT_EQ(answer.at("jobs").as_array().size(), 1u);
  EXPECT_EQ(answer.at("jobs").at(0).at("id").as_string(), ids[4]);
  EXPECT_EQ(
      errors_of(ask({{"op", "job.list"}, {"tenant", "acme"}, {"campaign", "no"}, {"number", "x"}})),
      "gateway/unknown-campaign campaign; gateway/bad-recipient number");
  EXPECT_EQ(errors_of(ask({{"op", "job.list"},
                           {"tenant", "acme"},
                           {"state", "asleep"},
                           {"after", "x"},
                           {"limit", 1001}})),
            "gateway/bad-request state; gateway/bad-request after; gateway/bad-request limit");
}

TEST_F(JobsTest, AreFoundBeyondWhatOneAnswerLooksAt) {
  const auto first = store->job(queue::JobId{std::stoull(submitted())});
  const queue::NewJob job{.tenant = first->tenant,
                          .queue = first->queue,
                          .group = first->group,
                          .recipient = first->recipient,
                          .content = first->content,
                          .due = now,
                          .deadline = now + std::chrono::hours(1)};
  for (int i = 0; i < 2; ++i) {
    commit({queue::step::Submit{.tenant = first->tenant,
                                .jobs = std::vector<queue::NewJob>(10'000, job)}});
  }
  const std::string last = submitted();
  ASSERT_TRUE(ok(ask(of("job.cancel", last))));
  json::object request{{"op", "job.list"}, {"tenant", "acme"}, {"state", "cancelled"}};
  auto answer = ask(request);
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_TRUE(answer.at("jobs").as_array().empty());
  ASSERT_TRUE(answer.at("next").is_string());
  request["after"] = answer.at("next");
  answer = ask(request);
  ASSERT_EQ(answer.at("jobs").as_array().size(), 1u);
  EXPECT_EQ(answer.at("jobs").at(0).at("id").as_string(), last);
  EXPECT_TRUE(answer.at("next").is_null());
}

TEST_F(JobsTest, OfASubscriberAreFoundByAnyFormOfTheNumber) {
  const std::string id = submitted();
  const auto answer = ask({{"op", "subscriber"}, {"tenant", "acme"}, {"number", "040-123 4567"}});
  ASSERT_TRUE(ok(answer)) << answer;
  EXPECT_EQ(answer.at("number").as_string(), "+358401234567");
  EXPECT_EQ(answer.at("jobs").at(0).at("id").as_string(), id);
  EXPECT_EQ(errors_of(ask({{"op", "subscriber"}, {"tenant", "acme"}, {"number", "x"}})),
            "gateway/bad-recipient number");
}

TEST_F(JobsTest, OfUserpinmacHaveACodeThatHolds) {
  json::object one = submission();
  one["content"] = content("userpinmac");
  one["recipients"] = {json::object{{"number", "+35840000001"}, {"slots", {{"apn", "a.example"}}}}};
  const auto sent = ask(submit(one));
  const std::string id(sent.at("results").at(0).at("ids").at(0).as_string());
  const auto answer = ask(of("job.code", id));
  ASSERT_TRUE(ok(answer)) << answer;
  const Secret code(answer.at("code").as_string().subview());
  EXPECT_GE(code.size(), 10u);

  const auto stored = store->job(queue::JobId{std::stoull(id)});
  const auto compiled =
      flow::load_content(*flow::open_content(*store->content(stored->content), sealer));
  const std::vector<std::string_view> values{"a.example"};
  Octets wbxml;
  ASSERT_TRUE(compiled->form.fill(values, wbxml));
  EXPECT_EQ(signer::verify_userpinmac(code, wbxml), true);
  EXPECT_FALSE(log.holds(as_text(code.expose())));

  ASSERT_TRUE(ok(ask(of("job.cancel", id))));
  EXPECT_EQ(errors_of(ask(of("job.code", id))), "gateway/wrong-state id") << "inputs are erased";
  EXPECT_EQ(errors_of(ask(of("job.code", submitted()))), "gateway/wrong-state id");
}

TEST_F(JobsTest, CarriersStoreAndReloadAreAnswered) {
  carriers::LinkReport link;
  link.name = "smsc-a";
  link.state = carriers::LinkState::bound;
  link.detail = "said \xFF";
  link.submitted = 7;
  links = {link};
  auto answer = ask(R"({"op":"carrier.list"})");
  ASSERT_TRUE(ok(answer));
  EXPECT_EQ(answer.at("carriers").at(0).at("state").as_string(), "bound");
  EXPECT_EQ(answer.at("carriers").at(0).at("submitted"), 7);

  submitted();
  answer = ask(R"({"op":"store.stats"})");
  EXPECT_EQ(answer.at("jobs"), 1);
  EXPECT_EQ(answer.at("waiting"), 1);

  reload_answer = std::vector<std::string>{"carrier smsc-b is new"};
  answer = ask(R"({"op":"config.reload"})");
  EXPECT_EQ(answer.at("changes").at(0).as_string(), "carrier smsc-b is new");
  Position at;
  at.file = "cpgw.toml";
  at.line = 14;
  reload_answer = tl::unexpected(Errors{Error(Errc::unknown_setting, "unknown name", at)});
  answer = ask(R"({"op":"config.reload"})");
  EXPECT_EQ(errors_of(answer), "base/unknown-setting");
  EXPECT_EQ(answer.at("errors").at(0).at("line"), 14);

  answer = ask(R"({"op":"ping"})");
  EXPECT_EQ(answer.at("version").as_string(), "0.1.0");
  EXPECT_EQ(answer.at("now").as_string(), "2026-03-01T00:00:00.000Z");
}

}  // namespace
}  // namespace cpgw::gateway::service
