// GET /healthz: the reactor runs. GET /readyz: work can be taken, or why not.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/doors/http_listener.h"

namespace cpgw::gateway::doors {

/// What keeps the gateway from being ready, one sentence each; empty when it is. Called on the
/// reactor thread; no secrets.
using ReadinessSource = std::function<std::vector<std::string>()>;

class HealthHandler final : public HttpHandler {
 public:
  explicit HealthHandler(ReadinessSource reasons) : reasons_(std::move(reasons)) {}
  void handle(const HttpRequest& request, HttpReply reply) override;
  /// To be served as "health".
  [[nodiscard]] std::vector<HttpRoute> routes();

 private:
  ReadinessSource reasons_;
};

}  // namespace cpgw::gateway::doors
