// The flow's sections of the settings file: [numbers], [[route]], [[tenant]], [safety], [push],
// [delivery].
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/settings_node.h"
#include "gateway/flow/content.h"
#include "gateway/flow/numbers.h"
#include "queue/retry.h"

namespace cpgw::gateway::flow {

struct Route {
  std::string prefix;  ///< "+358"; "+" takes every number
  std::string carrier;
};
struct Tenant {
  std::string name;
  std::string token_file;  ///< may be empty
};

struct FlowSettings {
  NumberRules numbers;
  std::vector<Route> routes;
  std::vector<Tenant> tenants;
  std::vector<Msisdn> only_to;   ///< [safety]: when not empty, nothing leaves for any other number
  bool service_loading = false;  ///< [safety]: SL makes a phone load without asking its user
  DeliveryProfile profile;  ///< [push]: reference width, element order, data_coding, part_limit
  std::chrono::seconds expiry{std::chrono::hours(24)};
  std::chrono::seconds cool_down{std::chrono::hours(1)};  ///< per number for campaigns
  queue::RetryPolicy retry;
  enum class Doubt : std::uint8_t { resend, hold } in_doubt = Doubt::resend;
};

/// Reads them from the root; every mistake is appended. `carriers` are the configured names,
/// checked in routes.
[[nodiscard]] FlowSettings read_flow_settings(const SettingsNode& root,
                                              std::span<const std::string> carriers,
                                              std::vector<Error>& mistakes);

}  // namespace cpgw::gateway::flow
