#include "harness.h"

namespace cpgw::gateway::service {
namespace {

using SubmitTest = ServiceTest;

TEST_F(SubmitTest, StoresAndAnswersIdsAndTrace) {
  json::object one = submission();
  one["priority"] = 2;
  one["expires_in"] = 600;
  const auto answer = ask(submit(std::move(one)));
  ASSERT_TRUE(ok(answer)) << answer;
  const auto& result = answer.at("results").at(0).as_object();
  ASSERT_TRUE(ok(result)) << answer;
  EXPECT_FALSE(result.at("duplicate").as_bool());
  const std::string trace(result.at("trace_id").as_string());
  EXPECT_EQ(trace.size(), 32u);
  ASSERT_EQ(result.at("ids").as_array().size(), 1u);
  const std::string id(result.at("ids").at(0).as_string());

  const auto stored = store->job(queue::JobId{std::stoull(id)});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->recipient.international(), "+358401234567");
  EXPECT_EQ(stored->priority, 2);
  EXPECT_EQ(stored->due, now);
  EXPECT_EQ(stored->deadline, now + std::chrono::seconds(600));
  EXPECT_EQ(to_hex(stored->trace), trace);
  EXPECT_EQ(store->route_group_name(stored->group), "smsc-a");
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(log.holds("submission-accepted: a submission is stored trace_id=" + trace +
                        " tenant=acme jobs=1"));
  EXPECT_FALSE(log.holds("244051234567890"));
}

TEST_F(SubmitTest, TakesDefaultsFromTheSettings) {
  const auto answer = ask(submit(submission("040 123 4567")));
  const std::string id(answer.at("results").at(0).at("ids").at(0).as_string());
  const auto stored = store->job(queue::JobId{std::stoull(id)});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->recipient.international(), "+358401234567");
  EXPECT_EQ(stored->priority, 4);
  EXPECT_EQ(stored->deadline, now + std::chrono::hours(24));
}

TEST_F(SubmitTest, WaitsForNotBefore) {
  json::object one = submission();
  one["not_before"] = "2026-03-02T00:00:00.000Z";
  const auto answer = ask(submit(std::move(one)));
  const std::string id(answer.at("results").at(0).at("ids").at(0).as_string());
  const auto stored = store->job(queue::JobId{std::stoull(id)});
  EXPECT_EQ(stored->due, now + std::chrono::hours(24));
  EXPECT_EQ(stored->deadline, now + std::chrono::hours(48));
}

TEST_F(SubmitTest, TakesAllRecipientsOrNone) {
  json::object one = submission();
  one["recipients"] = {recipient("+35840000001"), recipient("12x"), recipient("+35840000002", "12"),
                       json::object{{"number", "+35840000003"}}};
  one["recipients"].as_array().push_back(
      json::object{{"number", "+35840000004"},
                   {"imsi", "244051234567890"},
                   {"pin", "1234"},
                   {"slots", {{"apn", "not a host"}, {"other", "x"}}}});
  const auto answer = ask(submit(std::move(one)));
  ASSERT_TRUE(ok(answer));
  const auto& result = answer.at("results").at(0).as_object();
  EXPECT_FALSE(ok(result));
  EXPECT_EQ(errors_of(result),
            "gateway/bad-recipient recipients[1].number; "
            "gateway/bad-recipient recipients[2].imsi; "
            "gateway/bad-recipient recipients[3].imsi; "
            "gateway/bad-recipient recipients[3].slots.apn; "
            "gateway/bad-recipient recipients[4].pin; "
            "gateway/bad-recipient recipients[4].slots.apn; "
            "gateway/bad-recipient recipients[4].slots.other");
  EXPECT_EQ(store->stats().jobs, 0u);
}

TEST_F(SubmitTest, OneBadSubmissionDoesNotHurtTheOthers) {
  json::object request = submit(submission("+35840000001"));
  auto& list = request["submissions"].as_array();
  list.push_back(json::object{{"content", content()}, {"odd", 1}});
  list.push_back(submission("+35840000002"));
  const auto answer = ask(request);
  ASSERT_TRUE(ok(answer));
  EXPECT_TRUE(answer.at("results").at(0).at("ok").as_bool());
  EXPECT_EQ(errors_of(answer.at("results").at(1).as_object()),
            "gateway/bad-request recipients; gateway/bad-request odd");
  EXPECT_TRUE(answer.at("results").at(2).at("ok").as_bool());
  EXPECT_EQ(store->stats().jobs, 2u);
}

