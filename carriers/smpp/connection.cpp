#include "carriers/smpp/connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace cpgw::carriers::smpp {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadOctets = 65'536;

// Every handler holds the connection, so that what is left of an old one can never touch the next.
class TcpConnection final : public Connection, public std::enable_shared_from_this<TcpConnection> {
 public:
  TcpConnection(asio::io_context& reactor, std::shared_ptr<ConnectionOwner> owner)
      : owner_(std::move(owner)), resolver_(reactor), socket_(reactor) {}

  void connect(const std::string& host, std::uint16_t port) override {
    resolver_.async_resolve(
        host, std::to_string(port),
        [self = shared_from_this()](const error_code& problem,
                                    const tcp::resolver::results_type& found) {
          const auto owner = self->owner_;
          if (!owner) return;
          if (problem) return owner->on_connect_failed("cannot resolve: " + problem.message());
          asio::async_connect(self->socket_, found,
                              [self](const error_code& refused, const tcp::endpoint&) {
                                self->connected(refused);
                              });
        });
  }

  void write(Octets& from) override {
    if (writing_ || from.empty() || !owner_) return;
    writing_ = true;
    out_.clear();
    std::swap(out_, from);
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](const error_code& problem, std::size_t) {
                        self->writing_ = false;
                        const auto owner = self->owner_;
                        if (!owner) return;
                        if (problem) return owner->on_connection_lost(problem.message());
                        owner->on_written();
                      });
  }

  void close(OctetView last_words) override {
    owner_.reset();
    resolver_.cancel();
    error_code ignored;
    if (!writing_ && !last_words.empty()) {
      socket_.write_some(asio::buffer(last_words.data(), last_words.size()), ignored);
    }
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

 private:
  void connected(const error_code& refused) {
    const auto owner = owner_;
    if (!owner) return;
    if (refused) return owner->on_connect_failed("cannot connect: " + refused.message());
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    owner->on_connected();
    read();
  }

  void read() {
    if (!owner_) return;
    socket_.async_read_some(asio::buffer(in_), [self = shared_from_this()](
                                                   const error_code& problem, std::size_t octets) {
      const auto owner = self->owner_;
      if (!owner) return;
      if (problem) return owner->on_connection_lost(problem.message());
      owner->on_octets(OctetView(self->in_).first(octets));
      self->read();
    });
  }

  std::shared_ptr<ConnectionOwner> owner_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  Octets in_ = Octets(kReadOctets), out_;
  bool writing_ = false;
};

}  // namespace

std::shared_ptr<Connection> make_connection(asio::io_context& reactor,
                                            std::shared_ptr<ConnectionOwner> owner) {
  return std::make_shared<TcpConnection>(reactor, std::move(owner));
}

}  // namespace cpgw::carriers::smpp
