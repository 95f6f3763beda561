// The TPDUs of cpgw encode: a part and what else they say.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "gateway/cli/commands.h"
#include "si_sl/part.h"
#include "si_sl/tp_time.h"

namespace cpgw::gateway::cli {

/// What an SMS-SUBMIT says besides its part and its destination.
struct SubmitOptions {
  si_sl::ValidityField validity;
  bool status_report = false;  ///< TP-SRR
};
/// Of --validity, --validity-form, --single-shot and --status-report. CliErrc::usage.
[[nodiscard]] Result<SubmitOptions> submit_options(const EncodeCommand& command);

/// An SMS-SUBMIT per part.
[[nodiscard]] Result<std::vector<Octets>> submits_of(const Msisdn& number,
                                                     std::span<const si_sl::Part> parts,
                                                     const SubmitOptions& options);
/// The TPDU with the service centre's number in front, as AT modems have it; `00`, the modem's own,
/// for an empty one. CliErrc::usage for --service-centre.
[[nodiscard]] Result<Octets> with_service_centre(const std::string& number, OctetView tpdu);

/// An SMS-DELIVER per part, from --from at --at, or `now`.
[[nodiscard]] Result<std::vector<Octets>> delivers_of(const EncodeCommand& command,
                                                      std::span<const si_sl::Part> parts,
                                                      WallTime now);

}  // namespace cpgw::gateway::cli
