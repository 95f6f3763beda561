// The flow's inside, shared by flow.cpp (life, carriers, clocks), dispatch.cpp (store to carrier)
// and settle.cpp (carrier to store).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "gateway/flow/attempt.h"
#include "gateway/flow/content_cache.h"
#include "gateway/flow/flow.h"
#include "gateway/flow/reasons.h"

namespace cpgw::gateway::flow {

/// Housekeeping, alarms and a look at the store, whatever else happens.
inline constexpr std::chrono::seconds kTickPause{1};

/// A queue whose due jobs could not be claimed (their recipients busy, or many expired) is looked
/// at again after this, then twice that, up to a tick.
inline constexpr std::chrono::milliseconds kFirstEmptyClaimPause{20};

/// A claimed job on its way: from the claim until its outcome is handed to the store.
struct Sending {
  queue::Claimed claimed;
  std::vector<si_sl::Part> parts;
  std::uint32_t to_send = 0;
  std::uint32_t credits = 0;   ///< parts not yet durably settled
  std::uint32_t estimate = 1;  ///< parts as the scheduler counted them
};

struct InFlight {
  Sending sending;
  Attempt attempt;
};

/// One carrier with what it has of ours.
struct Road {
  std::uint64_t id = 0;
  std::string name;
  queue::RouteGroup group;
  std::unique_ptr<carriers::Carrier> carrier;

  std::deque<Sending> ahead;                              ///< claimed, not composed
  std::deque<Sending> ready;                              ///< composed, and the store knows it
  std::unordered_map<std::uint64_t, InFlight> in_flight;  ///< by token
  std::uint32_t waiting_parts = 0;  ///< of ahead, composing and ready: at most a window
  std::uint32_t credits_used = 0;   ///< parts composed and not durably settled: at most 2 windows
  std::uint32_t on_wire = 0;        ///< parts handed to the carrier and not answered
  std::uint32_t largest = 1;        ///< parts of the largest push seen lately
  std::uint32_t requests = 0;       ///< store requests that concern this carrier and are not done
  bool claiming = false;
  bool started = false, closing = false, carrier_done = false;
  std::vector<std::function<void()>> when_closed;
  std::optional<SteadyTime> unbound_since;  ///< no link is bound
  std::optional<SteadyTime> stalled_since;  ///< claimed pushes wait and the carrier takes none
  bool suspended = false;

  [[nodiscard]] std::uint32_t window() const { return std::max(1u, carrier->window()); }
};

struct Flow::Impl : std::enable_shared_from_this<Flow::Impl> {
  Impl(const FlowSetup& with, FlowSettings rules);

  // ---- flow.cpp: life, carriers, clocks
  void add(std::unique_ptr<carriers::Carrier> carrier);
  void start_road(Road& road);
  void close(Road& road, std::chrono::milliseconds patience, std::function<void()> done);
  void carrier_stopped(std::uint64_t road_id);
  /// Forgets a closing carrier once nothing of it is open.
  void check_closed(std::uint64_t road_id);
  void stop(std::chrono::milliseconds patience, std::function<void()> done);
  void check_stopped();
  void store_failed(const Error& error);
  [[nodiscard]] Road* road(std::uint64_t id);
  [[nodiscard]] Road* road(std::string_view name);
  /// The guarded wall time; raises the clock's alarms.
  [[nodiscard]] WallTime now();
  void tick();
  void arm_tick();
  void sweep();
  void check_road(Road& road);
  void link_changed(const carriers::LinkReport& report);
  [[nodiscard]] std::vector<std::string> alarms() const;
  /// Jobs the store ever expired.
  [[nodiscard]] std::uint64_t expired() const;

