// The doors' sections of the settings file: [zmq] and [[http]].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings_node.h"
#include "gateway/doors/errors.h"

namespace cpgw::gateway::doors {

/// Where an HTTP listener listens. Only loopback: leaving the machine needs TLS and credentials,
/// which this version does not have.
struct ListenAddress {
  std::string address;     ///< "127.0.0.1", "::1" and the like
  std::uint16_t port = 0;  ///< 0: any free one
  bool operator==(const ListenAddress&) const = default;
};

/// "127.0.0.1:8480", "[::1]:8480" or "localhost:8480".
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

struct HttpSettings {
  ListenAddress listen;
  std::vector<std::string> serves;  ///< of kServed
  bool operator==(const HttpSettings&) const = default;
};

struct DoorSettings {
  std::string intake, events;  ///< ipc endpoints
  std::vector<HttpSettings> http;
  bool operator==(const DoorSettings&) const = default;
};

/// Reads them from the root; every mistake is appended. Without [zmq] the sockets are in
/// `data_dir`/run. Paths are taken as they are.
[[nodiscard]] DoorSettings read_door_settings(const SettingsNode& root, const std::string& data_dir,
                                              std::vector<Error>& mistakes);

}  // namespace cpgw::gateway::doors
