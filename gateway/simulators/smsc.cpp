// The sockets of the simulated message centre; what it does is in message_centre.
#include "gateway/simulators/smsc.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>

#include "gateway/simulators/message_centre.h"
#include "gateway/simulators/report.h"

namespace cpgw::gateway::simulators {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::size_t kReadOctets = 64 * 1024;
constexpr std::size_t kMostUnwritten = 4 * 1024 * 1024;  ///< then a connection is not read
constexpr std::size_t kMostConnections = 1000;
constexpr auto kLinger = std::chrono::seconds(2);

constexpr int kDone = 0, kUnreadable = 3, kUnreachable = 4;  // exit status of the command line

std::uint64_t first_id(const SmscOptions& options, const Clock& clock) {
  if (options.first_id != 0) return options.first_id;
  return static_cast<std::uint64_t>(clock.wall().time_since_epoch().count()) * 1000;
}

}  // namespace

struct Smsc::Impl {
  struct Peer {
    explicit Peer(tcp::socket s)
        : socket(std::move(s)), linger(socket.get_executor()), input(kReadOctets) {}
    tcp::socket socket;
    asio::steady_timer linger;
    Octets input;
    Octets writing;    ///< with the operating system
    Octets unwritten;  ///< behind it
    bool busy = false, paused = false, closing = false, gone = false;
  };

  Impl(asio::io_context& io, SmscOptions given, const Clock& time)
      : context(io), options(std::move(given)), clock(time), acceptor(io), timer(io) {
    options.first_id = first_id(options, clock);
    MessageCentre::Recorder recorder;
    if (!options.record.empty()) {
      record.open(options.record, std::ios::app | std::ios::binary);
      recorder = [this](const SubmitRecord& one) { record << to_json(one, clock.wall()) << '\n'; };
    }
    centre = std::make_unique<MessageCentre>(options, std::move(recorder));
  }

  Result<std::uint16_t> start() {
    if (!options.record.empty() && !record)
      return fail(cpgw::Errc::io, "cannot write " + options.record);
    error_code error;
    const auto address = asio::ip::make_address(options.bind, error);
    if (error) return fail(cpgw::Errc::io, "\"" + options.bind + "\" is no address to listen on");
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error)
      return fail(cpgw::Errc::io, "cannot listen on " + options.bind + ":" +
                                      std::to_string(options.port) + ": " + error.message());
    accept();
    return acceptor.local_endpoint().port();
  }

  void stop() {
    alive.reset();
    error_code ignored;
    acceptor.close(ignored);
    timer.cancel();
    for (auto& [id, peer] : peers) {
      peer->gone = true;
      peer->linger.cancel();
      peer->socket.close(ignored);
    }
    peers.clear();
    record.flush();
  }

  void accept() {
    acceptor.async_accept(
        [this, stay = std::weak_ptr(alive)](error_code error, tcp::socket socket) {
          if (stay.expired() || !acceptor.is_open()) return;
          if (!error && peers.size() < kMostConnections) {
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            const ConnectionId id = centre->open();
            const auto peer = std::make_shared<Peer>(std::move(socket));
            peers.emplace(id, peer);
            read(id, peer);
          }
          accept();
        });
  }

  void read(ConnectionId id, const std::shared_ptr<Peer>& peer) {
    peer->socket.async_read_some(
        asio::buffer(peer->input), [this, id, peer](error_code error, std::size_t octets) {
          if (peer->gone) return;
          if (error) return drop(id, peer);
          centre->receive(id, OctetView(peer->input).first(octets), clock.steady(), clock.wall());
          flush();
          if (peer->gone) return;
          if (peer->unwritten.size() > kMostUnwritten)
            peer->paused = true;
          else
            read(id, peer);
        });
  }

  // Hands every connection's new output to its socket.
  void flush() {
    for (auto ready = centre->take_ready(); !ready.empty(); ready = centre->take_ready()) {
      for (const ConnectionId id : ready) {
        const auto found = peers.find(id);
        if (found == peers.end()) continue;
        const auto peer = found->second;
        const Octets output = centre->take_output(id);
        peer->unwritten.insert(peer->unwritten.end(), output.begin(), output.end());
        write(id, peer);
      }
    }
    arm();
  }

  void write(ConnectionId id, const std::shared_ptr<Peer>& peer) {
    if (peer->busy || peer->gone) return;
    if (peer->unwritten.empty()) {
      if (centre->to_close(id)) close(id, peer);
      return;
    }
    peer->busy = true;
    peer->writing.clear();
    std::swap(peer->writing, peer->unwritten);
    asio::async_write(peer->socket, asio::buffer(peer->writing),
                      [this, id, peer](error_code error, std::size_t) {
                        peer->busy = false;
                        if (peer->gone) return;
                        if (error) return drop(id, peer);
                        centre->written(id);
                        flush();
                        write(id, peer);
                        if (!peer->gone && std::exchange(peer->paused, false)) read(id, peer);
                      });
  }

  // Ends our side and reads on until the peer ends its own: closing over unread octets would reset
  // the connection, and what was written last might not arrive.
  void close(ConnectionId id, const std::shared_ptr<Peer>& peer) {
    if (std::exchange(peer->closing, true)) return;
    error_code ignored;
    peer->socket.shutdown(tcp::socket::shutdown_send, ignored);
    peer->linger.expires_after(kLinger);
    peer->linger.async_wait([this, id, peer](error_code error) {
      if (!error && !peer->gone) drop(id, peer);
    });
  }

  void drop(ConnectionId id, const std::shared_ptr<Peer>& peer) {
    peer->gone = true;
    error_code ignored;
    peer->linger.cancel();
    peer->socket.close(ignored);
    peers.erase(id);
    centre->closed(id);
    flush();
  }

  void arm() {
    const auto due = centre->due();
    if (!due || (armed && *armed <= *due)) return;
    armed = due;
    timer.expires_at(*due);
    timer.async_wait([this, stay = std::weak_ptr(alive)](error_code error) {
      if (error || stay.expired()) return;
      armed.reset();
      centre->tick(clock.steady(), clock.wall());
      flush();
    });
  }

  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  asio::io_context& context;
  SmscOptions options;
  const Clock& clock;
  tcp::acceptor acceptor;
  asio::steady_timer timer;
  std::optional<SteadyTime> armed;
  std::ofstream record;
  std::unique_ptr<MessageCentre> centre;
  std::map<ConnectionId, std::shared_ptr<Peer>> peers;
};

