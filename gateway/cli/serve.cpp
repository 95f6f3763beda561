#include "gateway/cli/serve.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <iostream>

#include "gateway/cli/io.h"
#include "gateway/cli/serve_gateway.h"

namespace cpgw::gateway::cli {
namespace {

/// IMSIs and PINs pass through this memory: no core file, no other process of the user may read
/// it, and what is written is the owner's alone.
void shut_in() {
  ::umask(077);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // the leak check looks into the process from outside
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
  // A peer that closes its socket is an error of that write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

int complain(const Error& error) {
  std::cerr << "cpgw: error: " << to_string(error) << std::endl;
  const std::string_view code = error.code.name();
  const bool unreadable = code.starts_with("signer/") || code == "queue/corrupt" ||
                          code == "queue/format" || code == "base/bad-setting";
  return unreadable ? kMalformed : kUnreachable;
}

}  // namespace

int serve(const Settings& settings) {
  shut_in();
  const SystemClock clock;
  auto log = LogWriter::open(settings.log, clock);
  if (!log) return complain(log.error());
  (*log)->write(LogLevel::info, "starting", "cpgw starts",
                {{"version", CPGW_VERSION}, {"settings", settings.file}});
  int status = kDone;
  {
    Gateway gateway(settings, **log);
    auto up = gateway.open();
    if (up) up = gateway.start();
    if (!up) {
      (*log)->write(LogLevel::error, "not-started", to_string(up.error()));
      (*log)->flush();
      return complain(up.error());
    }
    std::cout << "cpgw ready: " << gateway.endpoints() << std::endl;
    (*log)->write(LogLevel::info, "ready", "requests are taken",
                  {{"endpoints", gateway.endpoints()}});
    status = gateway.run();
  }
  (*log)->flush();
  return status;
}

}  // namespace cpgw::gateway::cli