TEST_F(SubmitTest, TakesEveryKindOfContent) {
  const json::object kinds[] = {
      {{"type", "text/vnd.wap.si"},
       {"xml", "<si><indication href='http://a/'>n</indication></si>"}},
      {{"type", "text/plain"}, {"text", "now"}, {"message_class", 0}},
      {{"type", "application/vnd.wap.connectivity-wbxml"},
       {"octets", "03 0B 6A 00 05"},
       {"security", "none"},
       {"application_id", 7}},
  };
  for (const json::object& kind : kinds) {
    const auto answer =
        ask(submit({{"content", kind}, {"recipients", {{{"number", "+35840000001"}}}}}));
    EXPECT_TRUE(answer.at("results").at(0).at("ok").as_bool()) << answer;
  }
  EXPECT_EQ(store->stats().jobs, 3u);
}

TEST_F(SubmitTest, TakesServiceLoadingOnlyWhereItIsAllowed) {
  const auto load = [this] {
    const json::object sl{{"type", "text/vnd.wap.sl"}, {"xml", "<sl href='http://a/'/>"}};
    return ask(submit({{"content", sl}, {"recipients", {{{"number", "+35840000001"}}}}}));
  };
  EXPECT_EQ(errors_of(load().at("results").at(0).as_object()), "gateway/not-allowed content.type");
  flow::FlowSettings with = settings();
  with.service_loading = true;
  service->apply(with);
  EXPECT_TRUE(load().at("results").at(0).at("ok").as_bool());
}

TEST_F(SubmitTest, NamesEveryMistakeOfForm) {
  struct Case {
    std::string_view name;
    json::value value;
    std::string_view errors;
  };
  json::object no_type = content();
  no_type["type"] = "text/html";
  json::object other_form = content();
  other_form["type"] = "text/plain";
  const json::object no_text{{"type", "text/plain"}};
  const json::object empty_text{{"type", "text/plain"}, {"text", ""}};
  json::object two_forms = content();
  two_forms["text"] = "a";
  json::object no_class = content();
  no_class["message_class"] = 1;
  json::object no_security = content();
  no_security.erase("security");
  json::object odd_security = content("rot13");
  json::object bad_xml = content();
  bad_xml["xml"] = "<wap-provisioningdoc>\n<characteristic type=\"NAPDEF\">";
  json::object bad_slot = content();
  bad_slot["slots"] = {{"apn", {{"type", "colour"}, {"max", 0}, {"odd", 1}}}};
  json::object undeclared = content();
  undeclared.erase("slots");
  for (const Case& c : {
           Case{"content", 1, "gateway/bad-request content"},
           Case{"content", no_type, "gateway/bad-content content.type"},
           Case{"content", other_form, "gateway/bad-content content.xml"},
           Case{"content", no_text, "gateway/bad-request content.text"},
           Case{"content", empty_text, "gateway/bad-request content.text"},
           Case{"content", two_forms, "gateway/bad-request content.xml"},
           Case{"content", no_class, "gateway/bad-content content.message_class"},
           Case{"content", no_security, "gateway/security-missing content.security"},
           Case{"content", odd_security, "gateway/bad-content content.security"},
           Case{"recipients", json::array{}, "gateway/bad-request recipients"},
           Case{"recipients", {1}, "gateway/bad-request recipients[0]"},
           Case{"recipients", {{{"number", 358}}}, "gateway/bad-request recipients[0].number"},
           Case{"recipients",
                {{{"number", "+35840000001"}, {"imsi", 244051234567890}, {"slots", {{"apn", 1}}}}},
                "gateway/bad-request recipients[0].imsi; gateway/bad-request "
                "recipients[0].slots.apn"},
           Case{"priority", 10, "gateway/bad-request priority"},
           Case{"priority", 1.0, "gateway/bad-request priority"},
           Case{"not_before", "tomorrow", "gateway/bad-request not_before"},
           Case{"not_before", "2036-01-01T00:00:00Z", "gateway/bad-request not_before"},
           Case{"expires_in", 0, "gateway/bad-request expires_in"},
           Case{"expires_in", 2'592'001, "gateway/bad-request expires_in"},
           Case{"key", "", "gateway/bad-request key"},
           Case{"key", json::string(129, 'k'), "gateway/bad-request key"},
       }) {
    json::object one = submission();
    one[c.name] = c.value;
    const auto answer = ask(submit(std::move(one)));
    ASSERT_TRUE(ok(answer)) << answer;
    EXPECT_EQ(errors_of(answer.at("results").at(0).as_object()), c.errors)
        << c.name << ": " << c.value << answer;
  }
  json::object one = submission();
  one["content"] = bad_slot;
  EXPECT_EQ(errors_of(ask(submit(one)).at("results").at(0).as_object()),
            "wbxml/bad-slot content.slots.apn.type; gateway/bad-request content.slots.apn.max; "
            "gateway/bad-request content.slots.apn.odd");
  one["content"] = undeclared;
  EXPECT_FALSE(ok(ask(submit(one)).at("results").at(0).as_object()));
  one["content"] = bad_xml;
  const auto answer = ask(submit(one));
  const auto& error = answer.at("results").at(0).at("errors").at(0).as_object();
  EXPECT_EQ(error.at("field").as_string().subview(0, 11), "content.xml");
  EXPECT_EQ(error.at("line").as_int64(), 2);
  EXPECT_EQ(store->stats().jobs, 0u);
}

