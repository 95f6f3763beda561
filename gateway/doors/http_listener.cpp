// The one source file that includes Beast.
#include "gateway/doors/http_listener.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <set>

namespace cpgw::gateway::doors {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) &&
         (prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/');
}

HttpRequest take_request(http::request<http::string_body>&& from) {
  HttpRequest request;
  const bool head = from.method() == http::verb::head;
  request.method = head ? "GET" : std::string(from.method_string());
  const std::string_view target = from.target();
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : from) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(from.body());
  return request;
}

/// What a client is told about a request that cannot be read; 0: nothing, it has gone.
unsigned status_for(const beast::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  // Errors of the parser itself; others are the connection's.
  if (error.category() == http::make_error_code(http::error::bad_version).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return 400;
  }
  return 0;
}

std::string_view words_for(unsigned status) {
  switch (status) {
    case 400: return "this is no HTTP/1.1 request\n";
    case 404: return "nothing is served here\n";
    case 413: return "the body is too large\n";
    case 417: return "only Expect: 100-continue is known\n";
    case 431: return "the header is too large\n";
    case 504: return "no answer in time\n";
    default: return "too many connections\n";
  }
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (same_name(known, name)) return value;
  }
  return {};
}

class HttpSession;

struct HttpListener::Impl : std::enable_shared_from_this<HttpListener::Impl> {
  Impl(asio::io_context& reactor_, Log& log_, const HttpLimits& limits_)
      : reactor(reactor_), acceptor(reactor_), pause(reactor_), log(log_), limits(limits_) {}

  asio::io_context& reactor;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Log& log;
  HttpLimits limits;
  std::vector<HttpRoute> routes;  // longest prefix first
  HttpStats stats;
  std::set<HttpSession*> sessions;  // each keeps itself alive while it has work
  std::string address;
  std::uint16_t port = 0;

  void accept();
  void welcome(tcp::socket socket);
  void close();
  [[nodiscard]] HttpHandler* handler_for(std::string_view path) const {
    for (const HttpRoute& route : routes) {
      if (is_below(path, route.prefix)) return route.handler;
    }
    return nullptr;
  }
};

/// One connection: reads a request, hands it over, writes the answer, again. Requests that follow
/// without waiting stay in the buffer until their turn.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, std::shared_ptr<HttpListener::Impl> owner)
      : stream_(std::move(socket)),
        patience_(stream_.get_executor()),
        buffer_(owner->limits.header_octets + 64 * 1024),
        owner_(std::move(owner)) {
    owner_->sessions.insert(this);
    owner_->stats.connections = owner_->sessions.size();
  }
  ~HttpSession() {
    owner_->sessions.erase(this);
    owner_->stats.connections = owner_->sessions.size();
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(owner_->limits.header_octets);
    parser_->body_limit(owner_->limits.body_octets);
    stream_.expires_after(owner_->limits.timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                              self->on_header(error);
                            });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
    patience_.cancel();
  }

 private:
  void on_header(beast::error_code error) {
    if (error) return fail_read(error);
    const auto& request = parser_->get();
    head_ = request.method() == http::verb::head;
    version_ = request.version();
    if (const std::string_view expect = request[http::field::expect]; !expect.empty()) {
      if (!same_name(expect, "100-continue")) return refuse(417);
      // Nobody sends a megabyte to a path that is not served.
      if (!handler()) return refuse(404);
      interim_ = {http::status::continue_, version_};
      return http::async_write(stream_, interim_,
                               [self = shared_from_this()](beast::error_code failed, std::size_t) {
                                 if (failed) return self->fail_read(failed);
                                 self->read_body();
                               });
    }
    read_body();
  }

  void read_body() {
    // The deadline set for the header holds for the whole request.
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (error) return self->fail_read(error);
                       self->hand_over();
                     });
  }

  [[nodiscard]] HttpHandler* handler() const {
    const std::string_view target = parser_->get().target();
    return owner_->handler_for(target.substr(0, target.find('?')));
  }

  void hand_over() {
    HttpHandler* const to = handler();
    keep_alive_ = parser_->get().keep_alive();
    if (to == nullptr) {
      ++owner_->stats.refused;
      return answer({404, "text/plain; charset=utf-8", std::string(words_for(404)), {}});
    }
    ++owner_->stats.requests;
    stream_.expires_never();
    const std::uint64_t turn = ++turn_;
    patience_.expires_after(owner_->limits.answer_timeout);
    patience_.async_wait([weak = weak_from_this(), turn](beast::error_code cancelled) {
      const auto self = weak.lock();
      if (!self || cancelled || turn != self->turn_) return;
      ++self->owner_->stats.timed_out;
      self->refuse(504);
    });
    // The reply keeps the session alive: nothing else does while the handler works.
    to->handle(take_request(parser_->release()),
               [self = shared_from_this(), turn](HttpResponse response) {
                 if (turn == self->turn_) self->answer(std::move(response));
               });
  }

  /// Answers what went wrong and closes.
  void refuse(unsigned status) {
    keep_alive_ = false;
    if (status != 504) ++owner_->stats.refused;
    answer({status, "text/plain; charset=utf-8", std::string(words_for(status)), {}});
  }

  void fail_read(beast::error_code error) {
    if (error == beast::error::timeout) ++owner_->stats.timed_out;
    if (const unsigned status = status_for(error); status != 0) return refuse(status);
    close();
  }

  void answer(HttpResponse from) {
    ++turn_;  // a later answer to the same request is not wanted any more
    patience_.cancel();
    if (!stream_.socket().is_open()) return;
    response_ = {};
    response_.version(version_);
    response_.result(from.status);
    response_.set(http::field::server, "cpgw");
    response_.set(http::field::content_type, from.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : from.headers) response_.set(name, value);
    response_.keep_alive(keep_alive_);
    response_.content_length(from.body.size());
    if (!head_) response_.body() = std::move(from.body);
    stream_.expires_after(owner_->limits.timeout);
    const auto written = [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error == beast::error::timeout) ++self->owner_->stats.timed_out;
      if (error || !self->keep_alive_) return self->finish(error);
      self->read();
    };
    if (head_) {
      // Content-Length tells the body's length although there is none.
      serializer_.emplace(response_);
      http::async_write_header(stream_, *serializer_, written);
    } else {
      http::async_write(stream_, response_, written);
    }
  }

  /// Closes for good; a short while is left for the answer to arrive before what the client still
  /// sends resets the connection.
  void finish(beast::error_code error) {
    if (error) return close();
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(
        std::min<std::chrono::milliseconds>(owner_->limits.timeout, std::chrono::seconds(1)));
    drain();
  }
  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](beast::error_code error, std::size_t got) {
                              self->drained_ += got;
                              if (error || self->drained_ > self->owner_->limits.body_octets) {
                                return self->close();
                              }
                              self->drain();
                            });
  }

  beast::tcp_stream stream_;
  asio::steady_timer patience_;
  beast::flat_buffer buffer_;
  std::shared_ptr<HttpListener::Impl> owner_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::empty_body> interim_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::uint64_t turn_ = 0, drained_ = 0;
  unsigned version_ = 11;
  bool keep_alive_ = false, head_ = false;
};

