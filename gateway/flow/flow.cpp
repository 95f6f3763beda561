#include "gateway/flow/flow.h"

#include <boost/asio/post.hpp>

#include "gateway/flow/flow_impl.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::chrono::minutes kUnboundAlarm{1};
/// Claimed pushes that no link takes for so long go back, so that pause, cancel and expiry reach
/// them.
constexpr std::chrono::seconds kStallPatience{30};
constexpr std::chrono::seconds kRemovePatience{10};
constexpr std::uint32_t kSweepRecords = 500;
constexpr std::chrono::milliseconds kSweepPause{20};

std::string_view to_string(carriers::LinkState state) {
  switch (state) {
    case carriers::LinkState::connecting: return "connecting";
    case carriers::LinkState::bound: return "bound";
    case carriers::LinkState::suspended: return "suspended";
    case carriers::LinkState::stopped: return "stopped";
  }
  return "stopped";
}

}  // namespace

std::string trace_text(const queue::TraceId& trace) { return to_hex(trace); }

Flow::Impl::Impl(const FlowSetup& with, FlowSettings rules)
    : reactor(with.reactor),
      store(with.store),
      committer(with.committer),
      sealer(with.sealer),
      clock(with.clock),
      random(with.random),
      log(with.log),
      settings(std::move(rules)),
      contents(with.store, with.sealer),
      composer(with.keyring),
      tick_timer(with.reactor),
      due_timer(with.reactor),
      sweep_timer(with.reactor) {
  expired_before = expired();
  (void)now();  // a jump of the clock shows only against an earlier reading
}

std::uint64_t Flow::Impl::expired() const {
  std::uint64_t sum = 0;
  for (const queue::QueueInfo& queue : store.queues(std::nullopt)) sum += queue.counts.expired;
  return sum;
}

WallTime Flow::Impl::now() {
  const queue::ClockGuard::Reading reading = guard.read(clock.wall(), clock.steady());
  if (reading.alarm) {
    clock_alarm = reading.alarm;
    log.write(LogLevel::error, "clock-alarm", *reading.alarm);
  }
  expiry_held = reading.expiry_held;
  last_now = reading.now;
  return reading.now;
}

Road* Flow::Impl::road(std::uint64_t id) {
  const auto it = std::ranges::find(roads, id, [](const auto& r) { return r->id; });
  return it == roads.end() ? nullptr : it->get();
}
Road* Flow::Impl::road(std::string_view name) {
  const auto it =
      std::ranges::find(roads, name, [](const auto& r) -> std::string_view { return r->name; });
  return it == roads.end() ? nullptr : it->get();
}

void Flow::Impl::job_line(LogLevel level, std::string_view event, std::string_view text,
                          const queue::Job& job, std::string detail) {
  if (!log.enabled(level)) return;
  log.write(level, event, text,
            {{"job", std::to_string(job.id.value)},
             {"trace_id", trace_text(job.trace)},
             {"attempt", std::to_string(job.attempt + 1)},
             {"detail", std::move(detail)}});
}

// ---- carriers

void Flow::Impl::add(std::unique_ptr<carriers::Carrier> carrier) {
  if (road(carrier->name()) != nullptr) {
    arriving.push_back(std::move(carrier));  // its namesake is being stopped
    return;
  }
  auto road = std::make_unique<Road>();
  road->id = next_road++;
  road->name = carrier->name();
  road->group = store.route_group(carrier->name());
  road->carrier = std::move(carrier);
  roads.push_back(std::move(road));
  if (running && !stopping && !dead) start_road(*roads.back());
}

void Flow::Impl::start_road(Road& road) {
  road.started = true;
  road.unbound_since = clock.steady();
  road.carrier->start();
  dirty = true;
  pump_soon();
}

void Flow::Impl::close(Road& road, std::chrono::milliseconds patience, std::function<void()> done) {
  if (done) road.when_closed.push_back(std::move(done));
  if (road.closing) return;
  road.closing = true;
  if (!dead) release_unsent(road, "the carrier is being stopped");
  // The answer may come from within stop(); what it does may end this carrier.
  road.carrier->stop(patience, [weak = weak_from_this(), id = road.id, &where = reactor] {
    boost::asio::post(where, [weak, id] {
      if (const auto self = weak.lock()) self->carrier_stopped(id);
    });
  });
}

