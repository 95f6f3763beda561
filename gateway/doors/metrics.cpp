#include "gateway/doors/metrics.h"

#include <prometheus/check_names.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <set>

namespace cpgw::gateway::doors {

std::string metrics_text(const MetricsSnapshot& snapshot) {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(snapshot.size());
  for (const Metric& metric : snapshot) {
    const bool counter = metric.kind == Metric::Kind::counter;
    prometheus::MetricFamily family;
    family.name = metric.name;
    family.help = metric.help;
    family.type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    for (const Sample& sample : metric.samples) {
      prometheus::ClientMetric client;
      for (const auto& [name, value] : sample.labels) client.label.push_back({name, value});
      (counter ? client.counter.value : client.gauge.value) = sample.value;
      family.metric.push_back(std::move(client));
    }
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<std::string> metric_names(const MetricsSnapshot& snapshot) {
  std::vector<std::string> lines;
  for (const Metric& metric : snapshot) {
    std::set<std::string> labels;
    for (const Sample& sample : metric.samples) {
      for (const auto& [name, value] : sample.labels) labels.insert(name);
    }
    std::string line = metric.name + (metric.kind == Metric::Kind::counter ? " counter" : " gauge");
    for (const std::string& label : labels) {
      line += (&label == &*labels.begin() ? ' ' : ',') + label;
    }
    lines.push_back(std::move(line));
  }
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> check_metrics(const MetricsSnapshot& snapshot) {
  std::vector<std::string> mistakes;
  std::set<std::string> names;
  for (const Metric& metric : snapshot) {
    const bool counter = metric.kind == Metric::Kind::counter;
    if (!prometheus::CheckMetricName(metric.name)) mistakes.push_back(metric.name + ": bad name");
    if (!names.insert(metric.name).second) mistakes.push_back(metric.name + ": twice");
    if (metric.help.empty()) mistakes.push_back(metric.name + ": no help");
    if (counter != metric.name.ends_with("_total")) {
      mistakes.push_back(metric.name + ": counters, and only they, end in _total");
    }
    for (const Sample& sample : metric.samples) {
      for (const auto& [name, value] : sample.labels) {
        if (!prometheus::CheckLabelName(name)) {
          mistakes.push_back(metric.name + ": bad label " + name);
        }
      }
    }
  }
  return mistakes;
}

std::vector<HttpRoute> MetricsHandler::routes() { return {{"metrics", "/metrics", this}}; }

void MetricsHandler::handle(const HttpRequest& request, HttpReply reply) {
  HttpResponse response;
  if (request.method != "GET") {
    response.status = 405;
    response.headers.emplace_back("Allow", "GET, HEAD");
    response.body = "only GET is possible\n";
  } else if (request.path != "/metrics") {
    response.status = 404;
    response.body = "nothing is served here\n";
  } else {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(source_());
  }
  reply(std::move(response));
}

}  // namespace cpgw::gateway::doors
