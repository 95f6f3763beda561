// SMPP protocol data units, both directions and both sides: the gateway and the simulators use one
// codec. SMPP 3.4 Issue 1.2, chapters 3 to 5.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "carriers/errors.h"

namespace cpgw::carriers::smpp {

/// SMPP 3.4, 5.1.2.1. Values we do not know are kept and passed on.
enum class CommandId : std::uint32_t {
  bind_receiver = 0x00000001,
  bind_transmitter = 0x00000002,
  query_sm = 0x00000003,
  submit_sm = 0x00000004,
  deliver_sm = 0x00000005,
  unbind = 0x00000006,
  replace_sm = 0x00000007,
  cancel_sm = 0x00000008,
  bind_transceiver = 0x00000009,
  outbind = 0x0000000B,
  enquire_link = 0x00000015,
  alert_notification = 0x00000102,
  data_sm = 0x00000103,
  generic_nack = 0x80000000,
  bind_receiver_resp = 0x80000001,
  bind_transmitter_resp = 0x80000002,
  query_sm_resp = 0x80000003,
  submit_sm_resp = 0x80000004,
  deliver_sm_resp = 0x80000005,
  unbind_resp = 0x80000006,
  replace_sm_resp = 0x80000007,
  cancel_sm_resp = 0x80000008,
  bind_transceiver_resp = 0x80000009,
  enquire_link_resp = 0x80000015,
  data_sm_resp = 0x80000103,
};

inline constexpr std::uint32_t kResponseBit = 0x80000000;
inline constexpr std::size_t kHeaderOctets = 16;
inline constexpr std::size_t kMostPduOctets = 70'000;  ///< 64 KiB of message_payload and the rest

[[nodiscard]] constexpr bool is_response(CommandId id) {
  return (static_cast<std::uint32_t>(id) & kResponseBit) != 0;
}
[[nodiscard]] constexpr CommandId response_to(CommandId request) {
  return CommandId{static_cast<std::uint32_t>(request) | kResponseBit};
}
/// outbind, alert_notification and responses are never answered (4.1.7, 4.12).
[[nodiscard]] constexpr bool is_answered(CommandId id) {
  return !is_response(id) && id != CommandId::outbind && id != CommandId::alert_notification;
}
/// The standard's name, or "0x00000021" for a command this codec keeps as raw octets.
[[nodiscard]] std::string to_string(CommandId id);

/// Tags of optional parameters (5.3.2).
namespace tag {
inline constexpr std::uint16_t additional_status_info_text = 0x001D;
inline constexpr std::uint16_t receipted_message_id = 0x001E;
inline constexpr std::uint16_t user_message_reference = 0x0204;
inline constexpr std::uint16_t source_port = 0x020A;
inline constexpr std::uint16_t destination_port = 0x020B;
inline constexpr std::uint16_t sar_msg_ref_num = 0x020C;
inline constexpr std::uint16_t sar_total_segments = 0x020E;
inline constexpr std::uint16_t sar_segment_seqnum = 0x020F;
inline constexpr std::uint16_t sc_interface_version = 0x0210;
inline constexpr std::uint16_t ms_availability_status = 0x0422;
inline constexpr std::uint16_t network_error_code = 0x0423;
inline constexpr std::uint16_t message_payload = 0x0424;
inline constexpr std::uint16_t message_state = 0x0427;
inline constexpr std::uint16_t congestion_state = 0x0428;  // SMPP 5.0
}  // namespace tag

/// esm_class (5.2.12).
inline constexpr std::uint8_t kUdhi = 0x40;
inline constexpr std::uint8_t kMessageTypeMask = 0x3C;
inline constexpr std::uint8_t kDeliveryReceipt = 0x04;
inline constexpr std::uint8_t kIntermediateNotification = 0x20;

struct Tlv {
  std::uint16_t tag = 0;
  Octets value;
  bool operator==(const Tlv&) const = default;
};

/// One PDU with the mandatory fields of all of them; which ones are read and written is the field
/// table's matter (`fields_of`). Text fields are without their NUL.
struct Pdu {
  CommandId command_id = CommandId::enquire_link;
  std::uint32_t command_status = 0;
  std::uint32_t sequence_number = 1;

