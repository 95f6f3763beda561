#include "gateway/doors/zmq_door.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <optional>

#include "base/secret.h"

namespace cpgw::gateway::doors {
namespace asio = boost::asio;
using queue::zmq::Envelope;
using queue::zmq::RouterSocket;

struct ZmqDoor::Impl : std::enable_shared_from_this<ZmqDoor::Impl> {
  Impl(asio::io_context& reactor_, RouterSocket socket_, std::string name_,
       RequestHandler& handler_, Log& log_, const ZmqDoorLimits& limits_)
      : reactor(reactor_),
        wake(reactor_, socket_.fd()),
        socket(std::move(socket_)),
        name(std::move(name_)),
        handler(handler_),
        log(log_),
        limits(limits_) {}

  asio::io_context& reactor;
  asio::posix::stream_descriptor wake;
  std::optional<RouterSocket> socket;
  std::string name;
  RequestHandler& handler;
  Log& log;
  ZmqDoorLimits limits;
  ZmqDoorStats stats;
  std::map<std::string, std::size_t, std::less<>> per_peer;
  bool taking = true, posted = false, waiting = false;

  /// libzmq's descriptor is edge-triggered and sending may swallow an edge: look again soon.
  void post_pump() {
    if (posted || !socket) return;
    posted = true;
    asio::post(reactor, [self = shared_from_this()] {
      self->posted = false;
      self->pump();
    });
  }

  void wait() {
    if (waiting || !socket) return;
    waiting = true;
    wake.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& error) {
                      self->waiting = false;
                      if (!error) self->pump();
                    });
  }

  void pump() {
    for (std::size_t n = 0; socket && taking; ++n) {
      if (n == limits.messages_per_turn) return post_pump();
      auto message = socket->receive();
      if (!message) {
        log.write(LogLevel::error, "zmq-door-failed", message.error().message, {{"door", name}});
        close();
        return;
      }
      if (!*message) break;
      take(**message);
    }
    wait();
  }

  void take(RouterSocket::Message& message) {
    auto envelope = queue::zmq::read_envelope(message.frames);
    if (!envelope) {
      ++stats.malformed;
      send(message.peer, std::string(queue::zmq::answerable_id(message.frames)),
           refusal(envelope.error()));
    } else if (stats.in_flight >= limits.in_flight || !room_for(message.peer)) {
      ++stats.busy;
      send(
          message.peer, std::move(envelope->id),
          R"({"ok":false,"errors":[{"code":"gateway/busy","message":"too many requests are waiting; nothing was taken, send it again later"}]})");
    } else {
      ++stats.requests;
      ++stats.in_flight;
      ++per_peer[message.peer];
      handler.handle(envelope->body, reply_to(message.peer, envelope->id));
    }
    // Requests may hold PINs and IMSIs.
    if (envelope) wipe(std::as_writable_bytes(std::span(envelope->body)));
    for (auto& frame : message.frames) wipe(std::as_writable_bytes(std::span(frame)));
  }

  bool room_for(std::string_view peer) const {
    const auto it = per_peer.find(peer);
    return it == per_peer.end() || it->second < limits.in_flight_per_peer;
  }

  std::function<void(std::string)> reply_to(const std::string& peer, const std::string& id) {
    return [weak = weak_from_this(), peer, id, answered = false](std::string answer) mutable {
      const auto self = weak.lock();
      if (!self || std::exchange(answered, true)) return;
      --self->stats.in_flight;
      const auto it = self->per_peer.find(peer);
      if (it != self->per_peer.end() && --it->second == 0) self->per_peer.erase(it);
      self->send(peer, id, std::move(answer));
    };
  }

  void send(std::string_view peer, std::string id, std::string body) {
    if (!socket) return;
    if (body.size() > queue::zmq::kMostBodyOctets) {
      body = refusal(Error(queue::zmq::Errc::too_large,
                           "the answer would be over 4 MiB; ask for less at once"));
    }
    const auto sent = socket->send(peer, Envelope{std::move(id), std::move(body)});
    if (!sent) {
      log.write(LogLevel::warning, "zmq-answer-failed", sent.error().message, {{"door", name}});
    } else {
      switch (*sent) {
        case RouterSocket::Sent::taken: ++stats.answers; break;
        case RouterSocket::Sent::gone: ++stats.dropped_gone; break;
        case RouterSocket::Sent::slow: ++stats.dropped_slow; break;
      }
    }
    post_pump();
  }

  /// The messages of the frame reader hold nothing that JSON must escape but quotation marks,
  /// which they do not use.
  static std::string refusal(const Error& error) {
    std::string text = R"({"ok":false,"errors":[{"code":")" + std::string(error.code.name()) +
                       R"(","message":")" + error.message + '"';
    if (!error.at.field.empty()) text += R"(,"field":")" + error.at.field + '"';
    return text + "}]}";
  }

  void close() {
    if (!socket) return;
    // The descriptor is libzmq's: forget it before libzmq closes it.
    wake.release();
    socket.reset();
  }
};

ZmqDoor::ZmqDoor(asio::io_context& reactor, RouterSocket socket, std::string name,
                 RequestHandler& handler, Log& log, const ZmqDoorLimits& limits)
    : impl_(std::make_shared<Impl>(reactor, std::move(socket), std::move(name), handler, log,
                                   limits)) {}
ZmqDoor::~ZmqDoor() { impl_->close(); }

void ZmqDoor::start() { impl_->post_pump(); }
void ZmqDoor::stop_taking() { impl_->taking = false; }
void ZmqDoor::close() { impl_->close(); }
const ZmqDoorStats& ZmqDoor::stats() const { return impl_->stats; }

}  // namespace cpgw::gateway::doors
