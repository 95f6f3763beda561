#include "gateway/simulators/report.h"

#include <boost/json.hpp>

#include "si_sl/segmentation.h"

namespace cpgw::gateway::simulators {
namespace {

namespace json = boost::json;
namespace smpp = carriers::smpp;

}  // namespace

std::string to_json(const SmscCounters& c) {
  const double rate = c.busy_seconds > 0 ? static_cast<double>(c.submits) / c.busy_seconds : 0;
  return json::serialize(json::object{
      {"connections", c.connections},
      {"binds", c.binds},
      {"binds_refused", c.binds_refused},
      {"submits", c.submits},
      {"accepted", c.accepted},
      {"throttled", c.throttled},
      {"errors", c.errors},
      {"queue_full", c.queue_full},
      {"malformed", c.malformed},
      {"drops", c.drops},
      {"drops_unanswered", c.drops_unanswered},
      {"unique_parts", c.unique_parts},
      {"duplicate_parts", c.duplicate_parts},
      {"untracked_parts", c.untracked_parts},
      {"delivered", c.delivered},
      {"delivers_refused", c.delivers_refused},
      {"redelivered", c.redelivered},
      {"receipts", c.receipts},
      {"receipts_acked", c.receipts_acked},
      {"receipts_refused", c.receipts_refused},
      {"receipts_lost", c.receipts_lost},
      {"enquire_links", c.enquire_links},
      {"nacks", c.nacks},
      {"busy_seconds", c.busy_seconds},
      {"submits_per_second", rate},
  });
}

std::string to_json(const SubmitRecord& record, WallTime at) {
  const smpp::Pdu& pdu = *record.pdu;
  json::object line{
      {"at_ms", at.time_since_epoch().count()},
      {"connection", record.connection},
      {"command", smpp::to_string(pdu.command_id)},
      {"sequence_number", pdu.sequence_number},
      {"status", record.status},
      {"id", record.id},
      {"dropped", record.dropped},
      {"service_type", pdu.service_type},
      {"source_addr_ton", pdu.source_addr_ton},
      {"source_addr_npi", pdu.source_addr_npi},
      {"source_addr", pdu.source_addr},
      {"dest_addr_ton", pdu.dest_addr_ton},
      {"dest_addr_npi", pdu.dest_addr_npi},
      {"destination_addr", pdu.destination_addr},
      {"esm_class", pdu.esm_class},
      {"protocol_id", pdu.protocol_id},
      {"priority_flag", pdu.priority_flag},
      {"validity_period", pdu.validity_period},
      {"registered_delivery", pdu.registered_delivery},
      {"data_coding", pdu.data_coding},
  };
  const OctetView message = pdu.message();
  std::size_t header = 0;
  if ((pdu.esm_class & smpp::kUdhi) != 0) {
    if (const auto udh = si_sl::read_udh(message)) {
      header = udh->octets;
      if (udh->reference) {
        line["concatenation"] = json::object{
            {"reference", *udh->reference}, {"total", udh->total}, {"part", udh->number}};
      }
    }
  }
  line["udh"] = to_hex(message.first(header));
  line["data"] = to_hex(message.subspan(header));
  json::array tlvs;
  for (const smpp::Tlv& tlv : pdu.tlvs)
    tlvs.push_back(json::object{{"tag", tlv.tag}, {"value", to_hex(tlv.value)}});
  line["tlvs"] = std::move(tlvs);
  line["raw"] = to_hex(record.raw);
  return json::serialize(line);
}

std::string to_json(const PhonesSummary& s) {
  json::object reasons;
  for (std::size_t i = 1; i < kReasons; ++i)
    if (s.reasons[i] != 0) reasons[to_string(static_cast<Reason>(i))] = s.reasons[i];
  return json::serialize(json::object{
      {"phones", s.phones},
      {"verified", s.verified},
      {"failed", s.failed},
      {"duplicates", s.duplicates},
      {"incomplete", s.incomplete},
      {"reasons", std::move(reasons)},
      {"messages", s.messages},
      {"parts", s.parts},
      {"duplicate_parts", s.duplicate_parts},
      {"texts", s.texts},
      {"unknown_numbers", s.unknown_numbers},
  });
}

std::string to_json(const Verdict& verdict) {
  json::object line{{"number", verdict.number},
                    {"verdict", verdict.reason == Reason::none ? "verified" : "failed"}};
  if (verdict.reason != Reason::none) line["reason"] = to_string(verdict.reason);
  line["duplicate"] = verdict.duplicate;
  line["parts"] = verdict.parts;
  line["octets"] = verdict.octets;
  return json::serialize(line);
}

}  // namespace cpgw::gateway::simulators
