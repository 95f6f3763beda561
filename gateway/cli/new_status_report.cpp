// cpgw new status-report: what a service centre says became of an SMS-SUBMIT.
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/option_values.h"
#include "gateway/cli/usage.h"
#include "si_sl/tpdu.h"

namespace cpgw::gateway::cli {
namespace {

/// `now` for an empty option.
Result<si_sl::Timestamp> timestamp_of(const std::string& text, const char* option, WallTime now) {
  const auto at = time_of(text, option);
  if (!at) return fail(at.error());
  const auto timestamp =
      si_sl::timestamp_from(at->value_or(std::chrono::floor<std::chrono::seconds>(now)));
  if (!timestamp) return misuse(timestamp.error(), option);
  return *timestamp;
}

}  // namespace

int run(const NewStatusReportCommand& command, Io& io) {
  const auto recipient = number_of(command.recipient, "--recipient");
  if (!recipient) return complain(io, recipient.error());
  const WallTime now = io.clock.wall();
  const auto submitted = timestamp_of(command.submitted, "--submitted", now);
  if (!submitted) return complain(io, submitted.error());
  const auto discharge = timestamp_of(command.discharge, "--discharge", now);
  if (!discharge) return complain(io, discharge.error());
  si_sl::StatusReport report;
  report.message_reference = command.reference;
  report.recipient = si_sl::TpAddress::international(*recipient);
  report.timestamp = *submitted;
  report.discharge = *discharge;
  report.status = command.status;
  Octets octets;
  if (auto done = si_sl::write_status_report(report, octets); !done)
    return complain(io, done.error());
  io.out << to_hex(octets) << "\n";
  return io.out.good() ? kDone : kMalformed;
}

}  // namespace cpgw::gateway::cli