void Flow::Impl::carrier_stopped(std::uint64_t road_id) {
  Road* const road = this->road(road_id);
  if (road == nullptr || road->carrier_done) return;
  road->carrier_done = true;
  // The carrier says unknown of whatever it leaves behind; should one be missing, so do we.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> left;
  for (const auto& [token, flight] : road->in_flight) {
    left.emplace_back(token, flight.attempt.unanswered());
  }
  for (const auto& [token, parts] : left) {
    for (std::uint8_t part = 0; part < queue::kMaxParts; ++part) {
      if ((parts & (std::uint32_t{1} << part)) == 0) continue;
      outcome(road->name,
              {.token = token, .part = part, .outcome = OutcomeClass::unknown, .id = {}});
    }
  }
  check_closed(road_id);
}

void Flow::Impl::check_closed(std::uint64_t road_id) {
  const auto it = std::ranges::find(roads, road_id, [](const auto& r) { return r->id; });
  if (it == roads.end()) return;
  Road& road = **it;
  if (!road.closing || !road.carrier_done) return;
  if (!dead && (road.requests > 0 || !road.in_flight.empty())) return;
  log.write(LogLevel::info, "carrier-stopped", "The carrier is stopped", {{"carrier", road.name}});
  // The carrier may be among our callers: it dies in a turn of its own.
  boost::asio::post(reactor, [gone = std::shared_ptr<Road>(std::move(*it))] {
    for (const auto& done : gone->when_closed) done();
  });
  roads.erase(it);
  const auto next = std::ranges::find_if(
      arriving, [&](const auto& carrier) { return this->road(carrier->name()) == nullptr; });
  if (next != arriving.end()) {
    auto carrier = std::move(*next);
    arriving.erase(next);
    if (!stopping && !dead) add(std::move(carrier));
  }
  check_stopped();
}

void Flow::Impl::link_changed(const carriers::LinkReport& report) {
  Road* const road = this->road(std::string_view(report.name).substr(0, report.name.find('#')));
  log.write(report.state == carriers::LinkState::suspended ||
                    (report.state == carriers::LinkState::connecting && report.reconnects > 0)
                ? LogLevel::warning
                : LogLevel::info,
            "link-" + std::string(to_string(report.state)),
            "A link to an operator is " + std::string(to_string(report.state)),
            {{"link", report.name}, {"why", report.detail}});
  if (road != nullptr && !dead) check_road(*road);
}

void Flow::Impl::check_road(Road& road) {
  if (!road.started || road.closing) return;
  bool bound = false;
  road.suspended = false;
  for (const carriers::LinkReport& link : road.carrier->report()) {
    bound = bound || link.state == carriers::LinkState::bound;
    road.suspended = road.suspended || link.state == carriers::LinkState::suspended;
  }
  if (bound) {
    road.unbound_since.reset();
    pump_soon();
  } else {
    if (!road.unbound_since) road.unbound_since = clock.steady();
    release_unsent(road, "no link is bound");
  }
  if (road.stalled_since && clock.steady() - *road.stalled_since > kStallPatience) {
    release_unsent(road, "the carrier takes nothing");
  }
}

// ---- life

void Flow::Impl::stop(std::chrono::milliseconds patience, std::function<void()> done) {
  if (done) when_stopped.push_back(std::move(done));
  if (!stopping) {
    stopping = true;
    tick_timer.cancel();
    due_timer.cancel();
    sweep_timer.cancel();
    arriving.clear();
    std::vector<std::uint64_t> ids;
    for (const auto& road : roads) ids.push_back(road->id);
    for (const std::uint64_t id : ids) {
      if (Road* const one = road(id)) close(*one, patience, {});
    }
  }
  check_stopped();
}

void Flow::Impl::check_stopped() {
  if (!stopping || when_stopped.empty() || !roads.empty()) return;
  if (!dead && (requests_open > 0 || !settling.empty())) return;
  for (auto& done : std::exchange(when_stopped, {})) boost::asio::post(reactor, std::move(done));
}

void Flow::Impl::store_failed(const Error& error) {
  if (dead) return;
  dead = true;
  log.write(LogLevel::error, "store-failed",
            "The store failed; nothing is sent or acknowledged from here on",
            {{"error", cpgw::to_string(error)}});
  settling.clear();
  tick_timer.cancel();
  due_timer.cancel();
  sweep_timer.cancel();
  for (const auto& road : roads) close(*road, std::chrono::milliseconds(0), {});
}

void Flow::Impl::arm_tick() {
  tick_timer.expires_after(kTickPause);
  tick_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || self == nullptr || self->stopping || self->dead) return;
    self->tick();
    self->arm_tick();
  });
}

void Flow::Impl::tick() {
  (void)now();
  for (const auto& road : roads) check_road(*road);
  sweep();
  dirty = true;
  pump();
}

