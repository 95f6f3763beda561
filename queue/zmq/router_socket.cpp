#include "queue/zmq/router_socket.h"

#include <sys/stat.h>

#include <zmq.hpp>

#include "base/secret.h"
#include "queue/zmq/endpoint.h"

namespace cpgw::queue::zmq {

struct RouterSocket::Impl {
  ::zmq::socket_t socket;
  int fd = -1;
};

RouterSocket::RouterSocket(std::unique_ptr<Impl> impl, std::string endpoint)
    : impl_(std::move(impl)), endpoint_(std::move(endpoint)) {}
RouterSocket::RouterSocket(RouterSocket&&) noexcept = default;
RouterSocket& RouterSocket::operator=(RouterSocket&&) noexcept = default;
RouterSocket::~RouterSocket() = default;

int RouterSocket::fd() const { return impl_->fd; }

Result<RouterSocket> RouterSocket::bind(Context& context, const std::string& endpoint,
                                        const RouterOptions& options) {
  const auto path = ipc_path(endpoint);
  if (!path) return fail(path.error());
  if (auto ready = prepare_to_bind(*path); !ready) return fail(std::move(ready).error());
  try {
    auto impl =
        std::make_unique<Impl>(Impl{::zmq::socket_t(context.handle(), ::zmq::socket_type::router)});
    auto& s = impl->socket;
    s.set(::zmq::sockopt::linger, 0);
    s.set(::zmq::sockopt::router_mandatory, 1);
    s.set(::zmq::sockopt::maxmsgsize, options.most_frame_octets);
    s.set(::zmq::sockopt::rcvhwm, options.receive_high_water);
    s.set(::zmq::sockopt::sndhwm, options.send_high_water);
    s.bind(endpoint);
    impl->fd = s.get(::zmq::sockopt::fd);
    // The folder keeps others out; the socket says so too.
    static_cast<void>(::chmod(path->c_str(), 0600));
    return RouterSocket(std::move(impl), endpoint);
  } catch (const ::zmq::error_t& error) {
    return fail(Errc::socket_failed, "cannot listen on " + endpoint + ": " + error.what());
  }
}

Result<std::optional<RouterSocket::Message>> RouterSocket::receive() {
  try {
    auto& s = impl_->socket;
    ::zmq::message_t part;
    if (!s.recv(part, ::zmq::recv_flags::dontwait)) return std::nullopt;
    Message message;
    message.peer = part.to_string();
    while (part.more()) {
      // The rest of a message is always there: libzmq hands messages over whole.
      if (!s.recv(part, ::zmq::recv_flags::dontwait)) break;
      if (message.frames.size() <= kFrames) {
        message.frames.emplace_back(part.data<char>(), part.size());
      }
      wipe(std::span(part.data<std::byte>(), part.size()));
    }
    return message;
  } catch (const ::zmq::error_t& error) {
    return fail(Errc::socket_failed, endpoint_ + ": " + error.what());
  }
}

Result<RouterSocket::Sent> RouterSocket::send(std::string_view peer, const Envelope& envelope) {
  try {
    auto& s = impl_->socket;
    const auto more = ::zmq::send_flags::dontwait | ::zmq::send_flags::sndmore;
    if (!s.send(::zmq::const_buffer(peer.data(), peer.size()), more)) return Sent::slow;
    static_cast<void>(s.send(::zmq::const_buffer(kVersion.data(), kVersion.size()), more));
    static_cast<void>(s.send(::zmq::const_buffer(envelope.id.data(), envelope.id.size()), more));
    static_cast<void>(s.send(::zmq::const_buffer(envelope.body.data(), envelope.body.size()),
                             ::zmq::send_flags::dontwait));
    return Sent::taken;
  } catch (const ::zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return Sent::gone;
    return fail(Errc::socket_failed, endpoint_ + ": " + error.what());
  }
}

}  // namespace cpgw::queue::zmq
