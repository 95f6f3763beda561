// cpgw decode: octets of any stage back to what they mean, without a gateway.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "carriers/smpp/pdu.h"
#include "gateway/cli/commands.h"
#include "si_sl/segmentation.h"
#include "si_sl/tpdu.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::cli {
namespace {

/// What the input was, from the outermost layer to the document; layers it did not have are empty.
struct Decoded {
  boost::json::array layers;
  std::string from;
  std::optional<wbxml::Document> document;
  Octets body;  ///< what is no WBXML we know
};

/// Lines of hexadecimal digits, each one unit; or, when the text is not hexadecimal, the raw octets
/// as one.
Result<std::vector<Octets>> units_of(const std::string& input) {
  std::vector<Octets> units;
  bool hex = !input.empty();
  for (const char c : input)
    hex = hex && (std::isxdigit(static_cast<unsigned char>(c)) != 0 ||
                  std::isspace(static_cast<unsigned char>(c)) != 0);
  if (!hex) return std::vector<Octets>{Octets(as_octets(input).begin(), as_octets(input).end())};
  std::size_t at = 0;
  while (at < input.size()) {
    std::size_t end = input.find('\n', at);
    if (end == std::string::npos) end = input.size();
    auto octets = from_hex(std::string_view(input).substr(at, end - at));
    if (!octets) return fail(std::move(octets).error().shifted(at));
    if (!octets->empty()) units.push_back(std::move(*octets));
    at = end + 1;
  }
  return units;
}

/// Long hexadecimal dumps come wrapped: lines that make one unit only together.
Octets joined(const std::vector<Octets>& units) {
  Octets all;
  for (const Octets& unit : units) all.insert(all.end(), unit.begin(), unit.end());
  return all;
}

bool is_push(OctetView o) {
  return o.size() > 4 && to_u8(o[1]) == 0x06 && si_sl::read_push(o).has_value();
}
bool is_smpp(OctetView o) {
  OctetReader reader(o);
  const auto length = reader.u32();
  return length && *length >= carriers::smpp::kHeaderOctets && *length <= o.size();
}
bool is_part(OctetView o) {
  const auto header = o.size() <= si_sl::kUserDataOctets
                          ? si_sl::read_udh(o)
                          : tl::unexpected(Error(si_sl::Errc::too_long, ""));
  return header && header->destination_port.has_value();
}
bool is_tpdu(OctetView o) {
  if (o.empty()) return false;
  const auto submit = si_sl::read_submit(o);
  return submit && submit->user_data_header;
}
bool is_wbxml(OctetView o) {
  return o.size() >= 4 && to_u8(o[0]) <= 3 && wbxml::decode(o).has_value();
}

Result<std::string> detect(const std::vector<Octets>& units) {
  const Octets all = joined(units);
  if (is_smpp(units.front())) return "smpp";
  if (is_wbxml(all)) return "wbxml";
  if (is_push(all)) return "push";
  if (is_part(units.front())) return "sms";
  if (is_tpdu(units.front())) return "tpdu";
  return fail(wbxml::Errc::unknown_document,
              "these octets look like none of wbxml, push, sms, tpdu, smpp; name it with --from to "
              "see what is wrong");
}

Result<void> decode_wbxml(OctetView octets, Decoded& out) {
  auto document = wbxml::decode(octets);
  if (!document) return fail(std::move(document).error());
  out.layers.push_back(boost::json::object{
      {"layer", "wbxml"}, {"octets", octets.size()}, {"document", document->type->name}});
  out.document = std::move(*document);
  return {};
}

Result<void> decode_push(OctetView octets, Decoded& out) {
  auto push = si_sl::read_push(octets);
  if (!push) return fail(std::move(push).error());
  boost::json::object layer{
      {"layer", "push"}, {"octets", octets.size()}, {"transaction_id", push->transaction_id}};
  if (push->content_type) {
    layer["content_type"] = *push->content_type;
  } else {
    layer["content_type"] = push->content_type_text;
  }
  if (push->SEC) {
    layer["SEC"] = *push->SEC;
    if (*push->SEC <= 3)
      layer["security"] = signer::to_string(static_cast<signer::Security>(*push->SEC));
  }
  if (!push->MAC.empty()) layer["MAC"] = push->MAC;
  if (push->charset) layer["charset"] = *push->charset;
  if (!push->further_headers.empty()) layer["further_headers"] = to_hex(push->further_headers);
  out.layers.push_back(std::move(layer));
  if (push->content_type == si_sl::kConnectivityWbxml) {
    const auto start = static_cast<std::size_t>(push->body.data() - octets.data());
    auto done = decode_wbxml(push->body, out);
    if (!done) return fail(std::move(done).error().shifted(start));
    return done;
  }
  out.body.assign(push->body.begin(), push->body.end());
  return {};
}

/// One SMS as a part: where it came from does not matter any more.
struct Received {
  std::string originator;
  OctetView user_data;
  bool has_udh = true;
};

Result<void> reassemble(const std::vector<Received>& received, Decoded& out) {
  si_sl::Reassembler reassembler;
  for (const Received& one : received) {
    auto message = reassembler.add(one.originator, one.user_data, one.has_udh, SteadyTime{});
    if (!message) return fail(std::move(message).error());
    boost::json::object layer{{"layer", "sms"}, {"octets", one.user_data.size()}};
    if (one.has_udh) {
      const auto header = si_sl::read_udh(one.user_data);
      if (header) {
        layer["udh"] = to_hex(one.user_data.first(header->octets));
        if (header->destination_port) layer["destination_port"] = *header->destination_port;
        if (header->reference) layer["reference"] = *header->reference;
        layer["number"] = header->number;
        layer["total"] = header->total;
      }
    }
    out.layers.push_back(std::move(layer));
    if (*message) return decode_push((*message)->data, out);
  }
  return fail(si_sl::Errc::truncated,
              "the message is not complete: parts are missing (give all of them, one per line)");
}

Result<void> decode_smpp(const std::vector<Octets>& units, Decoded& out) {
  std::vector<carriers::smpp::Pdu> pdus;
  std::vector<Received> received;
  for (const Octets& unit : units) {
    // A capture may hold several PDUs in one line.
    for (OctetView left = unit; !left.empty();) {
      const std::size_t octets =
          std::min<std::size_t>(left.size(), OctetReader(left).u32().value_or(0));
      carriers::smpp::Pdu pdu;
      auto done = octets < carriers::smpp::kHeaderOctets
                      ? carriers::smpp::decode(left, pdu)
                      : carriers::smpp::decode(left.first(octets), pdu);
      if (!done) return fail(std::move(done).error().shifted(unit.size() - left.size()));
      pdus.push_back(std::move(pdu));
      left = left.subspan(std::max(octets, carriers::smpp::kHeaderOctets));
    }
  }
  for (const carriers::smpp::Pdu& pdu : pdus) {
    boost::json::object layer{{"layer", "smpp"},
                              {"command", carriers::smpp::to_string(pdu.command_id)},
                              {"command_status", pdu.command_status},
                              {"sequence_number", pdu.sequence_number}};
    using carriers::smpp::CommandId;
    if (pdu.command_id == CommandId::submit_sm || pdu.command_id == CommandId::deliver_sm) {
      layer["source_addr"] = pdu.source_addr;
      layer["destination_addr"] = pdu.destination_addr;
      layer["esm_class"] = pdu.esm_class;
      layer["data_coding"] = pdu.data_coding;
      if ((pdu.esm_class & carriers::smpp::kMessageTypeMask) == 0) {
        received.push_back({pdu.source_addr + ">" + pdu.destination_addr, pdu.short_message,
                            (pdu.esm_class & carriers::smpp::kUdhi) != 0});
      }
    }
    out.layers.push_back(std::move(layer));
  }
  if (received.empty()) return {};
  return reassemble(received, out);
}

Result<void> decode_tpdus(const std::vector<Octets>& units, Decoded& out) {
  std::vector<Received> received;
  for (const Octets& unit : units) {
    auto submit = si_sl::read_submit(unit);
    if (!submit) return fail(std::move(submit).error());
    out.layers.push_back(boost::json::object{{"layer", "tpdu"},
                                             {"octets", unit.size()},
                                             {"destination", submit->destination.value},
                                             {"data_coding", submit->data_coding}});
    received.push_back({submit->destination.value, submit->user_data, submit->user_data_header});
  }
  return reassemble(received, out);
}

Result<void> decode_as(const std::string& form, const std::vector<Octets>& units, Decoded& out) {
  out.from = form;
  if (form == "wbxml") return decode_wbxml(joined(units), out);
  if (form == "push") return decode_push(joined(units), out);
  if (form == "smpp") return decode_smpp(units, out);
  if (form == "tpdu") return decode_tpdus(units, out);
  std::vector<Received> received;
  for (const Octets& unit : units) received.push_back({"", unit, true});
  return reassemble(received, out);
}

}  // namespace

