#include "gateway/cli/settings_of.h"

namespace cpgw::gateway::cli {

Result<std::string> find_settings(Io& io, const std::string& config) {
  return find_settings_file(config.empty() ? std::nullopt : std::optional(config),
                            [&](const std::string& name) { return io.environment(name); });
}

Result<Settings> settings_of(Io& io, const std::string& config) {
  auto file = find_settings(io, config);
  if (!file) return fail(std::move(file).error());
  auto settings = load_settings(*file);
  if (!settings) return fail(settings.error().front());
  return std::move(*settings);
}

}  // namespace cpgw::gateway::cli
