// A flow between a memory store and a scripted carrier, with clocks that stand still.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <optional>

#include "gateway/flow/accept.h"
#include "gateway/flow/flow.h"
#include "tests/unit/gateway_flow/documents.h"

namespace cpgw::gateway::flow {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return WallTime(std::chrono::milliseconds(ms_)); }
  [[nodiscard]] SteadyTime steady() const override {
    return SteadyTime(std::chrono::milliseconds(steady_));
  }
  void advance(std::chrono::milliseconds by) {
    ms_ += by.count();
    steady_ += by.count();
  }
  /// The wall clock alone: somebody set it.
  void jump(std::chrono::milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'000};
  std::atomic<std::int64_t> steady_{1'000'000};
};

class CollectingLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::string_view text,
             std::initializer_list<LogField> fields) override {
    std::string line = std::string(event) + " " + std::string(text);
    for (const LogField& f : fields) line += " " + std::string(f.name) + "=" + f.value;
    lines.push_back(std::move(line));
  }
  [[nodiscard]] std::size_t count(std::string_view event) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [&](const auto& l) { return l.starts_with(event); }));
  }
  std::vector<std::string> lines;
};

/// What the flow handed in, copied.
struct Handed {
  std::uint64_t token;
  Msisdn recipient;
  std::vector<si_sl::Part> parts;
  std::uint32_t to_send;
  std::uint16_t user_reference;
  std::chrono::seconds validity;
};

/// Answers when told to, or at once by `script`. Checks the contract it is called by.
class ScriptedCarrier final : public carriers::Carrier {
 public:
  /// Outcomes of one push, in the order they are told.
  using Script = std::function<std::vector<carriers::Outcome>(const Handed&)>;

  ScriptedCarrier(boost::asio::io_context& reactor, carriers::CarrierEvents& events,
                  std::string name, std::uint32_t window)
      : reactor_(reactor), events_(events), name_(std::move(name)), window_(window) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& account() const override { return account_; }
  [[nodiscard]] std::uint32_t window() const override { return window_; }
  void start() override {
    started = true;
    if (bind_at_start) bind(true);
  }
  [[nodiscard]] std::uint32_t ready_parts() const override {
    return bound && !paused_ && !stopping && open_parts < window_ ? window_ - open_parts : 0;
  }
  bool submit(const carriers::Push& push) override {
    EXPECT_NE(push.to_send, 0u);
    EXPECT_FALSE(stopping);
    if (!bound || stopping) return false;
    Handed h{push.token,   push.recipient,      {push.parts.begin(), push.parts.end()},
             push.to_send, push.user_reference, push.validity};
    EXPECT_TRUE(open.emplace(h.token, h.to_send).second) << "token used twice";
    open_parts += static_cast<std::uint32_t>(std::popcount(h.to_send));
    most_open = std::max(most_open, open_parts);
    handed.push_back(h);
    if (on_submit) on_submit(h);
    if (script) {
      for (auto& outcome : script(h)) answer(std::move(outcome));
    }
    return true;
  }
  void acknowledge(std::uint64_t ack, bool stored) override {
    EXPECT_TRUE(stored);
    acknowledged.push_back(ack);
  }
  void stop(std::chrono::milliseconds, std::function<void()> done) override {
    stopping = true;
    if (hold_stop) {
      stop_done = std::move(done);
    } else {
      finish_stop(std::move(done));
    }
  }
  void finish_stop(std::function<void()> done) {
    if (report_leftovers) {
      for (const auto& [token, parts] : std::map(open)) {
        for (std::uint8_t p = 0; p < 32; ++p) {
          if ((parts >> p & 1) != 0) tell(token, p, OutcomeClass::unknown);
        }
      }
    }
    boost::asio::post(reactor_, std::move(done));
  }
  void pause(bool paused) override { paused_ = paused; }
  [[nodiscard]] std::vector<carriers::LinkReport> report() const override {
    carriers::LinkReport r;
    r.name = name_;
    r.state = suspended ? carriers::LinkState::suspended
              : bound   ? carriers::LinkState::bound
                        : carriers::LinkState::connecting;
    return {r};
  }
  [[nodiscard]] carriers::RetryDelays retry_delays() const override { return delays; }
  [[nodiscard]] bool leaves_machine() const override { return false; }

