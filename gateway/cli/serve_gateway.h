// The rooms of a running gateway, wired in the order they need each other.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/serve_metrics.h"
#include "gateway/cli/settings.h"
#include "gateway/doors/health.h"
#include "gateway/doors/http_listener.h"
#include "gateway/doors/metrics.h"
#include "gateway/doors/zmq_door.h"
#include "gateway/flow/flow.h"
#include "gateway/service/json_api.h"
#include "gateway/service/service.h"
#include "queue/clock_guard.h"
#include "queue/committer.h"
#include "queue/zmq/context.h"
#include "signer/sealing.h"

namespace cpgw::gateway::cli {

/// Wall time that never goes back; read by the reactor and by the store's thread.
class GuardedTime {
 public:
  explicit GuardedTime(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] WallTime now() {
    const std::lock_guard lock(mutex_);
    return guard_.read(clock_.wall(), clock_.steady()).now;
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  queue::ClockGuard guard_;
};

/// Owned by the reactor thread, which is the one that calls run(). Members stand in the order they
/// are made; what comes later uses what comes before.
class Gateway {
 public:
  Gateway(const Settings& settings, LogWriter& log);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Opens everything: keyring, store, carriers, doors. Nothing is sent or taken yet.
  [[nodiscard]] Result<void> open();
  /// Recovers what an earlier process left, starts carriers and doors.
  [[nodiscard]] Result<void> start();
  /// "intake ipc://..., events ipc://..., http 127.0.0.1:8480"
  [[nodiscard]] std::string endpoints() const;
  /// Until a stop has come to its end, or the store has failed. Gives the exit status.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] Result<void> open_doors();
  [[nodiscard]] Result<std::unique_ptr<carriers::Carrier>> make(const CarrierSection& section);
  /// The file read again: all of it is applied, or nothing and every reason why.
  [[nodiscard]] tl::expected<std::vector<std::string>, std::vector<Error>> reload();
  void reload_by_signal();
  void reopen_log();
  void wait_for_signals();
  void tick();
  void stop();
  void stopped();
  void store_failed(const Error& error);
  [[nodiscard]] std::vector<std::string> not_ready() const;
  [[nodiscard]] GatewayCounts counts() const;

  Settings settings_;
  LogWriter& log_;
  SystemClock clock_;
  SystemRandom random_;
  GuardedTime time_{clock_};
  bool stopping_ = false;
  int status_ = 0;
  boost::asio::io_context reactor_{1};
  boost::asio::signal_set signals_{reactor_};
  boost::asio::steady_timer tick_{reactor_}, waiters_{reactor_}, patience_{reactor_};
  std::unique_ptr<signer::Keyring> keyring_;
  std::unique_ptr<signer::Sealer> sealer_;
  std::unique_ptr<queue::JobStore> store_;
  /// Outlives the flow, which uses it; is stopped first of all, see the destructor.
  std::unique_ptr<queue::Committer> committer_;
  std::unique_ptr<flow::Flow> flow_;
  std::unique_ptr<service::Service> service_;
  std::unique_ptr<service::IntakeApi> intake_;
  std::unique_ptr<service::EventsApi> events_;
  std::unique_ptr<queue::zmq::Context> zmq_;
  std::unique_ptr<doors::ZmqDoor> intake_door_, events_door_;
  std::unique_ptr<doors::HealthHandler> health_;
  std::unique_ptr<doors::MetricsHandler> metrics_;
  std::vector<std::unique_ptr<doors::HttpListener>> http_;
};

}  // namespace cpgw::gateway::cli
