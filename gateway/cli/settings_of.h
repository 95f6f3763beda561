// The settings file a command means: --config, CPGW_CONFIG, ./cpgw.toml, /etc/cpgw/cpgw.toml.
#pragma once

#include <string>

#include "gateway/cli/io.h"
#include "gateway/cli/settings.h"

namespace cpgw::gateway::cli {

[[nodiscard]] Result<std::string> find_settings(Io& io, const std::string& config);
/// Finds and loads it; with mistakes, the first one (`cpgw config check` names all).
[[nodiscard]] Result<Settings> settings_of(Io& io, const std::string& config);

}  // namespace cpgw::gateway::cli
