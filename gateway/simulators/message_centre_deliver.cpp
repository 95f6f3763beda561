// What goes out: messages to phones, receipts to whoever submitted, and what becomes of both.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "carriers/smpp/status.h"
#include "gateway/simulators/message_centre.h"
#include "gateway/simulators/message_centre_detail.h"

namespace cpgw::gateway::simulators {
namespace {

namespace smpp = carriers::smpp;
namespace status = carriers::smpp::status;
using detail::encoded;
using detail::without_plus;
using smpp::CommandId;

constexpr std::size_t kMostOutput = 1024 * 1024;  ///< octets unwritten before deliver_sm wait
constexpr std::uint8_t kStateDelivered = 2, kStateUndeliverable = 5;  // message_state, 5.2.28

void set_sequence(Octets& pdu, std::uint32_t sequence) {
  for (std::size_t i = 0; i < 4; ++i)
    pdu[12 + i] = std::byte{static_cast<std::uint8_t>(sequence >> (8 * (3 - i)))};
}

}  // namespace

MessageCentre::Deliver MessageCentre::message(const Pdu& pdu, Submitted of) const {
  smpp::Pdu out;
  out.command_id = CommandId::deliver_sm;
  out.service_type = pdu.service_type;
  out.source_addr_ton = pdu.source_addr_ton;
  out.source_addr_npi = pdu.source_addr_npi;
  out.source_addr = pdu.source_addr;
  out.dest_addr_ton = pdu.dest_addr_ton;
  out.dest_addr_npi = pdu.dest_addr_npi;
  out.destination_addr = pdu.destination_addr;
  out.esm_class = pdu.esm_class & smpp::kUdhi;
  out.protocol_id = pdu.protocol_id;
  out.data_coding = pdu.data_coding;
  out.short_message = pdu.short_message;
  for (const smpp::Tlv& tlv : pdu.tlvs) {
    switch (tlv.tag) {
      case smpp::tag::source_port:
      case smpp::tag::destination_port:
      case smpp::tag::sar_msg_ref_num:
      case smpp::tag::sar_total_segments:
      case smpp::tag::sar_segment_seqnum:
      case smpp::tag::message_payload: out.tlvs.push_back(tlv); break;
      default: break;
    }
  }
  return {false, encoded(out), std::move(of)};
}

// The text of SMPP 3.4, appendix B, and the same in parameters.
MessageCentre::Deliver MessageCentre::receipt(Submitted of, bool taken) const {
  smpp::Pdu out;
  out.command_id = CommandId::deliver_sm;
  out.source_addr_ton = of.dest_ton;
  out.source_addr_npi = of.dest_npi;
  out.source_addr = of.destination_addr;
  out.dest_addr_ton = of.source_ton;
  out.dest_addr_npi = of.source_npi;
  out.destination_addr = of.source_addr;
  out.esm_class = smpp::kDeliveryReceipt;
  const std::string when =
      fmt::format("{:%y%m%d%H%M}", fmt::gmtime(std::chrono::system_clock::to_time_t(wall_)));
  const std::string text = fmt::format(
      "id:{} sub:001 dlvrd:{} submit date:{} done date:{} stat:{} err:{} text:", of.id,
      taken ? "001" : "000", when, when, taken ? "DELIVRD" : "UNDELIV", taken ? "000" : "001");
  const OctetView octets = as_octets(text);
  out.short_message.assign(octets.begin(), octets.end());
  out.add(smpp::tag::receipted_message_id, as_octets({of.id.c_str(), of.id.size() + 1}));
  out.add_u8(smpp::tag::message_state, taken ? kStateDelivered : kStateUndeliverable);
  if (of.user_reference) out.add_u16(smpp::tag::user_message_reference, *of.user_reference);
  return {true, encoded(out), std::move(of)};
}

// The phone has the message, or never will: the receipt that was asked for.
void MessageCentre::settled(Submitted of, bool taken) {
  if (taken && options_.dlr_fail_rate > 0 && share() < options_.dlr_fail_rate) taken = false;
  const unsigned wanted = of.registered_delivery & 3U;  // 5.2.17; 3 = success only is SMPP 5.0
  if (wanted == 0 || (wanted == 2 && taken) || (wanted == 3 && !taken)) return;
  Deliver made = receipt(std::move(of), taken);
  if (options_.dlr_ms == 0) return give(std::move(made));
  ++waiting_;
  receipts_.push_back({now_ + std::chrono::milliseconds(options_.dlr_ms), std::move(made)});
}

void MessageCentre::deliver_answer(Connection& c) {
  const auto found = c.unanswered.find(pdu_.sequence_number);
  if (found == c.unanswered.end()) return;
  Deliver deliver = std::move(found->second);
  c.unanswered.erase(found);
  --waiting_;
  const bool taken = pdu_.command_status == status::ESME_ROK;
  if (!deliver.receipt) {
    ++(taken ? counters_.delivered : counters_.delivers_refused);
    return settled(std::move(deliver.of), taken);
  }
  ++(taken ? counters_.receipts_acked : counters_.receipts_refused);
  if (taken) return;
  ++waiting_;
  again_.push_back({now_ + std::chrono::seconds(1), std::move(deliver)});
}

// Messages go to the host of the phone, by the longest prefix; receipts to the connection that
// submitted, else to any of the same system_id.
MessageCentre::Connection* MessageCentre::target(const Deliver& deliver) {
  Connection* best = nullptr;
  const std::string_view number = without_plus(deliver.of.destination_addr);
  for (const auto& [id, c] : connections_) {
    if (!c->receives || c->deaf) continue;
    if (deliver.receipt) {
      if (c->phones || c->account != deliver.of.account) continue;
      if (id == deliver.of.connection) return c.get();
      if (best == nullptr) best = c.get();
    } else if (c->phones && number.starts_with(c->prefix) &&
               (best == nullptr || c->prefix.size() > best->prefix.size())) {
      best = c.get();
    }
  }
  return best;
}

void MessageCentre::give(Deliver deliver) {
  // A receipt has no sender to be told of a full house.
  if (deliver.receipt && waiting_ >= 2 * options_.most_waiting) {
    ++counters_.receipts_lost;
    return;
  }
  ++waiting_;
  Connection* to = target(deliver);
  if (to == nullptr) {
    homeless_.push_back(std::move(deliver));
    return;
  }
  to->queue.push_back(std::move(deliver));
  fill(*to);
}

void MessageCentre::offer_waiting(Connection& c) {
  std::deque<Deliver> rest;
  for (Deliver& deliver : homeless_) {
    if (Connection* to = target(deliver))
      to->queue.push_back(std::move(deliver));
    else
      rest.push_back(std::move(deliver));
  }
  homeless_ = std::move(rest);
  fill(c);
}

// Sends queued deliver_sm as far as the window and unwritten output let it.
void MessageCentre::fill(Connection& c) {
  while (!c.deaf && !c.queue.empty() && c.unanswered.size() < options_.deliver_window &&
         c.output.size() < kMostOutput) {
    Deliver deliver = std::move(c.queue.front());
    c.queue.pop_front();
    const std::uint32_t sequence = c.next_sequence;
    c.next_sequence = sequence == 0x7FFFFFFF ? 1 : sequence + 1;
    set_sequence(deliver.pdu, sequence);
    c.output.insert(c.output.end(), deliver.pdu.begin(), deliver.pdu.end());
    if (deliver.receipt) ++counters_.receipts;
    c.unanswered.emplace(sequence, std::move(deliver));
    mark(c);
  }
}

void MessageCentre::closed(ConnectionId connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const std::unique_ptr<Connection> gone = std::move(found->second);
  connections_.erase(found);
  std::vector<std::pair<std::uint32_t, Deliver>> open;
  for (auto& [sequence, deliver] : gone->unanswered)
    open.emplace_back(sequence, std::move(deliver));
  std::ranges::sort(open, {}, [](const auto& one) { return one.first; });
  for (auto& [sequence, deliver] : open) {
    ++counters_.redelivered;
    --waiting_;
    give(std::move(deliver));
  }
  for (Deliver& deliver : gone->queue) {
    --waiting_;
    give(std::move(deliver));
  }
}

}  // namespace cpgw::gateway::simulators
