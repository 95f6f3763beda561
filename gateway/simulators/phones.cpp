#include "gateway/simulators/phones.h"

#include <algorithm>
#include <array>
#include <functional>

#include "carriers/smpp/status.h"
#include "gateway/provisioning/recipients_csv.h"
#include "si_sl/contents.h"
#include "si_sl/data_coding.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::simulators {
namespace {

namespace smpp = carriers::smpp;

// WAP connectionless push (IANA wap-push); Over The Air Settings Specification 7.0, 9 and 12.
constexpr auto kPorts = std::to_array<std::uint16_t>({2948, 49996, 49999});
constexpr std::size_t kMostSeen = 8;
constexpr std::uint32_t kInvalidDestination = 0x0B;  // SMPP 3.4, 5.1.3

std::size_t digest(OctetView octets) { return std::hash<std::string_view>()(as_text(octets)); }

Position at(const provisioning::CsvRow& row, const std::string& file, std::string field) {
  Position place;
  place.file = file;
  place.line = static_cast<std::uint32_t>(row.line);
  place.field = std::move(field);
  return place;
}

}  // namespace

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::none: return "none";
    case Reason::bad_part: return "bad-part";
    case Reason::wrong_port: return "wrong-port";
    case Reason::bad_push: return "bad-push";
    case Reason::wrong_type: return "wrong-type";
    case Reason::unsigned_push: return "unsigned";
    case Reason::no_secret: return "no-secret";
    case Reason::wrong_mac: return "wrong-mac";
    case Reason::bad_document: return "bad-document";
    case Reason::other_document: return "other-document";
  }
  return "unknown";
}

Phones::Phones(Options options, Report report) : options_(options), report_(std::move(report)) {}
Phones::~Phones() = default;

Result<void> Phones::add(const Msisdn& number, Phone phone) {
  if (phones_.size() >= options_.most_phones)
    return fail(cpgw::Errc::busy,
                "more than " + std::to_string(options_.most_phones) + " phones in one process");
  State& state = phones_[number.packed()];
  state.phone = std::move(phone);
  return {};
}

Result<void> Phones::read(std::istream& lines, const std::string& file) {
  provisioning::CsvReader reader(file);
  std::optional<provisioning::RecipientColumns> columns;
  provisioning::RecipientRow row;
  bool first = true;
  const auto take = [&](const provisioning::CsvRow& line) -> Result<void> {
    if (std::exchange(first, false) && line.fields.front() == "number") {
      provisioning::RecipientColumnRules rules;
      rules.any_slots = true;
      auto header = provisioning::RecipientColumns::read(line, rules);
      if (!header) return fail(std::move(header.error().front()));
      columns = std::move(*header);
      slot_names_ = columns->slot_names();
      return {};
    }
    if (columns) {
      if (auto mapped = columns->map(line, row); !mapped) return mapped;
    } else {
      if (line.fields.size() > 3)
        return fail(provisioning::Errc::csv_row,
                    "a phone is number,imsi[,pin]; more columns need a header row",
                    at(line, file, {}));
      row = {};
      row.number = line.fields[0];
      if (line.fields.size() > 1) row.imsi = line.fields[1];
      if (line.fields.size() > 2) row.pin = line.fields[2];
    }
    const auto number = Msisdn::parse(row.number);
    if (!number) return fail(number.error().code, number.error().message, at(line, file, "number"));
    Phone phone;
    if (!row.imsi.empty()) {
      const auto imsi = Imsi::parse(row.imsi);
      if (!imsi) return fail(imsi.error().code, imsi.error().message, at(line, file, "imsi"));
      phone.imsi = Secret(row.imsi);
    }
    // A USERPINMAC code has up to 32 digits.
    if (row.pin.size() > 32 || row.pin.find_first_not_of("0123456789") != std::string_view::npos)
      return fail(cpgw::Errc::bad_pin, "a PIN or code has 1 to 32 digits", at(line, file, "pin"));
    phone.pin = Secret(row.pin);
    phone.slots.assign(row.slots.begin(), row.slots.end());
    return add(*number, std::move(phone));
  };
  const auto drain = [&]() -> Result<void> {
    while (auto next = reader.next()) {
      if (!*next) return fail(std::move(next->error()));
      if (auto taken = take(***next); !taken) return taken;
    }
    return {};
  };
  std::string chunk(64 * 1024, '\0');
  while (lines.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) ||
         lines.gcount() > 0) {
    reader.feed(std::string_view(chunk).substr(0, static_cast<std::size_t>(lines.gcount())));
    if (auto drained = drain(); !drained) return drained;
  }
  wipe(std::as_writable_bytes(std::span(chunk)));
  if (lines.bad()) {
    Position where;
    where.file = file;
    return fail(cpgw::Errc::io, "cannot read the phones", std::move(where));
  }
  reader.finish();
  return drain();
}

