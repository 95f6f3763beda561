#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "queue/zmq/dealer_socket.h"
#include "queue/zmq/endpoint.h"
#include "queue/zmq/router_socket.h"

namespace cpgw::queue::zmq {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Sockets : public ::testing::Test {
 protected:
  Sockets() {
    folder_ = std::filesystem::temp_directory_path() / "cpgw-zmq-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
  }
  ~Sockets() override { std::filesystem::remove_all(folder_); }

  std::string endpoint(const std::string& name = "s") const {
    return "ipc://" + folder_ + "/" + name;
  }
  /// Waits as the reactor does: on the descriptor, then until nothing comes.
  static std::optional<RouterSocket::Message> next(RouterSocket& router, int turns = 500) {
    for (int turn = 0; turn < turns; ++turn) {
      auto message = router.receive();
      if (!message) ADD_FAILURE() << to_string(message.error());
      if (!message || *message) return *message;
      pollfd wait{router.fd(), POLLIN, 0};
      ::poll(&wait, 1, 10);
    }
    return std::nullopt;
  }

  std::string folder_;
  Context context_ = std::move(*Context::open());
  SystemClock clock_;
};

TEST_F(Sockets, CarryARequestAndItsAnswer) {
  auto router = RouterSocket::bind(context_, endpoint());
  ASSERT_TRUE(router) << to_string(router.error());
  auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_TRUE(dealer) << to_string(dealer.error());
  for (int n = 1; n <= 100; ++n) {
    const auto id = dealer->send("{\"n\":" + std::to_string(n) + "}", 5s);
    ASSERT_TRUE(id) << to_string(id.error());
    const auto message = next(*router);
    ASSERT_TRUE(message);
    const auto request = read_envelope(message->frames);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->id, *id);
    EXPECT_EQ(*router->send(message->peer, {request->id, request->body}),
              RouterSocket::Sent::taken);
    const auto answer = dealer->receive(5s);
    ASSERT_TRUE(answer) << to_string(answer.error());
    EXPECT_EQ(*answer, *request);
  }
}

TEST_F(Sockets, DropAnswersToEarlierRequests) {
  auto router = RouterSocket::bind(context_, endpoint());
  auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_TRUE(dealer->send("first", 5s));
  const auto first = next(*router);
  ASSERT_TRUE(first);
  ASSERT_TRUE(router->send(first->peer, {first->frames[1], "late"}));
  std::thread gateway([&] {
    const auto second = next(*router);
    ASSERT_TRUE(second);
    EXPECT_EQ(*router->send(second->peer, {second->frames[1], "mine"}), RouterSocket::Sent::taken);
  });
  const auto answer = dealer->request("second", 5s);
  gateway.join();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(*answer, "mine");
}

TEST_F(Sockets, SayAtOnceThatNobodyListens) {
  const auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_FALSE(dealer);
  EXPECT_EQ(dealer.error().code, Code(Errc::no_gateway));
  EXPECT_THAT(dealer.error().message, HasSubstr("cpgw serve"));
}

TEST_F(Sockets, GiveUpWhenNoAnswerComes) {
  auto router = RouterSocket::bind(context_, endpoint());
  auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  EXPECT_EQ(dealer->request("{}", 20ms).error().code, Code(Errc::timed_out));
  auto early =
      DealerSocket::connect(context_, endpoint("other"), clock_, DealerSocket::Gateway::may_come);
  ASSERT_TRUE(early);
  EXPECT_EQ(early->request("{}", 20ms).error().code, Code(Errc::timed_out));
}

TEST_F(Sockets, FindTheGatewayAgainAfterItsRestart) {
  std::optional<DealerSocket> dealer;
  {
    // libzmq closes in its own time; the end of a context waits for it, as the end of a process.
    auto life = Context::open();
    auto first = RouterSocket::bind(*life, endpoint());
    dealer = std::move(*DealerSocket::connect(context_, endpoint(), clock_));
    ASSERT_TRUE(dealer->send("before", 5s));
    ASSERT_TRUE(next(*first));
  }
  auto second = RouterSocket::bind(context_, endpoint());
  ASSERT_TRUE(second) << to_string(second.error());
  // Requests sent into the dying connection are lost; the client asks again.
  std::optional<RouterSocket::Message> got;
  for (int turn = 0; turn < 50 && !got; ++turn) {
    static_cast<void>(dealer->send("after", 100ms));
    got = next(*second, 10);
  }
  ASSERT_TRUE(got);
  EXPECT_EQ(got->frames[2], "after");
}

