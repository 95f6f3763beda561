#include "gateway/cli/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/serializer.hpp>
#include <new>
#include <ostream>

#include "gateway/cli/settings_of.h"
#include "gateway/cli/usage.h"
#include "queue/zmq/dealer_socket.h"

namespace cpgw::gateway::cli {

namespace zmq = queue::zmq;

namespace {

/// An answer takes a commit; a gateway that ended in between never gives it.
constexpr std::chrono::seconds kFirstAttempt{5};
/// Events may be waited for 30 s (docs/zeromq.md).
constexpr std::chrono::seconds kEventsAttempt{35};

class WipingResource final : public boost::json::memory_resource {
  void* do_allocate(std::size_t octets, std::size_t align) override {
    return ::operator new(octets, std::align_val_t(align));
  }
  void do_deallocate(void* memory, std::size_t octets, std::size_t align) override {
    wipe({static_cast<std::byte*>(memory), octets});
    ::operator delete(memory, octets, std::align_val_t(align));
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// The request as text in memory that never moved, so that wiping it leaves no copy.
std::string text_of_request(const boost::json::object& request) {
  std::array<char, 4096> block;
  std::string text;
  std::size_t octets = 0;
  for (const bool counting : {true, false}) {
    if (!counting) text.reserve(octets);
    boost::json::serializer serializer;
    serializer.reset(&request);
    while (!serializer.done()) {
      const auto piece = serializer.read(block.data(), block.size());
      octets += piece.size();
      if (!counting) text.append(piece.data(), piece.size());
    }
  }
  wipe(std::as_writable_bytes(std::span(block)));
  return text;
}

}  // namespace

boost::json::storage_ptr wiping_storage() {
  return boost::json::make_shared_resource<WipingResource>();
}

namespace {

/// One of the gateway's sockets with the request on its way. The request's text is wiped with it.
struct Line {
  std::string endpoint;
  std::optional<zmq::DealerSocket> socket;
  std::string body;
  std::optional<std::string> id;  ///< of `body` on `socket`; nothing: not sent yet

  ~Line() { forget(); }
  void forget() {
    wipe(std::as_writable_bytes(std::span(body)));
    body.clear();
    id.reset();
  }
};

}  // namespace

struct Client::Impl {
  Impl(const Clock& clock_of, zmq::Context context_of, std::string tenant_of)
      : clock(clock_of), context(std::move(context_of)), tenant(std::move(tenant_of)) {}

  const Clock& clock;
  zmq::Context context;
  std::string tenant;
  Line intake, events;

  Result<void> send(Line& line, std::chrono::milliseconds patience) {
    if (!line.socket) {
      auto connected = zmq::DealerSocket::connect(context, line.endpoint, clock);
      if (!connected) return fail(std::move(connected).error());
      line.socket.emplace(std::move(*connected));
    }
    auto id = line.socket->send(line.body, patience);
    if (!id) return fail(std::move(id).error());
    line.id = *std::move(id);
    return {};
  }

  Result<std::string> wait(Line& line, std::chrono::milliseconds patience) {
    const SteadyTime end = clock.steady() + patience;
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock.steady());
      auto answer = line.socket->receive(std::max(left, std::chrono::milliseconds(0)));
      if (!answer) return fail(std::move(answer).error());
      if (answer->id == *line.id) return std::move(answer->body);
    }
  }

  Result<boost::json::object> answer(Line& line, std::chrono::seconds patience,
                                     std::chrono::milliseconds attempt) {
    const SteadyTime end = clock.steady() + patience;
    Result<std::string> answer = fail(zmq::Errc::timed_out, "no answer");
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock.steady());
      if (left.count() <= 0) break;
      const auto share = std::min(left, attempt);
      if (!line.id) {
        if (auto sent = send(line, share); !sent) answer = fail(std::move(sent).error());
      }
      if (line.id) answer = wait(line, share);
      attempt *= 2;
      // A lost answer is asked for again on a fresh connection; everything else stays as it is.
      const bool lost = !answer && answer.error().code == Code(zmq::Errc::timed_out);
      line.id.reset();
      if (!answer) line.socket.reset();
      if (!lost) break;
    }
    if (!answer) return fail(std::move(answer).error());
    boost::json::error_code problem;
    const boost::json::value value = boost::json::parse(*answer, problem);
    wipe(std::as_writable_bytes(std::span(*answer)));
    if (problem || !value.is_object())
      return fail(zmq::Errc::bad_frames, "the gateway's answer is no JSON object");
    return value.as_object();
  }

  Result<boost::json::object> ask(Line& line, const boost::json::object& request,
                                  std::chrono::seconds patience,
                                  std::chrono::milliseconds attempt) {
    line.forget();
    line.body = text_of_request(request);
    auto said = answer(line, patience, attempt);
    line.forget();
    return said;
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
  auto impl = std::make_unique<Impl>(io.clock, std::move(*context), to.tenant);
  impl->intake.endpoint = settings->doors.intake;
  impl->events.endpoint = settings->doors.events;
  if (with_tenant && impl->tenant.empty()) {
    const auto& tenants = settings->flow.tenants;
    if (tenants.size() != 1) {
      std::string names;
      for (const auto& tenant : tenants) names += (names.empty() ? "" : ", ") + tenant.name;
      if (tenants.empty())
        return fail(Errc::bad_setting, "no [[tenant]] is configured", at_field("--tenant"));
      return misuse("name one of the tenants with --tenant: " + names, "--tenant");
    }
    impl->tenant = tenants.front().name;
  }
  return Client(std::move(impl));
}

