#include "queue/zmq/dealer_socket.h"

#include <algorithm>
#include <vector>
#include <zmq.hpp>

#include "queue/zmq/endpoint.h"

namespace cpgw::queue::zmq {

using std::chrono::milliseconds;

struct DealerSocket::Impl {
  ::zmq::socket_t socket;
  const Clock& clock;
  std::string endpoint;
  std::uint64_t requests = 0;

  /// Waits for `events` (ZMQ_POLLIN or ZMQ_POLLOUT) until `end`.
  Result<void> wait(short events, SteadyTime end) {
    while (true) {
      const auto left =
          std::max(std::chrono::ceil<milliseconds>(end - clock.steady()), milliseconds(0));
      ::zmq::pollitem_t item{socket.handle(), 0, events, 0};
      if (::zmq::poll(&item, 1, left) > 0) return {};
      if (left.count() == 0) {
        return fail(Errc::timed_out, "no answer from the gateway at " + endpoint +
                                         " in time; ask again with the same key");
      }
    }
  }

  tl::unexpected<Error> failed(const ::zmq::error_t& error) const {
    if (error.num() == EINTR) return fail(Errc::interrupted, "interrupted while waiting");
    return fail(Errc::socket_failed, endpoint + ": " + error.what());
  }
};

DealerSocket::DealerSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DealerSocket::DealerSocket(DealerSocket&&) noexcept = default;
DealerSocket& DealerSocket::operator=(DealerSocket&&) noexcept = default;
DealerSocket::~DealerSocket() = default;

Result<DealerSocket> DealerSocket::connect(Context& context, const std::string& endpoint,
                                           const Clock& clock, Gateway gateway) {
  const auto path = ipc_path(endpoint);
  if (!path) return fail(path.error());
  if (gateway == Gateway::must_listen && !is_listened_on(*path)) {
    return fail(Errc::no_gateway, "no gateway listens on " + *path + "; start it with: cpgw serve");
  }
  try {
    auto impl = std::make_unique<Impl>(
        Impl{::zmq::socket_t(context.handle(), ::zmq::socket_type::dealer), clock, endpoint});
    auto& s = impl->socket;
    s.set(::zmq::sockopt::linger, 0);
    // Queue nothing for a gateway that is not there.
    s.set(::zmq::sockopt::immediate, 1);
    s.set(::zmq::sockopt::maxmsgsize, 2 * static_cast<std::int64_t>(kMostBodyOctets));
    s.set(::zmq::sockopt::rcvhwm, 64);
    s.set(::zmq::sockopt::sndhwm, 64);
    s.connect(endpoint);
    return DealerSocket(std::move(impl));
  } catch (const ::zmq::error_t& error) {
    return fail(Errc::socket_failed, "cannot connect to " + endpoint + ": " + error.what());
  }
}

Result<std::string> DealerSocket::send(const std::string& body, milliseconds timeout) {
  // Unique on this connection, which is all an id must be.
  const Envelope envelope{std::to_string(++impl_->requests), body};
  const auto frames = write_envelope(envelope);
  if (!frames) return fail(frames.error());
  const SteadyTime end = impl_->clock.steady() + timeout;
  try {
    std::size_t sent = 0;
    while (sent < frames->size()) {
      const auto& frame = (*frames)[sent];
      const auto flags = sent + 1 < frames->size()
                             ? ::zmq::send_flags::dontwait | ::zmq::send_flags::sndmore
                             : ::zmq::send_flags::dontwait;
      if (impl_->socket.send(::zmq::const_buffer(frame.data(), frame.size()), flags)) {
        ++sent;
      } else if (auto ready = impl_->wait(ZMQ_POLLOUT, end); !ready) {
        return fail(std::move(ready).error());
      }
    }
    return envelope.id;
  } catch (const ::zmq::error_t& error) {
    return impl_->failed(error);
  }
}

Result<Envelope> DealerSocket::receive(milliseconds timeout) {
  const SteadyTime end = impl_->clock.steady() + timeout;
  try {
    if (auto ready = impl_->wait(ZMQ_POLLIN, end); !ready) return fail(std::move(ready).error());
    std::vector<std::string> frames;
    ::zmq::message_t part;
    do {
      if (!impl_->socket.recv(part, ::zmq::recv_flags::dontwait)) break;
      if (frames.size() <= kFrames) frames.emplace_back(part.data<char>(), part.size());
    } while (part.more());
    return read_envelope(frames);
  } catch (const ::zmq::error_t& error) {
    return impl_->failed(error);
  }
}

Result<std::string> DealerSocket::request(const std::string& body, milliseconds timeout) {
  const SteadyTime end = impl_->clock.steady() + timeout;
  const auto id = send(body, timeout);
  if (!id) return fail(id.error());
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(end - impl_->clock.steady());
    auto answer = receive(std::max(left, milliseconds(0)));
    if (!answer) return fail(std::move(answer).error());
    if (answer->id == *id) return std::move(answer->body);
  }
}

}  // namespace cpgw::queue::zmq
