// The way of a job from the store to the operator and back: claim, resolve, compose, dispatch,
// settle.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carriers/carrier.h"
#include "gateway/flow/compose.h"
#include "gateway/flow/log.h"
#include "gateway/flow/settings.h"
#include "queue/clock_guard.h"
#include "queue/committer.h"
#include "queue/scheduler.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::gateway::flow {

/// All of it outlives the flow.
struct FlowSetup {
  boost::asio::io_context& reactor;
  queue::JobStore& store;
  queue::Committer& committer;
  signer::Sealer& sealer;
  const signer::Keyring& keyring;
  const Clock& clock;
  Random& random;
  Log& log;
};

struct FlowStats {
  std::uint64_t claimed = 0, composed = 0, parts_submitted = 0, parts_accepted = 0,
                parts_refused = 0, parts_unanswered = 0, parts_resent = 0, receipts = 0,
                receipts_early = 0, receipts_unmatched = 0, inbound_not_kept = 0, delivered = 0,
                failed = 0, expired = 0;
  std::uint64_t in_flight_parts = 0;
};

/// Owned by the reactor thread. Claims at most a window of parts per carrier ahead of its outcomes'
/// durability: credits = 2 × window.
class Flow final : public carriers::CarrierEvents {
 public:
  Flow(const FlowSetup& setup, FlowSettings settings);
  ~Flow() override;

  /// A carrier's name is its route group. Started by start(), or at once when the flow runs.
  void add_carrier(std::unique_ptr<carriers::Carrier> carrier);
  /// Stops one carrier as stop() does; its unanswered parts become in doubt.
  void remove_carrier(const std::string& name, std::function<void()> done);
  void start();
  /// Jobs were stored or a campaign changed: look at the store again. Cheap; many calls become one
  /// look.
  void wake();
  /// New rules for accept and retry from now on.
  void apply(FlowSettings settings);
  [[nodiscard]] const FlowSettings& settings() const;
  /// Takes no more claims, lets carriers drain and unbind within `patience`, settles everything
  /// durably, then calls `done`.
  void stop(std::chrono::milliseconds patience, std::function<void()> done);

  /// An operator says that the wall clock is right after a jump: expiry goes on. True when it was
  /// held.
  bool confirm_clock();

  [[nodiscard]] FlowStats stats() const;
  [[nodiscard]] std::vector<carriers::LinkReport> links() const;
  /// True when something the operator must see is wrong: no bound link of a carrier for a minute, a
  /// clock alarm, a suspended link.
  [[nodiscard]] std::vector<std::string> alarms() const;

  void on_outcome(const std::string& carrier, const carriers::Outcome& outcome) override;
  void on_receipt(const std::string& carrier, carriers::Receipt receipt) override;
  void on_inbound(const std::string& carrier, carriers::Inbound inbound) override;
  void on_link(const carriers::LinkReport& report) override;
  void on_room(const std::string& carrier) override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  ///< store answers on their way find out that it is gone
};

}  // namespace cpgw::gateway::flow
