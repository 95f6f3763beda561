#include "gateway/simulators/message_centre.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "carriers/smpp/status.h"
#include "gateway/simulators/message_centre_detail.h"
#include "si_sl/segmentation.h"

namespace cpgw::gateway::simulators {
namespace {

namespace smpp = carriers::smpp;
namespace status = carriers::smpp::status;
using detail::encoded;
using detail::without_plus;
using smpp::CommandId;

// SMPP 3.4, 5.1.3
constexpr std::uint32_t kInvalidSource = 0x0A, kInvalidDestination = 0x0B;
constexpr std::uint32_t kInvalidPassword = 0x0E, kInvalidSystemId = 0x0F;
constexpr std::string_view kPhoneHost = "HANDSET";  ///< system_type of a connection with phones
constexpr std::size_t kMostAddress = 20;            ///< of a deliver_sm; data_sm may have more

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
  if (pdu_.source_addr.size() > kMostAddress) return kInvalidSource;
  if (pdu_.destination_addr.size() > kMostAddress) return kInvalidDestination;
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