TEST_F(SubmitTest, NamesEveryMistakeOfTheRequest) {
  struct Case {
    std::string_view text;
    std::string_view errors;
  };
  for (const Case& c : {
           Case{"", "gateway/bad-request"},
           Case{"[]", "gateway/bad-request ; gateway/bad-request op"},
           Case{"{}", "gateway/bad-request op"},
           Case{R"({"op":1})", "gateway/bad-request op"},
           Case{R"({"op":"dance"})", "gateway/bad-request op"},
           Case{R"({"op":"submit"})",
                "gateway/bad-request tenant; gateway/bad-request submissions"},
           Case{R"({"op":"submit","tenant":"acme","submissions":[],"x":1})",
                "gateway/bad-request submissions; gateway/bad-request x"},
           Case{R"({"op":"submit","tenant":"nobody","submissions":[{}]})",
                "gateway/unknown-tenant tenant"},
           Case{R"({"op":"ping","tenant":"acme"})", "gateway/bad-request tenant"},
           Case{R"({"op":"ping","op":"ping"})", "gateway/bad-request"},
       }) {
    const auto answer = ask(c.text);
    EXPECT_FALSE(ok(answer));
    EXPECT_EQ(errors_of(answer), c.errors == "gateway/bad-request ; gateway/bad-request op"
                                     ? "gateway/bad-request"
                                     : c.errors)
        << c.text << answer;
  }
}

TEST_F(SubmitTest, ReplaysTheFirstAnswerOfAKey) {
  json::object one = submission();
  one["key"] = "order-1";
  const auto first = ask(submit(one));
  ASSERT_TRUE(ok(first.at("results").at(0).as_object())) << first;
  // Another order of fields is the same request.
  json::object same;
  for (auto it = one.end(); it != one.begin();) {
    --it;
    same[it->key()] = it->value();
  }
  const auto again = ask(submit(same));
  EXPECT_EQ(again.at("results").at(0).at("ids"), first.at("results").at(0).at("ids"));
  EXPECT_EQ(again.at("results").at(0).at("trace_id"), first.at("results").at(0).at("trace_id"));
  EXPECT_TRUE(again.at("results").at(0).at("duplicate").as_bool());
  EXPECT_EQ(store->stats().jobs, 1u);

  one["recipients"].at(0).as_object()["imsi"] = "244051234567891";
  EXPECT_EQ(errors_of(ask(submit(one)).at("results").at(0).as_object()), "gateway/conflict key");
  one["recipients"] = {recipient()};
  one["priority"] = 5;
  EXPECT_EQ(errors_of(ask(submit(one)).at("results").at(0).as_object()), "gateway/conflict key");
  // A key is its tenant's own.
  const auto other = ask(submit(one, "beta"));
  EXPECT_TRUE(ok(other.at("results").at(0).as_object())) << other;
  EXPECT_EQ(store->stats().jobs, 2u);
}

TEST_F(SubmitTest, ReplaysAWholeRequestByItsKey) {
  json::object request = submit(submission("+35840000001"));
  request["submissions"].as_array().push_back(submission("+35840000002"));
  request["key"] = std::string(128, 'k');
  const auto first = ask(request);
  const auto again = ask(request);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(again.at("results").at(i).at("ids"), first.at("results").at(i).at("ids"));
    EXPECT_TRUE(again.at("results").at(i).at("duplicate").as_bool());
  }
  EXPECT_EQ(store->stats().jobs, 2u);
}

TEST_F(SubmitTest, CompilesOneDocumentOnce) {
  json::object request = submit(submission("+35840000001"));
  for (int i = 0; i < 50; ++i) {
    request["submissions"].as_array().push_back(submission("+3584000" + std::to_string(1000 + i)));
  }
  const auto answer = ask(request);
  EXPECT_EQ(store->stats().jobs, 51u);
  const auto first = store->find({}).jobs;
  for (const queue::Job& job : first) EXPECT_EQ(job.content, first.front().content);
}