void Phones::note_part(State& state, std::string_view originator,
                       const si_sl::UserDataHeader& header) {
  if (!header.reference) return;
  const std::uint64_t from = std::hash<std::string_view>()(originator);
  auto known = std::ranges::find_if(state.seen, [&](const Seen& s) {
    return s.originator == from && s.reference == *header.reference && s.total == header.total;
  });
  if (known == state.seen.end()) {
    if (state.seen.size() >= kMostSeen) state.seen.erase(state.seen.begin());
    state.seen.push_back({from, *header.reference, header.total, {}, false});
    known = state.seen.end() - 1;
  }
  if (known->complete || known->have.test(header.number)) ++counts_.duplicate_parts;
  known->have.set(header.number);
  if (known->have.count() == header.total) known->complete = true;
}

std::uint32_t Phones::take(const smpp::Pdu& deliver, SteadyTime now) {
  const auto number = Msisdn::parse(deliver.destination_addr);
  const auto found = number ? phones_.find(number->packed()) : phones_.end();
  if (found == phones_.end()) {
    ++counts_.unknown_numbers;
    return kInvalidDestination;
  }
  State& state = found->second;
  ++counts_.parts;
  const bool has_udh = (deliver.esm_class & smpp::kUdhi) != 0;
  const OctetView user_data = deliver.message();
  Verdict bad;
  bad.reason = Reason::bad_part;
  if (has_udh) {
    const auto header = si_sl::read_udh(user_data);
    if (!header) {
      tell(*number, std::move(bad));
      return 0;
    }
    note_part(state, deliver.source_addr, *header);
  }
  if (!state.parts) state.parts = std::make_unique<si_sl::Reassembler>(options_.open_messages);
  auto whole = state.parts->add(deliver.source_addr, user_data, has_udh, now);
  if (!whole) {
    tell(*number, std::move(bad));
  } else if (*whole) {
    if (!has_udh) {
      if (const auto port = deliver.number(smpp::tag::destination_port))
        (*whole)->destination_port = static_cast<std::uint16_t>(*port);
    }
    if ((*whole)->destination_port == 0 &&
        si_sl::alphabet_of(deliver.data_coding) != si_sl::Alphabet::octets) {
      ++counts_.messages;
      ++counts_.texts;
    } else {
      judge(state, *number, **whole);
    }
  }
  if (state.parts->open_messages() == 0) state.parts.reset();
  return 0;
}

void Phones::judge(State& state, const Msisdn& number, const si_sl::Reassembler::Message& message) {
  ++counts_.messages;
  Verdict verdict;
  verdict.parts = message.parts;
  verdict.octets = message.data.size();
  std::size_t body_digest = 0;
  verdict.reason = std::ranges::find(kPorts, message.destination_port) != kPorts.end()
                       ? check(state, message, body_digest)
                       : Reason::wrong_port;
  if (verdict.reason == Reason::none) {
    verdict.duplicate = state.verified && state.verified_digest == body_digest;
    if (verdict.duplicate) ++counts_.duplicates;
    if (!std::exchange(state.verified, true)) ++counts_.verified;
    state.verified_digest = body_digest;
  }
  tell(number, std::move(verdict));
}

void Phones::tell(const Msisdn& number, Verdict verdict) {
  if (verdict.reason != Reason::none) {
    ++counts_.failed;
    ++counts_.reasons[static_cast<std::size_t>(verdict.reason)];
  }
  if (!report_) return;
  verdict.number = number.international();
  report_(verdict);
}

