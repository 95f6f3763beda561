#include "gateway/doors/zmq_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <thread>
#include <zmq.hpp>

#include "queue/zmq/dealer_socket.h"

namespace cpgw::gateway::doors {
namespace {

using namespace std::chrono_literals;
using queue::zmq::Context;
using queue::zmq::DealerSocket;
using queue::zmq::RouterOptions;
using queue::zmq::RouterSocket;
using ::testing::HasSubstr;

class Silence final : public Log {
  void write(LogLevel, std::string_view, std::string_view,
             std::initializer_list<LogField>) override {}
};

/// Answers at once, or keeps the answer when the request says so.
class Echo final : public RequestHandler {
 public:
  void handle(std::string_view request, std::function<void(std::string)> reply) override {
    if (request == "keep") {
      kept.push_back(std::move(reply));
    } else if (request == "large") {
      reply(std::string(queue::zmq::kMostBodyOctets + 1, 'x'));
    } else if (request == "big") {
      reply(std::string(256 * 1024, 'x'));
    } else {
      reply("echo " + std::string(request));
    }
  }
  std::vector<std::function<void(std::string)>> kept;
};

class Door : public ::testing::Test {
 protected:
  Door() {
    folder_ = std::filesystem::temp_directory_path() / "cpgw-door-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    endpoint_ = "ipc://" + folder_ + "/s";
  }
  ~Door() override {
    door_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open(const ZmqDoorLimits& limits = {}, const RouterOptions& options = {}) {
    auto router = RouterSocket::bind(context_, endpoint_, options);
    ASSERT_TRUE(router) << to_string(router.error());
    door_.emplace(reactor_, std::move(*router), "intake", echo_, log_, limits);
    door_->start();
  }
  DealerSocket client() { return *DealerSocket::connect(context_, endpoint_, clock_); }
  /// Runs the reactor until `done`, at most for some seconds.
  bool run_until(const std::function<bool()>& done) {
    for (int turn = 0; turn < 1000; ++turn) {
      if (done()) return true;
      reactor_.restart();
      reactor_.run_for(5ms);
    }
    return false;
  }
  /// The client's answer while the reactor runs.
  Result<queue::zmq::Envelope> answer(DealerSocket& client) {
    Result<queue::zmq::Envelope> got = fail(queue::zmq::Errc::timed_out, "");
    run_until([&] {
      got = client.receive(0ms);
      return got.has_value();
    });
    return got;
  }

  std::string folder_, endpoint_;
  Context context_ = std::move(*Context::open());
  SystemClock clock_;
  Silence log_;
  Echo echo_;
  boost::asio::io_context reactor_;
  std::optional<ZmqDoor> door_;
};

TEST_F(Door, AnswersEveryRequestWithItsId) {
  open();
  auto a = client(), b = client();
  std::vector<std::pair<DealerSocket*, std::string>> expected;
  for (int n = 0; n < 50; ++n) {
    for (DealerSocket* peer : {&a, &b}) {
      const auto id = peer->send(std::to_string(n), 5s);
      ASSERT_TRUE(id);
      const auto got = answer(*peer);
      ASSERT_TRUE(got) << to_string(got.error());
      EXPECT_EQ(got->id, *id);
      EXPECT_EQ(got->body, "echo " + std::to_string(n));
    }
  }
  EXPECT_EQ(door_->stats().requests, 100u);
  EXPECT_EQ(door_->stats().answers, 100u);
  EXPECT_EQ(door_->stats().in_flight, 0u);
}

TEST_F(Door, TakesABurstWithoutMissingAnEdge) {
  ZmqDoorLimits limits;
  limits.messages_per_turn = 3;
  open(limits);
  auto peer = client();
  constexpr std::uint64_t kBurst = 60;
  for (std::uint64_t n = 0; n < kBurst; ++n) ASSERT_TRUE(peer.send("x", 5s));
  EXPECT_TRUE(run_until([&] { return door_->stats().answers == kBurst; }));
  for (std::uint64_t n = 0; n < kBurst; ++n) EXPECT_TRUE(peer.receive(5s)) << n;
}

TEST_F(Door, SaysBusyInsteadOfQueueing) {
  ZmqDoorLimits limits;
  limits.in_flight = 3;
  limits.in_flight_per_peer = 2;
  open(limits);
  auto a = client(), b = client();
  for (int n = 0; n < 3; ++n) ASSERT_TRUE(a.send("keep", 5s));
  auto got = answer(a);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "3");  // over what one client may have
  EXPECT_THAT(got->body, HasSubstr("\"gateway/busy\""));
  for (int n = 0; n < 2; ++n) ASSERT_TRUE(b.send("keep", 5s));
  got = answer(b);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "2");  // over all
  EXPECT_THAT(got->body, HasSubstr("\"gateway/busy\""));
  EXPECT_EQ(door_->stats().busy, 2u);
  EXPECT_EQ(door_->stats().in_flight, 3u);

