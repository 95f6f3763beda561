// What a carrier has to tell the flow, told from a handler of its own: never from within a call.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "carriers/carrier.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::carriers {

/// Owned by the reactor thread. Keeps the order of events; calls for room and equal link reports
/// are told once a turn. `events` outlives it or its `close`.
class EventQueue : public std::enable_shared_from_this<EventQueue> {
 public:
  EventQueue(boost::asio::io_context& reactor, CarrierEvents& events, std::string carrier);

  void outcome(Outcome outcome) { add(std::move(outcome)); }
  void receipt(Receipt receipt) { add(std::move(receipt)); }
  void inbound(Inbound inbound) { add(std::move(inbound)); }
  void link(LinkReport report) { add(std::move(report)); }
  void room();
  /// After everything told so far.
  void then(std::function<void()> call) { add(std::move(call)); }
  /// The carrier is going: nothing more is told.
  void close() { closed_ = true; }

 private:
  using Event = std::variant<Outcome, Receipt, Inbound, LinkReport, std::function<void()>>;
  void add(Event event);
  void schedule();
  void drain();

  boost::asio::io_context& reactor_;
  CarrierEvents& events_;
  std::string carrier_;
  std::vector<Event> waiting_;
  bool room_ = false, scheduled_ = false, closed_ = false;
};

}  // namespace cpgw::carriers
