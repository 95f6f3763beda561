// cpgw serve
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/serve.h"
#include "gateway/cli/settings_of.h"

namespace cpgw::gateway::cli {

int run(const ServeCommand& command, Io& io) {
  const auto file = find_settings(io, command.config);
  if (!file) return complain(io, file.error());
  const auto settings = load_settings(*file);
  if (!settings) return complain(io, settings.error());
  return serve(*settings);
}

}  // namespace cpgw::gateway::cli
