// The gateway process: everything put together, from settings to signals.
#pragma once

#include "gateway/cli/settings.h"

namespace cpgw::gateway::cli {

/// Runs until SIGTERM or SIGINT; prints "cpgw ready" with the endpoints on standard output once
/// requests are taken, mistakes on standard error. SIGHUP reloads the settings and reopens the log,
/// SIGUSR1 reopens the log. Exit statuses: 0 stopped as asked, 3 keyring or store unreadable, 4
/// something could not be opened, or the store failed while running.
[[nodiscard]] int serve(const Settings& settings);

}  // namespace cpgw::gateway::cli