  // ---- what the tests do with it
  void bind(bool now) {
    bound = now;
    later([this] { events_.on_link(report().front()); });
  }
  void tell(std::uint64_t token, std::uint8_t part, OutcomeClass what, std::uint32_t code = 0,
            std::string id = {}) {
    answer({.token = token,
            .part = part,
            .outcome = what,
            .code = code,
            .id = std::move(id),
            .receipt_to_come = what == OutcomeClass::accepted});
  }
  /// Accepts every part of a push with ids "<token>-<part>".
  void accept(const Handed& h) {
    for (auto& outcome : accepted(h)) answer(std::move(outcome));
  }
  static std::vector<carriers::Outcome> accepted(const Handed& h) {
    std::vector<carriers::Outcome> all;
    for (std::uint8_t p = 0; p < 32; ++p) {
      if ((h.to_send >> p & 1) == 0) continue;
      all.push_back({.token = h.token,
                     .part = p,
                     .outcome = OutcomeClass::accepted,
                     .id = id(h.token, p),
                     .receipt_to_come = true});
    }
    return all;
  }
  static std::string id(std::uint64_t token, unsigned part) {
    return std::to_string(token) + "-" + std::to_string(part);
  }
  /// A receipt for one part by its id; gives back its acknowledgement number.
  std::uint64_t receipt(const Msisdn& recipient, std::string part_id,
                        carriers::DeliveryState state = carriers::DeliveryState::delivered,
                        std::uint16_t code = 0) {
    const std::uint64_t ack = next_ack++;
    later([=, this, id = std::move(part_id)] {
      events_.on_receipt(name_, {.account = account_,
                                 .candidates = {id},
                                 .recipient = recipient,
                                 .user_reference = {},
                                 .state = state,
                                 .code = code,
                                 .text_state = {},
                                 .ack = ack});
    });
    return ack;
  }
  void receive_message(Octets data) {
    const std::uint64_t ack = next_ack++;
    later([=, this] {
      events_.on_inbound(name_, {.account = account_,
                                 .from = "358401111111",
                                 .to = "12345",
                                 .user_data = data,
                                 .ack = ack});
    });
  }

  Script script;
  std::function<void(const Handed&)> on_submit;
  std::vector<Handed> handed;
  std::map<std::uint64_t, std::uint32_t> open;  ///< parts without an outcome, by token
  std::uint32_t open_parts = 0, most_open = 0;
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t next_ack = 1;
  bool started = false, bound = false, bind_at_start = true, stopping = false, suspended = false;
  bool hold_stop = false, report_leftovers = true;
  carriers::RetryDelays delays;
  std::function<void()> stop_done;

 private:
  /// In a turn of its own; nothing when this carrier is gone by then.
  template <class Act>
  void later(Act act) {
    boost::asio::post(reactor_, [act = std::move(act), alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired()) act();
    });
  }
  void answer(carriers::Outcome outcome) {
    if (const auto it = open.find(outcome.token);
        it != open.end() && outcome.part < 32 && (it->second >> outcome.part & 1) != 0) {
      it->second &= ~(1u << outcome.part);
      --open_parts;
      if (it->second == 0) open.erase(it);
    }
    later([this, outcome = std::move(outcome)] {
      events_.on_outcome(name_, outcome);
      events_.on_room(name_);
    });
  }

  boost::asio::io_context& reactor_;
  carriers::CarrierEvents& events_;
  std::string name_, account_ = "account";
  std::uint32_t window_;
  bool paused_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

