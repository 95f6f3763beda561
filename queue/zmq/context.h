// libzmq's own thread and sockets.
#pragma once

#include <memory>

#include "base/result.h"
#include "queue/zmq/errors.h"

namespace zmq {
class context_t;
}

namespace cpgw::queue::zmq {

/// One per process, made after the last fork; outlives every socket. Closing it never waits: the
/// sockets have LINGER 0.
class Context {
 public:
  [[nodiscard]] static Result<Context> open();
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;
  ~Context();

  [[nodiscard]] ::zmq::context_t& handle() { return *handle_; }

 private:
  explicit Context(std::unique_ptr<::zmq::context_t> handle);
  std::unique_ptr<::zmq::context_t> handle_;
};

}  // namespace cpgw::queue::zmq
