#include "gateway/cli/decode_detect.h"

#include <algorithm>
#include <array>

#include "carriers/smpp/pdu.h"
#include "si_sl/cdma_wdp.h"
#include "si_sl/part.h"
#include "si_sl/tpdu.h"
#include "si_sl/udh.h"
#include "si_sl/wsp_push.h"
#include "wbxml/decoder.h"

namespace cpgw::gateway::cli {
namespace {

constexpr auto kForms =
    std::to_array<std::string_view>({"wbxml", "push", "sms", "tpdu", "at-pdu", "smpp", "cdma"});

constexpr std::uint16_t kPushPort = si_sl::WdpOptions().destination_port;
constexpr std::size_t kSegmentHeader = 3;  // type, total, number
constexpr std::size_t kPorts = 4;

bool is_smpp(OctetView o) {
  OctetReader reader(o);
  const auto length = reader.u32();
  return length && *length >= carriers::smpp::kHeaderOctets && *length <= o.size();
}

bool is_push(OctetView o) {
  return o.size() > 4 && to_u8(o[1]) == 0x06 && si_sl::read_push(o).has_value();
}

bool is_part(OctetView o) {
  if (o.size() > si_sl::kUserDataOctets) return false;
  const auto header = si_sl::read_udh(o);
  return header && (header->destination_port || header->reference);
}

/// `unknown`: how many tokens without a meaning a document may hold and still look like one.
bool is_wbxml(OctetView o, unsigned unknown = 0) {
  return o.size() >= 4 && to_u8(o[0]) <= 3 && wbxml::decode(o, {.unknown = unknown}).has_value();
}

enum class Tpdu : std::uint8_t {
  none,
  plausible,  ///< every length and every time is right
  with_ports  ///< nothing else looks like it
};

bool has_ports(OctetView user_data) {
  const auto header = si_sl::read_udh(user_data);
  return header && header->destination_port.has_value();
}

Tpdu tpdu_of(OctetView o) {
  const auto graded = [](bool header, OctetView user_data) {
    return header && has_ports(user_data) ? Tpdu::with_ports : Tpdu::plausible;
  };
  if (const auto submit = si_sl::read_submit(o)) {
    if (submit->destination.value.empty() || !si_sl::validity_of(submit->validity))
      return Tpdu::none;
    return graded(submit->user_data_header, submit->user_data);
  }
  if (const auto deliver = si_sl::read_deliver(o)) {
    if (deliver->originator.value.empty() || !si_sl::timestamp_of(deliver->timestamp))
      return Tpdu::none;
    return graded(deliver->user_data_header, deliver->user_data);
  }
  const auto report = si_sl::read_status_report(o);
  return report && !report->recipient.value.empty() && si_sl::timestamp_of(report->timestamp) &&
                 si_sl::timestamp_of(report->discharge)
             ? Tpdu::plausible
             : Tpdu::none;
}

Tpdu at_pdu_of(OctetView o) {
  const auto pdu = si_sl::read_at_pdu(o);
  return pdu ? tpdu_of(pdu->tpdu) : Tpdu::none;
}

/// The least that all units are.
Tpdu weakest(const Units& units, Tpdu (*of)(OctetView)) {
  Tpdu least = Tpdu::with_ports;
  for (std::size_t i = 0; i < units.size() && least != Tpdu::none; ++i) {
    least = std::min(least, of(units[i]));
  }
  return least;
}

bool is_cdma(const Units& units) {
  bool pushed = false;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto segment = si_sl::read_wdp(units[i]);
    if (!segment) return false;
    pushed |= segment->destination_port == kPushPort;
  }
  return pushed;
}

}  // namespace

std::span<const std::string_view> decode_forms() { return kForms; }

bool repeats_ports(const Units& segments) {
  const auto ports = [&](std::size_t i) {
    return segments[i]
        .subspan(std::min(kSegmentHeader, segments[i].size()))
        .first(std::min(kPorts, segments[i].size() - std::min(kSegmentHeader, segments[i].size())));
  };
  if (segments.size() < 2) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (ports(i).size() < kPorts || !std::ranges::equal(ports(i), ports(0))) return false;
  }
  return true;
}

Result<std::string_view> detect_form(const Units& units) {
  if (is_smpp(units[0])) return "smpp";
  const Tpdu tpdu = weakest(units, tpdu_of), at_pdu = weakest(units, at_pdu_of);
  if (tpdu == Tpdu::with_ports) return "tpdu";
  if (at_pdu == Tpdu::with_ports) return "at-pdu";
  // Long hexadecimal dumps come wrapped: lines that make one unit only together.
  if (is_wbxml(units.all)) return "wbxml";
  if (is_push(units.all)) return "push";
  if (is_part(units[0])) return "sms";
  if (tpdu != Tpdu::none) return "tpdu";
  if (at_pdu != Tpdu::none) return "at-pdu";
  if (is_cdma(units)) return "cdma";
  if (is_wbxml(units.all, wbxml::DecodeLimits{}.unknown)) return "wbxml";
  return fail(wbxml::Errc::unknown_document,
              "these octets look like none of wbxml, push, sms, tpdu, at-pdu, smpp, cdma; name it "
              "with --from to see what is wrong");
}

}  // namespace cpgw::gateway::cli