/// The memory store with a disk that can break.
class BreakableStore final : public queue::JobStore {
 public:
  std::atomic<bool> broken = false;
  Result<std::vector<std::vector<queue::StepResult>>> commit(
      std::span<const std::vector<queue::Step>> requests, WallTime now) override {
    if (broken) return fail(queue::Errc::io, "no space left on device");
    return inner_->commit(requests, now);
  }
  Result<std::uint64_t> recover(WallTime now) override { return inner_->recover(now); }
  queue::TenantId tenant(std::string_view name) override { return inner_->tenant(name); }
  queue::RouteGroup route_group(std::string_view name) override {
    return inner_->route_group(name);
  }
  std::string tenant_name(queue::TenantId id) const override { return inner_->tenant_name(id); }
  std::string route_group_name(queue::RouteGroup id) const override {
    return inner_->route_group_name(id);
  }
  std::vector<queue::ReadyQueue> ready_queues() const override { return inner_->ready_queues(); }
  std::optional<queue::Job> job(queue::JobId id) const override { return inner_->job(id); }
  Result<Octets> sealed(queue::JobId id) const override { return inner_->sealed(id); }
  queue::JobPage find(const queue::JobQuery& query) const override { return inner_->find(query); }
  std::optional<queue::Content> content(const queue::Digest& digest) const override {
    return inner_->content(digest);
  }
  std::optional<queue::QueueInfo> queue(queue::QueueId id) const override {
    return inner_->queue(id);
  }
  std::optional<queue::QueueInfo> queue(queue::TenantId tenant,
                                        std::string_view name) const override {
    return inner_->queue(tenant, name);
  }
  std::vector<queue::QueueInfo> queues(std::optional<queue::TenantId> tenant) const override {
    return inner_->queues(tenant);
  }
  std::optional<queue::ImportCursor> import_cursor(queue::QueueId queue,
                                                   std::string_view name) const override {
    return inner_->import_cursor(queue, name);
  }
  EventPage events(queue::TenantId tenant, std::uint64_t after,
                   std::uint32_t limit) const override {
    return inner_->events(tenant, after, limit);
  }
  queue::StoreStats stats() const override { return inner_->stats(); }
  std::vector<Error> check() const override { return inner_->check(); }

 private:
  std::unique_ptr<queue::JobStore> inner_ = queue::open_memory_store({});
};

class FlowBench : public testing::Test {
 protected:
  FlowBench() {
    settings.routes = {{"+", "smsc"}};
    settings.retry = {.first = std::chrono::seconds(5), .most = std::chrono::seconds(5)};
  }
  ~FlowBench() override {
    for (const Error& e : store->check()) ADD_FAILURE() << to_string(e);
    flow.reset();
    committer.stop();
    for (const std::string& line : log.lines) {
      for (const char* secret : {"244070000000017", "My operator", "internet.example"}) {
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
      }
    }
  }

  Flow& start(std::uint32_t window = 10) {
    flow.emplace(FlowSetup{.reactor = reactor,
                           .store = *store,
                           .committer = committer,
                           .sealer = sealer,
                           .keyring = keyring,
                           .clock = clock,
                           .random = random,
                           .log = log},
                 settings);
    smsc = &add("smsc", window);
    flow->start();
    return *flow;
  }
  ScriptedCarrier& add(const std::string& name, std::uint32_t window) {
    auto carrier = std::make_unique<ScriptedCarrier>(reactor, *flow, name, window);
    ScriptedCarrier& it = *carrier;
    flow->add_carrier(std::move(carrier));
    return it;
  }

  /// Runs the reactor until `done`; fails when that takes ten real seconds.
  template <class Done>
  [[nodiscard]] bool until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      reactor.restart();
      reactor.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  std::vector<queue::StepResult> commit(std::vector<queue::Step> steps) {
    std::optional<std::vector<queue::StepResult>> results;
    EXPECT_TRUE(committer.commit(queue::Lane::interactive, std::move(steps),
                                 [&](Result<std::vector<queue::StepResult>> r) {
                                   EXPECT_TRUE(r);
                                   results = r ? *r : std::vector<queue::StepResult>(8);
                                 }));
    EXPECT_TRUE(until([&] { return results.has_value(); }));
    return results.value_or(std::vector<queue::StepResult>(8));
  }
  /// The store has done everything it was asked before.
  void quiesce() { (void)commit({}); }

