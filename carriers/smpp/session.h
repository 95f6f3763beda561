// One SMPP session over one connection, as the ESME: octets and the time go in; octets, answers and
// deliveries come out. SMPP 3.4, chapters 2 and 4.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "base/secret.h"
#include "carriers/smpp/pdu.h"
#include "carriers/smpp/status.h"

namespace cpgw::carriers::smpp {

enum class BindMode : std::uint8_t { transceiver, transmitter, receiver };

struct SessionSettings {
  BindMode mode = BindMode::transceiver;
  std::string system_id{}, system_type{}, address_range{};
  Secret password{};
  std::uint8_t addr_ton = 0, addr_npi = 0;
  std::uint8_t interface_version = 0x34;
  std::uint32_t window = 10;  ///< submits without an answer
  std::chrono::milliseconds bind_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds response_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds enquire_interval = std::chrono::seconds(30);  ///< of silence
  std::chrono::milliseconds enquire_timeout = std::chrono::seconds(10);   ///< twice, then dead
  std::chrono::milliseconds unbind_timeout = std::chrono::seconds(5);
  std::chrono::milliseconds partial_timeout = std::chrono::seconds(10);  ///< to complete one PDU
  std::uint32_t most_deliveries = 1024;  ///< not acknowledged yet; more are told to come later
  std::uint32_t first_sequence = 1;
  StatusClasses statuses{};
  bool operator==(const SessionSettings&) const = default;
};

/// What the link knows of a submit; comes back with its answer.
struct SubmitTag {
  std::uint64_t token = 0;
  std::uint8_t part = 0;
  bool receipt = false;  ///< one was asked for
  bool operator==(const SubmitTag&) const = default;
};

struct Answer {
  SubmitTag tag{};
  OutcomeClass outcome = OutcomeClass::unknown;
  std::uint32_t code = 0;
  std::string id{};                                ///< with accepted
  std::optional<std::uint8_t> congestion_state{};  ///< SMPP 5.0, 4.8.4.18
  /// It was reported unknown before: the response came after its timeout. Only acceptances do.
  bool late = false;
};

/// A deliver_sm or data_sm; answered by acknowledge(id).
struct Delivery {
  std::uint64_t id = 0;
  Pdu pdu;
};

/// Owned by one thread. Dead once closed(): every submit has then had its answer.
class Session {
 public:
  enum class State : std::uint8_t { binding, bound, unbinding, closed };
  enum class End : std::uint8_t {
    none,
    lost,          ///< the connection went
    bind_refused,  ///< see bind_status()
    silent,        ///< no answer to bind, to two enquire_links, or half a PDU
    broken,        ///< octet boundaries lost, or the peer says ours are
    unbound,       ///< by either side, in order
    unusable,      ///< the peer says this session cannot submit
  };

  /// The connection stands: the bind is the first thing in output(). `settings` outlives it.
  Session(const SessionSettings& settings, SteadyTime now);

  void received(OctetView octets, SteadyTime now);
  /// Looks at the timers; call at next_timer() or later.
  void tick(SteadyTime now);
  /// The connection has gone.
  void lost(const std::string& why);
  void unbind(SteadyTime now);

  [[nodiscard]] bool can_submit() const {
    return state_ == State::bound && settings_.mode != BindMode::receiver && !failing_ &&
           window_.size() < settings_.window;
  }
  /// Only while can_submit(). Gives the PDU its sequence number. Errc::field_size when it cannot
  /// be written; nothing is sent then.
  [[nodiscard]] Result<void> submit(Pdu& submit_sm, const SubmitTag& tag, SteadyTime now);
  /// Answers a delivery; unknown ids are ignored.
  void acknowledge(std::uint64_t delivery, std::uint32_t status, SteadyTime now);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool closed() const { return state_ == State::closed; }
  [[nodiscard]] End end() const { return end_; }
  [[nodiscard]] const std::string& why() const { return why_; }  ///< of closed(), for people
  [[nodiscard]] std::uint32_t bind_status() const { return bind_status_; }
  /// The session takes no more submits and closes once those written are answered.
  [[nodiscard]] bool failing() const { return failing_.has_value(); }
  [[nodiscard]] std::size_t in_window() const { return window_.size(); }
  [[nodiscard]] std::size_t unacknowledged() const { return deliveries_.size(); }
  [[nodiscard]] SteadyTime next_timer() const;

  /// Octets to write, in order; the caller takes them out.
  [[nodiscard]] Octets& output() { return output_; }
  [[nodiscard]] std::vector<Answer> take_answers() { return std::exchange(answers_, {}); }
  [[nodiscard]] std::vector<Delivery> take_deliveries() { return std::exchange(arrived_, {}); }

 private:
  struct Waiting {
    SubmitTag tag;
    SteadyTime deadline;
  };
  struct Unanswered {
    std::uint32_t sequence;
    CommandId command;
  };

  void handle(OctetView octets, SteadyTime now);
  void handle_response(const Pdu& pdu, bool whole, SteadyTime now);
  void handle_request(Pdu&& pdu, const Result<void>& read, SteadyTime now);
  void handle_bind_response(const Pdu& pdu);
  void handle_submit_response(const Pdu& pdu, bool whole, SteadyTime now);
  void send(const Pdu& pdu, SteadyTime now);
  void send_enquire(SteadyTime now);
  void expire_window(SteadyTime now);
  void close(End end, std::string why);
  [[nodiscard]] CommandId bind_command() const;
  [[nodiscard]] std::uint32_t next_sequence();

  const SessionSettings& settings_;
  State state_ = State::binding;
  End end_ = End::none;
  std::string why_;
  std::uint32_t bind_status_ = 0;
  std::uint32_t sequence_;
  std::uint32_t bind_sequence_ = 0;

  Framer framer_;
  Octets output_;
  std::unordered_map<std::uint32_t, Waiting> window_;
  std::deque<std::pair<SteadyTime, std::uint32_t>> deadlines_;  ///< of window_, ascending
  std::unordered_map<std::uint32_t, SubmitTag> late_;  ///< timed out, may still be answered
  std::deque<std::uint32_t> late_order_;
  std::unordered_map<std::uint64_t, Unanswered> deliveries_;
  std::uint64_t next_delivery_ = 1;
  std::vector<Answer> answers_;
  std::vector<Delivery> arrived_;

  SteadyTime state_deadline_;  ///< of binding and unbinding
  SteadyTime last_received_, last_sent_;
  std::optional<SteadyTime> partial_since_;
  std::optional<SteadyTime> enquire_sent_;
  unsigned enquires_ = 0;              ///< without any sign of life since
  std::optional<SteadyTime> failing_;  ///< when patience with a failing session ends
  std::string failing_why_;
};

}  // namespace cpgw::carriers::smpp
