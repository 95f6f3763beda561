// A gateway that answers as a test says: the two ROUTER sockets in a thread, and the settings file
// a command finds them by.
#pragma once

#include <poll.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <thread>

#include "gateway/cli/demo.h"
#include "queue/zmq/router_socket.h"
#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli::test {

class ScriptedGateway {
 public:
  /// Called in the gateway's thread for every request; its text is the answer.
  using Script = std::function<std::string(const boost::json::object& request)>;

  explicit ScriptedGateway(Script script)
      : config_(folder_.write("cpgw.toml", demo::settings_text(1, "00000000"))),
        script_(std::move(script)),
        thread_([this] { serve(); }) {
    while (!ready_) std::this_thread::yield();
  }
  ~ScriptedGateway() {
    stop_ = true;
    thread_.join();
  }
  [[nodiscard]] const std::string& config() const { return config_; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

 private:
  void serve() {
    auto context = queue::zmq::Context::open();
    std::vector<queue::zmq::RouterSocket> sockets;
    for (const char* name : {"intake", "events"}) {
      auto socket = queue::zmq::RouterSocket::bind(
          *context, "ipc://" + folder_.path("run/") + name + ".sock");
      if (!socket) {
        ADD_FAILURE() << socket.error().message;
        ready_ = true;
        return;
      }
      sockets.push_back(std::move(*socket));
    }
    ready_ = true;
    while (!stop_) {
      pollfd wait[2] = {{sockets[0].fd(), POLLIN, 0}, {sockets[1].fd(), POLLIN, 0}};
      ::poll(wait, 2, 10);
      for (auto& socket : sockets) {
        while (true) {
          auto message = socket.receive();
          if (!message || !*message) break;
          auto request = queue::zmq::read_envelope((*message)->frames);
          if (!request) continue;
          request->body = script_(boost::json::parse(request->body).as_object());
          EXPECT_TRUE(socket.send((*message)->peer, *request));
        }
      }
    }
  }

  TemporaryFolder folder_;
  std::string config_;
  Script script_;
  std::atomic<bool> ready_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace cpgw::gateway::cli::test