  ASSERT_EQ(echo_.kept.size(), 3u);
  echo_.kept[0]("late");
  EXPECT_EQ(answer(a)->body, "late");
  EXPECT_EQ(door_->stats().in_flight, 2u);
  ASSERT_TRUE(a.send("again", 5s));
  EXPECT_EQ(answer(a)->body, "echo again");
}

TEST_F(Door, AnswersMalformedMessagesByName) {
  open();
  zmq::socket_t raw(context_.handle(), zmq::socket_type::dealer);
  raw.set(zmq::sockopt::linger, 0);
  raw.connect(endpoint_);
  const std::vector<std::vector<std::string>> wrong = {{"CPGW2", "7", "{}"},
                                                       {"CPGW1", "7"},
                                                       {"CPGW1", "", "{}"},
                                                       {"x"},
                                                       {"CPGW1", "7", "{}", "{}", "{}"}};
  const char* codes[] = {"zmq/bad-version", "zmq/bad-frames", "zmq/bad-id", "zmq/bad-version",
                         "zmq/bad-frames"};
  const char* ids[] = {"7", "7", "", "", "7"};
  for (std::size_t n = 0; n < wrong.size(); ++n) {
    for (std::size_t f = 0; f < wrong[n].size(); ++f) {
      raw.send(zmq::buffer(wrong[n][f]),
               f + 1 < wrong[n].size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    std::vector<std::string> frames;
    ASSERT_TRUE(run_until([&] {
      zmq::message_t part;
      while (raw.recv(part, zmq::recv_flags::dontwait)) frames.push_back(part.to_string());
      return frames.size() >= 3;
    })) << n;
    EXPECT_EQ(frames[0], "CPGW1");
    EXPECT_EQ(frames[1], ids[n]);
    EXPECT_THAT(frames[2], HasSubstr(codes[n]));
    EXPECT_THAT(frames[2], HasSubstr("\"ok\":false"));
  }
  EXPECT_EQ(door_->stats().malformed, wrong.size());
}

TEST_F(Door, AnswersADocumentOverTheLimitAndOneItCouldOnlyAnswerSo) {
  open();
  zmq::socket_t raw(context_.handle(), zmq::socket_type::dealer);
  raw.set(zmq::sockopt::linger, 0);
  raw.connect(endpoint_);
  const std::string large(queue::zmq::kMostBodyOctets + 1, ' ');
  for (const std::string& frame : {std::string("CPGW1"), std::string("9")}) {
    raw.send(zmq::buffer(frame), zmq::send_flags::sndmore);
  }
  raw.send(zmq::buffer(large), zmq::send_flags::none);
  std::vector<std::string> frames;
  ASSERT_TRUE(run_until([&] {
    zmq::message_t part;
    while (raw.recv(part, zmq::recv_flags::dontwait)) frames.push_back(part.to_string());
    return frames.size() == 3;
  }));
  EXPECT_THAT(frames[2], HasSubstr("zmq/too-large"));
  auto peer = client();
  ASSERT_TRUE(peer.send("large", 5s));
  EXPECT_THAT(answer(peer)->body, HasSubstr("zmq/too-large"));
}

TEST_F(Door, DropsAndCountsAnswersOfSlowAndGoneClients) {
  RouterOptions options;
  options.send_high_water = 2;
  ZmqDoorLimits limits;
  limits.in_flight = limits.in_flight_per_peer = 1000;
  open(limits, options);
  auto slow = client();
  for (int n = 0; n < 200; ++n) {
    ASSERT_TRUE(slow.send("big", 5s));
    run_until([&] { return door_->stats().requests == static_cast<std::uint64_t>(n + 1); });
  }
  EXPECT_TRUE(run_until([&] { return door_->stats().dropped_slow > 0; }));
  // Another client is served all the same.
  auto quick = client();
  ASSERT_TRUE(quick.send("x", 5s));
  EXPECT_EQ(answer(quick)->body, "echo x");

  {
    auto leaving = client();
    ASSERT_TRUE(leaving.send("keep", 5s));
    ASSERT_TRUE(run_until([&] { return echo_.kept.size() == 1; }));
  }
  run_until([turns = 0]() mutable { return ++turns > 20; });
  echo_.kept[0]("too late");
  EXPECT_EQ(door_->stats().dropped_gone, 1u);
}

TEST_F(Door, StopsTakingButStillAnswers) {
  open();
  auto peer = client();
  ASSERT_TRUE(peer.send("keep", 5s));
  ASSERT_TRUE(run_until([&] { return echo_.kept.size() == 1; }));
  door_->stop_taking();
  ASSERT_TRUE(peer.send("never", 5s));
  run_until([turns = 0]() mutable { return ++turns > 10; });
  EXPECT_EQ(door_->stats().requests, 1u);
  echo_.kept[0]("last");
  EXPECT_EQ(answer(peer)->body, "last");
  door_.reset();
  echo_.kept[0]("nobody");  // after the door: nothing happens
  run_until([turns = 0]() mutable { return ++turns > 2; });
}

}  // namespace
}  // namespace cpgw::gateway::doors
