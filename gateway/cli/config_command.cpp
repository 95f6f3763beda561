// cpgw config check, cpgw config reload
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/settings_of.h"

namespace cpgw::gateway::cli {
namespace {

int check(const ConfigCommand& command, Io& io) {
  const auto file = find_settings(io, command.gateway.config);
  if (!file) return complain(io, file.error());
  const auto settings = load_settings(*file);
  if (command.gateway.json) {
    boost::json::array mistakes;
    if (!settings) {
      for (const Error& error : settings.error()) {
        mistakes.push_back(boost::json::object{{"file", error.at.file},
                                               {"line", error.at.line},
                                               {"field", error.at.field},
                                               {"code", error.code.name()},
                                               {"message", error.message}});
      }
    }
    io.out << boost::json::serialize(boost::json::object{
                  {"file", *file}, {"ok", settings.has_value()}, {"mistakes", std::move(mistakes)}})
           << "\n";
    return settings ? kDone : kMalformed;
  }
  if (!settings) return complain(io, settings.error());
  io.out << *file << ": no mistakes; " << settings->carriers.size() << " carriers, "
         << settings->flow.routes.size() << " routes, " << settings->flow.tenants.size()
         << " tenants\n";
  return kDone;
}

}  // namespace

int run(const ConfigCommand& command, Io& io) {
  if (command.verb == "check") return check(command, io);
  return ask_and_print(io, command.gateway, {{"op", "config.reload"}}, false,
                       [&](const boost::json::object& answer) {
                         const auto& changes = answer.at("changes").as_array();
                         for (const auto& change : changes)
                           io.out << printable(change.as_string()) << "\n";
                         if (changes.empty()) io.out << "nothing has changed\n";
                       });
}

}  // namespace cpgw::gateway::cli
