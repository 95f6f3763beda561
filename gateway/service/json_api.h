// The service in JSON, as the ZeroMQ doors and the command line speak it: docs/zeromq.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gateway/doors/request_handler.h"
#include "gateway/service/requests.h"

namespace cpgw::gateway::service {

class Service;

/// The intake socket's requests. Owned by the reactor thread.
class IntakeApi final : public RequestHandler {
 public:
  IntakeApi(Service& service, std::string version);
  void handle(std::string_view request, std::function<void(std::string answer)> reply) override;

 private:
  Service& service_;
  std::string version_;
};

/// The events socket's requests: answered when there is an event or the wait is over. Owned by the
/// reactor thread.
class EventsApi final : public RequestHandler {
 public:
  /// `arm` sets the one timer that calls fire(), or clears it.
  EventsApi(Service& service, std::string version, std::function<SteadyTime()> steady,
            std::function<void(std::optional<SteadyTime>)> arm);
  void handle(std::string_view request, std::function<void(std::string answer)> reply) override;
  /// Something was committed: waiters are looked at soon, many commits in one look.
  void committed();
  void fire();
  /// Answers everybody who waits; nobody waits any more.
  void stop();
  [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter {
    std::string tenant;
    std::uint64_t after;
    std::uint32_t credit;
    SteadyTime until;
    std::function<void(std::string)> reply;
  };
  void rearm();

  Service& service_;
  std::string version_;
  std::function<SteadyTime()> steady_;
  std::function<void(std::optional<SteadyTime>)> arm_;
  std::vector<Waiter> waiters_;
  std::optional<SteadyTime> look_at_;
  bool stopped_ = false;
};

}  // namespace cpgw::gateway::service