int run(const DecodeCommand& command, Io& io) {
  auto input = read_input(io, command.file);
  if (!input) return complain(io, input.error());
  auto units = units_of(*input);
  if (!units) return complain(io, units.error());
  if (units->empty()) {
    io.err << "cpgw: error: the input is empty\n";
    return kMalformed;
  }
  std::string form = command.from;
  if (form == "auto") {
    auto found = detect(*units);
    if (!found) return complain(io, found.error());
    form = *found;
  }
  Decoded decoded;
  if (auto done = decode_as(form, *units, decoded); !done) return complain(io, done.error());
  if (command.to == "json") {
    boost::json::object all{{"from", decoded.from}, {"layers", decoded.layers}};
    if (decoded.document) all["xml"] = wbxml::write_xml(*decoded.document, 0);
    if (!decoded.body.empty()) all["body"] = to_hex(decoded.body);
    io.out << boost::json::serialize(all) << "\n";
    return kDone;
  }
  if (decoded.document) {
    io.out << wbxml::write_xml(*decoded.document);
  } else if (!decoded.body.empty()) {
    io.err << "cpgw: the content type is not provisioning; its body as hexadecimal octets:\n";
    io.out << to_hex(decoded.body) << "\n";
  } else {
    io.out << boost::json::serialize(decoded.layers) << "\n";
  }
  return kDone;
}

}  // namespace cpgw::gateway::cli