Smsc::Smsc(asio::io_context& context, SmscOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(context, std::move(options), clock)) {}
// NOLINTNEXTLINE(bugprone-exception-escape): nothing in it throws but for want of memory
Smsc::~Smsc() { impl_->stop(); }
Result<std::uint16_t> Smsc::start() { return impl_->start(); }
void Smsc::stop() { impl_->stop(); }
const SmscCounters& Smsc::counters() const { return impl_->centre->counters(); }
std::string Smsc::report() const { return to_json(counters()); }

namespace {

// Written beside and renamed, so that a reader never sees half.
bool write_stats(const std::string& file, const std::string& json) {
  const std::string part = file + ".part";
  {
    std::ofstream out(part, std::ios::trunc | std::ios::binary);
    out << json << '\n';
    if (!out.flush()) return false;
  }
  return std::rename(part.c_str(), file.c_str()) == 0;
}

}  // namespace

int simulate_smsc(const SmscOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context context(1);
  const SystemClock clock;
  Smsc smsc(context, options, clock);
  const auto port = smsc.start();
  if (!port) {
    std::cerr << to_string(port.error()) << std::endl;
    return kUnreachable;
  }
  std::cout << "listening on " << options.bind << ':' << *port << std::endl;
  const auto stats = [&] {
    if (options.stats_file.empty() || write_stats(options.stats_file, smsc.report())) return true;
    std::cerr << "cannot write " << options.stats_file << std::endl;
    return false;
  };
  asio::signal_set signals(context, SIGTERM, SIGINT, SIGUSR1);
  std::function<void()> wait = [&] {
    signals.async_wait([&](error_code error, int number) {
      if (error) return;
      if (number != SIGUSR1) return context.stop();
      static_cast<void>(stats());
      wait();
    });
  };
  wait();
  context.run();
  const bool written = stats();
  smsc.stop();
  std::cout << smsc.report() << std::endl;
  return written ? kDone : kUnreadable;
}

}  // namespace cpgw::gateway::simulators
