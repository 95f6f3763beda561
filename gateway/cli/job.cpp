// cpgw job …, cpgw subscriber, cpgw carrier list
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>
#include <stdexcept>

#include "gateway/cli/client.h"
#include "gateway/cli/table.h"

namespace cpgw::gateway::cli {
namespace {

void print_one(Io& io, const boost::json::object& job) {
  for (const auto& field : job) {
    const std::string name(field.key());
    io.out << name << std::string(name.size() < 20 ? 20 - name.size() : 1, ' ')
           << printable(text_of(job, name)) << "\n";
  }
}

void print_many(Io& io, const boost::json::object& answer) {
  const std::vector<std::string> columns{"id",      "number", "campaign", "state",
                                         "attempt", "parts",  "reason",   "trace_id"};
  std::vector<std::vector<std::string>> rows;
  for (const auto& job : answer.at("jobs").as_array()) {
    std::vector<std::string> row;
    for (const std::string& column : columns) row.push_back(text_of(job.as_object(), column));
    rows.push_back(std::move(row));
  }
  io.out << table(columns, rows);
  if (const auto* next = answer.if_contains("next"); next != nullptr && next->is_string()) {
    io.err << "more: cpgw job list with --number or --campaign and --after "
           << std::string(next->as_string()) << "\n";
  }
}

/// A gateway looks at so many jobs for one answer: goes on until there are enough or no more.
int list(const JobCommand& command, Io& io) {
  auto client = Client::connect(io, command.gateway, true);
  if (!client) return complain_connect(io, client.error());
  boost::json::object request{{"op", "job.list"}, {"tenant", client->tenant()}};
  if (!command.campaign.empty()) request["campaign"] = command.campaign;
  if (!command.number.empty()) request["number"] = command.number;
  if (!command.state.empty()) request["state"] = command.state;
  if (!command.after.empty()) request["after"] = command.after;
  boost::json::array jobs;
  boost::json::value next;
  std::uint64_t at = 0;
  do {
    request["limit"] = command.limit - jobs.size();
    const auto answer = client->ask(request);
    if (!answer) return complain_connect(io, answer.error());
    if (!is_ok(*answer)) {
      if (command.gateway.json) io.out << boost::json::serialize(*answer) << "\n";
      return complain_refused(io, *answer);
    }
    const auto read = read_answer([&] {
      const auto& page = answer->at("jobs").as_array();
      jobs.insert(jobs.end(), page.begin(), page.end());
      next = answer->at("next");
      if (next.is_null()) return;
      const std::uint64_t from = std::stoull(std::string(next.as_string()));
      if (from <= at) throw std::out_of_range("next");  // it would never end
      at = from;
      request["after"] = next;
    });
    if (!read) return complain_connect(io, read.error());
  } while (!next.is_null() && jobs.size() < command.limit);
  const boost::json::object all{{"ok", true}, {"jobs", std::move(jobs)}, {"next", std::move(next)}};
  if (command.gateway.json) {
    io.out << boost::json::serialize(all) << "\n";
    return kDone;
  }
  const auto printed = read_answer([&] { print_many(io, all); });
  return printed ? kDone : complain_connect(io, printed.error());
}

}  // namespace

int run(const JobCommand& command, Io& io) {
  if (command.verb == "list") return list(command, io);
  return ask_and_print(io, command.gateway, {{"op", "job." + command.verb}, {"id", command.id}},
                       true, [&](const boost::json::object& answer) {
                         if (command.verb == "code") {
                           io.out << text_of(answer, "code") << "\n";
                         } else {
                           print_one(io, answer.at("job").as_object());
                         }
                       });
}

int run(const SubscriberCommand& command, Io& io) {
  return ask_and_print(io, command.gateway, {{"op", "subscriber"}, {"number", command.number}},
                       true, [&](const boost::json::object& answer) { print_many(io, answer); });
}

int run(const CarrierCommand& command, Io& io) {
  return ask_and_print(
      io, command.gateway, {{"op", "carrier.list"}}, false, [&](const boost::json::object& answer) {
        const std::vector<std::string> columns{"name",     "state",      "in_window", "submitted",
                                               "accepted", "refused",    "throttled", "unanswered",
                                               "receipts", "reconnects", "rate",      "detail"};
        std::vector<std::vector<std::string>> rows;
        for (const auto& link : answer.at("carriers").as_array()) {
          std::vector<std::string> row;
          for (const std::string& column : columns)
            row.push_back(text_of(link.as_object(), column));
          rows.push_back(std::move(row));
        }
        io.out << table(columns, rows);
      });
}

}  // namespace cpgw::gateway::cli
