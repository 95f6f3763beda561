// cpgw campaign …
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/requests.h"
#include "gateway/cli/table.h"

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kCounts[] = {"submitted", "waiting", "in_flight", "sent",        "delivered",
                                   "failed",    "expired", "cancelled", "resent_parts"};

/// Throws at a campaign without name or state: see read_answer().
std::vector<std::string> row_of(const boost::json::object& campaign) {
  std::vector<std::string> row{campaign.at("name").as_string().c_str(),
                               campaign.at("state").as_string().c_str()};
  const auto* counts = campaign.if_contains("counts");
  for (const char* name : kCounts)
    row.push_back(counts != nullptr && counts->is_object() ? text_of(counts->as_object(), name)
                                                           : "-");
  return row;
}

std::string campaigns_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> header{"campaign", "state"};
  header.insert(header.end(), std::begin(kCounts), std::end(kCounts));
  return table(header, rows);
}

int make(const CampaignCommand& command, Io& io) {
  auto content = content_of(io, command.content, command.security, command.slots);
  if (!content) return complain(io, content.error());
  boost::json::object request{
      {"op", "campaign.new"}, {"name", command.name}, {"content", std::move(*content)}};
  if (command.priority >= 0) request["priority"] = command.priority;
  if (command.expires_in != 0) request["expires_in"] = command.expires_in;
  return ask_and_print(io, command.gateway, std::move(request), true,
                       [&](const boost::json::object& answer) {
                         io.out << campaigns_table({row_of(answer.at("campaign").as_object())});
                       });
}

/// What a change of a campaign looks like: a line written over on a terminal, else a table each.
void show(const CampaignCommand& command, Io& io, const boost::json::object& status) {
  if (command.gateway.json) {
    io.out << boost::json::serialize(status) << std::endl;
    return;
  }
  const auto row = row_of(status.at("campaign").as_object());
  if (!io.out_is_terminal) {
    io.out << campaigns_table({row}) << std::flush;
    return;
  }
  std::string line = row[0] + " " + row[1];
  for (std::size_t i = 0; i < std::size(kCounts); ++i)
    line += fmt::format("  {} {}", kCounts[i], row[i + 2]);
  io.out << "\r\033[K" << printable(line) << std::flush;
}

/// Follows the events so that every change is seen, and asks for the counts after each page of
/// them.
int watch(const CampaignCommand& command, Io& io) {
  auto client = Client::connect(io, command.gateway);
  if (!client) return complain_connect(io, client.error());
  std::uint64_t after =
      ~std::uint64_t{0} >> 1;  // beyond the newest: the first answer only tells where that is
  bool know_place = false;
  while (true) {
    const auto status = client->ask(
        {{"op", "campaign.status"}, {"tenant", client->tenant()}, {"name", command.name}});
    if (!status) return complain_connect(io, status.error());
    if (!is_ok(*status)) return complain_refused(io, *status);
    std::string state;
    if (auto done = read_answer([&] {
          state = status->at("campaign").as_object().at("state").as_string().c_str();
          show(command, io, *status);
        });
        !done)
      return complain_connect(io, done.error());
    if (!io.out) return kMalformed;  // nobody reads it any more
    if (state == "finished" || state == "cancelled") {
      if (io.out_is_terminal && !command.gateway.json) io.out << "\n";
      return kDone;
    }
    const auto page = client->ask_events({{"op", "events"},
                                          {"tenant", client->tenant()},
                                          {"after", after},
                                          {"credit", 1000},
                                          {"wait_ms", know_place ? 10000 : 0}});
    if (!page) return complain_connect(io, page.error());
    if (!is_ok(*page)) return complain_refused(io, *page);
    after = number_of(*page, "last");
    know_place = true;
  }
}

}  // namespace

int run(const CampaignCommand& command, Io& io) {
  if (command.verb == "new") return make(command, io);
  if (command.verb == "watch") return watch(command, io);
  if (command.verb == "list") {
    return ask_and_print(io, command.gateway, {{"op", "campaign.list"}}, true,
                         [&](const boost::json::object& answer) {
                           std::vector<std::vector<std::string>> rows;
                           for (const auto& campaign : answer.at("campaigns").as_array())
                             rows.push_back(row_of(campaign.as_object()));
                           io.out << campaigns_table(rows);
                         });
  }
  return ask_and_print(io, command.gateway,
                       {{"op", "campaign." + command.verb}, {"name", command.name}}, true,
                       [&](const boost::json::object& answer) {
                         io.out << campaigns_table({row_of(answer.at("campaign").as_object())});
                       });
}

}  // namespace cpgw::gateway::cli
