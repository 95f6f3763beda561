// Makes a carrier from its [[carrier]] section. To add a carrier type: its folder, one row in
// registry.cpp.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/settings_node.h"
#include "carriers/carrier.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::carriers {

/// What a carrier stands on; all of it outlives the carrier.
struct CarrierSetup {
  boost::asio::io_context& reactor;
  const Clock& clock;
  Random& random;
  CarrierEvents& events;
};

/// Checks a [[carrier]] section without making anything: every mistake is appended. `type` decides
/// who reads the rest.
void check_carrier(const SettingsNode& section, const std::string& path,
                   std::vector<Error>& mistakes);
/// Settings that passed check_carrier. Does not connect before start().
[[nodiscard]] Result<std::unique_ptr<Carrier>> make_carrier(const SettingsNode& section,
                                                            const std::string& path,
                                                            const CarrierSetup& setup);

}  // namespace cpgw::carriers
