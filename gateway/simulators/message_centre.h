// What the simulated message centre does, without sockets: octets and the time in, octets out.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "carriers/smpp/pdu.h"
#include "gateway/simulators/smsc.h"

namespace cpgw::gateway::simulators {

struct SmscCounters {
  std::uint64_t connections = 0, binds = 0, binds_refused = 0;
  std::uint64_t submits = 0, accepted = 0, throttled = 0, errors = 0, queue_full = 0, malformed = 0;
  std::uint64_t drops = 0, drops_unanswered = 0;
  /// Accepted (destination, part number) pairs seen first, again, and not looked at for lack of
  /// room.
  std::uint64_t unique_parts = 0, duplicate_parts = 0, untracked_parts = 0;
  std::uint64_t delivered = 0, delivers_refused = 0, redelivered = 0, delivers_lost = 0;
  std::uint64_t receipts = 0, receipts_acked = 0, receipts_refused = 0, receipts_lost = 0;
  std::uint64_t enquire_links = 0, nacks = 0;
  double busy_seconds = 0;  ///< from the first submit_sm to the last
};

/// What `record` writes about one submit_sm.
struct SubmitRecord {
  std::uint64_t connection = 0;
  const carriers::smpp::Pdu* pdu = nullptr;
  OctetView raw;
  std::uint32_t status = 0;
  std::string_view id;
  bool dropped = false;
};

using ConnectionId = std::uint64_t;

/// A connection that binds as receiver with system_type HANDSET hosts phones: it is given the
/// messages to numbers that begin with its address_range. Every other receiver is given receipts.
/// Bounded: messages and receipts by SmscOptions::most_waiting, output by what the pump lets it
/// read. Owned by one thread.
class MessageCentre {
 public:
  using Recorder = std::function<void(const SubmitRecord&)>;
  explicit MessageCentre(SmscOptions options, Recorder recorder = {});

  [[nodiscard]] ConnectionId open();
  /// Octets from a peer. The wall time is for receipts' dates only.
  void receive(ConnectionId connection, OctetView octets, SteadyTime now, WallTime wall);
  /// The peer is gone: what it had not answered waits for another.
  void closed(ConnectionId connection);
  /// Does what has become due.
  void tick(SteadyTime now, WallTime wall);
  /// When tick() has something to do.
  [[nodiscard]] std::optional<SteadyTime> due() const;

  /// Connections with new output, or to be closed, since the last call.
  [[nodiscard]] std::vector<ConnectionId> take_ready();
  /// What to write; the caller takes it. Empty for a connection that is gone.
  [[nodiscard]] Octets take_output(ConnectionId connection);
  /// Close once its output is written.
  [[nodiscard]] bool to_close(ConnectionId connection) const;
  /// What was written has left: room for more deliver_sm.
  void written(ConnectionId connection);

  [[nodiscard]] const SmscCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  using Pdu = carriers::smpp::Pdu;
  /// What a receipt needs to know of a submit_sm.
  struct Submitted {
    std::string id, account;
    ConnectionId connection = 0;
    std::string source_addr, destination_addr;
    std::uint8_t source_ton = 0, source_npi = 0, dest_ton = 0, dest_npi = 0;
    std::uint8_t registered_delivery = 0;
    std::optional<std::uint16_t> user_reference;
  };
  /// A deliver_sm on its way: a message to a phone, or a receipt to whoever submitted it.
  struct Deliver {
    bool receipt = false;
    Octets pdu;  ///< its sequence_number is set when it is sent
    Submitted of;
  };
  struct Connection {
    ConnectionId id = 0;
    carriers::smpp::Framer framer;
    std::string account;
    bool bound = false, transmits = false, receives = false, phones = false;
    std::string prefix;
    bool deaf = false;  ///< nothing more is taken; closing follows with the last answer
    bool closing = false, ready = false;
    Octets output;
    std::deque<Deliver> queue;
    std::unordered_map<std::uint32_t, Deliver> unanswered;
    std::uint32_t next_sequence = 1;
  };
  template <class T>
  struct Timed {
    SteadyTime due;
    T what;
  };
  struct Reply {
    ConnectionId connection;
    Octets pdu;
    bool last = false;  ///< close after it
  };

  void handle(Connection& c, OctetView octets);
  void bind(Connection& c);
  void submit(Connection& c, OctetView octets);
  [[nodiscard]] std::uint32_t judge();
  void track(const Pdu& pdu);
  void deliver_answer(Connection& c);
  void settled(Submitted of, bool taken);
  void send(Connection& c, const Pdu& pdu);
  void mark(Connection& c);
  void give(Deliver deliver);
  void fill(Connection& c);
  void offer_waiting(Connection& c);
  [[nodiscard]] Connection* target(const Deliver& deliver);
  [[nodiscard]] Deliver message(const Pdu& pdu, Submitted of) const;
  [[nodiscard]] Deliver receipt(Submitted of, bool taken) const;
  [[nodiscard]] double share();

  SmscOptions options_;
  Recorder recorder_;
  SmscCounters counters_;
  std::map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<ConnectionId> ready_;
  ConnectionId next_connection_ = 1;
  std::uint64_t next_id_;
  std::uint64_t random_;
  SteadyTime now_{};
  WallTime wall_{};
  std::optional<SteadyTime> first_submit_;
  std::int64_t rate_second_ = -1;
  std::uint32_t rate_count_ = 0;
  std::deque<Timed<Reply>> replies_;     ///< delay_ms
  std::deque<Timed<Deliver>> receipts_;  ///< dlr_ms
  std::deque<Timed<Deliver>> again_;     ///< receipts refused, a second later
  std::deque<Deliver> homeless_;         ///< nobody bound who could take them
  std::size_t waiting_ = 0;              ///< Delivers in all queues, sent and unanswered ones too
  std::unordered_set<std::uint64_t> seen_;  ///< hashes of (destination, part)
  Pdu pdu_;                                 ///< of the request in work; its memory is reused
};

}  // namespace cpgw::gateway::simulators
