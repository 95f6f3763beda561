// TPDUs, with or without the service centre's address in front.
#include <boost/json/object.hpp>

#include "gateway/cli/decode_layers.h"
#include "gateway/service/time_text.h"
#include "si_sl/tp_status.h"
#include "si_sl/tpdu.h"

namespace cpgw::gateway::cli {
namespace {

// TP-MTI, the low two bits, tells them apart (3GPP TS 23.040, 9.2.3.1).
constexpr unsigned kMtiMask = 0x03, kDeliver = 0, kStatusReport = 2;

std::string time_of(const si_sl::Timestamp& timestamp) {
  const auto at = si_sl::timestamp_of(timestamp);
  return at ? service::time_text(*at) : "0x" + to_hex(timestamp);
}

std::string_view to_string(si_sl::StatusClass status) {
  switch (status) {
    case si_sl::StatusClass::delivered: return "delivered";
    case si_sl::StatusClass::still_trying: return "still-trying";
    case si_sl::StatusClass::permanent: return "permanent";
    case si_sl::StatusClass::gave_up: return "gave-up";
  }
  return "";
}

using MaybePart = Result<std::optional<Received>>;

template <class Tpdu>
MaybePart received(const si_sl::TpAddress& address, const Tpdu& tpdu) {
  auto one = receive(address.value, tpdu.user_data, tpdu.user_data_length, tpdu.user_data_header,
                     tpdu.data_coding);
  if (!one) return fail(std::move(one).error());
  return std::move(*one);
}

MaybePart take_deliver(OctetView tpdu, boost::json::object& layer) {
  const auto deliver = si_sl::read_deliver(tpdu);
  if (!deliver) return fail(deliver.error());
  layer["type"] = "SMS-DELIVER";
  layer["originator"] = json_text(deliver->originator.value);
  layer["data_coding"] = deliver->data_coding;
  layer["timestamp"] = time_of(deliver->timestamp);
  return received(deliver->originator, *deliver);
}

MaybePart take_submit(OctetView tpdu, boost::json::object& layer) {
  const auto submit = si_sl::read_submit(tpdu);
  if (!submit) return fail(submit.error());
  layer["type"] = "SMS-SUBMIT";
  layer["destination"] = json_text(submit->destination.value);
  layer["data_coding"] = submit->data_coding;
  layer["message_reference"] = submit->message_reference;
  layer["status_report_request"] = submit->status_report_request;
  return received(submit->destination, *submit);
}

/// It carries no part of a message.
MaybePart take_status_report(OctetView tpdu, boost::json::object& layer) {
  const auto report = si_sl::read_status_report(tpdu);
  if (!report) return fail(report.error());
  const si_sl::TpStatus status = si_sl::tp_status(report->status);
  layer["type"] = "SMS-STATUS-REPORT";
  layer["recipient"] = json_text(report->recipient.value);
  layer["message_reference"] = report->message_reference;
  layer["timestamp"] = time_of(report->timestamp);
  layer["discharge"] = time_of(report->discharge);
  layer["status"] = report->status;
  layer["status_name"] = status.name;
  layer["status_class"] = to_string(status.status_class);
  if (!report->user_data.empty()) layer["user_data"] = to_hex(report->user_data);
  return std::nullopt;
}

Result<OctetView> take_service_centre(OctetView unit, Decoded& out) {
  const auto pdu = si_sl::read_at_pdu(unit);
  if (!pdu) return fail(pdu.error());
  boost::json::object layer{{"layer", "at-pdu"}, {"octets", unit.size()}};
  if (!pdu->service_centre.value.empty())
    layer["service_centre"] = json_text(pdu->service_centre.value);
  out.layers.push_back(std::move(layer));
  return pdu->tpdu;
}

}  // namespace

Result<void> decode_tpdus(const Units& units, bool service_centre, Decoded& out) {
  std::vector<Received> parts;
  for (std::size_t i = 0; i < units.size(); ++i) {
    OctetView tpdu = units[i];
    if (service_centre) {
      const auto inner = take_service_centre(tpdu, out);
      if (!inner) return fail(inner.error());
      tpdu = *inner;
    }
    boost::json::object layer{{"layer", "tpdu"}, {"octets", tpdu.size()}};
    const unsigned type = to_u8(tpdu[0]) & kMtiMask;
    auto part = type == kDeliver        ? take_deliver(tpdu, layer)
                : type == kStatusReport ? take_status_report(tpdu, layer)
                                        : take_submit(tpdu, layer);
    if (!part) {
      return fail(
          std::move(part).error().shifted(static_cast<std::size_t>(tpdu.data() - units[i].data())));
    }
    out.layers.push_back(std::move(layer));
    if (*part) parts.push_back(std::move(**part));
  }
  if (parts.empty()) return {};
  return decode_parts(parts, out);
}

}  // namespace cpgw::gateway::cli
