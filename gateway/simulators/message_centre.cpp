#include "gateway/simulators/message_centre.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "carriers/smpp/status.h"
#include "si_sl/segmentation.h"

namespace cpgw::gateway::simulators {
namespace {

namespace smpp = carriers::smpp;
namespace status = carriers::smpp::status;
using smpp::CommandId;

constexpr std::uint32_t kInvalidPassword = 0x0E, kInvalidSystemId = 0x0F;  // SMPP 3.4, 5.1.3
constexpr std::string_view kPhoneHost = "HANDSET";  ///< system_type of a connection with phones
constexpr std::size_t kMostOutput = 1024 * 1024;    ///< octets unwritten before deliver_sm wait
constexpr std::uint8_t kStateDelivered = 2, kStateUndeliverable = 5;  // message_state, 5.2.28

std::string_view without_plus(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return number;
}

void set_sequence(Octets& pdu, std::uint32_t sequence) {
  for (std::size_t i = 0; i < 4; ++i)
    pdu[12 + i] = std::byte{static_cast<std::uint8_t>(sequence >> (8 * (3 - i)))};
}

Octets encoded(const smpp::Pdu& pdu) {
  Octets out;
  // Every PDU made here is built from fields a peer sent within their limits, or from our own.
  static_cast<void>(smpp::encode(pdu, out));
  return out;
}

}  // namespace

MessageCentre::MessageCentre(SmscOptions options, Recorder recorder)
    : options_(std::move(options)),
      recorder_(std::move(recorder)),
      next_id_(std::max<std::uint64_t>(options_.first_id, 1)),
      random_(options_.seed * 2654435761U + 1) {}

// A linear congruential generator: the same seed gives the same run.
double MessageCentre::share() {
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<double>(random_ >> 11U) / 9007199254740992.0;
}

ConnectionId MessageCentre::open() {
  const ConnectionId id = next_connection_++;
  auto connection = std::make_unique<Connection>();
  connection->id = id;
  connections_.emplace(id, std::move(connection));
  ++counters_.connections;
  return id;
}

void MessageCentre::receive(ConnectionId connection, OctetView octets, SteadyTime now,
                            WallTime wall) {
  const auto found = connections_.find(connection);
  if (found == connections_.end() || found->second->deaf) return;
  Connection& c = *found->second;
  now_ = now;
  wall_ = wall;
  c.framer.feed(octets);
  while (!c.deaf) {
    const auto next = c.framer.next();
    if (!next) {
      smpp::Pdu nack;
      nack.command_id = CommandId::generic_nack;
      nack.command_status = status::ESME_RINVCMDLEN;
      nack.sequence_number = 0;
      send(c, nack);
      ++counters_.nacks;
      c.deaf = c.closing = true;
      break;
    }
    if (!*next) break;
    handle(c, **next);
  }
  fill(c);
}

void MessageCentre::handle(Connection& c, OctetView octets) {
  if (const auto read = smpp::decode(octets, pdu_); !read) {
    ++counters_.malformed;
    if (smpp::is_answered(pdu_.command_id))
      send(c, smpp::answer(pdu_, smpp::reject_status(read.error())));
    return;
  }
  switch (pdu_.command_id) {
    case CommandId::bind_receiver:
    case CommandId::bind_transmitter:
    case CommandId::bind_transceiver: return bind(c);
    case CommandId::submit_sm:
    case CommandId::data_sm:
      if (!c.transmits) return send(c, smpp::answer(pdu_, status::ESME_RINVBNDSTS));
      return submit(c, octets);
    case CommandId::deliver_sm_resp: return deliver_answer(c);
    case CommandId::enquire_link: ++counters_.enquire_links; return send(c, smpp::answer(pdu_));
    case CommandId::unbind:
      send(c, smpp::answer(pdu_));
      c.deaf = c.closing = true;
      return;
    default: break;
  }
  if (!smpp::is_answered(pdu_.command_id)) return;
  smpp::Pdu nack;
  nack.command_id = CommandId::generic_nack;
  nack.command_status = status::ESME_RINVCMDID;
  nack.sequence_number = pdu_.sequence_number;
  send(c, nack);
  ++counters_.nacks;
}

void MessageCentre::bind(Connection& c) {
  std::uint32_t refused = 0;
  const bool phones =
      pdu_.command_id != CommandId::bind_transmitter && pdu_.system_type == kPhoneHost;
  if (c.bound) {
    refused = status::ESME_RALYBND;
  } else if (!phones && !options_.system_id.empty()) {
    if (pdu_.system_id != options_.system_id)
      refused = kInvalidSystemId;
    else if (pdu_.password != options_.password)
      refused = kInvalidPassword;
  }
  smpp::Pdu response = smpp::answer(pdu_, refused);
  if (refused != 0) {
    ++counters_.binds_refused;
    response.header_only = true;
    return send(c, response);
  }
  c.bound = true;
  c.account = pdu_.system_id;
  c.transmits = pdu_.command_id != CommandId::bind_receiver;
  c.receives = pdu_.command_id != CommandId::bind_transmitter;
  c.phones = phones;
  c.prefix = without_plus(pdu_.address_range);
  ++counters_.binds;
  response.system_id = "smsc-sim";
  response.add_u8(smpp::tag::sc_interface_version, 0x34);
  send(c, response);
  if (c.receives) offer_waiting(c);
}

// The status a submit_sm gets, by the options.
std::uint32_t MessageCentre::judge() {
  if (options_.max_rate != 0) {
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count();
    if (second != rate_second_) {
      rate_second_ = second;
      rate_count_ = 0;
    }
    if (++rate_count_ > options_.max_rate) return status::ESME_RTHROTTLED;
  }
  if (options_.throttle_rate > 0 && share() < options_.throttle_rate)
    return status::ESME_RTHROTTLED;
  if (options_.error_rate > 0 && share() < options_.error_rate) return options_.error_status;
  if (waiting_ >= options_.most_waiting) return status::ESME_RMSGQFUL;
  return 0;
}

void MessageCentre::submit(Connection& c, OctetView octets) {
  if (!first_submit_) first_submit_ = now_;
  counters_.busy_seconds = std::chrono::duration<double>(now_ - *first_submit_).count();
  ++counters_.submits;
  const std::uint32_t refused = judge();
  const bool drop = options_.drop_every != 0 && counters_.submits % options_.drop_every == 0;
  const bool silent = drop && options_.drop_before_resp;
  smpp::Pdu response = smpp::answer(pdu_, refused);
  Submitted of;
  if (refused == 0) {
    of.id = options_.hex_id ? fmt::format("{:x}", next_id_) : fmt::format("{}", next_id_);
    ++next_id_;
    response.message_id = of.id;
    track(pdu_);
    ++counters_.accepted;
  } else {
    response.header_only = true;
    if (refused == status::ESME_RTHROTTLED)
      ++counters_.throttled;
    else if (refused == status::ESME_RMSGQFUL)
      ++counters_.queue_full;
    else
      ++counters_.errors;
  }
  if (recorder_) recorder_({c.id, &pdu_, octets, refused, of.id, drop});
  if (!silent) {
    if (options_.delay_ms > 0)
      replies_.push_back({now_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                     std::chrono::duration<double, std::milli>(options_.delay_ms)),
                          {c.id, encoded(response), drop}});
    else
      send(c, response);
  }
  if (drop) {
    ++counters_.drops;
    if (silent) ++counters_.drops_unanswered;
    c.deaf = true;
    c.closing = silent || options_.delay_ms <= 0;
    mark(c);
  }
  if (refused != 0) return;
  of.account = c.account;
  of.connection = c.id;
  of.source_addr = pdu_.source_addr;
  of.destination_addr = pdu_.destination_addr;
  of.source_ton = pdu_.source_addr_ton;
  of.source_npi = pdu_.source_addr_npi;
  of.dest_ton = pdu_.dest_addr_ton;
  of.dest_npi = pdu_.dest_addr_npi;
  of.registered_delivery = pdu_.registered_delivery;
  if (const auto reference = pdu_.number(smpp::tag::user_message_reference))
    of.user_reference = static_cast<std::uint16_t>(*reference);
  Deliver deliver = message(pdu_, std::move(of));
  if (!options_.wait_for_phone && target(deliver) == nullptr)
    return settled(std::move(deliver.of), true);
  give(std::move(deliver));
}