TEST_F(Sockets, ReportAPeerThatHasGone) {
  auto router = RouterSocket::bind(context_, endpoint());
  EXPECT_EQ(*router->send("nobody", {"1", "{}"}), RouterSocket::Sent::gone);
  std::string peer;
  {
    auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
    ASSERT_TRUE(dealer->send("x", 5s));
    peer = next(*router)->peer;
  }
  auto sent = RouterSocket::Sent::taken;
  for (int turn = 0; turn < 500 && sent != RouterSocket::Sent::gone; ++turn) {
    static_cast<void>(router->receive());
    pollfd wait{router->fd(), POLLIN, 0};
    ::poll(&wait, 1, 5);
    sent = *router->send(peer, {"1", "{}"});
  }
  EXPECT_EQ(sent, RouterSocket::Sent::gone);
}

TEST_F(Sockets, ReportAPeerThatDoesNotRead) {
  RouterOptions options;
  options.send_high_water = 2;
  auto router = RouterSocket::bind(context_, endpoint(), options);
  auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_TRUE(dealer->send("x", 5s));
  const auto message = next(*router);
  ASSERT_TRUE(message);
  const std::string large(256 * 1024, 'x');
  auto sent = RouterSocket::Sent::taken;
  for (int n = 0; n < 10000 && sent == RouterSocket::Sent::taken; ++n) {
    sent = *router->send(message->peer, {"1", large});
  }
  EXPECT_EQ(sent, RouterSocket::Sent::slow);
}

TEST_F(Sockets, EndTheConnectionOfAnOversizeFrame) {
  RouterOptions options;
  options.most_frame_octets = 1000;
  auto router = RouterSocket::bind(context_, endpoint(), options);
  auto dealer = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_TRUE(dealer->send(std::string(2000, 'x'), 5s));
  EXPECT_EQ(dealer->receive(100ms).error().code, Code(Errc::timed_out));
  EXPECT_FALSE(*router->receive());
  // Others are served on.
  auto other = DealerSocket::connect(context_, endpoint(), clock_);
  ASSERT_TRUE(other->send("y", 5s));
  const auto message = next(*router);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->frames[2], "y");
}

TEST_F(Sockets, MakeTheirFolderForTheirUserAlone) {
  const auto router = RouterSocket::bind(context_, endpoint("a/b/s"));
  ASSERT_TRUE(router) << to_string(router.error());
  struct stat status {};
  ASSERT_EQ(::stat((folder_ + "/a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  ASSERT_EQ(::stat((folder_ + "/a/b/s").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(Sockets, RefuseAFolderOthersMayEnter) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  const auto router = RouterSocket::bind(context_, endpoint());
  ASSERT_FALSE(router);
  EXPECT_EQ(router.error().code, Code(Errc::unsafe_folder));
  EXPECT_THAT(router.error().message, HasSubstr("chmod 700"));
}

TEST_F(Sockets, TakeOverAStaleSocketButNeverALiveOneOrAFile) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder_ + "/s";
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  EXPECT_TRUE(is_listened_on(path));
  EXPECT_EQ(RouterSocket::bind(context_, endpoint()).error().code, Code(Errc::in_use));
  ::close(fd);  // the process died: its socket file stays
  EXPECT_FALSE(is_listened_on(path));
  EXPECT_TRUE(RouterSocket::bind(context_, endpoint()));

  std::ofstream(folder_ + "/file") << "precious";
  EXPECT_EQ(RouterSocket::bind(context_, endpoint("file")).error().code, Code(Errc::in_use));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/file"));
}

TEST(Endpoint, IsAnIpcPathTheSystemTakes) {
  EXPECT_EQ(*ipc_path("ipc:///run/cpgw/intake.sock"), "/run/cpgw/intake.sock");
  EXPECT_EQ(*ipc_path("ipc://var/run/x"), "var/run/x");
  EXPECT_TRUE(ipc_path("ipc:///" + std::string(106, 'x')));
  const auto longer = ipc_path("ipc:///" + std::string(107, 'x'));
  EXPECT_EQ(longer.error().code, Code(Errc::path_too_long));
  EXPECT_THAT(longer.error().message, HasSubstr("108"));
  EXPECT_THAT(longer.error().message, HasSubstr("107"));
  for (const char* wrong : {"", "ipc://", "ipc://@abstract", "ipc://*", "ipc://x/", "inproc://x",
                            "/run/x", "tcp://127.0.0.1:5555"}) {
    EXPECT_EQ(ipc_path(wrong).error().code, Code(Errc::bad_endpoint)) << wrong;
  }
  EXPECT_THAT(ipc_path("tcp://127.0.0.1:5555").error().message, HasSubstr("CURVE"));
}

}  // namespace
}  // namespace cpgw::queue::zmq
