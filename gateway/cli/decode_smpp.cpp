// SMPP PDUs, and the parts their messages are.
#include <boost/json/object.hpp>

#include "carriers/smpp/pdu.h"
#include "gateway/cli/decode_layers.h"
#include "si_sl/udh.h"

namespace cpgw::gateway::cli {
namespace {

namespace smpp = carriers::smpp;

/// The PDUs of `units`; a capture may hold several in one line.
Result<std::vector<smpp::Pdu>> pdus_of(const Units& units) {
  std::vector<smpp::Pdu> pdus;
  for (std::size_t i = 0; i < units.size(); ++i) {
    for (OctetView left = units[i]; !left.empty();) {
      if (pdus.size() == kMostUnits) return too_many_units();
      // A length that cannot be is the codec's to refuse.
      const std::size_t length = OctetReader(left).u32().value_or(0);
      const OctetView octets =
          length < smpp::kHeaderOctets || length > left.size() ? left : left.first(length);
      if (auto done = smpp::decode(octets, pdus.emplace_back()); !done) {
        return fail(std::move(done).error().shifted(
            static_cast<std::size_t>(left.data() - units.all.data())));
      }
      left = left.subspan(octets.size());
    }
  }
  return pdus;
}

bool carries_message(const smpp::Pdu& pdu) {
  using enum smpp::CommandId;
  return pdu.command_id == submit_sm || pdu.command_id == deliver_sm || pdu.command_id == data_sm;
}

/// data_coding (SMPP 3.4, 5.2.19): below 0x10 a list of its own, from there TP-DCS.
TextCoding smpp_text_coding(std::uint8_t data_coding) {
  switch (data_coding) {
    case 0x00: return TextCoding::gsm7;  // the message centre's alphabet: nearly always this one
    case 0x01:                           // ASCII
    case 0x03: return TextCoding::latin1;
    case 0x08: return TextCoding::ucs2;
    default: return data_coding < 0x10 ? TextCoding::data : text_coding(data_coding);
  }
}

/// Ports and numbers that stand in optional parameters (5.3.2.20 to 5.3.2.24) as the header they
/// stand for; empty when there are none.
Octets header_of_parameters(const smpp::Pdu& pdu) {
  constexpr std::uint8_t kPorts = 0x05, kWideReference = 0x08, kFour = 4;
  Octets header;
  OctetWriter out(header);
  out.u8(0);
  const auto number = [&](std::uint16_t tag) { return pdu.number(tag); };
  if (const auto port = number(smpp::tag::destination_port)) {
    out.u8(kPorts).u8(kFour).u16(static_cast<std::uint16_t>(*port));
    out.u16(static_cast<std::uint16_t>(number(smpp::tag::source_port).value_or(0)));
  }
  const auto reference = number(smpp::tag::sar_msg_ref_num),
             total = number(smpp::tag::sar_total_segments),
             part = number(smpp::tag::sar_segment_seqnum);
  if (reference && total && part) {
    out.u8(kWideReference).u8(kFour).u16(static_cast<std::uint16_t>(*reference));
    out.u8(static_cast<std::uint8_t>(*total)).u8(static_cast<std::uint8_t>(*part));
  }
  if (header.size() == 1) return {};
  header[0] = static_cast<std::byte>(header.size() - 1);
  return header;
}

/// In SMPP gsm7 text has one septet an octet: nothing is unpacked.
Received part_of(const smpp::Pdu& pdu) {
  const OctetView message = pdu.message();
  Received part{.originator = pdu.source_addr + ">" + pdu.destination_addr,
                .user_data = {},
                .has_udh = (pdu.esm_class & smpp::kUdhi) != 0};
  if (!part.has_udh) {
    part.user_data = header_of_parameters(pdu);
    part.has_udh = part.synthetic_udh = !part.user_data.empty();
  }
  part.user_data.insert(part.user_data.end(), message.begin(), message.end());
  const auto header = part.has_udh ? si_sl::read_udh(part.user_data) : si_sl::UserDataHeader();
  if (header && !(header->destination_port && is_wap_port(*header->destination_port))) {
    part.coding = smpp_text_coding(pdu.data_coding);
    if (pdu.data_coding >= 0x10) part.message_class = si_sl::message_class_of(pdu.data_coding);
  }
  return part;
}

}  // namespace

Result<void> decode_smpp(const Units& units, Decoded& out) {
  const auto pdus = pdus_of(units);
  if (!pdus) return fail(pdus.error());
  std::vector<Received> parts;
  for (const smpp::Pdu& pdu : *pdus) {
    boost::json::object layer{{"layer", "smpp"},
                              {"command", smpp::to_string(pdu.command_id)},
                              {"command_status", pdu.command_status},
                              {"sequence_number", pdu.sequence_number}};
    if (carries_message(pdu)) {
      layer["source_addr"] = json_text(pdu.source_addr);
      layer["destination_addr"] = json_text(pdu.destination_addr);
      layer["esm_class"] = pdu.esm_class;
      layer["data_coding"] = pdu.data_coding;
      Received part = part_of(pdu);
      if ((pdu.esm_class & smpp::kMessageTypeMask) == 0) {
        parts.push_back(std::move(part));
      } else {  // a receipt
        const auto header =
            part.has_udh ? si_sl::read_udh(part.user_data) : si_sl::UserDataHeader();
        const auto text =
            read_text(OctetView(part.user_data).subspan(header ? header->octets : 0), part.coding);
        if (text) layer["text"] = *text;
      }
    }
    boost::json::object fields;
    for (const auto& [name, value] : smpp::describe(pdu)) fields[name] = json_text(value);
    layer["fields"] = std::move(fields);
    out.layers.push_back(std::move(layer));
  }
  if (parts.empty()) return {};
  return decode_parts(parts, out);
}

}  // namespace cpgw::gateway::cli
