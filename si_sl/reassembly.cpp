#include <algorithm>

#include "si_sl/segmentation.h"

namespace cpgw::si_sl {
namespace {

constexpr std::size_t kOriginatorMost = 64;
constexpr std::size_t kPartMost = 255;  // short_message of SMPP is the longest carrier of one part

std::string key_of(std::string_view originator, const UserDataHeader& header) {
  std::string key(originator);
  key += '\0';
  key += header.wide_reference ? 'w' : 'n';
  key += static_cast<char>(*header.reference >> 8);
  key += static_cast<char>(*header.reference & 0xFF);
  key += static_cast<char>(header.total);
  return key;
}

}  // namespace

Reassembler::Reassembler(std::size_t most, std::chrono::milliseconds patience)
    : most_(std::max<std::size_t>(most, 1)), patience_(patience) {}

void Reassembler::drop_oldest() {
  by_key_.erase(pending_.front().key);
  pending_.pop_front();
  ++given_up_;
}

void Reassembler::give_up_old(SteadyTime now) {
  while (!pending_.empty() && now - pending_.front().since > patience_) drop_oldest();
}

Result<std::optional<Reassembler::Message>> Reassembler::add(std::string_view originator,
                                                             OctetView user_data, bool has_udh,
                                                             SteadyTime now) {
  give_up_old(now);
  UserDataHeader header;
  if (has_udh) {
    auto read = read_udh(user_data);
    if (!read) return fail(std::move(read).error());
    header = *read;
  }
  const OctetView data = user_data.subspan(header.octets);
  const std::uint16_t destination_port = header.destination_port.value_or(0);
  const std::uint16_t source_port = header.source_port.value_or(0);
  if (!header.reference || header.total == 1) {
    return Message{Octets(data.begin(), data.end()), destination_port, source_port, 1};
  }
  if (originator.size() > kOriginatorMost) {
    return fail(Errc::too_long, "an originator of over 64 characters", at_field("originator"));
  }
  if (user_data.size() > kPartMost) {
    return fail(Errc::too_long,
                "a part of " + std::to_string(user_data.size()) + " octets: an SMS cannot hold it");
  }

  std::string key = key_of(originator, header);
  auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    while (pending_.size() >= most_) drop_oldest();
    pending_.push_back({.key = std::move(key),
                        .parts = std::vector<std::optional<Octets>>(header.total),
                        .have = 0,
                        .destination_port = destination_port,
                        .source_port = source_port,
                        .since = now});
    const auto last = std::prev(pending_.end());
    found = by_key_.emplace(last->key, last).first;
  }
  Pending& pending = *found->second;
  if (pending.destination_port != destination_port || pending.source_port != source_port) {
    return fail(Errc::conflict, "part " + std::to_string(header.number) +
                                    " goes to other ports than the first one seen");
  }
  std::optional<Octets>& slot = pending.parts[header.number - 1U];
  if (slot) {
    if (!std::ranges::equal(*slot, data)) {
      return fail(Errc::conflict, "part " + std::to_string(header.number) + " of " +
                                      std::to_string(header.total) +
                                      " came again with other octets: the first one stays");
    }
    return std::optional<Message>();
  }
  slot.emplace(data.begin(), data.end());
  if (++pending.have < header.total) return std::optional<Message>();

  Message message{{}, destination_port, source_port, header.total};
  for (const auto& part : pending.parts) {
    message.data.insert(message.data.end(), part->begin(), part->end());
  }
  const auto done = found->second;
  by_key_.erase(found);
  pending_.erase(done);
  return message;
}

}  // namespace cpgw::si_sl
