#include "queue/zmq/context.h"

#include <zmq.hpp>

namespace cpgw::queue::zmq {

Context::Context(std::unique_ptr<::zmq::context_t> handle) : handle_(std::move(handle)) {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

Result<Context> Context::open() {
  try {
    auto handle = std::make_unique<::zmq::context_t>(1);
    handle->set(::zmq::ctxopt::blocky, 0);
    return Context(std::move(handle));
  } catch (const ::zmq::error_t& error) {
    return fail(Errc::socket_failed, std::string("libzmq cannot start: ") + error.what());
  }
}

}  // namespace cpgw::queue::zmq