void HttpListener::Impl::accept() {
  if (!acceptor.is_open()) return;
  acceptor.async_accept([self = shared_from_this()](beast::error_code error, tcp::socket socket) {
    if (!self->acceptor.is_open()) return;
    if (!error) {
      self->welcome(std::move(socket));
      return self->accept();
    }
    // Out of descriptors, most likely: wait for some to come back instead of spinning.
    self->log.write(LogLevel::warning, "http-accept-failed", error.message(),
                    {{"listen", self->address}});
    self->pause.expires_after(std::chrono::milliseconds(200));
    self->pause.async_wait([self](beast::error_code) { self->accept(); });
  });
}

void HttpListener::Impl::welcome(tcp::socket socket) {
  ++stats.accepted;
  if (sessions.size() >= limits.connections) {
    ++stats.turned_away;
    // A fresh socket takes these octets at once or never.
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    beast::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
    return;
  }
  std::make_shared<HttpSession>(std::move(socket), shared_from_this())->read();
}

void HttpListener::Impl::close() {
  beast::error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  const std::vector<HttpSession*> open(sessions.begin(), sessions.end());
  for (HttpSession* session : open) session->close();
}

HttpListener::HttpListener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
// NOLINTNEXTLINE(bugprone-exception-escape): nothing in it throws but for want of memory
HttpListener::~HttpListener() { impl_->close(); }

std::string HttpListener::address() const { return impl_->address; }
std::uint16_t HttpListener::port() const { return impl_->port; }
const HttpStats& HttpListener::stats() const { return impl_->stats; }
void HttpListener::close() { impl_->close(); }

Result<std::unique_ptr<HttpListener>> HttpListener::open(asio::io_context& reactor,
                                                         const HttpSettings& settings,
                                                         const std::vector<HttpRoute>& routes,
                                                         Log& log, const HttpLimits& limits) {
  const bool v6 = settings.listen.address.find(':') != std::string::npos;
  const auto text = [&](std::uint16_t port) {
    return (v6 ? "[" + settings.listen.address + "]" : settings.listen.address) + ":" +
           std::to_string(port);
  };
  // The settings' reader has looked already; nothing may leave loopback by another way either.
  if (auto loopback = parse_listen(text(settings.listen.port)); !loopback) {
    return fail(std::move(loopback).error());
  }
  auto impl = std::make_shared<Impl>(reactor, log, limits);
  for (const HttpRoute& route : routes) {
    if (std::ranges::find(settings.serves, route.serves) != settings.serves.end()) {
      impl->routes.push_back(route);
    }
  }
  std::ranges::stable_sort(impl->routes, std::ranges::greater(),
                           [](const HttpRoute& route) { return route.prefix.size(); });
  beast::error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(settings.listen.address, error),
                               settings.listen.port);
  if (!error) impl->acceptor.open(endpoint.protocol(), error);
  if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) impl->acceptor.bind(endpoint, error);
  if (!error) impl->acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) impl->port = impl->acceptor.local_endpoint(error).port();
  if (error) {
    return fail(Errc::listen_failed, "cannot listen on " + text(settings.listen.port) + ": " +
                                         error.message() +
                                         "; change listen of [[http]], or stop who listens there");
  }
  impl->address = text(impl->port);
  impl->accept();
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(impl)));
}

}  // namespace cpgw::gateway::doors
