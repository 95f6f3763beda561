#include "si_sl/reassembly.h"

#include <algorithm>

#include "si_sl/udh.h"

namespace cpgw::si_sl {
namespace {

constexpr std::size_t kOriginatorMost = 64;
constexpr std::size_t kPartMost = 255;  // short_message of SMPP is the longest carrier of one part
constexpr std::size_t kDefectsMost = 64;

std::string key_of(const detail::PartStore::Part& part) {
  std::string key(part.originator);
  key += '\0';
  key += static_cast<char>(part.reference >> 8);
  key += static_cast<char>(part.reference & 0xFF);
  return key;
}

std::string numbered(const detail::PartStore::Part& part) {
  return "part " + std::to_string(part.number) + " of " + std::to_string(part.total);
}

}  // namespace

namespace detail {

PartStore::PartStore(std::size_t most, std::chrono::milliseconds patience)
    : most_(std::max<std::size_t>(most, 1)), patience_(patience) {}

void PartStore::report(DefectReport report) {
  if (defects_.size() < kDefectsMost) {
    defects_.push_back(std::move(report));
  } else {
    ++defects_lost_;
  }
}

void PartStore::report(Defect defect, const Part& part) {
  DefectReport made;
  made.defect = defect;
  made.originator = part.originator.substr(0, kOriginatorMost);
  if (part.total > 1) {
    made.reference = part.reference;
    made.total = part.total;
    made.number = part.number;
  }
  report(std::move(made));
}

std::vector<DefectReport> PartStore::take_defects() { return std::exchange(defects_, {}); }

void PartStore::erase(Place place) {
  const auto [first, last] = by_key_.equal_range(place->key);
  by_key_.erase(
      std::find_if(first, last, [&](const auto& entry) { return entry.second == place; }));
  pending_.erase(place);
}

void PartStore::give_up(Place place, Defect defect) {
  const std::string& key = place->key;
  const auto octet = [&](std::size_t from_end) {
    return static_cast<std::uint8_t>(key[key.size() - from_end]);
  };
  DefectReport made;
  made.defect = defect;
  made.originator = key.substr(0, key.size() - 3);
  made.reference = static_cast<std::uint16_t>((octet(2) << 8) | octet(1));
  made.total = static_cast<std::uint8_t>(place->parts.size());
  for (std::size_t i = 0; i < place->parts.size(); ++i) {
    if (!place->parts[i]) made.missing.push_back(static_cast<std::uint8_t>(i + 1));
  }
  report(std::move(made));
  erase(place);
  ++given_up_;
}

void PartStore::expire(SteadyTime now) {
  while (!pending_.empty() && now - pending_.front().since > patience_) {
    give_up(pending_.begin(), Defect::timed_out);
  }
}

/// The unfinished message `part` belongs to; a new one when there is none.
PartStore::Place PartStore::open(const Part& part, SteadyTime now) {
  std::string key = key_of(part);
  const auto [first, last] = by_key_.equal_range(key);
  bool other_total = false;
  bool other_width = false;
  for (auto entry = first; entry != last; ++entry) {
    const Pending& pending = *entry->second;
    const bool same_width = pending.wide_reference == part.wide_reference;
    if (same_width && pending.parts.size() == part.total) return entry->second;
    (same_width ? other_total : other_width) = true;
  }
  if (other_total) report(Defect::total_changed, part);
  if (other_width) report(Defect::mixed_reference_widths, part);
  while (pending_.size() >= most_) give_up(pending_.begin(), Defect::crowded_out);
  pending_.push_back({.key = std::move(key),
                      .wide_reference = part.wide_reference,
                      .parts = std::vector<std::optional<Octets>>(part.total),
                      .have = 0,
                      .ports = {},
                      .since = now});
  const auto place = std::prev(pending_.end());
  by_key_.emplace(place->key, place);
  return place;
}

Result<void> PartStore::check_ports(Pending& pending, const Part& part) {
  if (!part.ports || pending.ports == part.ports) return {};
  if (!pending.ports) {
    pending.ports = part.ports;
    return {};
  }
  report(*part.ports == Ports() ? Defect::missing_port : Defect::ports_changed, part);
  return fail(Errc::conflict, numbered(part) + " goes to other ports than the first one seen");
}

Result<std::optional<PartStore::Message>> PartStore::add(const Part& part, SteadyTime now) {
  expire(now);
  const auto message = [&](Octets data, const Ports& ports) {
    if (ports == Ports()) report(Defect::missing_port, part);
    return Message{std::move(data), ports.destination, ports.source, part.total};
  };
  if (part.total == 1) {
    return message(Octets(part.data.begin(), part.data.end()), part.ports.value_or(Ports()));
  }
  if (part.originator.size() > kOriginatorMost) {
    return fail(Errc::too_long, "an originator of over 64 characters", at_field("originator"));
  }
  if (part.octets > kPartMost) {
    return fail(Errc::too_long,
                "a part of " + std::to_string(part.octets) + " octets: an SMS cannot hold it");
  }
  const Place place = open(part, now);
  Pending& pending = *place;
  if (auto checked = check_ports(pending, part); !checked) {
    return fail(std::move(checked).error());
  }
  std::optional<Octets>& slot = pending.parts[part.number - 1U];
  if (slot) {
    const bool equal = std::ranges::equal(*slot, part.data);
    report(equal ? Defect::repeated : Defect::conflicting_repeat, part);
    if (equal) return std::optional<Message>();
    return fail(Errc::conflict,
                numbered(part) + " came again with other octets: the first one stays");
  }
  slot.emplace(part.data.begin(), part.data.end());
  if (++pending.have < part.total) return std::optional<Message>();

  Octets data;
  for (const auto& octets : pending.parts) data.insert(data.end(), octets->begin(), octets->end());
  const Ports ports = pending.ports.value_or(Ports());
  erase(place);
  return message(std::move(data), ports);
}

}  // namespace detail

Result<std::optional<Reassembler::Message>> Reassembler::add(std::string_view originator,
                                                             OctetView user_data, bool has_udh,
                                                             SteadyTime now) {
  detail::PartStore::Part part;
  part.originator = originator;
  part.data = user_data;
  part.octets = user_data.size();
  part.ports.emplace();
  if (!has_udh) return store_.add(part, now);

  Defect why{};
  auto header = read_udh(user_data, &why);
  if (!header) {
    store_.expire(now);
    store_.report(why, part);
    return fail(std::move(header).error());
  }
  part.reference = header->reference.value_or(0);
  part.wide_reference = header->wide_reference;
  part.total = header->total;
  part.number = header->number;
  part.ports = {header->destination_port.value_or(0), header->source_port.value_or(0)};
  part.data = user_data.subspan(header->octets);
  if (header->unknown > 0) store_.report(Defect::unknown_element, part);
  if (header->duplicate_element) store_.report(Defect::duplicate_element, part);
  if (header->mixed_widths) store_.report(Defect::mixed_reference_widths, part);
  return store_.add(part, now);
}

}  // namespace cpgw::si_sl
