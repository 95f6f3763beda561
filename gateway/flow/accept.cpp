#include "gateway/flow/accept.h"

#include <algorithm>
#include <limits>

namespace cpgw::gateway::flow {
namespace {

/// Of the sealed record's plain text. Written to disk: a new layout takes a new number.
constexpr std::uint8_t kSealedVersion = 1;
constexpr std::uint8_t kHasImsi = 0x01;
constexpr std::uint8_t kHasPin = 0x02;
constexpr unsigned kDrawnPinDigits = 8;

tl::unexpected<Error> bad_sealed() {
  return fail(Errc::bad_recipient, "the job's sealed inputs do not have their form");
}

Error recipient_error(std::string message, std::string field) {
  return Error(Errc::bad_recipient, std::move(message), at_field(std::move(field)));
}

/// A name of a request in a message: bounded and printable.
std::string shown(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 32)) out += c > ' ' && c <= '~' ? c : '?';
  return out;
}

/// The IMSI or PIN a method needs, or the reason why not.
template <class Identity>
std::optional<Identity> identity(const Secret& given, bool needed, signer::Security security,
                                 const char* field, const char* what,
                                 std::vector<Error>& mistakes) {
  const std::string method(signer::to_string(security));
  if (given.empty()) {
    if (needed) {
      mistakes.push_back(recipient_error(
          "security " + method + " needs the " + what + " of every recipient", field));
    }
    return std::nullopt;
  }
  if (!needed) {
    mistakes.push_back(
        recipient_error("security " + method + " uses no " + what + ": leave it out", field));
    return std::nullopt;
  }
  auto parsed = Identity::parse(as_text(given.expose()));
  if (!parsed) {
    mistakes.push_back(recipient_error(parsed.error().message, field));
    return std::nullopt;
  }
  return *std::move(parsed);
}

/// Values in the template's order; every slot that is unknown, repeated, missing or does not fit is
/// a mistake.
std::vector<Secret> slot_values(const RecipientRequest& recipient,
                                std::span<const wbxml::SlotSpec> slots,
                                std::vector<Error>& mistakes) {
  std::vector<Secret> values(slots.size());
  std::vector<bool> given(slots.size(), false);
  for (const auto& [name, value] : recipient.slots) {
    const auto slot = std::ranges::find(slots, name, &wbxml::SlotSpec::name);
    const std::string field = "slots." + shown(name);
    if (slot == slots.end()) {
      mistakes.push_back(recipient_error("the content has no slot of this name", field));
      continue;
    }
    const auto i = static_cast<std::size_t>(slot - slots.begin());
    if (given[i]) {
      mistakes.push_back(recipient_error("this slot is given twice", field));
      continue;
    }
    given[i] = true;
    if (auto fits = wbxml::check_slot(*slot, as_text(value.expose())); !fits) {
      mistakes.push_back(recipient_error(fits.error().message, field));
      continue;
    }
    values[i] = value;
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!given[i]) {
      mistakes.push_back(
          recipient_error("the content needs a value for this slot", "slots." + slots[i].name));
    }
  }
  return values;
}

}  // namespace

Octets write_sealed(const SealedInputs& inputs) {
  std::size_t octets = 4;
  if (inputs.imsi) octets += 1 + inputs.imsi->expose().size();
  if (inputs.pin) octets += 1 + inputs.pin->expose().size();
  for (const Secret& value : inputs.slots) octets += 2 + value.size();

  Octets out;
  out.reserve(octets);  // growing would leave copies behind that nobody wipes
  OctetWriter writer(out);
  writer.u8(kSealedVersion)
      .u8(static_cast<std::uint8_t>((inputs.imsi ? kHasImsi : 0) | (inputs.pin ? kHasPin : 0)));
  for (const auto digits : {inputs.imsi ? inputs.imsi->expose() : OctetView(),
                            inputs.pin ? inputs.pin->expose() : OctetView()}) {
    if (!digits.empty()) writer.u8(static_cast<std::uint8_t>(digits.size())).put(digits);
  }
  writer.u16(static_cast<std::uint16_t>(inputs.slots.size()));
  for (const Secret& value : inputs.slots) {
    writer.u16(static_cast<std::uint16_t>(value.size())).put(value.expose());
  }
  return out;
}

