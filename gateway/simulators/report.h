// JSON of the simulators: counts, records, verdicts.
#pragma once

#include <string>

#include "gateway/simulators/message_centre.h"
#include "gateway/simulators/phones.h"

namespace cpgw::gateway::simulators {

[[nodiscard]] std::string to_json(const SmscCounters& counters);
[[nodiscard]] std::string to_json(const SubmitRecord& record, WallTime at);
[[nodiscard]] std::string to_json(const PhonesSummary& summary);
[[nodiscard]] std::string to_json(const Verdict& verdict);

}  // namespace cpgw::gateway::simulators