  // ---- dispatch.cpp: store to carrier
  void pump_soon();
  void pump();
  void claim(Road& road);
  void claimed(std::uint64_t road_id, const std::vector<queue::FairScheduler::Turn>& turns,
               std::vector<queue::StepResult>& results);
  void compose_ahead(Road& road);
  /// Composes one job, or says why it can never go.
  [[nodiscard]] std::optional<OwnReason> compose(Sending& sending);
  void fail(Road& road, const queue::Fence& fence, OwnReason reason);
  void composed(std::uint64_t road_id, std::vector<Sending>& batch,
                const std::vector<queue::StepResult>& results);
  void submit_ready(Road& road);
  /// Takes out what was answered since the claim; false when nothing is left to send.
  [[nodiscard]] bool refresh(Road& road, Sending& sending);
  /// Gives back what is claimed and not handed to the carrier.
  void release_unsent(Road& road, std::string_view why);
  void release(Road& road, const Sending& sending);
  void hold_back(Road& road, const Sending& sending, WallTime at);
  void look(WallTime at);
  void arm_due(WallTime at);
  void look_again(std::chrono::milliseconds pause);

  // ---- settle.cpp: carrier to store
  using Settled = std::function<void(const queue::StepResult&)>;
  void settle(queue::Step step, Settled then);
  void flush();
  void outcome(const std::string& carrier, const carriers::Outcome& outcome);
  void late_outcome(const carriers::Outcome& outcome);
  void accepted(Road& road, InFlight& flight, const carriers::Outcome& outcome);
  void decide(Road& road, std::uint64_t token);
  void receipt(const std::string& carrier, carriers::Receipt receipt);
  void receipt_settled(carriers::DeliveryState state, const queue::StepResult& result);
  void inbound(const std::string& carrier, const carriers::Inbound& message);
  /// A step of `road_id` is durable: gives `credits` back.
  void returned(std::uint64_t road_id, std::uint32_t credits);

  /// Commits in the settle lane. `then` runs when durable, with the results in order.
  void commit(std::vector<queue::Step> steps,
              std::function<void(std::vector<queue::StepResult>&)> then);
  void job_line(LogLevel level, std::string_view event, std::string_view text,
                const queue::Job& job, std::string detail = {});

  boost::asio::io_context& reactor;
  queue::JobStore& store;
  queue::Committer& committer;
  signer::Sealer& sealer;
  const Clock& clock;
  Random& random;
  Log& log;
  FlowSettings settings;

  std::vector<std::unique_ptr<Road>> roads;
  std::vector<std::unique_ptr<carriers::Carrier>> arriving;  ///< wait until their namesake is gone
  std::uint64_t next_road = 1, next_token = 1;
  bool running = false, stopping = false, dead = false;
  std::vector<std::function<void()>> when_stopped;

  queue::FairScheduler scheduler;
  queue::ClockGuard guard;
  ContentCache contents;
  Composer composer;
  Composed scratch;
  bool dirty = true;  ///< the store may have work the scheduler does not know
  bool pump_posted = false;
  SteadyTime looked{};  ///< when the scheduler was last told
  std::chrono::milliseconds empty_claim_pause = kFirstEmptyClaimPause;
  WallTime last_now{};
  bool expiry_held = false;
  std::uint64_t expired_before = 0;  ///< jobs, when the flow was made
  std::optional<std::string> clock_alarm;
  std::uint64_t held_in_doubt = 0;
  std::vector<std::string> stranded;  ///< route groups with work and without a carrier

  struct Settling {
    queue::Step step;
    Settled then;
  };
  std::vector<Settling> settling;
  bool flush_posted = false;
  std::size_t requests_open = 0;

  /// Attempts that ended in doubt: an answer may still come. Bounded, oldest first out.
  struct Doubt {
    queue::Fence fence;
    std::string account;
    queue::TraceId trace{};
    std::uint32_t parts = 0;
  };
  std::unordered_map<std::uint64_t, Doubt> doubts;
  std::deque<std::uint64_t> doubt_order;
  /// Jobs whose final state was counted: receipts of several parts may meet in one commit.
  std::unordered_set<std::uint64_t> counted;
  std::deque<std::uint64_t> counted_order;

  boost::asio::steady_timer tick_timer, due_timer, sweep_timer;
  bool sweeping = false;
  FlowStats stats;
};

[[nodiscard]] std::string trace_text(const queue::TraceId& trace);

}  // namespace cpgw::gateway::flow
