// What a door hands every request to: one JSON document in, one out. The service layer implements
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cpgw::gateway {

/// Owned by the reactor thread: requests come from it and answers are given on it, at once or
/// later, each exactly once.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  /// `request` and the answer follow docs/zeromq.md. Never throws; every failure is an answer.
  virtual void handle(std::string_view request, std::function<void(std::string answer)> reply) = 0;
};

}  // namespace cpgw::gateway
