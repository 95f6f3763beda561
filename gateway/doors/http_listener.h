// HTTP/1.1 on loopback: parses, bounds and times every connection; what a path means is a
// handler's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "gateway/doors/settings.h"
#include "gateway/flow/log.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::gateway::doors {

struct HttpRequest {
  std::string method;  ///< as sent; HEAD comes as GET, its body is left out by the listener
  std::string path;    ///< up to the "?", as sent
  std::string query;   ///< behind the "?"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first value of a header, whatever its case; empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

using HttpReply = std::function<void(HttpResponse)>;

/// Owned by the reactor thread: requests come from it and answers are given on it, at once or
/// later (a submission is answered after its commit), each exactly once. Never throws.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(const HttpRequest& request, HttpReply reply) = 0;
};

/// Gives `prefix` and what is below it to `handler` on listeners that serve `serves`. The longest
/// prefix wins.
struct HttpRoute {
  std::string_view serves;  ///< a name of [[http]] serves
  std::string prefix;       ///< "/metrics"
  HttpHandler* handler = nullptr;
};

struct HttpLimits {
  std::uint32_t header_octets = 8 * 1024;
  std::uint64_t body_octets = 1024 * 1024;
  std::size_t connections = 256;  ///< more are told 503 and closed
  /// For a whole request to come in, for an answer to go out, and for the next request.
  std::chrono::milliseconds timeout{std::chrono::seconds(10)};
  std::chrono::milliseconds answer_timeout{std::chrono::seconds(30)};  ///< for the handler
};

struct HttpStats {
  std::uint64_t accepted = 0;     ///< connections
  std::uint64_t turned_away = 0;  ///< connections over the limit
  std::uint64_t requests = 0;     ///< handed to a handler
  std::uint64_t refused = 0;      ///< malformed, too large, unknown path
  std::uint64_t timed_out = 0;
  std::size_t connections = 0;
};

/// One listener with its connections. Owned by the reactor thread.
class HttpListener {
 public:
  /// Listens at once. Reactor, handlers and log outlive the listener. Addresses that leave loopback
  /// are refused.
  [[nodiscard]] static Result<std::unique_ptr<HttpListener>> open(
      boost::asio::io_context& reactor, const HttpSettings& settings,
      const std::vector<HttpRoute>& routes, Log& log, const HttpLimits& limits = {});
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;
  ~HttpListener();

  /// "127.0.0.1:8480", with the port really taken.
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const HttpStats& stats() const;
  /// Closes the listener and every connection.
  void close();

  struct Impl;  ///< in the source file

 private:
  explicit HttpListener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace cpgw::gateway::doors
