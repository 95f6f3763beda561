// cpgw store check, cpgw store stats
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/settings_of.h"
#include "queue/job_store.h"

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kFigures[] = {"jobs",   "waiting",        "in_flight",
                                    "events", "early_receipts", "octets_on_disk"};

void print_stats(Io& io, const boost::json::object& stats) {
  for (const char* name : kFigures)
    io.out << name << std::string(18 - std::char_traits<char>::length(name), ' ')
           << text_of(stats, name) << "\n";
}

int check(const StoreCommand& command, Io& io) {
  auto settings = settings_of(io, command.gateway.config);
  if (!settings) return complain(io, settings.error());
  const std::string folder = store_directory(*settings);
  std::error_code problem;
  if (!std::filesystem::exists(folder, problem)) {
    Position at;
    at.file = folder;
    return complain(io, Error(Errc::io, "there is no store yet", std::move(at)));
  }
  auto store = queue::open_rocksdb_store(folder, {});
  if (!store) {
    complain(io, store.error());
    if (store.error().code != Code(queue::Errc::locked)) return kMalformed;
    io.err << "cpgw: the gateway is running; stop it to check its store\n";
    return kUnreachable;
  }
  const std::vector<Error> wrong = (*store)->check();
  const queue::StoreStats stats = (*store)->stats();
  boost::json::array list;
  for (const Error& error : wrong) list.push_back(boost::json::value(to_string(error)));
  if (command.gateway.json) {
    io.out << boost::json::serialize(boost::json::object{
                  {"ok", wrong.empty()}, {"jobs", stats.jobs}, {"wrong", std::move(list)}})
           << "\n";
  } else if (wrong.empty()) {
    io.out << folder << ": sound; " << stats.jobs << " jobs\n";
  } else {
    complain(io, wrong);
  }
  return wrong.empty() ? kDone : kNo;
}

}  // namespace

int run(const StoreCommand& command, Io& io) {
  if (command.verb == "check") return check(command, io);
  return ask_and_print(io, command.gateway, {{"op", "store.stats"}}, false,
                       [&](const boost::json::object& answer) { print_stats(io, answer); });
}

}  // namespace cpgw::gateway::cli
