// The gateway's end: many peers, each answered by its routing id.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "queue/zmq/context.h"
#include "queue/zmq/envelope.h"

namespace cpgw::queue::zmq {

struct RouterOptions {
  /// A larger frame ends the peer's connection without an answer; twice the limit of a document,
  /// so that a request a little too large is told so.
  std::int64_t most_frame_octets = 2 * static_cast<std::int64_t>(kMostBodyOctets);
  int receive_high_water = 16;  ///< messages waiting per peer; then the peer's sends wait
  int send_high_water = 64;     ///< answers waiting per peer; then they are dropped
};

/// One bound ROUTER socket, never blocking. Owned by one thread. Closing it drops what is unsent.
class RouterSocket {
 public:
  struct Message {
    std::string peer;                 ///< routing id: opaque octets
    std::vector<std::string> frames;  ///< at most kFrames + 1; more are read and dropped
  };
  enum class Sent : std::uint8_t {
    taken,  ///< queued for the peer, no more
    gone,   ///< no such peer any more
    slow,   ///< the peer does not read; the answer is dropped
  };

  /// Prepares the folder and the path (see prepare_to_bind) and binds.
  [[nodiscard]] static Result<RouterSocket> bind(Context& context, const std::string& endpoint,
                                                 const RouterOptions& options = {});
  RouterSocket(RouterSocket&&) noexcept;
  RouterSocket& operator=(RouterSocket&&) noexcept;
  ~RouterSocket();

  /// For waiting until readable. Edge-triggered: after every wake and every send, receive until
  /// nothing comes.
  [[nodiscard]] int fd() const;
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  /// The next message, or nothing.
  [[nodiscard]] Result<std::optional<Message>> receive();
  /// `envelope.id` may be empty here: the answer to a message whose id could not be read.
  [[nodiscard]] Result<Sent> send(std::string_view peer, const Envelope& envelope);

 private:
  struct Impl;
  RouterSocket(std::unique_ptr<Impl> impl, std::string endpoint);
  std::unique_ptr<Impl> impl_;
  std::string endpoint_;
};

}  // namespace cpgw::queue::zmq
