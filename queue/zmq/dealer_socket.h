// A client's end: requests to a gateway and their answers. Used by the commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "queue/zmq/context.h"
#include "queue/zmq/envelope.h"

namespace cpgw::queue::zmq {

/// One connected DEALER socket. Owned by one thread; waits at most as long as it is told. An
/// answer lost with either process is asked for again by the caller, with the same key.
class DealerSocket {
 public:
  enum class Gateway : std::uint8_t {
    must_listen,  ///< Errc::no_gateway at once when nobody listens
    may_come,     ///< connects when somebody does
  };
  /// `clock` outlives the socket.
  [[nodiscard]] static Result<DealerSocket> connect(Context& context, const std::string& endpoint,
                                                    const Clock& clock,
                                                    Gateway gateway = Gateway::must_listen);
  DealerSocket(DealerSocket&&) noexcept;
  DealerSocket& operator=(DealerSocket&&) noexcept;
  ~DealerSocket();

  /// One request and its answer: answers to earlier requests are dropped.
  [[nodiscard]] Result<std::string> request(const std::string& body,
                                            std::chrono::milliseconds timeout);
  /// For several requests on their way: gives the id that the answer will carry.
  [[nodiscard]] Result<std::string> send(const std::string& body,
                                         std::chrono::milliseconds timeout);
  [[nodiscard]] Result<Envelope> receive(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  explicit DealerSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::queue::zmq