  std::string system_id, password, system_type, address_range;
  std::string service_type, source_addr, destination_addr, esme_addr;
  std::string schedule_delivery_time, validity_period, message_id, final_date;
  std::uint8_t interface_version = 0x34;
  std::uint8_t addr_ton = 0, addr_npi = 0;
  std::uint8_t source_addr_ton = 0, source_addr_npi = 0;
  std::uint8_t dest_addr_ton = 0, dest_addr_npi = 0;
  std::uint8_t esme_addr_ton = 0, esme_addr_npi = 0;
  std::uint8_t esm_class = 0, protocol_id = 0, priority_flag = 0, registered_delivery = 0;
  std::uint8_t replace_if_present_flag = 0, data_coding = 0, sm_default_msg_id = 0;
  std::uint8_t message_state = 0, error_code = 0;
  Octets short_message;  ///< with its sm_length

  std::vector<Tlv> tlvs;  ///< in the order of the wire, unknown tags too
  Octets raw_body;        ///< of a command the table does not have
  /// A response with an error status may end after the header: read so, written so.
  bool header_only = false;

  bool operator==(const Pdu&) const = default;

  [[nodiscard]] const Tlv* find(std::uint16_t wanted) const;
  /// Big-endian value of a 1, 2 or 4 octet parameter; nothing when absent or of another size.
  [[nodiscard]] std::optional<std::uint32_t> number(std::uint16_t wanted) const;
  void add(std::uint16_t with_tag, OctetView value);
  void add_u8(std::uint16_t with_tag, std::uint8_t value);
  void add_u16(std::uint16_t with_tag, std::uint16_t value);
  /// short_message, or message_payload when that is empty. Views this PDU.
  [[nodiscard]] OctetView message() const;
};

/// The empty answer to `request` with the same sequence number.
[[nodiscard]] Pdu answer(const Pdu& request, std::uint32_t status = 0);

/// One mandatory field. Exactly one of the members is set.
struct Field {
  std::string_view name;
  std::string Pdu::*text = nullptr;  ///< C-octet string
  std::uint8_t Pdu::*octet = nullptr;
  Octets Pdu::*counted = nullptr;  ///< a length octet and that many octets
  std::uint8_t most = 1;           ///< octets, the NUL of a text included
  bool secret = false;
};
/// Mandatory fields in wire order; nothing for a command the table does not have.
[[nodiscard]] std::optional<std::span<const Field>> fields_of(CommandId id);

/// Reads one whole PDU. On an error `out` holds what was read before it: the header at least, when
/// there are 16 octets.
[[nodiscard]] Result<void> decode(OctetView octets, Pdu& out);
/// Appends one PDU. On an error `out` is unchanged.
[[nodiscard]] Result<void> encode(const Pdu& pdu, Octets& out);
/// The command_status that refuses a PDU `decode` found wrong.
[[nodiscard]] std::uint32_t reject_status(const Error& error);

/// Field names and values for people, in wire order; passwords are left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(const Pdu& pdu);

/// Cuts a stream into PDUs. Holds at most one PDU and what the last `feed` brought; nothing is
/// allocated from a length that was not checked.
class Framer {
 public:
  explicit Framer(std::size_t most = kMostPduOctets) : most_(most) {}

  void feed(OctetView octets);
  /// The next whole PDU, viewing this object's memory until the next `feed`; nothing when more
  /// octets are needed. Errc::framing once the boundaries are lost, and then for ever.
  [[nodiscard]] Result<std::optional<OctetView>> next();
  /// Octets of a PDU that is not complete yet.
  [[nodiscard]] std::size_t partial() const { return buffer_.size() - used_; }

 private:
  std::size_t most_;
  Octets buffer_;
  std::size_t used_ = 0;
  std::uint64_t passed_ = 0;  ///< octets of the stream before buffer_
  std::optional<Error> lost_;
};

}  // namespace cpgw::carriers::smpp
