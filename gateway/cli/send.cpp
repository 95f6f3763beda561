// cpgw send: one push through the running gateway.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/client.h"
#include "gateway/cli/requests.h"
#include "gateway/cli/security_options.h"

namespace cpgw::gateway::cli {

int run(const SendCommand& command, Io& io) {
  auto content = content_of(io, command.content, command.security, command.slots);
  if (!content) return complain(io, content.error());
  auto security = read_security(io, command.security);
  if (!security) return complain(io, security.error());
  auto slots = parse_slots(command.slots);
  if (!slots) return complain(io, slots.error());

  // Everything that touches the recipient lives in memory that is wiped.
  const boost::json::storage_ptr wiped = wiping_storage();
  boost::json::object recipient({{"number", command.to}}, wiped);
  if (security->imsi) recipient["imsi"] = as_text(security->imsi->expose());
  if (security->pin) recipient["pin"] = as_text(security->pin->expose());
  if (!slots->values.empty()) {
    boost::json::object values(wiped);
    for (const auto& [name, value] : slots->values) values[name] = value;
    recipient["slots"] = std::move(values);
  }
  boost::json::array recipients(wiped);
  recipients.push_back(std::move(recipient));
  boost::json::object submission(wiped);
  submission["content"] = std::move(*content);
  submission["recipients"] = std::move(recipients);
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
  boost::json::array submissions(wiped);
  submissions.push_back(std::move(submission));
  boost::json::object request({{"op", "submit"}, {"tenant", client->tenant()}}, wiped);
  request["submissions"] = std::move(submissions);
  const auto answer = client->ask(request);
  if (!answer) return complain_connect(io, answer.error());
  const auto* results = answer->if_contains("results");
  if (results == nullptr || !results->is_array() || results->as_array().empty() ||
      !results->as_array().front().is_object()) {
    if (command.gateway.json) io.out << boost::json::serialize(*answer) << "\n";
    return complain_refused(io, *answer);
  }
  const auto& result = results->as_array().front().as_object();
  if (command.gateway.json) io.out << boost::json::serialize(result) << "\n";
  if (!is_ok(result)) return complain_refused(io, result);
  if (command.gateway.json) return kDone;
  std::string id;
  auto done = read_answer([&] { id = result.at("ids").as_array().at(0).as_string().c_str(); });
  if (!done) return complain_connect(io, done.error());
  io.out << id << "\n";
  io.err << "stored; watch it with: cpgw job show " << id << "\n";
  return kDone;
}

}  // namespace cpgw::gateway::cli
