// A service over the memory store and a real committer, asked in JSON, with time and randomness in
// the test's hand.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/service/json_api.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {

namespace json = boost::json;

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> octets) override {
    for (std::byte& b : octets) {
      state_ = state_ * 1103515245U + 12345U;
      b = static_cast<std::byte>(state_ >> 16);
    }
  }

 private:
  std::uint32_t state_ = 1;
};

/// Keeps every line as text, so that a test can look for what must not be there.
class KeptLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::string_view text,
             std::initializer_list<LogField> fields) override {
    std::string line = std::string(event) + ": " + std::string(text);
    for (const LogField& f : fields) line += " " + std::string(f.name) + "=" + f.value;
    lines.push_back(std::move(line));
  }
  [[nodiscard]] bool holds(std::string_view text) const {
    for (const std::string& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<std::string> lines;
};

/// What a reactor is to the committer: functions run on the test's thread.
class Posts {
 public:
  void post(std::function<void()> f) {
    const std::lock_guard lock(mutex_);
    functions_.push_back(std::move(f));
    come_.notify_one();
  }
  /// Runs the next one; false when none comes in ten seconds.
  [[nodiscard]] bool run_one() {
    std::unique_lock lock(mutex_);
    if (!come_.wait_for(lock, std::chrono::seconds(10), [&] { return !functions_.empty(); })) {
      return false;
    }
    auto f = std::move(functions_.front());
    functions_.pop_front();
    lock.unlock();
    f();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<std::function<void()>> functions_;
};

inline constexpr std::string_view kDocument =
    "<?xml version=\"1.0\"?>\n"
    "<wap-provisioningdoc version=\"1.1\">\n"
    "<characteristic type=\"NAPDEF\">\n"
    "<parm name=\"NAPID\" value=\"N1\"/>\n"
    "<parm name=\"NAME\" value=\"Net\"/>\n"
    "<parm name=\"BEARER\" value=\"GSM-GPRS\"/>\n"
    "<parm name=\"NAP-ADDRESS\" value=\"${apn}\"/>\n"
    "<parm name=\"NAP-ADDRTYPE\" value=\"APN\"/>\n"
    "</characteristic>\n"
    "</wap-provisioningdoc>\n";

inline json::object content(std::string_view security = "netwpin") {
  return {{"type", "text/vnd.wap.connectivity-xml"},
          {"xml", kDocument},
          {"security", security},
          {"slots", {{"apn", {{"type", "host"}, {"max", 64}}}}}};
}

inline json::object recipient(std::string_view number = "+358401234567",
                              std::string_view imsi = "244051234567890") {
  return {{"number", number}, {"imsi", imsi}, {"slots", {{"apn", "internet.example"}}}};
}

inline json::object submission(std::string_view number = "+358401234567") {
  return {{"content", content()}, {"recipients", {recipient(number)}}};
}

inline json::object submit(json::object one, std::string_view tenant = "acme") {
  return {{"op", "submit"}, {"tenant", tenant}, {"submissions", {std::move(one)}}};
}

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() { start(settings()); }
  ~ServiceTest() override { committer.stop(); }

  static flow::FlowSettings settings() {
    flow::FlowSettings s;
    s.numbers.default_country = "358";
    s.routes = {{"+", "smsc-a"}};
    s.tenants = {{"acme", ""}, {"beta", ""}};
    return s;
  }

  void start(flow::FlowSettings with) {
    events.reset();
    intake.reset();
    service.reset();
    ServiceSetup setup{store_ref(),
                       committer,
                       sealer,
                       keyring,
                       random,
                       log,
                       [this] { return now; },
                       [this] { return steady; }};
    setup.wake = [this] { ++wakes; };
    setup.links = [this] { return links; };
    setup.reload = [this] { return reload_answer; };
    service = std::make_unique<Service>(std::move(setup), std::move(with));
    intake = std::make_unique<IntakeApi>(*service, "0.1.0");
    events = std::make_unique<EventsApi>(
        *service, "0.1.0", [this] { return steady; },
        [this](std::optional<SteadyTime> at) { armed = at; });
  }

  queue::JobStore& store_ref() { return *store; }

  /// The answer's text, once it has come.
  std::string ask_text(RequestHandler& api, std::string_view request) {
    std::optional<std::string> answer;
    api.handle(request, [&](std::string text) {
      EXPECT_FALSE(answer) << "answered twice";
      answer = std::move(text);
    });
    while (!answer) {
      if (!posts.run_one()) {
        ADD_FAILURE() << "no answer to " << request.substr(0, 200);
        return "{}";
      }
    }
    return *std::move(answer);
  }
  json::object ask(std::string_view request) {
    return json::parse(ask_text(*intake, request)).as_object();
  }
  json::object ask(const json::object& request) { return ask(json::serialize(request)); }
  json::object ask_events(const json::object& request) {
    return json::parse(ask_text(*events, json::serialize(request))).as_object();
  }
  /// Runs what was posted until `request` has its effect: one more commit done.
  void commit(std::vector<queue::Step> steps, queue::StepResult* first = nullptr) {
    bool done = false;
    ASSERT_TRUE(committer.commit(queue::Lane::settle, std::move(steps),
                                 [&](Result<std::vector<queue::StepResult>> results) {
                                   ASSERT_TRUE(results);
                                   if (first) *first = results->front();
                                   done = true;
                                 }));
    while (!done) ASSERT_TRUE(posts.run_one());
  }

  WallTime now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  SteadyTime steady{};
  CountingRandom random;
  KeptLog log;
  signer::Keyring keyring = signer::Keyring::ephemeral(random);
  signer::Sealer sealer{keyring, random};
  std::unique_ptr<queue::JobStore> store = queue::open_memory_store({});
  Posts posts;
  queue::Committer committer{*store, [this] { return now; },
                             [this](std::function<void()> f) { posts.post(std::move(f)); },
                             [](const Error& e) { ADD_FAILURE() << to_string(e); }};
  int wakes = 0;
  std::vector<carriers::LinkReport> links;
  Outcome<std::vector<std::string>> reload_answer;
  std::optional<SteadyTime> armed;
  std::unique_ptr<Service> service;
  std::unique_ptr<IntakeApi> intake;
  std::unique_ptr<EventsApi> events;
};

/// "code field; code field" of an answer's errors.
inline std::string errors_of(const json::object& answer) {
  std::string text;
  const auto* errors = answer.if_contains("errors");
  if (!errors) return text;
  for (const json::value& e : errors->as_array()) {
    if (!text.empty()) text += "; ";
    text += std::string(e.at("code").as_string());
    if (const auto* field = e.as_object().if_contains("field")) {
      text += " " + std::string(field->as_string());
    }
  }
  return text;
}

inline bool ok(const json::object& answer) { return answer.at("ok").as_bool(); }

}  // namespace cpgw::gateway::service
