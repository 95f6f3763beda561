// cpgw send: one push through the running gateway.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/requests.h"
#include "gateway/cli/security_options.h"

namespace cpgw::gateway::cli {

int run(const SendCommand& command, Io& io) {
  auto content = content_of(io, command.file, command.security, command.slots);
  if (!content)
    return complain(io, content.error(), content.error().at.field == "--sec" ? kUsage : kMalformed);
  auto security = read_security(io, command.security);
  if (!security) return complain(io, security.error());
  auto slots = parse_slots(command.slots);
  if (!slots) return complain(io, slots.error());

  boost::json::object recipient{{"number", command.to}};
  if (security->imsi) recipient["imsi"] = as_text(security->imsi->expose());
  if (security->pin) recipient["pin"] = as_text(security->pin->expose());
  if (!slots->values.empty()) {
    boost::json::object values;
    for (const auto& [name, value] : slots->values) values[name] = value;
    recipient["slots"] = std::move(values);
  }
  boost::json::object submission{{"content", std::move(*content)},
                                 {"recipients", boost::json::array{std::move(recipient)}}};
  if (command.priority >= 0) submission["priority"] = command.priority;
  if (command.expires_in != 0) submission["expires_in"] = command.expires_in;
  std::string key = command.key;
  if (key.empty()) {  // a key of our own, so that asking again after a lost answer cannot send
                      // twice
    std::array<std::byte, 16> drawn;
    io.random.fill(drawn);
    key = "send-" + to_hex(drawn);
  }
  submission["key"] = key;

  auto client = Client::connect(io, command.gateway);
  if (!client) return complain_connect(io, client.error());
  const auto answer = client->ask({{"op", "submit"},
                                   {"tenant", client->tenant()},
                                   {"submissions", boost::json::array{std::move(submission)}}});
  if (!answer) return complain_connect(io, answer.error());
  const auto* results = answer->if_contains("results");
  if (results == nullptr || !results->is_array() || results->as_array().empty()) {
    if (command.gateway.json) io.out << boost::json::serialize(*answer) << "\n";
    return complain_refused(io, *answer);
  }
  const auto& result = results->as_array().front().as_object();
  if (command.gateway.json) io.out << boost::json::serialize(result) << "\n";
  const auto* ok = result.if_contains("ok");
  if (ok == nullptr || !ok->is_bool() || !ok->as_bool()) return complain_refused(io, result);
  if (!command.gateway.json) {
    for (const auto& id : result.at("ids").as_array())
      io.out << std::string(id.as_string()) << "\n";
    io.err << "stored; watch it with: cpgw job show ID\n";
  }
  return kDone;
}

}  // namespace cpgw::gateway::cli
