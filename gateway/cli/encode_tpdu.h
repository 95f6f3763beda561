// The TPDUs of cpgw encode: a part and what else they say.
#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "gateway/cli/commands.h"
#include "si_sl/part.h"

namespace cpgw::gateway::cli {

/// An SMS-SUBMIT per part, to --to-number.
[[nodiscard]] Result<std::vector<Octets>> submits_of(const EncodeCommand& command,
                                                     std::span<const si_sl::Part> parts);
/// An SMS-DELIVER per part, from --from at --at, or `now`.
[[nodiscard]] Result<std::vector<Octets>> delivers_of(const EncodeCommand& command,
                                                      std::span<const si_sl::Part> parts,
                                                      WallTime now);

}  // namespace cpgw::gateway::cli