void Flow::Impl::sweep() {
  if (sweeping || stopping || dead) return;
  std::vector<queue::Step> steps;
  steps.emplace_back(queue::step::Sweep{.max_records = kSweepRecords, .expire = !expiry_held});
  sweeping = committer.commit(
      queue::Lane::import, std::move(steps),
      [weak = weak_from_this()](Result<std::vector<queue::StepResult>> results) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        self->sweeping = false;
        if (!results) {
          self->store_failed(results.error());
          return;
        }
        if (results->front().swept == 0 || self->stopping) return;
        // More may be left. Pieces leave room for the work between them.
        self->sweep_timer.expires_after(kSweepPause);
        self->sweep_timer.async_wait([weak](const boost::system::error_code& cancelled) {
          const auto again = weak.lock();
          if (!cancelled && again != nullptr) again->sweep();
        });
      });
}

std::vector<std::string> Flow::Impl::alarms() const {
  std::vector<std::string> all;
  if (dead) all.emplace_back("the store failed: nothing is sent or acknowledged");
  if (clock_alarm && (expiry_held || clock.wall() < last_now)) all.push_back(*clock_alarm);
  for (const auto& road : roads) {
    if (road->suspended) {
      all.push_back("carrier " + road->name +
                    " has a suspended link: the operator refuses our settings");
    } else if (road->unbound_since && clock.steady() - *road->unbound_since >= kUnboundAlarm) {
      all.push_back("carrier " + road->name + " has had no bound link for over a minute");
    }
  }
  for (const std::string& name : stranded) {
    all.push_back("pushes wait for carrier " + name + ", which is not configured");
  }
  if (held_in_doubt > 0) {
    all.push_back(std::to_string(held_in_doubt) +
                  " pushes were never answered and are held in doubt; see `cpgw job list`");
  }
  return all;
}

// ---- the public face

Flow::Flow(const FlowSetup& setup, FlowSettings settings)
    : impl_(std::make_shared<Impl>(setup, std::move(settings))) {}
Flow::~Flow() = default;

void Flow::add_carrier(std::unique_ptr<carriers::Carrier> carrier) {
  impl_->add(std::move(carrier));
}
void Flow::remove_carrier(const std::string& name, std::function<void()> done) {
  // A namesake that waits for the old one to go is not wanted any more either.
  std::erase_if(impl_->arriving, [&](const auto& carrier) { return carrier->name() == name; });
  Road* const road = impl_->road(name);
  if (road == nullptr) {
    if (done) boost::asio::post(impl_->reactor, std::move(done));
    return;
  }
  impl_->close(*road, kRemovePatience, std::move(done));
}
void Flow::start() {
  impl_->running = true;
  for (const auto& road : impl_->roads) {
    if (!road->started) impl_->start_road(*road);
  }
  impl_->arm_tick();
  wake();
}
void Flow::wake() {
  impl_->dirty = true;
  impl_->empty_claim_pause = kFirstEmptyClaimPause;
  impl_->pump_soon();
}
void Flow::apply(FlowSettings settings) { impl_->settings = std::move(settings); }
const FlowSettings& Flow::settings() const { return impl_->settings; }
void Flow::stop(std::chrono::milliseconds patience, std::function<void()> done) {
  impl_->stop(patience, std::move(done));
}
bool Flow::confirm_clock() {
  const bool held = impl_->expiry_held;
  impl_->guard.confirm_jump();
  impl_->clock_alarm.reset();
  (void)impl_->now();
  wake();
  return held;
}

FlowStats Flow::stats() const {
  FlowStats stats = impl_->stats;
  for (const auto& road : impl_->roads) stats.in_flight_parts += road->on_wire;
  stats.expired = impl_->expired() - impl_->expired_before;
  return stats;
}
std::vector<carriers::LinkReport> Flow::links() const {
  std::vector<carriers::LinkReport> all;
  for (const auto& road : impl_->roads) {
    for (carriers::LinkReport& link : road->carrier->report()) all.push_back(std::move(link));
  }
  return all;
}
std::vector<std::string> Flow::alarms() const { return impl_->alarms(); }

void Flow::on_outcome(const std::string& carrier, const carriers::Outcome& outcome) {
  impl_->outcome(carrier, outcome);
}
void Flow::on_receipt(const std::string& carrier, carriers::Receipt receipt) {
  impl_->receipt(carrier, std::move(receipt));
}
void Flow::on_inbound(const std::string& carrier, carriers::Inbound inbound) {
  impl_->inbound(carrier, inbound);
}
void Flow::on_link(const carriers::LinkReport& report) { impl_->link_changed(report); }
void Flow::on_room(const std::string&) { impl_->pump_soon(); }

}  // namespace cpgw::gateway::flow
