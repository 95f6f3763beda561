#include "gateway/doors/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/doors/health.h"

namespace cpgw::gateway::doors {
namespace {

using ::testing::ElementsAre;

MetricsSnapshot sample() {
  return {
      {"cpgw_parts_total",
       "Parts handed to operators.",
       Metric::Kind::counter,
       {{{{"carrier", "a"}, {"outcome", "accepted"}}, 12},
        {{{"carrier", "b\"\\\n"}, {"outcome", "throttled"}}, 3}}},
      {"cpgw_jobs_waiting", "Jobs not yet due or claimed.", Metric::Kind::gauge, {{{}, 0.5}}},
  };
}

HttpResponse ask(HttpHandler& handler, const char* method, const char* path) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  HttpResponse got;
  handler.handle(request, [&](HttpResponse response) { got = std::move(response); });
  return got;
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  EXPECT_EQ(metrics_text(sample()),
            "# HELP cpgw_parts_total Parts handed to operators.\n"
            "# TYPE cpgw_parts_total counter\n"
            "cpgw_parts_total{carrier=\"a\",outcome=\"accepted\"} 12\n"
            "cpgw_parts_total{carrier=\"b\\\"\\\\\\n\",outcome=\"throttled\"} 3\n"
            "# HELP cpgw_jobs_waiting Jobs not yet due or claimed.\n"
            "# TYPE cpgw_jobs_waiting gauge\n"
            "cpgw_jobs_waiting 0.5\n");
}

TEST(Metrics, AreListedByNameKindAndLabels) {
  EXPECT_THAT(metric_names(sample()),
              ElementsAre("cpgw_jobs_waiting gauge", "cpgw_parts_total counter carrier,outcome"));
}

TEST(Metrics, AreCheckedForTheirNames) {
  EXPECT_THAT(check_metrics(sample()), ElementsAre());
  EXPECT_THAT(check_metrics({{"cpgw_x_total", "x", Metric::Kind::gauge, {}},
                             {"cpgw_y", "", Metric::Kind::counter, {}},
                             {"1z", "z", Metric::Kind::gauge, {{{{"a-b", "v"}}, 1}}},
                             {"1z", "z", Metric::Kind::gauge, {}}}),
              ElementsAre("cpgw_x_total: counters, and only they, end in _total", "cpgw_y: no help",
                          "cpgw_y: counters, and only they, end in _total", "1z: bad name",
                          "1z: bad label a-b", "1z: bad name", "1z: twice"));
}

TEST(Metrics, AreServedOnGetOnly) {
  MetricsHandler handler(sample);
  EXPECT_EQ(ask(handler, "GET", "/metrics").body, metrics_text(sample()));
  EXPECT_EQ(ask(handler, "GET", "/metrics").content_type,
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(ask(handler, "POST", "/metrics").status, 405u);
  EXPECT_EQ(ask(handler, "GET", "/metrics/x").status, 404u);
}

TEST(Health, TellsWhyTheGatewayIsNotReady) {
  std::vector<std::string> reasons;
  HealthHandler handler([&] { return reasons; });
  EXPECT_EQ(ask(handler, "GET", "/healthz").status, 200u);
  EXPECT_EQ(ask(handler, "GET", "/readyz").status, 200u);
  EXPECT_EQ(ask(handler, "GET", "/readyz").body, "ready\n");
  reasons = {"no carrier is bound", "the store is read-only"};
  EXPECT_EQ(ask(handler, "GET", "/healthz").status, 200u);
  EXPECT_EQ(ask(handler, "GET", "/readyz").status, 503u);
  EXPECT_EQ(ask(handler, "GET", "/readyz").body, "no carrier is bound\nthe store is read-only\n");
  EXPECT_EQ(ask(handler, "DELETE", "/readyz").status, 405u);
  EXPECT_EQ(ask(handler, "GET", "/healthz/x").status, 404u);
}

}  // namespace
}  // namespace cpgw::gateway::doors