TEST_F(SubmitTest, StoresADocumentAgainThatTheStoreHasForgotten) {
  ASSERT_TRUE(ok(ask(submit(submission()))));
  const queue::Digest digest = store->job(store->find({}).jobs.front().id)->content;
  now += std::chrono::hours(24 * 32);
  for (queue::StepResult swept{.swept = 1}; swept.swept != 0;) {
    commit({queue::step::Sweep{}}, &swept);
  }
  ASSERT_FALSE(store->content(digest));
  const auto again = ask(submit(submission()));
  ASSERT_TRUE(ok(again.at("results").at(0).as_object())) << again;
  EXPECT_TRUE(store->content(digest));
  EXPECT_TRUE(store->check().empty());
}

TEST_F(SubmitTest, IsBoundedOverTheWholeRequest) {
  json::object one = submission();
  auto& recipients = one["recipients"].as_array();
  while (recipients.size() < 1000) recipients.push_back(json::object{{"number", "+35840000001"}});
  json::object request = submit(one);
  for (int i = 0; i < 10; ++i) request["submissions"].as_array().push_back(one);
  EXPECT_EQ(errors_of(ask(request)), "gateway/bad-request submissions");
  recipients.push_back(json::object{{"number", "+35840000001"}});
  EXPECT_EQ(errors_of(ask(submit(one)).at("results").at(0).as_object()),
            "gateway/bad-request recipients");
}

TEST_F(SubmitTest, ListsABoundedCountOfMistakes) {
  json::object one = submission();
  auto& recipients = one["recipients"].as_array();
  while (recipients.size() < 1000) recipients.push_back(json::object{{"number", "no"}});
  const auto answer = ask(submit(one));
  EXPECT_LE(answer.at("results").at(0).at("errors").as_array().size(), 110u);
}

TEST_F(SubmitTest, HostileDocumentsGetOneAnswerEach) {
  std::string deep = R"({"op":"submit","tenant":"acme","submissions":)" + std::string(100'000, '[');
  EXPECT_EQ(errors_of(ask(deep)), "gateway/bad-request");
  EXPECT_EQ(errors_of(ask(std::string((4 << 20) + 1, ' '))), "gateway/bad-request");
  EXPECT_EQ(errors_of(ask("{\"op\":\"ping\",\"x\":\"\xFF\"}")), "gateway/bad-request");
  std::string fields = R"({"op":"ping")";
  for (int i = 0; i < 10'000; ++i) fields += ",\"f" + std::to_string(i) + "\":1";
  const auto answer = ask(fields + "}");
  EXPECT_EQ(answer.at("errors").as_array().size(), 101u);
}

TEST_F(SubmitTest, SecretsNeverComeBack) {
  json::object one = submission();
  one["recipients"] = {json::object{{"number", "+35840000001"},
                                    {"imsi", "9998887776665554443"},
                                    {"pin", "77665544"},
                                    {"slots", {{"apn", "secret value!"}, {"x", "othersecret"}}}}};
  const std::string answer = ask_text(*intake, json::serialize(submit(one)));
  for (const char* secret : {"9998887776665554443", "77665544", "secret value", "othersecret"}) {
    EXPECT_EQ(answer.find(secret), std::string::npos) << secret;
    EXPECT_FALSE(log.holds(secret)) << secret;
  }
}

TEST_F(SubmitTest, AnswersBusyAndStopping) {
  service->stop();
  EXPECT_EQ(errors_of(ask(submit(submission()))), "gateway/stopping");
  EXPECT_EQ(errors_of(ask(R"({"op":"carrier.list"})")), "gateway/stopping");
  EXPECT_TRUE(ok(ask(R"({"op":"ping"})")));
}

TEST_F(SubmitTest, AnswersBusyWhenTheCommitterTakesNoMore) {
  committer.stop();
  EXPECT_EQ(errors_of(ask(submit(submission()))), "gateway/busy");
  EXPECT_EQ(service->stats().busy, 1u);
  EXPECT_EQ(store->stats().jobs, 0u);
}

TEST_F(SubmitTest, RefusesWhatTheSettingsForbid) {
  auto with = settings();
  with.only_to = {*Msisdn::parse("358409999999")};
  with.routes = {{"+358", "smsc-a"}};
  service->apply(with);
  EXPECT_EQ(errors_of(ask(submit(submission())).at("results").at(0).as_object()),
            "gateway/not-allowed recipients[0].number");
  with.only_to.clear();
  service->apply(with);
  EXPECT_EQ(errors_of(ask(submit(submission("+46701234567"))).at("results").at(0).as_object()),
            "gateway/no-route recipients[0].number");
  with.tenants = {{"beta", ""}};
  service->apply(with);
  EXPECT_EQ(errors_of(ask(submit(submission()))), "gateway/unknown-tenant tenant");
}

}  // namespace
}  // namespace cpgw::gateway::service
