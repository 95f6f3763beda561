#include "gateway/doors/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "queue/zmq/endpoint.h"

namespace cpgw::gateway::doors {
namespace {

constexpr std::size_t kMostListeners = 16;

/// Every name a listener may serve once; those that this version has not are refused, so that
/// nobody waits for a door that never opens.
struct Served {
  std::string_view name;
  bool here;
};
constexpr auto kServed = std::to_array<Served>({
    {"api", false},
    {"console", false},
    {"cpf", false},
    {"health", true},
    {"metrics", true},
    {"pap", false},
    {"receipts", false},
});
static_assert(std::ranges::is_sorted(kServed, {}, &Served::name));

std::string known_names() {
  std::string names;
  for (const Served& served : kServed) {
    if (served.here) names += (names.empty() ? "\"" : ", \"") + std::string(served.name) + "\"";
  }
  return names;
}

std::string read_endpoint(SettingsSection& section, std::string_view name, std::string otherwise) {
  std::string endpoint = section.text(name).value_or(std::move(otherwise));
  if (const auto path = queue::zmq::ipc_path(endpoint); !path) {
    section.mistake(name, path.error().message, path.error().code);
  }
  return endpoint;
}

HttpSettings read_listener(SettingsSection section) {
  HttpSettings settings;
  const std::string listen = section.required_text("listen");
  if (section.has("listen")) {
    if (auto address = parse_listen(listen)) {
      settings.listen = std::move(*address);
    } else {
      section.mistake("listen", address.error().message, address.error().code);
    }
  }
  settings.serves = section.texts("serves");
  if (settings.serves.empty()) {
    section.mistake("serves", "a list of what this listener serves is expected: " + known_names());
  }
  for (const std::string& name : settings.serves) {
    const auto it = std::ranges::find(kServed, name, &Served::name);
    if (it == kServed.end()) {
      section.mistake("serves", "\"" + name + "\" is nothing to serve; known: " + known_names());
    } else if (!it->here) {
      section.mistake("serves", "\"" + name + "\" is not in this version; take it out",
                      Errc::not_served);
    } else if (std::ranges::count(settings.serves, name) > 1) {
      section.mistake("serves", "\"" + name + "\" is named twice");
      break;
    }
  }
  section.finish();
  return settings;
}

bool is_loopback(const std::string& address, bool v6) {
  if (!v6) {
    in_addr v4{};
    return ::inet_pton(AF_INET, address.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
  }
  in6_addr octets{};
  return ::inet_pton(AF_INET6, address.c_str(), &octets) == 1 && IN6_IS_ADDR_LOOPBACK(&octets);
}

bool is_address(const std::string& address, bool v6) {
  in6_addr octets{};
  return ::inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), &octets) == 1;
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto bad = [] {
    return fail(Errc::bad_listen,
                "an IP address and port are expected, such as \"127.0.0.1:8480\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress listen;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), listen.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return bad();
  std::string_view host = text.substr(0, colon);
  const bool v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (v6) host = host.substr(1, host.size() - 2);
  listen.address = host == "localhost" ? "127.0.0.1" : std::string(host);
  if (!is_address(listen.address, v6)) return bad();
  if (!is_loopback(listen.address, v6)) {
    return fail(Errc::not_loopback,
                "leaving loopback needs TLS and credentials, which this version does not have; "
                "listen on 127.0.0.1 or [::1]");
  }
  return listen;
}

DoorSettings read_door_settings(const SettingsNode& root, const std::string& data_dir,
                                std::vector<Error>& mistakes) {
  DoorSettings settings;
  SettingsSection all(&root, "", mistakes);

  SettingsSection zmq(all.child("zmq"), "zmq", mistakes);
  settings.intake = read_endpoint(zmq, "intake", "ipc://" + data_dir + "/run/intake.sock");
  settings.events = read_endpoint(zmq, "events", "ipc://" + data_dir + "/run/events.sock");
  if (settings.intake == settings.events) {
    zmq.mistake("events", "intake and events must be different sockets");
  }
  zmq.finish();

  const auto listeners = all.children("http");
  if (listeners.size() > kMostListeners) {
    all.mistake("http", "at most " + std::to_string(kMostListeners) + " listeners are possible");
    return settings;
  }
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const std::string path = "http[" + std::to_string(i) + "]";
    HttpSettings http = read_listener(SettingsSection(listeners[i], path, mistakes));
    const auto same = [&](const HttpSettings& other) {
      return other.listen == http.listen && http.listen.port != 0;
    };
    if (std::ranges::any_of(settings.http, same)) {
      SettingsSection(listeners[i], path, mistakes)
          .mistake("listen", "another [[http]] listens there already");
    }
    settings.http.push_back(std::move(http));
  }
  return settings;
}

}  // namespace cpgw::gateway::doors
