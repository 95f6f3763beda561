// GET /metrics: Prometheus text, made from a snapshot that the composition root supplies.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/doors/http_listener.h"

namespace cpgw::gateway::doors {

struct Sample {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

/// One metric with all its samples. Names and labels stay once released.
struct Metric {
  enum class Kind : std::uint8_t {
    counter,  ///< only grows; the name ends in _total
    gauge,
  };
  std::string name;
  std::string help;
  Kind kind = Kind::gauge;
  std::vector<Sample> samples;
};

using MetricsSnapshot = std::vector<Metric>;
using MetricsSource = std::function<MetricsSnapshot()>;

[[nodiscard]] std::string metrics_text(const MetricsSnapshot& snapshot);

/// "cpgw_parts_total counter carrier,outcome", sorted, without values: the list that is compared
/// with the documented one.
[[nodiscard]] std::vector<std::string> metric_names(const MetricsSnapshot& snapshot);

/// Names, labels and help as Prometheus wants them; every mistake.
[[nodiscard]] std::vector<std::string> check_metrics(const MetricsSnapshot& snapshot);

class MetricsHandler final : public HttpHandler {
 public:
  explicit MetricsHandler(MetricsSource source) : source_(std::move(source)) {}
  void handle(const HttpRequest& request, HttpReply reply) override;
  /// To be served as "metrics".
  [[nodiscard]] std::vector<HttpRoute> routes();

 private:
  MetricsSource source_;
};

}  // namespace cpgw::gateway::doors
