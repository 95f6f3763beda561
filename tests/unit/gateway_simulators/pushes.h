// Signed pushes as an ESME submits them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/names.h"
#include "carriers/smpp/pdu.h"
#include "si_sl/segmentation.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/encoder.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::simulators::testing {

namespace smpp = carriers::smpp;

// Three parts once signed; a test network's number (MCC 001).
inline const std::string kXml = [] {
  std::string xml = "<wap-provisioningdoc version=\"1.0\">";
  for (const char* id : {"A", "B", "C"})
    xml += std::string("<characteristic type=\"NAPDEF\"><parm name=\"NAPID\" value=\"") + id +
           "\"/><parm name=\"NAME\" value=\"A network with a long name of its own\"/>"
           "<parm name=\"NAP-ADDRESS\" value=\"internet.operator.example\"/>"
           "<parm name=\"NAP-ADDRTYPE\" value=\"APN\"/></characteristic>";
  return xml + "</wap-provisioningdoc>";
}();
inline constexpr std::string_view kNumber = "358401234567", kImsi = "001010123456789";

inline Octets wbxml_of(const std::string& xml) {
  return wbxml::encode(wbxml::read_xml(xml).value()).value();
}

inline Octets push_of(OctetView body, std::string_view imsi, std::uint8_t sec = 0,
                      std::uint16_t type = si_sl::kConnectivityWbxml) {
  signer::BootstrapSigner signer;
  const Imsi key = Imsi::parse(imsi).value();
  const auto mac = signer.mac(signer::Security::NETWPIN, &key, nullptr, body).value();
  si_sl::PushHeaders headers;
  headers.content_type = type;
  if (sec != 255) {
    headers.SEC = sec;
    headers.MAC = {mac.data(), mac.size()};
  }
  Octets out;
  EXPECT_TRUE(si_sl::write_push(1, headers, body, out));
  return out;
}

inline smpp::Pdu submit(const si_sl::Part& part, std::string_view to, std::uint32_t sequence) {
  smpp::Pdu pdu;
  pdu.command_id = smpp::CommandId::submit_sm;
  pdu.sequence_number = sequence;
  pdu.source_addr = "12345";
  pdu.dest_addr_ton = pdu.dest_addr_npi = 1;
  pdu.destination_addr = to;
  pdu.esm_class = smpp::kUdhi;
  pdu.data_coding = part.data_coding;
  pdu.registered_delivery = 1;
  pdu.short_message.assign(part.whole().begin(), part.whole().end());
  pdu.add_u16(smpp::tag::user_message_reference, static_cast<std::uint16_t>(sequence));
  return pdu;
}

inline std::vector<smpp::Pdu> submits(OctetView push, std::string_view to = kNumber,
                                      std::uint16_t reference = 0x2A,
                                      const si_sl::SegmentOptions& how = {}) {
  std::vector<si_sl::Part> parts;
  EXPECT_TRUE(si_sl::segment(push, reference, how, parts));
  std::vector<smpp::Pdu> out;
  for (const si_sl::Part& part : parts)
    out.push_back(submit(part, to, static_cast<std::uint32_t>(out.size() + 1)));
  return out;
}

// As the message centre hands it to the phone.
inline smpp::Pdu deliver(smpp::Pdu pdu) {
  pdu.command_id = smpp::CommandId::deliver_sm;
  pdu.registered_delivery = 0;
  return pdu;
}

inline Octets encoded(const smpp::Pdu& pdu) {
  Octets out;
  EXPECT_TRUE(smpp::encode(pdu, out));
  return out;
}

inline smpp::Pdu bind(smpp::CommandId how, std::string system_id, std::string system_type = {},
                      std::string range = {}) {
  smpp::Pdu pdu;
  pdu.command_id = how;
  pdu.system_id = std::move(system_id);
  pdu.system_type = std::move(system_type);
  pdu.address_range = std::move(range);
  return pdu;
}

}  // namespace cpgw::gateway::simulators::testing