Reason Phones::check(const State& state, const si_sl::Reassembler::Message& message,
                     std::size_t& body_digest) const {
  const auto push = si_sl::read_push(message.data);
  if (!push) return Reason::bad_push;
  const wbxml::DocumentType* const type = si_sl::document_type_of(*push);
  if (type == nullptr) return Reason::wrong_type;
  if (push->SEC) {
    if (const Reason why = check_mac(state.phone, *push->SEC, push->MAC, push->body);
        why != Reason::none)
      return why;
  } else if (type == &wbxml::prov() && !options_.allow_unsigned) {
    return Reason::unsigned_push;
  }
  const auto document = wbxml::decode(push->body, {.unknown = 0}, {.charset = 0, .type = type});
  if (!document || document->type != type) return Reason::bad_document;
  if (const auto kind = si_sl::push_kind(*document);
      kind && kind->destination_port != message.destination_port)
    return Reason::wrong_port;
  if (expected_ && (document->type != expected_->type ||
                    !as_expected(expected_->root, document->root, state.phone)))
    return Reason::other_document;
  body_digest = digest(push->body);
  return Reason::none;
}

Reason Phones::check_mac(const Phone& phone, std::uint8_t method, std::string_view mac,
                         OctetView body) const {
  const auto how = static_cast<signer::Security>(method);
  if (how == signer::Security::USERPINMAC) {
    if (phone.pin.empty()) return Reason::no_secret;
    const auto holds = signer::verify_userpinmac(phone.pin, body);
    return holds && *holds ? Reason::none : Reason::wrong_mac;
  }
  if (method > static_cast<std::uint8_t>(signer::Security::USERPINMAC))
    return Reason::unsigned_push;
  if (mac.empty()) return Reason::unsigned_push;
  std::optional<Imsi> imsi;
  std::optional<UserPin> pin;
  if (signer::needs_imsi(how)) {
    auto parsed = Imsi::parse(as_text(phone.imsi.expose()));
    if (!parsed) return Reason::no_secret;
    imsi = std::move(*parsed);
  }
  if (signer::needs_pin(how)) {
    auto parsed = UserPin::parse(as_text(phone.pin.expose()));
    if (!parsed) return Reason::no_secret;
    pin = std::move(*parsed);
  }
  const auto holds =
      signer::verify_mac(how, imsi ? &*imsi : nullptr, pin ? &*pin : nullptr, body, mac);
  return holds && *holds ? Reason::none : Reason::wrong_mac;
}

std::string Phones::filled(std::string_view value, const Phone& phone) const {
  std::string out;
  while (!value.empty()) {
    const auto dollar = value.find('$');
    out += value.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    value.remove_prefix(dollar);
    const auto end = value.find('}');
    if (value.starts_with("$${")) {
      out += "${";
      value.remove_prefix(3);
    } else if (value.starts_with("${") && end != std::string_view::npos) {
      const auto slot = std::ranges::find(slot_names_, value.substr(2, end - 2));
      const auto place = static_cast<std::size_t>(slot - slot_names_.begin());
      if (place < phone.slots.size())
        out += phone.slots[place];
      else
        out += value.substr(0, end + 1);  // not this phone's to fill: stays as it is
      value.remove_prefix(end + 1);
    } else {
      out += '$';
      value.remove_prefix(1);
    }
  }
  return out;
}

// Equal names, values and order; an empty value may be left out.
bool Phones::as_expected(const wbxml::Node& wanted, const wbxml::Node& got,
                         const Phone& phone) const {
  if (wanted.kind != got.kind || wanted.name != got.name ||
      wanted.children.size() != got.children.size() || filled(wanted.text, phone) != got.text)
    return false;
  std::size_t matched = 0;
  for (const wbxml::Attribute& attribute : wanted.attributes) {
    const std::string value = filled(attribute.value, phone);
    const wbxml::Attribute* other = got.attribute(attribute.name);
    if (other != nullptr) ++matched;
    if (value != (other == nullptr ? std::string_view() : std::string_view(other->value)))
      return false;
  }
  if (matched != got.attributes.size()) return false;
  for (std::size_t i = 0; i < wanted.children.size(); ++i)
    if (!as_expected(wanted.children[i], got.children[i], phone)) return false;
  return true;
}

PhonesSummary Phones::summary() const {
  PhonesSummary summary = counts_;
  summary.phones = phones_.size();
  // Parts left over from a message that was whole before are repetitions, nothing unfinished.
  summary.incomplete = static_cast<std::uint64_t>(std::ranges::count_if(phones_, [](const auto& p) {
    return std::ranges::any_of(p.second.seen, [](const Seen& s) { return !s.complete; });
  }));
  return summary;
}

}  // namespace cpgw::gateway::simulators
