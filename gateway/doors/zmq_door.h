// A ROUTER socket on the reactor: requests in, answers out. The intake and the events are two of
// them with a handler each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "gateway/doors/request_handler.h"
#include "gateway/flow/log.h"
#include "queue/zmq/router_socket.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::gateway::doors {

struct ZmqDoorLimits {
  std::size_t in_flight = 256;          ///< requests at the handler; more get gateway/busy
  std::size_t in_flight_per_peer = 64;  ///< so that one client cannot take all
  std::size_t messages_per_turn = 64;   ///< then other work of the reactor has its turn
};

struct ZmqDoorStats {
  std::uint64_t requests = 0;      ///< handed to the handler
  std::uint64_t answers = 0;       ///< taken by libzmq
  std::uint64_t busy = 0;          ///< answered gateway/busy
  std::uint64_t malformed = 0;     ///< not three proper frames
  std::uint64_t dropped_slow = 0;  ///< answers to peers that do not read
  std::uint64_t dropped_gone = 0;  ///< answers to peers that have left
  std::size_t in_flight = 0;
};

/// Owned by the reactor thread. Answers that come after the door is closed are dropped.
class ZmqDoor {
 public:
  /// `name` is for the log: "intake" or "events". Reactor, handler and log outlive the door.
  ZmqDoor(boost::asio::io_context& reactor, queue::zmq::RouterSocket socket, std::string name,
          RequestHandler& handler, Log& log, const ZmqDoorLimits& limits = {});
  ZmqDoor(const ZmqDoor&) = delete;
  ZmqDoor& operator=(const ZmqDoor&) = delete;
  ~ZmqDoor();

  void start();
  /// Takes no further requests: they wait at libzmq and are lost with it, as never answered.
  /// Answers still go out.
  void stop_taking();
  /// Closes the socket; what is unsent is lost.
  void close();
  [[nodiscard]] const ZmqDoorStats& stats() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cpgw::gateway::doors
