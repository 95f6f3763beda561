// SMPP 3.4 Issue 1.2, chapter 4: the mandatory fields of every PDU in wire order, with their sizes.
#include <algorithm>

#include "carriers/smpp/pdu.h"

namespace cpgw::carriers::smpp {

namespace {

constexpr Field text(std::string_view name, std::string Pdu::*member, std::uint8_t most) {
  Field f{.name = name};
  f.text = member;
  f.most = most;
  return f;
}
constexpr Field octet(std::string_view name, std::uint8_t Pdu::*member) {
  Field f{.name = name};
  f.octet = member;
  return f;
}
constexpr Field hidden(Field f) {
  f.secret = true;
  return f;
}

constexpr Field kSystemId = text("system_id", &Pdu::system_id, 16);
constexpr Field kPassword = hidden(text("password", &Pdu::password, 9));
constexpr Field kServiceType = text("service_type", &Pdu::service_type, 6);
constexpr Field kSourceTon = octet("source_addr_ton", &Pdu::source_addr_ton);
constexpr Field kSourceNpi = octet("source_addr_npi", &Pdu::source_addr_npi);
constexpr Field kDestTon = octet("dest_addr_ton", &Pdu::dest_addr_ton);
constexpr Field kDestNpi = octet("dest_addr_npi", &Pdu::dest_addr_npi);
constexpr Field kSource21 = text("source_addr", &Pdu::source_addr, 21);
constexpr Field kSource65 = text("source_addr", &Pdu::source_addr, 65);
constexpr Field kDestination21 = text("destination_addr", &Pdu::destination_addr, 21);
constexpr Field kDestination65 = text("destination_addr", &Pdu::destination_addr, 65);
constexpr Field kMessageId = text("message_id", &Pdu::message_id, 65);
constexpr Field kSchedule = text("schedule_delivery_time", &Pdu::schedule_delivery_time, 17);
constexpr Field kValidity = text("validity_period", &Pdu::validity_period, 17);
constexpr Field kEsmClass = octet("esm_class", &Pdu::esm_class);
constexpr Field kRegistered = octet("registered_delivery", &Pdu::registered_delivery);
constexpr Field kDataCoding = octet("data_coding", &Pdu::data_coding);
constexpr Field kDefaultMessage = octet("sm_default_msg_id", &Pdu::sm_default_msg_id);
// 3.4 says 254 at most; 5.0 and the field use 255.
constexpr Field kShortMessage = [] {
  Field f{.name = "short_message"};
  f.counted = &Pdu::short_message;
  f.most = 255;
  return f;
}();

constexpr auto kBind = std::to_array<Field>({
    kSystemId,
    kPassword,
    text("system_type", &Pdu::system_type, 13),
    octet("interface_version", &Pdu::interface_version),
    octet("addr_ton", &Pdu::addr_ton),
    octet("addr_npi", &Pdu::addr_npi),
    text("address_range", &Pdu::address_range, 41),
});
constexpr auto kBindResp = std::to_array<Field>({kSystemId});
constexpr auto kOutbind = std::to_array<Field>({kSystemId, kPassword});
constexpr auto kShortMessagePdu = std::to_array<Field>({
    kServiceType,
    kSourceTon,
    kSourceNpi,
    kSource21,
    kDestTon,
    kDestNpi,
    kDestination21,
    kEsmClass,
    octet("protocol_id", &Pdu::protocol_id),
    octet("priority_flag", &Pdu::priority_flag),
    kSchedule,
    kValidity,
    kRegistered,
    octet("replace_if_present_flag", &Pdu::replace_if_present_flag),
    kDataCoding,
    kDefaultMessage,
    kShortMessage,
});
constexpr auto kDataSm = std::to_array<Field>({
    kServiceType,
    kSourceTon,
    kSourceNpi,
    kSource65,
    kDestTon,
    kDestNpi,
    kDestination65,
    kEsmClass,
    kRegistered,
    kDataCoding,
});
constexpr auto kMessageIdOnly = std::to_array<Field>({kMessageId});
constexpr auto kQuerySm = std::to_array<Field>({kMessageId, kSourceTon, kSourceNpi, kSource21});
constexpr auto kQuerySmResp = std::to_array<Field>({
    kMessageId,
    text("final_date", &Pdu::final_date, 17),
    octet("message_state", &Pdu::message_state),
    octet("error_code", &Pdu::error_code),
});
constexpr auto kCancelSm = std::to_array<Field>({kServiceType, kMessageId, kSourceTon, kSourceNpi,
                                                 kSource21, kDestTon, kDestNpi, kDestination21});
constexpr auto kReplaceSm =
    std::to_array<Field>({kMessageId, kSourceTon, kSourceNpi, kSource21, kSchedule, kValidity,
                          kRegistered, kDefaultMessage, kShortMessage});
constexpr auto kAlert = std::to_array<Field>({
    kSourceTon,
    kSourceNpi,
    kSource65,
    octet("esme_addr_ton", &Pdu::esme_addr_ton),
    octet("esme_addr_npi", &Pdu::esme_addr_npi),
    text("esme_addr", &Pdu::esme_addr, 65),
});

struct Command {
  CommandId id;
  std::string_view name;
  std::span<const Field> fields;
};

using enum CommandId;
constexpr auto kCommands = std::to_array<Command>({
    {bind_receiver, "bind_receiver", kBind},
    {bind_transmitter, "bind_transmitter", kBind},
    {query_sm, "query_sm", kQuerySm},
    {submit_sm, "submit_sm", kShortMessagePdu},
    {deliver_sm, "deliver_sm", kShortMessagePdu},
    {unbind, "unbind", {}},
    {replace_sm, "replace_sm", kReplaceSm},
    {cancel_sm, "cancel_sm", kCancelSm},
    {bind_transceiver, "bind_transceiver", kBind},
    {outbind, "outbind", kOutbind},
    {enquire_link, "enquire_link", {}},
    {alert_notification, "alert_notification", kAlert},
    {data_sm, "data_sm", kDataSm},
    {generic_nack, "generic_nack", {}},
    {bind_receiver_resp, "bind_receiver_resp", kBindResp},
    {bind_transmitter_resp, "bind_transmitter_resp", kBindResp},
    {query_sm_resp, "query_sm_resp", kQuerySmResp},
    {submit_sm_resp, "submit_sm_resp", kMessageIdOnly},
    {deliver_sm_resp, "deliver_sm_resp", kMessageIdOnly},
    {unbind_resp, "unbind_resp", {}},
    {replace_sm_resp, "replace_sm_resp", {}},
    {cancel_sm_resp, "cancel_sm_resp", {}},
    {bind_transceiver_resp, "bind_transceiver_resp", kBindResp},
    {enquire_link_resp, "enquire_link_resp", {}},
    {data_sm_resp, "data_sm_resp", kMessageIdOnly},
});
static_assert(std::ranges::adjacent_find(kCommands, std::greater_equal{}, &Command::id) ==
                  kCommands.end(),
              "commands ascend, each once");

const Command* find_command(CommandId id) {
  const auto it = std::ranges::lower_bound(kCommands, id, {}, &Command::id);
  return it != kCommands.end() && it->id == id ? &*it : nullptr;
}

}  // namespace

std::optional<std::span<const Field>> fields_of(CommandId id) {
  const Command* command = find_command(id);
  if (command == nullptr) return std::nullopt;
  return command->fields;
}

std::string to_string(CommandId id) {
  if (const Command* command = find_command(id)) return std::string(command->name);
  Octets four;
  OctetWriter(four).u32(static_cast<std::uint32_t>(id));
  return "0x" + to_hex(four);
}

}  // namespace cpgw::carriers::smpp
