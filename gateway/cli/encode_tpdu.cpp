#include "gateway/cli/encode_tpdu.h"

#include "gateway/cli/option_values.h"
#include "gateway/cli/usage.h"
#include "si_sl/tpdu.h"

namespace cpgw::gateway::cli {

namespace {

/// A time is absolute; a period is relative unless the other form of periods is named or needed.
Result<si_sl::ValidityField> validity_of(const EncodeCommand& command) {
  const std::string& form = command.validity_form;
  if (command.validity.find('-') != std::string::npos) {
    const auto until = time_of(command.validity, "--validity");
    if (!until) return fail(until.error());
    if (!form.empty() && form != "absolute")
      return misuse("a time is absolute; relative and enhanced take a period", "--validity-form");
    if (command.single_shot)
      return misuse("--single-shot goes with a period, in the enhanced form", "--single-shot");
    auto field = si_sl::absolute_validity(**until);
    if (!field) return misuse(field.error(), "--validity");
    return field;
  }
  const auto period = period_of(command.validity, "--validity");
  if (!period) return fail(period.error());
  if (form == "absolute")
    return misuse("absolute takes a time, such as 2026-01-31T23:59:59Z", "--validity-form");
  if (command.single_shot && form == "relative")
    return misuse("the relative form cannot say it; leave out --validity-form", "--single-shot");
  if (form != "enhanced" && !command.single_shot) return si_sl::relative_validity(*period);
  auto field = si_sl::enhanced_validity(*period, command.single_shot);
  if (!field) return misuse(field.error(), "--validity");
  return field;
}

}  // namespace

Result<SubmitOptions> submit_options(const EncodeCommand& command) {
  SubmitOptions options;
  options.status_report = command.status_report;
  if (command.validity.empty()) {
    const char* const without = command.single_shot              ? "--single-shot"
                                : !command.validity_form.empty() ? "--validity-form"
                                                                 : nullptr;
    if (without != nullptr) return misuse(std::string(without) + " goes with --validity", without);
    return options;
  }
  auto validity = validity_of(command);
  if (!validity) return fail(std::move(validity).error());
  options.validity = *validity;
  return options;
}

Result<std::vector<Octets>> submits_of(const Msisdn& number, std::span<const si_sl::Part> parts,
                                       const SubmitOptions& options) {
  std::vector<Octets> all;
  for (const si_sl::Part& part : parts) {
    si_sl::Submit submit = si_sl::submit_of(part, si_sl::TpAddress::international(number));
    submit.validity = options.validity;
    submit.status_report_request = options.status_report;
    if (auto done = si_sl::write_submit(submit, all.emplace_back()); !done)
      return fail(std::move(done).error());
  }
  return all;
}

Result<Octets> with_service_centre(const std::string& number, OctetView tpdu) {
  si_sl::AtPdu pdu{{si_sl::kInternationalNumber, {}}, tpdu};
  if (!number.empty()) {
    const auto centre = number_of(number, "--service-centre");
    if (!centre) return fail(centre.error());
    pdu.service_centre = si_sl::TpAddress::international(*centre);
  }
  Octets octets;
  if (auto done = si_sl::write_at_pdu(pdu, octets); !done) return fail(std::move(done).error());
  return octets;
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
