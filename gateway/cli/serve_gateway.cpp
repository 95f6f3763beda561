#include "gateway/cli/serve_gateway.h"

#include <boost/asio/post.hpp>
#include <csignal>

#include "carriers/registry.h"
#include "gateway/cli/io.h"
#include "gateway/cli/serve_reload.h"
#include "queue/zmq/router_socket.h"

namespace cpgw::gateway::cli {
namespace {

namespace asio = boost::asio;

/// How long carriers may wait for answers before they unbind; a service manager waits longer.
constexpr std::chrono::seconds kPatience{20};
/// Then the process ends, whatever still holds it: what is in flight is in doubt at the next start.
constexpr std::chrono::seconds kLastPatience{kPatience + std::chrono::seconds(10)};
/// For the last answers to leave libzmq.
constexpr std::chrono::milliseconds kLastAnswers{100};
constexpr std::chrono::seconds kTick{1};

}  // namespace

Gateway::Gateway(const Settings& settings, LogWriter& log) : settings_(settings), log_(log) {}

Gateway::~Gateway() {
  // No commit may be answered to a service that is gone.
  if (committer_) committer_->stop();
  http_.clear();
  intake_door_.reset();
  events_door_.reset();
}

Result<void> Gateway::open() {
  auto keyring = signer::Keyring::load(settings_.keyring);
  if (!keyring) return fail(std::move(keyring).error());
  keyring_ = std::make_unique<signer::Keyring>(std::move(*keyring));
  sealer_ = std::make_unique<signer::Sealer>(*keyring_, random_);

  auto store = queue::open_rocksdb_store(
      store_directory(settings_),
      {.hold_in_doubt = settings_.flow.in_doubt == flow::FlowSettings::Doubt::hold});
  if (!store) return fail(std::move(store).error());
  store_ = std::move(*store);

  committer_ = std::make_unique<queue::Committer>(
      *store_, [this] { return time_.now(); },
      [this](std::function<void()> answers) {
        asio::post(reactor_, [this, answers = std::move(answers)] {
          answers();
          if (events_) events_->committed();
        });
      },
      [this](const Error& error) { store_failed(error); });
  flow_ = std::make_unique<flow::Flow>(
      flow::FlowSetup{reactor_, *store_, *committer_, *sealer_, *keyring_, clock_, random_, log_},
      settings_.flow);
  for (const CarrierSection& section : settings_.carriers) {
    auto carrier = make(section);
    if (!carrier) return fail(std::move(carrier).error());
    const bool leaves = (*carrier)->leaves_machine();
    log_.write(LogLevel::info, "carrier-configured",
               leaves ? "pushes for this carrier leave the machine"
                      : "pushes for this carrier stay on the machine",
               {{"carrier", section.name}});
    flow_->add_carrier(std::move(*carrier));
  }

  service::ServiceSetup setup{
      *store_,
      *committer_,
      *sealer_,
      *keyring_,
      random_,
      log_,
      [this] { return time_.now(); },
      [this] { return clock_.steady(); },
      [this] { flow_->wake(); },
      [this] { return flow_->links(); },
      [this] { return reload(); },
  };
  service_ = std::make_unique<service::Service>(std::move(setup), settings_.flow);
  intake_ = std::make_unique<service::IntakeApi>(*service_, CPGW_VERSION);
  events_ = std::make_unique<service::EventsApi>(
      *service_, CPGW_VERSION, [this] { return clock_.steady(); },
      [this](std::optional<SteadyTime> at) {
        waiters_.cancel();
        if (!at) return;
        waiters_.expires_at(*at);
        waiters_.async_wait([this](const boost::system::error_code& cancelled) {
          if (!cancelled) events_->fire();
        });
      });
  return open_doors();
}

Result<void> Gateway::open_doors() {
  auto context = queue::zmq::Context::open();
  if (!context) return fail(std::move(context).error());
  zmq_ = std::make_unique<queue::zmq::Context>(std::move(*context));
  const auto open = [this](const std::string& endpoint, const char* name,
                           RequestHandler& handler) -> Result<std::unique_ptr<doors::ZmqDoor>> {
    auto socket = queue::zmq::RouterSocket::bind(*zmq_, endpoint);
    if (!socket) return fail(std::move(socket).error().in(std::string("zmq.") + name));
    return std::make_unique<doors::ZmqDoor>(reactor_, std::move(*socket), name, handler, log_);
  };
  auto intake = open(settings_.doors.intake, "intake", *intake_);
  if (!intake) return fail(std::move(intake).error());
  intake_door_ = std::move(*intake);
  auto events = open(settings_.doors.events, "events", *events_);
  if (!events) return fail(std::move(events).error());
  events_door_ = std::move(*events);

  health_ = std::make_unique<doors::HealthHandler>([this] { return not_ready(); });
  metrics_ = std::make_unique<doors::MetricsHandler>([this] { return gateway_metrics(counts()); });
  std::vector<doors::HttpRoute> routes = health_->routes();
  for (doors::HttpRoute& route : metrics_->routes()) routes.push_back(std::move(route));
  for (const doors::HttpSettings& http : settings_.doors.http) {
    auto listener = doors::HttpListener::open(reactor_, http, routes, log_);
    if (!listener) return fail(std::move(listener).error());
    http_.push_back(std::move(*listener));
  }
  return {};
}

Result<std::unique_ptr<carriers::Carrier>> Gateway::make(const CarrierSection& section) {
  return carriers::make_carrier(section.section, section.path, {reactor_, clock_, random_, *flow_});
}

Result<void> Gateway::start() {
  const auto recovered = store_->recover(time_.now());
  if (!recovered) return fail(recovered.error());
  if (*recovered != 0) {
    log_.write(LogLevel::warning, "jobs-recovered",
               "jobs were in flight when the last process ended; what was unanswered is in doubt",
               {{"jobs", std::to_string(*recovered)}});
  }
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) signals_.add(signal);
  wait_for_signals();
  flow_->start();
  intake_door_->start();
  events_door_->start();
  tick();
  return {};
}