void MessageCentre::track(const Pdu& pdu) {
  unsigned part = 0;
  if ((pdu.esm_class & smpp::kUdhi) != 0) {
    if (const auto udh = si_sl::read_udh(pdu.message()); udh && udh->reference) part = udh->number;
  } else if (const auto number = pdu.number(smpp::tag::sar_segment_seqnum)) {
    part = *number;
  }
  const std::uint64_t hash = std::hash<std::string_view>()(without_plus(pdu.destination_addr)) ^
                             (0x9E3779B97F4A7C15U * (part + 1));
  if (seen_.contains(hash))
    ++counters_.duplicate_parts;
  else if (seen_.size() >= options_.most_tracked)
    ++counters_.untracked_parts;
  else if (seen_.insert(hash).second)
    ++counters_.unique_parts;
}

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

void MessageCentre::tick(SteadyTime now, WallTime wall) {
  now_ = now;
  wall_ = wall;
  while (!replies_.empty() && replies_.front().due <= now) {
    const Reply reply = std::move(replies_.front().what);
    replies_.pop_front();
    const auto found = connections_.find(reply.connection);
    if (found == connections_.end()) continue;
    Connection& c = *found->second;
    c.output.insert(c.output.end(), reply.pdu.begin(), reply.pdu.end());
    if (reply.last) c.closing = true;
    mark(c);
  }
  for (auto* timed : {&receipts_, &again_}) {
    while (!timed->empty() && timed->front().due <= now) {
      Deliver deliver = std::move(timed->front().what);
      timed->pop_front();
      --waiting_;
      give(std::move(deliver));
    }
  }
}

std::optional<SteadyTime> MessageCentre::due() const {
  std::optional<SteadyTime> first;
  const auto sooner = [&](SteadyTime due) {
    if (!first || due < *first) first = due;
  };
  if (!replies_.empty()) sooner(replies_.front().due);
  if (!receipts_.empty()) sooner(receipts_.front().due);
  if (!again_.empty()) sooner(again_.front().due);
  return first;
}

void MessageCentre::send(Connection& c, const Pdu& pdu) {
  static_cast<void>(smpp::encode(pdu, c.output));
  mark(c);
}

void MessageCentre::mark(Connection& c) {
  if (std::exchange(c.ready, true)) return;
  ready_.push_back(c.id);
}

std::vector<ConnectionId> MessageCentre::take_ready() {
  for (const ConnectionId id : ready_)
    if (const auto found = connections_.find(id); found != connections_.end())
      found->second->ready = false;
  return std::exchange(ready_, {});
}

Octets MessageCentre::take_output(ConnectionId connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? Octets() : std::exchange(found->second->output, {});
}

bool MessageCentre::to_close(ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found != connections_.end() && found->second->closing;
}

void MessageCentre::written(ConnectionId connection) {
  if (const auto found = connections_.find(connection); found != connections_.end())
    fill(*found->second);
}

}  // namespace cpgw::gateway::simulators
