#include "gateway/doors/http_listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <list>

namespace cpgw::gateway::doors {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Silence final : public Log {
  void write(LogLevel, std::string_view, std::string_view,
             std::initializer_list<LogField>) override {}
};

class Echo final : public HttpHandler {
 public:
  void handle(const HttpRequest& request, HttpReply reply) override {
    if (request.path.ends_with("/keep")) {
      kept.push_back(std::move(reply));
      return;
    }
    HttpResponse response;
    response.body = request.method + " " + request.path + "?" + request.query + " " +
                    std::string(request.header("x-TEST")) + " " +
                    std::to_string(request.body.size());
    response.headers = {{"X-Echo", "yes"}};
    reply(std::move(response));
  }
  std::vector<HttpReply> kept;
};

/// A client that sends exactly what it is told.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) std::abort();
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// As much as the socket takes now.
  void send(std::string_view text) {
    const ssize_t put = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    sent = put > 0 ? static_cast<std::size_t>(put) : 0;
  }
  void finish() { ::shutdown(fd_, SHUT_WR); }
  /// Reads what is there into `got`.
  void look() {
    char piece[65536];
    ssize_t size = 0;
    while ((size = ::recv(fd_, piece, sizeof(piece), MSG_DONTWAIT)) > 0) {
      got.append(piece, static_cast<std::size_t>(size));
    }
    if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) closed = true;
  }
  [[nodiscard]] std::size_t answers() const {
    std::size_t count = 0;
    for (auto at = got.find("HTTP/1."); at != std::string::npos; at = got.find("HTTP/1.", at + 1)) {
      ++count;
    }
    return count;
  }
  std::string got;
  bool closed = false;
  std::size_t sent = 0;

 private:
  int fd_;
};

class Http : public ::testing::Test {
 protected:
  void open(const HttpLimits& limits = {}) {
    HttpSettings settings{{"127.0.0.1", 0}, {"health", "api"}};
    auto listener = HttpListener::open(reactor_, settings,
                                       {{"health", "/h", &echo_},
                                        {"health", "/h/deep", &deep_},
                                        {"api", "/api/", &echo_},
                                        {"metrics", "/metrics", &echo_}},
                                       log_, limits);
    ASSERT_TRUE(listener) << to_string(listener.error());
    listener_ = std::move(*listener);
  }
  bool run_until(const std::function<bool()>& done) {
    for (int turn = 0; turn < 1000; ++turn) {
      if (done()) return true;
      reactor_.restart();
      reactor_.run_for(5ms);
    }
    return false;
  }
  bool run_until_closed(Peer& peer) {
    return run_until([&] {
      peer.look();
      return peer.closed;
    });
  }
  /// What comes back to `text` until the listener closes.
  std::string once(std::string_view text) {
    Peer peer(listener_->port());
    peer.send(text);
    EXPECT_TRUE(run_until_closed(peer)) << text;
    return peer.got;
  }

  Silence log_;
  Echo echo_, deep_;
  boost::asio::io_context reactor_;
  std::unique_ptr<HttpListener> listener_;
};

constexpr const char* kClose = "Host: x\r\nConnection: close\r\n";

std::string request(const std::string& line, const std::string& headers = kClose,
                    const std::string& body = "") {
  return line + " HTTP/1.1\r\n" + headers + "\r\n" + body;
}

TEST_F(Http, HandsRequestsToTheLongestPrefix) {
  open();
  const std::string got =
      once(request("GET /h/x?a=1&b", std::string(kClose) + "X-Test: value\r\n"));
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, HasSubstr("X-Echo: yes\r\n"));
  EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(got, EndsWith("\r\n\r\nGET /h/x?a=1&b value 0"));
  EXPECT_THAT(once(request("POST /api/v1", std::string(kClose) + "Content-Length: 3\r\n", "abc")),
              EndsWith("POST /api/v1?  3"));
  EXPECT_THAT(once(request("PUT /h", std::string(kClose) + "Transfer-Encoding: chunked\r\n",
                           "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")),
              EndsWith("PUT /h?  3"));
  EXPECT_EQ(listener_->stats().requests, 3u);
}

TEST_F(Http, ServesOnlyWhatItsSettingsName) {
  open();
  for (const char* path : {"/", "/metrics", "/hx", "/ap", "/api", "*", "http://x/h"}) {
    EXPECT_THAT(once(request("GET " + std::string(path))), StartsWith("HTTP/1.1 404 ")) << path;
  }
  EXPECT_EQ(listener_->stats().refused, 7u);
}

