#include "gateway/cli/encode_tpdu.h"

#include "gateway/cli/option_values.h"
#include "gateway/cli/usage.h"
#include "si_sl/tpdu.h"

namespace cpgw::gateway::cli {

Result<std::vector<Octets>> submits_of(const EncodeCommand& command,
                                       std::span<const si_sl::Part> parts) {
  const auto number = number_of(command.number, "--to-number");
  if (!number) return fail(number.error());
  std::vector<Octets> all;
  for (const si_sl::Part& part : parts) {
    const auto submit = si_sl::submit_of(part, si_sl::TpAddress::international(*number));
    if (auto done = si_sl::write_submit(submit, all.emplace_back()); !done)
      return fail(std::move(done).error());
  }
  return all;
}

Result<std::vector<Octets>> delivers_of(const EncodeCommand& command,
                                        std::span<const si_sl::Part> parts, WallTime now) {
  const auto originator = originator_of(command.source, "--from");
  if (!originator) return fail(originator.error());
  const auto at = time_of(command.at, "--at");
  if (!at) return fail(at.error());
  const auto zone = zone_of(command.zone, "--zone");
  if (!zone) return fail(zone.error());
  const auto timestamp =
      si_sl::timestamp_from(at->value_or(std::chrono::floor<std::chrono::seconds>(now)), *zone);
  if (!timestamp)
    return misuse(timestamp.error(), timestamp.error().at.field == "zone" ? "--zone" : "--at");
  std::vector<Octets> all;
  for (const si_sl::Part& part : parts) {
    si_sl::Deliver deliver = si_sl::deliver_of(part, *originator, *timestamp);
    deliver.more_messages = part.number < part.total;
    if (auto done = si_sl::write_deliver(deliver, all.emplace_back()); !done)
      return fail(std::move(done).error());
  }
  return all;
}

}  // namespace cpgw::gateway::cli