const std::string& Client::tenant() const { return impl_->tenant; }

Result<boost::json::object> Client::ask(const boost::json::object& request,
                                        std::chrono::seconds patience) {
  return impl_->ask(impl_->intake, request, patience, kFirstAttempt);
}

Result<void> Client::send(const boost::json::object& request) {
  impl_->intake.forget();
  impl_->intake.body = text_of_request(request);
  return send_again();
}

Result<void> Client::send_again() { return impl_->send(impl_->intake, kFirstAttempt); }

Result<boost::json::object> Client::answer(std::chrono::seconds patience) {
  return impl_->answer(impl_->intake, patience, kFirstAttempt);
}

Result<boost::json::object> Client::ask_events(const boost::json::object& request,
                                               std::chrono::seconds patience) {
  return impl_->ask(impl_->events, request, patience, kEventsAttempt);
}

int complain_connect(Io& io, const Error& error) {
  // What did not come from the sockets came from the settings or the request.
  const bool unreachable =
      error.code.name().starts_with("zmq/") && error.code != Code(zmq::Errc::too_large);
  return complain(io, error, unreachable ? kUnreachable : kMalformed);
}

bool is_ok(const boost::json::object& answer) {
  const auto* ok = answer.if_contains("ok");
  return ok != nullptr && ok->is_bool() && ok->as_bool();
}

bool has_code(const boost::json::object& answer, std::string_view code) {
  const auto* errors = answer.if_contains("errors");
  if (errors == nullptr || !errors->is_array()) return false;
  return std::ranges::any_of(errors->as_array(), [&](const boost::json::value& error) {
    return error.is_object() && text_of(error.as_object(), "code") == code;
  });
}

int complain_refused(Io& io, const boost::json::object& answer) {
  bool told = false;
  if (const auto* errors = answer.if_contains("errors"); errors != nullptr && errors->is_array()) {
    for (const boost::json::value& item : errors->as_array()) {
      if (!item.is_object()) continue;
      const auto& error = item.as_object();
      std::string where;
      for (const char* name : {"field", "line", "column", "offset"}) {
        if (error.contains(name))
          where += (where.empty() ? "" : ", ") + std::string(name) + " " + text_of(error, name);
      }
      io.err << "cpgw: error: "
             << printable(text_of(error, "message") + (where.empty() ? "" : " (" + where + ")") +
                          " [" + text_of(error, "code") + "]")
             << "\n";
      told = true;
    }
  }
  if (!told) io.err << "cpgw: error: the gateway refused and gave no reason\n";
  return has_code(answer, "gateway/busy") || has_code(answer, "gateway/stopping") ? kUnreachable
                                                                                  : kNo;
}

Result<void> read_answer(const std::function<void()>& read) {
  try {
    read();
    return {};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {  // Boost.JSON throws several kinds, by version
    return fail(zmq::Errc::bad_frames,
                "the gateway's answer lacks something; are gateway and command of one version?");
  }
}

int ask_and_print(Io& io, const ToGateway& to, boost::json::object request, bool with_tenant,
                  const std::function<void(const boost::json::object& answer)>& print) {
  auto client = Client::connect(io, to, with_tenant);
  if (!client) return complain_connect(io, client.error());
  if (with_tenant) request["tenant"] = client->tenant();
  const auto answer = client->ask(request);
  if (!answer) return complain_connect(io, answer.error());
  if (to.json) io.out << boost::json::serialize(*answer) << "\n";
  if (!is_ok(*answer)) return complain_refused(io, *answer);
  if (to.json) return kDone;
  if (auto done = read_answer([&] { print(*answer); }); !done)
    return complain_connect(io, done.error());
  return kDone;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return std::string(value->as_string());
  if (value->is_double()) return fmt::format("{}", value->as_double());
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
