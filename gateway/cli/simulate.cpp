// cpgw simulate smsc, cpgw simulate handset
#include "gateway/cli/commands.h"

namespace cpgw::gateway::cli {

int run(const simulators::SmscOptions& options, Io& /*io*/) {
  return simulators::simulate_smsc(options);
}
int run(const simulators::HandsetOptions& options, Io& /*io*/) {
  return simulators::simulate_handset(options);
}

}  // namespace cpgw::gateway::cli
