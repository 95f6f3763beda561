// One connection of an SMPP carrier: connects, pumps octets between the socket and the session,
// paces, reconnects. Everything runs on the reactor thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "carriers/registry.h"
#include "carriers/smpp/settings.h"
#include "carriers/throttle.h"

namespace cpgw::carriers::smpp {

/// What a link tells its carrier. Called from the link's own handlers and calls; must not call back
/// into the link.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual void link_outcome(Outcome outcome) = 0;
  /// `ack` goes to Link::acknowledge.
  virtual void link_delivery(std::uint64_t ack, Pdu pdu) = 0;
  virtual void link_changed() = 0;  ///< another state or detail: report()
  virtual void link_room() = 0;     ///< ready() may have grown
  virtual void link_stopped() = 0;
};

class Link {
 public:
  virtual ~Link() = default;
  virtual void start(std::chrono::milliseconds delay) = 0;
  /// Parts it would take now; 0 while not bound, paused by throttling, suspended or stopping.
  [[nodiscard]] virtual std::uint32_t ready() const = 0;
  [[nodiscard]] virtual bool take(const Push& push) = 0;
  virtual void acknowledge(std::uint64_t ack, bool stored) = 0;
  virtual void stop(std::chrono::milliseconds patience) = 0;
  /// A person has looked after the trouble: ends a suspension, tries to connect at once.
  virtual void resume() = 0;
  /// A delivery of this link was a receipt.
  virtual void count_receipt() = 0;
  [[nodiscard]] virtual LinkReport report() const = 0;
  /// The owner is going: no more calls to it, the connection is cut.
  virtual void detach() = 0;
};

/// `settings`, `throttle` and `owner` outlive the link or its `detach`. `ack_low` tells the acks of
/// the carrier's links apart (0 to 15).
[[nodiscard]] std::shared_ptr<Link> make_link(const CarrierSetup& setup,
                                              std::shared_ptr<const SmppSettings> settings,
                                              std::shared_ptr<Throttle> throttle, LinkOwner& owner,
                                              std::string name, std::uint8_t ack_low);

}  // namespace cpgw::carriers::smpp
