#include "gateway/doors/health.h"

namespace cpgw::gateway::doors {

std::vector<HttpRoute> HealthHandler::routes() {
  return {{"health", "/healthz", this}, {"health", "/readyz", this}};
}

void HealthHandler::handle(const HttpRequest& request, HttpReply reply) {
  HttpResponse response;
  if (request.method != "GET") {
    response.status = 405;
    response.headers.emplace_back("Allow", "GET, HEAD");
    response.body = "only GET is possible\n";
  } else if (request.path == "/healthz") {
    response.body = "ok\n";
  } else if (request.path != "/readyz") {
    response.status = 404;
    response.body = "nothing is served here\n";
  } else if (const auto reasons = reasons_(); reasons.empty()) {
    response.body = "ready\n";
  } else {
    response.status = 503;
    for (const std::string& reason : reasons) response.body += reason + "\n";
  }
  reply(std::move(response));
}

}  // namespace cpgw::gateway::doors
