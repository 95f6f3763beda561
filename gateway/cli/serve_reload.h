// What a settings file read again changes, and whether it may.
#pragma once

#include <string>
#include <vector>

#include "gateway/cli/settings.h"

namespace cpgw::gateway::cli {

/// Changes that a running gateway cannot make, each with its line: stop it and start it again.
[[nodiscard]] std::vector<Error> needs_restart(const Settings& before, const Settings& after);

struct CarrierChanges {
  std::vector<std::string> stop;   ///< removed, or changed
  std::vector<std::size_t> start;  ///< in `after`: new, or changed
};
/// Carriers whose section says the same are in neither list: their links stay as they are.
[[nodiscard]] CarrierChanges carrier_changes(const Settings& before, const Settings& after);

}  // namespace cpgw::gateway::cli
