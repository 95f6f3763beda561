#include "gateway/cli/client.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/settings_of.h"
#include "queue/zmq/dealer_socket.h"

namespace cpgw::gateway::cli {

namespace zmq = queue::zmq;

struct Client::Impl {
  const Clock& clock;
  zmq::Context context;
  std::string intake, events, tenant;
  std::optional<zmq::DealerSocket> intake_socket, events_socket;

  Result<boost::json::object> ask(std::optional<zmq::DealerSocket>& socket,
                                  const std::string& endpoint, const boost::json::object& request,
                                  std::chrono::seconds patience) {
    std::string body = boost::json::serialize(request);
    const SteadyTime end = clock.steady() + patience;
    Result<std::string> answer = fail(zmq::Errc::timed_out, "no answer");
    while (true) {
      if (!socket) {
        auto connected = zmq::DealerSocket::connect(context, endpoint, clock);
        if (!connected) {
          answer = fail(std::move(connected).error());
          break;
        }
        socket.emplace(std::move(*connected));
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.steady());
      if (left.count() <= 0) break;
      answer = socket->request(body,
                               std::min(left, std::chrono::milliseconds(std::chrono::seconds(35))));
      if (answer || answer.error().code == Code(zmq::Errc::interrupted)) break;
      socket.reset();  // a lost answer: ask again on a fresh connection
    }
    wipe(std::as_writable_bytes(std::span(body)));
    if (!answer) return fail(std::move(answer).error());
    boost::json::error_code problem;
    const boost::json::value value = boost::json::parse(*answer, problem);
    if (problem || !value.is_object())
      return fail(zmq::Errc::bad_frames, "the gateway's answer is no JSON object");
    return value.as_object();
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::connect(Io& io, const ToGateway& to, bool with_tenant) {
  auto settings = settings_of(io, to.config);
  if (!settings) return fail(std::move(settings).error());
  auto context = zmq::Context::open();
  if (!context) return fail(std::move(context).error());
  auto impl = std::make_unique<Impl>(Impl{io.clock,
                                          std::move(*context),
                                          settings->doors.intake,
                                          settings->doors.events,
                                          to.tenant,
                                          {},
                                          {}});
  if (with_tenant && impl->tenant.empty()) {
    const auto& tenants = settings->flow.tenants;
    if (tenants.size() != 1) {
      std::string names;
      for (const auto& tenant : tenants) names += (names.empty() ? "" : ", ") + tenant.name;
      return fail(Errc::bad_setting,
                  tenants.empty() ? "no [[tenant]] is configured"
                                  : "name one of the tenants with --tenant: " + names,
                  at_field("--tenant"));
    }
    impl->tenant = tenants.front().name;
  }
  return Client(std::move(impl));
}

const std::string& Client::tenant() const { return impl_->tenant; }

Result<boost::json::object> Client::ask(const boost::json::object& request,
                                        std::chrono::seconds patience) {
  return impl_->ask(impl_->intake_socket, impl_->intake, request, patience);
}

Result<boost::json::object> Client::ask_events(const boost::json::object& request,
                                               std::chrono::seconds patience) {
  return impl_->ask(impl_->events_socket, impl_->events, request, patience);
}

int complain_connect(Io& io, const Error& error) {
  const bool settings = error.code == Code(Errc::bad_setting) ||
                        error.code == Code(Errc::unknown_setting) || error.code == Code(Errc::io);
  return complain(io, error, settings ? kMalformed : kUnreachable);
}

int complain_refused(Io& io, const boost::json::object& answer) {
  Exit status = kNo;
  const auto* errors = answer.if_contains("errors");
  if (errors == nullptr || !errors->is_array()) return kNo;
  for (const boost::json::value& item : errors->as_array()) {
    if (!item.is_object()) continue;
    const auto& error = item.as_object();
    const std::string code = text_of(error, "code");
    if (code == "gateway/busy" || code == "gateway/stopping") status = kUnreachable;
    std::string where;
    for (const char* name : {"field", "line", "column", "offset"}) {
      if (error.contains(name))
        where += (where.empty() ? "" : ", ") + std::string(name) + " " + text_of(error, name);
    }
    io.err << "cpgw: error: " << text_of(error, "message")
           << (where.empty() ? "" : " (" + where + ")") << " [" << code << "]\n";
  }
  return status;
}

int ask_and_print(Io& io, const ToGateway& to, boost::json::object request, bool with_tenant,
                  const std::function<void(const boost::json::object& answer)>& print) {
  auto client = Client::connect(io, to, with_tenant);
  if (!client) return complain_connect(io, client.error());
  if (with_tenant) request["tenant"] = client->tenant();
  const auto answer = client->ask(request);
  if (!answer) return complain_connect(io, answer.error());
  const auto* ok = answer->if_contains("ok");
  if (ok == nullptr || !ok->is_bool() || !ok->as_bool()) {
    if (to.json) io.out << boost::json::serialize(*answer) << "\n";
    return complain_refused(io, *answer);
  }
  if (to.json) {
    io.out << boost::json::serialize(*answer) << "\n";
  } else {
    print(*answer);
  }
  return kDone;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return std::string(value->as_string());
  return boost::json::serialize(*value);
}

std::uint64_t number_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->as_uint64();
  if (value->is_int64() && value->as_int64() > 0)
    return static_cast<std::uint64_t>(value->as_int64());
  return 0;
}

}  // namespace cpgw::gateway::cli
