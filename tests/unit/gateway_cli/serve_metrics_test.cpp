#include "gateway/cli/serve_metrics.h"

#include <gtest/gtest.h>

#include <fstream>

namespace cpgw::gateway::cli {
namespace {

GatewayCounts one_of_each() {
  GatewayCounts counts;
  counts.version = "0.1.0";
  counts.links.resize(1);
  counts.links[0].name = "smsc-a";
  counts.zmq = {{"intake", {}}};
  counts.http = {{"127.0.0.1:8480", {}}};
  return counts;
}

/// The lines of the documented list.
std::vector<std::string> documented() {
  std::ifstream file(std::string(CPGW_VECTORS) + "/../../docs/metrics.md");
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```") {
      inside = !inside;
    } else if (inside) {
      names.push_back(line);
    }
  }
  return names;
}

TEST(GatewayMetrics, AreTheDocumentedOnes) {
  EXPECT_EQ(doors::metric_names(gateway_metrics(one_of_each())), documented());
}

TEST(GatewayMetrics, AreWellFormed) {
  EXPECT_EQ(doors::check_metrics(gateway_metrics(one_of_each())), std::vector<std::string>{});
}

TEST(GatewayMetrics, ShowTheCounts) {
  GatewayCounts counts = one_of_each();
  counts.links[0].state = carriers::LinkState::bound;
  counts.links[0].submitted = 7;
  counts.flow.parts_resent = 3;
  counts.zmq[0].second.requests = 11;
  const std::string text = doors::metrics_text(gateway_metrics(counts));
  for (const char* line :
       {"cpgw_link_bound{link=\"smsc-a\"} 1",
        "cpgw_link_parts_total{link=\"smsc-a\",outcome=\"submitted\"} 7",
        "cpgw_parts_total{outcome=\"resent\"} 3", "cpgw_zmq_requests_total{door=\"intake\"} 11"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
