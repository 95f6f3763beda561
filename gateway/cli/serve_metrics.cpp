#include "gateway/cli/serve_metrics.h"

namespace cpgw::gateway::cli {
namespace {

using doors::Metric;
using doors::Sample;
using Labels = std::vector<std::pair<std::string, std::string>>;

Sample sample(Labels labels, double value) { return {std::move(labels), value}; }
double number(std::uint64_t value) { return static_cast<double>(value); }

class Snapshot {
 public:
  void counter(std::string name, std::string help, std::vector<Sample> samples) {
    add(std::move(name), std::move(help), Metric::Kind::counter, std::move(samples));
  }
  void counter(std::string name, std::string help, std::uint64_t value) {
    counter(std::move(name), std::move(help), std::vector<Sample>{sample({}, number(value))});
  }
  void gauge(std::string name, std::string help, std::vector<Sample> samples) {
    add(std::move(name), std::move(help), Metric::Kind::gauge, std::move(samples));
  }
  void gauge(std::string name, std::string help, std::uint64_t value) {
    gauge(std::move(name), std::move(help), std::vector<Sample>{sample({}, number(value))});
  }
  /// One sample per element of `list`, labelled with its name.
  template <class T, class Value>
  void each(Metric::Kind kind, std::string name, std::string help, const std::string& label,
            const std::vector<std::pair<std::string, T>>& list, Value value) {
    std::vector<Sample> samples;
    for (const auto& [of, stats] : list) samples.push_back(sample({{label, of}}, value(stats)));
    add(std::move(name), std::move(help), kind, std::move(samples));
  }
  doors::MetricsSnapshot metrics;