TEST_F(Http, AnswersHeadWithoutTheBody) {
  open();
  const std::string got = once(request("HEAD /h"));
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(got, EndsWith("\r\n\r\n"));
}

TEST_F(Http, KeepsTheConnectionAndTakesPipelinedRequestsInOrder) {
  open();
  Peer peer(listener_->port());
  peer.send(request("GET /h/1", "Host: x\r\n"));
  ASSERT_TRUE(run_until([&] {
    peer.look();
    return peer.answers() == 1;
  }));
  std::string several;
  for (int n = 2; n <= 20; ++n) {
    several += request((n % 2 == 0 ? "HEAD /h/" : "GET /h/") + std::to_string(n), "Host: x\r\n");
  }
  peer.send(several + request("GET /h/last"));
  ASSERT_TRUE(run_until_closed(peer));
  EXPECT_EQ(peer.answers(), 21u);
  std::size_t at = 0;
  for (int n = 3; n <= 19; n += 2) {
    at = peer.got.find("GET /h/" + std::to_string(n) + "?", at);
    ASSERT_NE(at, std::string::npos) << n;
  }
  EXPECT_EQ(listener_->stats().accepted, 1u);
}

TEST_F(Http, ClosesWhenAnOldClientSaysNothing) {
  open();
  Peer peer(listener_->port());
  peer.send("GET /h HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(run_until_closed(peer));
  EXPECT_THAT(peer.got, HasSubstr(" 200 OK\r\n"));
}

TEST_F(Http, TakesAnyCutOfARequest) {
  open();
  const std::string whole =
      request("POST /h", std::string(kClose) + "Content-Length: 5\r\n", "abcde");
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    Peer peer(listener_->port());
    peer.send(whole.substr(0, cut));
    reactor_.restart();
    reactor_.run_for(1ms);
    peer.send(whole.substr(cut));
    ASSERT_TRUE(run_until_closed(peer)) << cut;
    EXPECT_THAT(peer.got, EndsWith("POST /h?  5")) << cut;
  }
}

