#include <algorithm>

#include "gateway/service/errors.h"
#include "gateway/service/json.h"
#include "gateway/service/json_answers.h"
#include "gateway/service/json_api.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;

constexpr std::size_t kMostWaiters = 256;
constexpr std::ptrdiff_t kMostWaitersOfTenant = 64;
constexpr std::int64_t kMostWaitMs = 30'000;
constexpr std::int64_t kDefaultCredit = 500;
/// Commits come by the hundred a second: one look for all of them in this time.
constexpr std::chrono::milliseconds kLookDelay{5};

}  // namespace

EventsApi::EventsApi(Service& service, std::string version, std::function<SteadyTime()> steady,
                     std::function<void(std::optional<SteadyTime>)> arm)
    : service_(service),
      version_(std::move(version)),
      steady_(std::move(steady)),
      arm_(std::move(arm)) {}

void EventsApi::handle(std::string_view request, std::function<void(std::string)> reply) {
  const auto document = JsonDocument::parse(request);
  if (!document) return reply(error_answer({document.error()}));
  Mistakes mistakes;
  ObjectReader fields(document->root(), "", mistakes);
  const auto op = fields.required_text("op", 1, 64);
  if (op == "ping") {
    fields.finish();
    return reply(mistakes.empty() ? ping_answer(version_, service_.now())
                                  : error_answer(std::move(mistakes).take()));
  }
  if (mistakes.empty() && op != "events") {
    fields.mistake("op", "is not a request of this socket", Errc::bad_request);
    return reply(error_answer(std::move(mistakes).take()));
  }
  const std::string tenant(fields.required_text("tenant", 1, 128));
  const auto after = static_cast<std::uint64_t>(fields.integer("after", 0, INT64_MAX).value_or(0));
  const auto credit =
      static_cast<std::uint32_t>(fields.integer("credit", 1, kMostListed).value_or(kDefaultCredit));
  const std::chrono::milliseconds wait(fields.integer("wait_ms", 0, kMostWaitMs).value_or(0));
  fields.finish();
  if (!mistakes.empty()) return reply(error_answer(std::move(mistakes).take()));

  const auto page = service_.events(tenant, after, credit);
  if (!page) return reply(error_answer(page.error()));
  if (!page->events.empty() || wait.count() == 0 || stopped_) return reply(events_answer(*page));
  const auto of_tenant = std::count_if(waiters_.begin(), waiters_.end(),
                                       [&](const Waiter& w) { return w.tenant == tenant; });
  if (waiters_.size() >= kMostWaiters || of_tenant >= kMostWaitersOfTenant) {
    return reply(error_answer(busy().value()));
  }
  waiters_.push_back({tenant, after, credit, steady_() + wait, std::move(reply)});
  rearm();
}

void EventsApi::committed() {
  if (waiters_.empty() || look_at_) return;
  look_at_ = steady_() + kLookDelay;
  rearm();
}

void EventsApi::fire() {
  const SteadyTime now = steady_();
  const bool look = look_at_ && *look_at_ <= now;
  if (look) look_at_.reset();
  std::vector<Waiter> waiting = std::move(waiters_);
  waiters_.clear();
  std::vector<std::pair<std::function<void(std::string)>, std::string>> answers;
  for (Waiter& w : waiting) {
    const bool over = w.until <= now;
    if (!look && !over) {
      waiters_.push_back(std::move(w));
      continue;
    }
    const auto page = service_.events(w.tenant, w.after, w.credit);
    if (page && page->events.empty() && !over) {
      waiters_.push_back(std::move(w));
      continue;
    }
    answers.emplace_back(std::move(w.reply),
                         page ? events_answer(*page) : error_answer(page.error()));
  }
  rearm();
  for (auto& [reply, answer] : answers) reply(std::move(answer));
}

void EventsApi::stop() {
  stopped_ = true;
  look_at_.reset();
  const std::vector<Waiter> waiting = std::move(waiters_);
  waiters_.clear();
  rearm();
  for (const Waiter& w : waiting) {
    w.reply(error_answer({Error(Errc::stopping, "the gateway is going down: ask again later")}));
  }
}

void EventsApi::rearm() {
  std::optional<SteadyTime> at = look_at_;
  for (const Waiter& w : waiters_) at = at ? std::min(*at, w.until) : w.until;
  arm_(at);
}

}  // namespace cpgw::gateway::service