Result<SealedInputs> read_sealed(OctetView plain) {
  SealedInputs inputs;
  if (plain.empty()) return inputs;  // a job that needed nothing
  OctetReader in(plain);
  const auto version = in.u8();
  const auto flags = in.u8();
  if (!flags || *version != kSealedVersion || (*flags & ~(kHasImsi | kHasPin)) != 0) {
    return bad_sealed();
  }
  const auto digits = [&]() -> Result<OctetView> {
    const auto length = in.u8();
    if (!length) return bad_sealed();
    return in.take(*length);
  };
  if ((*flags & kHasImsi) != 0) {
    const auto text = digits();
    if (!text) return bad_sealed();
    auto imsi = Imsi::parse(as_text(*text));
    if (!imsi) return bad_sealed();
    inputs.imsi = *std::move(imsi);
  }
  if ((*flags & kHasPin) != 0) {
    const auto text = digits();
    if (!text) return bad_sealed();
    auto pin = UserPin::parse(as_text(*text));
    if (!pin) return bad_sealed();
    inputs.pin = *std::move(pin);
  }
  const auto count = in.u16();
  if (!count || *count > in.remaining() / 2) return bad_sealed();
  inputs.slots.reserve(*count);
  for (unsigned i = 0; i < *count; ++i) {
    const auto length = in.u16();
    if (!length) return bad_sealed();
    const auto value = in.take(*length);
    if (!value) return bad_sealed();
    inputs.slots.emplace_back(*value);
  }
  if (!in.empty()) return bad_sealed();
  return inputs;
}

std::string seal_owner(const Msisdn& recipient, const queue::Digest& content) {
  return recipient.digits() + ":" + to_hex(content);
}

Acceptor::Acceptor(const FlowSettings& settings, signer::Sealer& sealer, Random& random)
    : settings_(settings), sealer_(sealer), random_(random) {}

Result<std::string> Acceptor::route(const Msisdn& recipient) const {
  const std::string number = recipient.international();
  const Route* best = nullptr;
  for (const Route& candidate : settings_.routes) {
    if (number.starts_with(candidate.prefix) &&
        (best == nullptr || candidate.prefix.size() > best->prefix.size())) {
      best = &candidate;
    }
  }
  if (best == nullptr) {
    return fail(Errc::no_route,
                "no [[route]] takes the number " + number +
                    ": add one whose prefix it begins with (\"+\" takes every number)",
                at_field("number"));
  }
  return best->carrier;
}

tl::expected<queue::NewJob, std::vector<Error>> Acceptor::job(
    const RecipientRequest& recipient, const CompiledContent& content, const queue::Digest& digest,
    const JobTerms& terms, const std::function<queue::RouteGroup(const std::string&)>& groups) {
  std::vector<Error> mistakes;

  auto number = normalise(recipient.number, settings_.numbers);
  std::optional<std::string> carrier;
  if (!number) {
    mistakes.push_back(number.error());
  } else {
    if (!settings_.only_to.empty() &&
        std::ranges::find(settings_.only_to, *number) == settings_.only_to.end()) {
      mistakes.emplace_back(Errc::not_allowed,
                            number->international() +
                                " is not one of the numbers in [safety] only_to: nothing leaves "
                                "for any other",
                            at_field("number"));
    }
    if (auto found = route(*number)) {
      carrier = *std::move(found);
    } else {
      mistakes.push_back(std::move(found).error());
    }
  }

  SealedInputs inputs;
  inputs.imsi = identity<Imsi>(recipient.imsi, signer::needs_imsi(content.security),
                               content.security, "imsi", "IMSI", mistakes);
  inputs.pin = identity<UserPin>(recipient.pin, signer::needs_pin(content.security),
                                 content.security, "pin", "PIN", mistakes);
  inputs.slots = slot_values(recipient, content.form.slots(), mistakes);

  auto parts = parts_estimate(content);
  if (!parts) mistakes.push_back(parts.error());
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));

  if (content.security == signer::Security::USERPINMAC) {
    inputs.pin = signer::draw_pin(random_, kDrawnPinDigits);
  }

  queue::NewJob job{.tenant = terms.tenant,
                    .queue = terms.queue,
                    .group = groups(*carrier),
                    .priority = terms.priority,
                    .recipient = *number,
                    .content = digest,
                    .sealed = {},
                    .due = terms.due,
                    .deadline = terms.deadline,
                    .parts_estimate = *parts,
                    .after = std::nullopt,
                    .trace = terms.trace};
  if (inputs.imsi || inputs.pin || !inputs.slots.empty()) {
    Octets plain = write_sealed(inputs);
    auto sealed = sealer_.seal(
        plain, {.tenant = terms.tenant_name, .owner = seal_owner(*number, digest), .field = "job"});
    wipe(plain);
    if (!sealed) {
      mistakes.push_back(std::move(sealed).error());
      return tl::unexpected(std::move(mistakes));
    }
    job.sealed = *std::move(sealed);
  }
  return job;
}

}  // namespace cpgw::gateway::flow
