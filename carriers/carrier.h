// What every road to an operator looks like from the flow: parts out; outcomes, receipts and
// messages back.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "si_sl/part.h"

namespace cpgw::carriers {

/// One push on its way to one phone. The carrier copies what it keeps.
struct Push {
  std::uint64_t token = 0;  ///< the flow's name for this attempt, given back with every outcome
  Msisdn recipient;
  std::span<const si_sl::Part> parts;  ///< the whole push, in order
  std::uint32_t to_send = ~0u;       ///< bitmap of the parts to send (others were accepted before)
  std::uint16_t user_reference = 0;  ///< base of user_message_reference: part k gets reference + k
  std::chrono::seconds validity{0};  ///< 0 = the carrier's default
};

/// What became of one part. `code` is the operator's own (command_status and the like), 0 = none.
struct Outcome {
  std::uint64_t token = 0;
  std::uint8_t part = 0;  ///< 0-based
  OutcomeClass outcome = OutcomeClass::unknown;
  std::uint32_t code = 0;
  std::string id;  ///< with accepted: the operator's id, opaque, may be empty
  bool receipt_to_come = false;
};

enum class DeliveryState : std::uint8_t { pending, delivered, failed };

struct Receipt {
  std::string account;
  std::vector<std::string>
      candidates;  ///< id forms to look up, likeliest first; empty when the text held none
  std::optional<Msisdn> recipient;  ///< whose phone: the receipt's source address
  std::optional<std::uint16_t> user_reference;
  DeliveryState state = DeliveryState::pending;
  std::uint16_t code = 0;
  std::string text_state;  ///< the operator's word, for logs
  std::uint64_t ack = 0;   ///< pass to Carrier::acknowledge once the receipt is durable
};

/// A message from a phone; stored before it is acknowledged.
struct Inbound {
  std::string account;
  std::string from, to;
  std::uint8_t data_coding = 0;
  bool has_udh = false;
  Octets user_data;
  std::uint64_t ack = 0;
};

enum class LinkState : std::uint8_t { connecting, bound, suspended, stopped };

struct LinkReport {
  std::string name;  ///< carrier name, with "#n" for further links
  LinkState state = LinkState::connecting;
  std::string detail;  ///< why it is not bound; no secrets
  std::uint32_t in_window = 0;
  std::uint64_t submitted = 0, accepted = 0, refused = 0, throttled = 0, unanswered = 0,
                receipts = 0, reconnects = 0;
  double rate = 0;  ///< parts per second allowed now; 0 = unlimited
};

/// How long a push waits after a temporary refusal: `first`, doubled each time up to `most`.
struct RetryDelays {
  std::optional<std::chrono::seconds> first{}, most{};
  bool operator==(const RetryDelays&) const = default;
};

/// Called on the reactor thread, never from within a call into the carrier.
class CarrierEvents {
 public:
  virtual ~CarrierEvents() = default;
  virtual void on_outcome(const std::string& carrier, const Outcome& outcome) = 0;
  virtual void on_receipt(const std::string& carrier, Receipt receipt) = 0;
  virtual void on_inbound(const std::string& carrier, Inbound inbound) = 0;
  virtual void on_link(const LinkReport& report) = 0;
  /// Room for more pushes has appeared: ask ready_parts().
  virtual void on_room(const std::string& carrier) = 0;
};

/// One configured carrier: an account with one or more links. Owned by the reactor thread; every
/// call comes from it.
class Carrier {
 public:
  virtual ~Carrier() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual const std::string& account() const = 0;
  [[nodiscard]] virtual std::uint32_t window()
      const = 0;  ///< parts without an answer, over all links
  virtual void start() = 0;
  /// Parts that may be handed in now; 0 while nothing is bound, throttled or full. Counts parts
  /// taken and not yet answered.
  [[nodiscard]] virtual std::uint32_t ready_parts() const = 0;
  /// Takes the push whole onto one link. False (nothing taken) when no link is bound.
  [[nodiscard]] virtual bool submit(const Push& push) = 0;
  /// The receipt or message behind `ack` is durable (`stored`) or could not be kept: answers the
  /// operator.
  virtual void acknowledge(std::uint64_t ack, bool stored) = 0;
  /// Stops taking, waits for answers up to `patience`, unbinds, closes; leftovers become `unknown`.
  /// `done` is called once.
  virtual void stop(std::chrono::milliseconds patience, std::function<void()> done) = 0;
  virtual void pause(bool paused) = 0;
  [[nodiscard]] virtual std::vector<LinkReport> report() const = 0;
  /// Where this operator wants other delays than the gateway's.
  [[nodiscard]] virtual RetryDelays retry_delays() const { return {}; }
  /// No simulator, no file: something that really leaves the machine.
  [[nodiscard]] virtual bool leaves_machine() const = 0;
};

}  // namespace cpgw::carriers
