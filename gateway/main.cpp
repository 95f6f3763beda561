#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>

#include "gateway/cli/commands.h"

int main(int argc, char** argv) {
  using namespace cpgw;
  try {
    std::ios::sync_with_stdio(false);
    const SystemClock clock;
    SystemRandom random;
    std::error_code ignored;
    gateway::cli::Io io{std::cin,
                        std::cout,
                        std::cerr,
                        [](std::string_view name) -> std::optional<std::string> {
                          const char* value = std::getenv(std::string(name).c_str());
                          return value == nullptr ? std::nullopt
                                                  : std::optional<std::string>(value);
                        },
                        clock,
                        random,
                        isatty(STDOUT_FILENO) != 0,
                        isatty(STDERR_FILENO) != 0,
                        std::filesystem::read_symlink("/proc/self/exe", ignored).string()};
    const int status = gateway::cli::run_command_line({argv + 1, argv + argc}, io);
    if (!std::cout.flush() && status == gateway::cli::kDone) {
      std::cerr << "cpgw: error: standard output cannot be written\n";
      return gateway::cli::kMalformed;
    }
    return status;
  } catch (const std::exception& bug) {
    std::cerr << "cpgw: internal error: " << bug.what() << "\n";
    return 70;
  }
}