 private:
  void add(std::string name, std::string help, Metric::Kind kind, std::vector<Sample> samples) {
    metrics.push_back({std::move(name), std::move(help), kind, std::move(samples)});
  }
};

void add_flow(Snapshot& to, const flow::FlowStats& flow) {
  to.counter("cpgw_pushes_claimed_total", "Jobs taken from the store to be sent", flow.claimed);
  to.counter("cpgw_pushes_composed_total", "Pushes composed and signed", flow.composed);
  to.counter("cpgw_parts_total", "Parts by what became of them",
             std::vector<Sample>{
                 sample({{"outcome", "submitted"}}, number(flow.parts_submitted)),
                 sample({{"outcome", "accepted"}}, number(flow.parts_accepted)),
                 sample({{"outcome", "refused"}}, number(flow.parts_refused)),
                 sample({{"outcome", "unanswered"}}, number(flow.parts_unanswered)),
                 sample({{"outcome", "resent"}}, number(flow.parts_resent)),
             });
  to.gauge("cpgw_parts_in_flight", "Parts handed to carriers and not yet settled",
           flow.in_flight_parts);
  to.counter("cpgw_receipts_total", "Delivery receipts by how they were matched",
             std::vector<Sample>{
                 sample({{"match", "all"}}, number(flow.receipts)),
                 sample({{"match", "early"}}, number(flow.receipts_early)),
                 sample({{"match", "none"}}, number(flow.receipts_unmatched)),
             });
  to.counter("cpgw_inbound_not_kept_total", "Messages from phones that were taken and not kept",
             flow.inbound_not_kept);
  to.counter("cpgw_jobs_final_total", "Jobs that reached a final state",
             std::vector<Sample>{
                 sample({{"state", "delivered"}}, number(flow.delivered)),
                 sample({{"state", "failed"}}, number(flow.failed)),
                 sample({{"state", "expired"}}, number(flow.expired)),
             });
}

void add_links(Snapshot& to, const std::vector<carriers::LinkReport>& links) {
  std::vector<Sample> bound, window, rate, parts, receipts, reconnects;
  for (const carriers::LinkReport& link : links) {
    const auto one = [&](double value) { return sample({{"link", link.name}}, value); };
    bound.push_back(one(link.state == carriers::LinkState::bound ? 1 : 0));
    window.push_back(one(link.in_window));
    rate.push_back(one(link.rate));
    receipts.push_back(one(number(link.receipts)));
    reconnects.push_back(one(number(link.reconnects)));
    for (const auto& [outcome, count] :
         {std::pair("submitted", link.submitted), std::pair("accepted", link.accepted),
          std::pair("refused", link.refused), std::pair("throttled", link.throttled),
          std::pair("unanswered", link.unanswered)}) {
      parts.push_back(sample({{"link", link.name}, {"outcome", outcome}}, number(count)));
    }
  }
  to.gauge("cpgw_link_bound", "1 while the link is bound", std::move(bound));
  to.gauge("cpgw_link_window_parts", "Parts without an answer", std::move(window));
  to.gauge("cpgw_link_rate_parts_per_second", "Rate allowed now; 0 is unlimited", std::move(rate));
  to.counter("cpgw_link_parts_total", "Parts of a link by what became of them", std::move(parts));
  to.counter("cpgw_link_receipts_total", "Delivery receipts a link brought", std::move(receipts));
  to.counter("cpgw_link_reconnects_total", "Times a link was opened again", std::move(reconnects));
}

void add_store(Snapshot& to, const queue::StoreStats& store,
               const queue::Committer::Stats& committer) {
  to.gauge("cpgw_store_jobs", "Jobs in the store",
           std::vector<Sample>{
               sample({{"state", "all"}}, number(store.jobs)),
               sample({{"state", "waiting"}}, number(store.waiting)),
               sample({{"state", "in_flight"}}, number(store.in_flight)),
           });
  to.gauge("cpgw_store_events", "Events kept", store.events);
  to.gauge("cpgw_store_early_receipts", "Receipts kept until their part is known",
           store.early_receipts);
  to.gauge("cpgw_store_octets", "Octets on disk", store.octets_on_disk);
  to.counter("cpgw_commit_groups_total", "Commits on disk", committer.groups);
  to.counter("cpgw_commit_requests_total", "Requests committed", committer.requests);
  to.counter("cpgw_commit_steps_total", "Steps committed", committer.steps);
  to.gauge("cpgw_commit_waiting", "Requests waiting for their commit", committer.waiting);
}

void add_service(Snapshot& to, const service::ServiceStats& service) {
  to.counter("cpgw_submissions_total", "Submissions by what was answered",
             std::vector<Sample>{
                 sample({{"result", "accepted"}}, number(service.submissions_accepted)),
                 sample({{"result", "refused"}}, number(service.submissions_refused)),
                 sample({{"result", "replayed"}}, number(service.submissions_replayed)),
             });
  to.counter("cpgw_jobs_accepted_total", "Jobs stored", service.jobs_accepted);
  to.counter("cpgw_import_rows_total", "Rows of imports by what was answered",
             std::vector<Sample>{
                 sample({{"result", "accepted"}}, number(service.rows_accepted)),
                 sample({{"result", "rejected"}}, number(service.rows_rejected)),
             });
  to.counter("cpgw_busy_answers_total", "Requests told to come again later", service.busy);
}

void add_doors(Snapshot& to, const GatewayCounts& counts) {
  using Kind = Metric::Kind;
  const auto zmq = [&](Kind kind, const char* name, const char* help, auto field) {
    to.each(kind, name, help, "door", counts.zmq,
            [field](const doors::ZmqDoorStats& s) { return static_cast<double>(s.*field); });
  };
  using Zmq = doors::ZmqDoorStats;
  zmq(Kind::counter, "cpgw_zmq_requests_total", "Requests handed on", &Zmq::requests);
  zmq(Kind::counter, "cpgw_zmq_answers_total", "Answers sent", &Zmq::answers);
  zmq(Kind::counter, "cpgw_zmq_busy_total", "Requests over the door's limit", &Zmq::busy);
  zmq(Kind::counter, "cpgw_zmq_malformed_total", "Messages that are no request", &Zmq::malformed);
  zmq(Kind::counter, "cpgw_zmq_dropped_slow_total", "Answers to peers that do not read",
      &Zmq::dropped_slow);
  zmq(Kind::counter, "cpgw_zmq_dropped_gone_total", "Answers to peers that have left",
      &Zmq::dropped_gone);
  zmq(Kind::gauge, "cpgw_zmq_in_flight", "Requests without an answer yet", &Zmq::in_flight);
  to.gauge("cpgw_event_waiters", "Clients waiting for events", counts.event_waiters);

  const auto http = [&](Kind kind, const char* name, const char* help, auto field) {
    to.each(kind, name, help, "listener", counts.http,
            [field](const doors::HttpStats& s) { return static_cast<double>(s.*field); });
  };
  using Http = doors::HttpStats;
  http(Kind::counter, "cpgw_http_accepted_total", "Connections taken", &Http::accepted);
  http(Kind::counter, "cpgw_http_turned_away_total", "Connections over the limit",
       &Http::turned_away);
  http(Kind::counter, "cpgw_http_requests_total", "Requests handed on", &Http::requests);
  http(Kind::counter, "cpgw_http_refused_total", "Malformed or unknown requests", &Http::refused);
  http(Kind::counter, "cpgw_http_timed_out_total", "Connections that took too long",
       &Http::timed_out);
  http(Kind::gauge, "cpgw_http_connections", "Connections open", &Http::connections);
}

}  // namespace

doors::MetricsSnapshot gateway_metrics(const GatewayCounts& counts) {
  Snapshot snapshot;
  snapshot.gauge("cpgw_build_info", "1, with the version as label",
                 std::vector<Sample>{sample({{"version", counts.version}}, 1)});
  snapshot.gauge("cpgw_alarms", "What an operator must look at now; /readyz says what",
                 counts.alarms);
  snapshot.counter("cpgw_log_lines_lost_total", "Log lines dropped because the log was too slow",
                   counts.log_lines_lost);
  add_service(snapshot, counts.service);
  add_flow(snapshot, counts.flow);
  add_links(snapshot, counts.links);
  add_store(snapshot, counts.store, counts.committer);
  add_doors(snapshot, counts);
  return snapshot.metrics;
}

}  // namespace cpgw::gateway::cli
