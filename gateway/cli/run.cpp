#include "gateway/cli/child.h"
#include "gateway/cli/commands.h"

namespace cpgw::gateway::cli {

int run_command_line(const std::vector<std::string>& arguments, Io& io) {
  if (!end_with_parent(io)) {
    io.err << "cpgw: error: the process named by CPGW_PARENT has ended\n";
    return kUnreachable;
  }
  const auto parsed = parse_command(arguments, io);
  if (const auto* status = std::get_if<Exit>(&parsed)) return *status;
  return std::visit([&](const auto& command) { return run(command, io); },
                    std::get<Command>(parsed));
}

}  // namespace cpgw::gateway::cli