TEST_F(Http, RefusesGarbageByItsStatus) {
  open();
  const std::pair<std::string, const char*> cases[] = {
      {"\x16\x03\x01\x02\x00\x01\r\n\r\n", "400"},  // TLS
      {"GET\r\n\r\n", "400"},
      {"GET /h\r\n\r\n", "400"},
      {"GET /h HTTP/9.9\r\n\r\n", "400"},
      {"GET /h HTTP/1.1\r\nbad header\r\n\r\n", "400"},
      {"GET /h HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"},
      {"GET /h HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"POST /h HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"POST /h HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"GET /h HTTP/1.1\r\nExpect: teapot\r\n\r\n", "417"},
      {std::string(100, '\0'), "400"},
  };
  for (const auto& [text, status] : cases) {
    EXPECT_THAT(once(text), StartsWith("HTTP/1.1 " + std::string(status) + " ")) << text;
  }
  EXPECT_EQ(listener_->stats().requests, 0u);
  EXPECT_TRUE(run_until([&] { return listener_->stats().connections == 0; }));
}

TEST_F(Http, BoundsHeaderAndBody) {
  HttpLimits limits;
  limits.header_octets = 500;
  limits.body_octets = 1000;
  open(limits);
  EXPECT_THAT(once("GET /h HTTP/1.1\r\nX: " + std::string(600, 'x')), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(once("GET /" + std::string(600, 'x')), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(once(request("POST /h", "Host: x\r\nContent-Length: 1001\r\n")),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(once(request("POST /h", "Host: x\r\nTransfer-Encoding: chunked\r\n",
                           "3e9\r\n" + std::string(1001, 'x'))),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(once(request("POST /h", std::string(kClose) + "Content-Length: 1000\r\n",
                           std::string(1000, 'x'))),
              EndsWith("POST /h?  1000"));
  EXPECT_EQ(listener_->stats().requests, 1u);
}

TEST_F(Http, AsksForTheBodyOfWhoWaitsForThat) {
  open();
  Peer peer(listener_->port());
  peer.send(
      request("POST /h", std::string(kClose) + "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  ASSERT_TRUE(run_until([&] {
    peer.look();
    return peer.got == "HTTP/1.1 100 Continue\r\n\r\n";
  }));
  peer.send("ab");
  ASSERT_TRUE(run_until_closed(peer));
  EXPECT_THAT(peer.got, EndsWith("POST /h?  2"));
  EXPECT_THAT(once(request("POST /no", "Content-Length: 2\r\nExpect: 100-continue\r\n")),
              StartsWith("HTTP/1.1 404 "));
}

TEST_F(Http, ClosesConnectionsThatAreTooSlow) {
  HttpLimits limits;
  limits.timeout = 100ms;
  open(limits);
  for (const char* begin : {"", "GET /h HT", "POST /h HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"}) {
    Peer peer(listener_->port());
    peer.send(begin);
    EXPECT_TRUE(run_until_closed(peer)) << begin;
    EXPECT_EQ(peer.got, "");
  }
  Peer idle(listener_->port());
  idle.send(request("GET /h", "Host: x\r\n"));
  EXPECT_TRUE(run_until_closed(idle));
  EXPECT_EQ(idle.answers(), 1u);
  EXPECT_TRUE(run_until([&] { return listener_->stats().timed_out == 4; }));
  EXPECT_TRUE(run_until([&] { return listener_->stats().connections == 0; }));
}

TEST_F(Http, GivesUpOnAHandlerThatDoesNotAnswer) {
  HttpLimits limits;
  limits.answer_timeout = 30ms;
  open(limits);
  EXPECT_THAT(once(request("GET /h/keep", "Host: x\r\n")), StartsWith("HTTP/1.1 504 "));
  ASSERT_EQ(echo_.kept.size(), 1u);
  echo_.kept[0]({});  // too late: nothing happens
  echo_.kept.clear();
  EXPECT_TRUE(run_until([&] { return listener_->stats().connections == 0; }));
}

TEST_F(Http, AnswersLaterThanAskedAndEvenAfterTheClientLeft) {
  open();
  {
    Peer gone(listener_->port());
    gone.send(request("GET /h/keep"));
    Peer waits(listener_->port());
    waits.send(request("GET /h/keep"));
    ASSERT_TRUE(run_until([&] { return echo_.kept.size() == 2; }));
    echo_.kept[1]({200, "text/plain", "late", {}});
    ASSERT_TRUE(run_until_closed(waits));
    EXPECT_THAT(waits.got, EndsWith("late"));
  }
  echo_.kept[0]({200, "text/plain", std::string(100000, 'x'), {}});
  echo_.kept.clear();
  EXPECT_TRUE(run_until([&] { return listener_->stats().connections == 0; }));
}

TEST_F(Http, TurnsAwayConnectionsOverTheLimit) {
  HttpLimits limits;
  limits.connections = 3;
  open(limits);
  std::list<Peer> peers;
  for (int n = 0; n < 3; ++n) {
    peers.emplace_back(listener_->port()).send(request("GET /h", "Host: x\r\n"));
  }
  ASSERT_TRUE(run_until([&] { return listener_->stats().requests == 3; }));
  EXPECT_THAT(once(""), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(listener_->stats().turned_away, 1u);
  peers.pop_front();
  ASSERT_TRUE(run_until([&] { return listener_->stats().connections == 2; }));
  EXPECT_THAT(once(request("GET /h")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Http, ServesManyAtOnce) {
  open();
  std::list<Peer> peers;
  for (int n = 0; n < 200; ++n) {
    peers.emplace_back(listener_->port()).send(request("GET /h/" + std::to_string(n)));
    reactor_.poll();
    reactor_.restart();
  }
  int n = 0;
  for (Peer& peer : peers) {
    ASSERT_TRUE(run_until_closed(peer));
    EXPECT_THAT(peer.got, HasSubstr("GET /h/" + std::to_string(n++) + "?"));
  }
  EXPECT_TRUE(run_until([&] { return listener_->stats().connections == 0; }));
}

TEST_F(Http, ClosesEverythingWhenItGoes) {
  open();
  Peer idle(listener_->port()), working(listener_->port());
  working.send(request("GET /h/keep"));
  ASSERT_TRUE(run_until([&] { return echo_.kept.size() == 1; }));
  listener_.reset();
  EXPECT_TRUE(run_until_closed(idle));
  EXPECT_TRUE(run_until_closed(working));
  echo_.kept[0]({});
  echo_.kept.clear();
}

TEST_F(Http, RefusesToLeaveLoopbackAndToShareAPort) {
  const auto outside = HttpListener::open(reactor_, {{"0.0.0.0", 0}, {"health"}}, {}, log_);
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, Code(Errc::not_loopback));
  open();
  const auto taken =
      HttpListener::open(reactor_, {{"127.0.0.1", listener_->port()}, {"health"}}, {}, log_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code(Errc::listen_failed));
  EXPECT_THAT(taken.error().message, HasSubstr(listener_->address()));
}

}  // namespace
}  // namespace cpgw::gateway::doors
