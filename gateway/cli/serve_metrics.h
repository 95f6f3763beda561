// What /metrics shows: counts of every room under the names of docs/metrics.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/doors/http_listener.h"
#include "gateway/doors/metrics.h"
#include "gateway/doors/zmq_door.h"
#include "gateway/flow/flow.h"
#include "gateway/service/service.h"
#include "queue/committer.h"

namespace cpgw::gateway::cli {

struct GatewayCounts {
  std::string version;
  std::size_t alarms = 0;
  std::uint64_t log_lines_lost = 0;
  std::size_t event_waiters = 0;
  flow::FlowStats flow;
  std::vector<carriers::LinkReport> links;
  queue::StoreStats store;
  queue::Committer::Stats committer;
  service::ServiceStats service;
  std::vector<std::pair<std::string, doors::ZmqDoorStats>> zmq;  ///< by door: "intake", "events"
  std::vector<std::pair<std::string, doors::HttpStats>> http;    ///< by address
};

[[nodiscard]] doors::MetricsSnapshot gateway_metrics(const GatewayCounts& counts);

}  // namespace cpgw::gateway::cli