  /// A queue of `tenant`; its single pushes without a name.
  queue::QueueId make_queue(const std::string& tenant, const std::string& name = {}) {
    const queue::TenantId id = store->tenant(tenant);
    queue::QueueInfo info;
    info.tenant = id;
    info.id = name.empty() ? queue::singles(id) : queue::QueueId{};
    info.name = name;
    info.group = store->route_group("smsc");
    info.created = clock.wall();
    const auto results = commit({queue::step::PutQueue{info}});
    return results[0].queue.value_or(info.id);
  }
  /// Stores one job per number and wakes the flow.
  std::vector<queue::JobId> submit(const std::vector<std::string>& numbers,
                                   std::string_view name = "My operator",
                                   const std::string& tenant = "acme",
                                   std::optional<queue::QueueId> queue = {}) {
    if (!queue) queue = make_queue(tenant);
    const auto content = compiled(signer::Security::NETWPIN, 200);
    const queue::Content stored = *seal_content(store_content(content, access_point()), sealer);
    Acceptor acceptor(settings, sealer, random);
    JobTerms terms;
    terms.tenant = store->tenant(tenant);
    terms.tenant_name = tenant;
    terms.queue = *queue;
    terms.due = clock.wall();
    terms.deadline = clock.wall() + std::chrono::hours(1);
    random.fill(terms.trace);
    queue::step::Submit step{.tenant = terms.tenant, .jobs = {}, .idempotency = {}, .cursor = {}};
    for (const std::string& number : numbers) {
      const RecipientRequest recipient{
          .number = number,
          .imsi = Secret("244070000000017"),
          .pin = {},
          .slots = {{"name", Secret(name)}, {"apn", Secret("internet.example")}}};
      auto job = acceptor.job(recipient, content, stored.digest, terms,
                              [this](const std::string& n) { return store->route_group(n); });
      if (!job) {
        ADD_FAILURE() << to_string(job.error().front());
        continue;
      }
      step.jobs.push_back(*std::move(job));
    }
    std::vector<queue::Step> steps;
    steps.emplace_back(queue::step::PutContent{stored});
    steps.emplace_back(std::move(step));
    auto results = commit(std::move(steps));
    EXPECT_FALSE(results[1].error) << to_string(*results[1].error);
    if (flow) flow->wake();
    return results[1].ids;
  }
  queue::JobId submit_one(const std::string& number = "+358401234567") {
    return submit({number}, kLongName).front();
  }
  [[nodiscard]] queue::JobState state(queue::JobId id) const {
    const auto job = store->job(id);
    return job ? job->state : queue::JobState::cancelled;
  }
  [[nodiscard]] bool reaches(queue::JobId id, queue::JobState wanted) {
    return until([&] { return state(id) == wanted; });
  }
  void later(std::chrono::milliseconds by) {
    clock.advance(by);
    flow->wake();
  }
  bool stop() {
    bool stopped = false;
    flow->stop(std::chrono::seconds(1), [&] { stopped = true; });
    return until([&] { return stopped; });
  }
  [[nodiscard]] std::vector<queue::EventKind> events(queue::JobId id,
                                                     const std::string& tenant = "acme") {
    std::vector<queue::EventKind> kinds;
    for (const queue::Event& e : store->events(store->tenant(tenant), 0, 1000).events) {
      if (e.job == id) kinds.push_back(e.kind);
    }
    return kinds;
  }

  /// Makes the push three parts long.
  static inline const std::string kLongName = std::string("My operator") + std::string(150, 'x');

  boost::asio::io_context reactor;
  ManualClock clock;
  SeededRandom random{17};
  CollectingLog log;
  signer::Keyring keyring = signer::Keyring::ephemeral(random);
  signer::Sealer sealer{keyring, random};
  std::unique_ptr<BreakableStore> store = std::make_unique<BreakableStore>();
  std::optional<Error> fatal;
  queue::Committer committer{
      *store, [this] { return clock.wall(); },
      [this](std::function<void()> f) { boost::asio::post(reactor, std::move(f)); },
      [this](const Error& e) { fatal = e; }};
  FlowSettings settings;
  std::optional<Flow> flow;
  ScriptedCarrier* smsc = nullptr;
};

}  // namespace cpgw::gateway::flow