std::string Gateway::endpoints() const {
  std::string text = "intake " + settings_.doors.intake + ", events " + settings_.doors.events;
  for (const auto& listener : http_) text += ", http " + listener->address();
  return text;
}

int Gateway::run() {
  reactor_.run();
  return status_;
}

void Gateway::tick() {
  service_->tick();
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) tick();
  });
}

void Gateway::wait_for_signals() {
  signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
    if (cancelled) return;
    switch (signal) {
      case SIGHUP:
        reopen_log();
        reload_by_signal();
        break;
      case SIGUSR1: reopen_log(); break;
      default: stop();
    }
    wait_for_signals();
  });
}

void Gateway::reopen_log() {
  if (settings_.log.file.empty()) return;
  if (auto done = log_.reopen(); !done) {
    log_.write(LogLevel::error, "log-not-reopened", to_string(done.error()));
  } else {
    log_.write(LogLevel::info, "log-reopened", "the log file was opened by its name again");
  }
}

tl::expected<std::vector<std::string>, std::vector<Error>> Gateway::reload() {
  auto read = load_settings(settings_.file);
  if (!read) return tl::unexpected(std::move(read).error());
  Settings& after = *read;
  if (auto reasons = needs_restart(settings_, after); !reasons.empty()) {
    return tl::unexpected(std::move(reasons));
  }
  const CarrierChanges changes = carrier_changes(settings_, after);
  std::vector<std::unique_ptr<carriers::Carrier>> carriers;
  std::vector<Error> mistakes;
  for (const std::size_t i : changes.start) {
    if (auto carrier = make(after.carriers[i])) {
      carriers.push_back(std::move(*carrier));
    } else {
      mistakes.push_back(std::move(carrier).error());
    }
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));

  // From here on nothing can fail.
  auto lines = diff_settings(settings_, after);
  for (const std::string& name : changes.stop) flow_->remove_carrier(name, {});
  for (auto& carrier : carriers) flow_->add_carrier(std::move(carrier));
  flow_->apply(after.flow);
  service_->apply(after.flow);
  log_.set_level(after.log.level);
  settings_ = std::move(after);
  flow_->wake();
  // Whoever reloads has looked at the gateway: that is the confirmation a clock jump waits for.
  if (flow_->confirm_clock()) {
    lines.emplace_back("clock: the jump is confirmed, what is past its deadline expires again");
  }
  for (const std::string& line : lines) log_.write(LogLevel::info, "setting-changed", line);
  return lines;
}

void Gateway::reload_by_signal() {
  if (stopping_) return;
  const auto done = reload();
  if (done) {
    log_.write(LogLevel::info, "settings-reloaded", "the settings file was applied",
               {{"changes", std::to_string(done->size())}});
    return;
  }
  for (const Error& mistake : done.error()) {
    log_.write(LogLevel::error, "settings-not-reloaded", to_string(mistake));
  }
}

void Gateway::stop() {
  if (stopping_) {
    log_.write(LogLevel::warning, "stopping-now",
               "asked to stop again: parts without an answer will be in doubt at the next start");
    reactor_.stop();
    return;
  }
  stopping_ = true;
  log_.write(LogLevel::info, "stopping", "nothing more is taken; links wait for their answers");
  tick_.cancel();
  service_->stop();
  events_->stop();
  patience_.expires_after(kLastPatience);
  patience_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    log_.write(LogLevel::error, "stop-overdue",
               "a carrier does not stop: its unanswered parts will be in doubt at the next start");
    reactor_.stop();
  });
  flow_->stop(kPatience, [this] { stopped(); });
}

void Gateway::stopped() {
  // What was taken is committed, and its answers are already waiting for the reactor's next turns.
  committer_->stop();
  patience_.expires_after(kLastAnswers);
  patience_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    log_.write(LogLevel::info, "stopped", "everything is settled");
    reactor_.stop();
  });
}

void Gateway::store_failed(const Error& error) {
  log_.write(LogLevel::error, "store-failed",
             "the store failed: nothing more is acknowledged, the process ends",
             {{"error", to_string(error)}});
  status_ = kUnreachable;
  reactor_.stop();
}

std::vector<std::string> Gateway::not_ready() const {
  std::vector<std::string> reasons = flow_->alarms();
  if (stopping_) reasons.emplace_back("the gateway is going down");
  return reasons;
}

GatewayCounts Gateway::counts() const {
  GatewayCounts counts;
  counts.version = CPGW_VERSION;
  counts.alarms = not_ready().size();
  counts.log_lines_lost = log_.lost();
  counts.event_waiters = events_->waiting();
  counts.flow = flow_->stats();
  counts.links = flow_->links();
  counts.store = store_->stats();
  counts.committer = committer_->stats();
  counts.service = service_->stats();
  counts.zmq = {{"intake", intake_door_->stats()}, {"events", events_door_->stats()}};
  for (const auto& listener : http_)
    counts.http.emplace_back(listener->address(), listener->stats());
  return counts;
}

}  // namespace cpgw::gateway::cli
