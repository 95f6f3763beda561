// cpgw decode: octets of any stage back to what they mean, without a gateway.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <ostream>

#include "carriers/smpp/pdu.h"
#include "gateway/cli/commands.h"
#include "si_sl/contents.h"
#include "si_sl/segmentation.h"
#include "si_sl/tpdu.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/characters.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::cli {
namespace {

/// Of parts, TPDUs or SMPP PDUs: a message has at most 255 parts, a capture holds a few messages.
constexpr std::size_t kMostUnits = 10'000;

/// What the input was, from the outermost layer to the document; layers it did not have are empty.
struct Decoded {
  boost::json::array layers;
  std::string from;
  std::optional<wbxml::Document> document;
  Octets body;           ///< what is no WBXML we know
  std::size_t left = 0;  ///< parts after the first whole message
};

/// The octets of the input, and where each line of hexadecimal digits ends in them.
struct Units {
  Octets all;
  std::vector<std::size_t> ends;

  /// One line, or all raw octets.
  [[nodiscard]] OctetView operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return OctetView(all).subspan(begin, ends[i] - begin);
  }
};

/// Lines of hexadecimal digits, each one unit; or, when the text is not hexadecimal, the raw octets
/// as one.
Result<Units> units_of(std::string_view input) {
  Units units;
  const bool hex = std::ranges::all_of(input, [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '\t' ||
           c == '\r' || c == '\n';
  });
  if (!hex) {
    units.all.assign(as_octets(input).begin(), as_octets(input).end());
    units.ends.push_back(units.all.size());
    return units;
  }
  for (std::size_t at = 0; at < input.size();) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    auto octets = from_hex(input.substr(at, end - at));
    if (!octets) return fail(std::move(octets).error().shifted(at));
    if (!octets->empty()) {
      units.all.insert(units.all.end(), octets->begin(), octets->end());
      units.ends.push_back(units.all.size());
    }
    at = end + 1;
  }
  return units;
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
  if (o.size() > si_sl::kUserDataOctets) return false;
  const auto header = si_sl::read_udh(o);
  return header && header->destination_port.has_value();
}
bool is_tpdu(OctetView o) {
  if (const auto submit = si_sl::read_submit(o)) return submit->user_data_header;
  const auto deliver = si_sl::read_deliver(o);
  return deliver && deliver->user_data_header;
}
/// `unknown`: how many tokens without a meaning a document may hold and still look like one.
bool is_wbxml(OctetView o, unsigned unknown = 0) {
  return o.size() >= 4 && to_u8(o[0]) <= 3 && wbxml::decode(o, {.unknown = unknown}).has_value();
}

Result<std::string> detect(const Units& units) {
  if (is_smpp(units[0])) return "smpp";
  // Long hexadecimal dumps come wrapped: lines that make one unit only together.
  if (is_wbxml(units.all)) return "wbxml";
  if (is_push(units.all)) return "push";
  if (is_part(units[0])) return "sms";
  if (is_tpdu(units[0])) return "tpdu";
  if (is_wbxml(units.all, wbxml::DecodeLimits{}.unknown)) return "wbxml";
  return fail(wbxml::Errc::unknown_document,
              "these octets look like none of wbxml, push, sms, tpdu, smpp; name it with --from to "
              "see what is wrong");
}

tl::unexpected<Error> too_many() {
  return fail(si_sl::Errc::too_long,
              "more than " + std::to_string(kMostUnits) + " parts or PDUs; give fewer at once");
}

/// What a peer sent as text may be anything; JSON is UTF-8.
std::string json_text(std::string_view text) {
  return wbxml::detail::find_bad_character(text) ? "0x" + to_hex(as_octets(text))
                                                 : std::string(text);
}

Result<void> decode_wbxml(OctetView octets, const wbxml::Transport& transport, Decoded& out) {
  auto document = wbxml::decode(octets, {}, transport);
  if (!document) return fail(std::move(document).error());
  boost::json::object layer{
      {"layer", "wbxml"}, {"octets", octets.size()}, {"document", document->type->name}};
  if (!document->notes.empty()) {
    boost::json::array notes;
    for (const wbxml::Note& note : document->notes) {
      notes.push_back(boost::json::object{{"offset", note.at.offset}, {"note", note.text}});
    }
    layer["notes"] = std::move(notes);
  }
  out.layers.push_back(std::move(layer));
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
    layer["content_type"] = json_text(push->content_type_text);
  }
  if (push->SEC) {
    layer["SEC"] = *push->SEC;
    if (*push->SEC <= 3)
      layer["security"] = signer::to_string(static_cast<signer::Security>(*push->SEC));
  }
  if (!push->MAC.empty()) layer["MAC"] = json_text(push->MAC);
  if (push->charset) layer["charset"] = *push->charset;
  if (!push->further_headers.empty()) layer["further_headers"] = to_hex(push->further_headers);
  out.layers.push_back(std::move(layer));
  if (const wbxml::DocumentType* const type = si_sl::document_type_of(*push)) {
    const auto start = static_cast<std::size_t>(push->body.data() - octets.data());
    auto done = decode_wbxml(push->body, {push->charset.value_or(0), type}, out);
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
  std::size_t taken = 0;
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
    ++taken;
    if (!*message) continue;
    out.left = received.size() - taken;
    return decode_push((*message)->data, out);
  }
  return fail(si_sl::Errc::truncated,
              "the message is not complete: parts are missing (give all of them, one per line)");
}

/// The PDUs of `units`; a capture may hold several in one line.
Result<std::vector<carriers::smpp::Pdu>> pdus_of(const Units& units) {
  std::vector<carriers::smpp::Pdu> pdus;
  for (std::size_t i = 0; i < units.ends.size(); ++i) {
    for (OctetView left = units[i]; !left.empty();) {
      if (pdus.size() == kMostUnits) return too_many();
      // A length that cannot be is the codec's to refuse.
      const std::size_t length = OctetReader(left).u32().value_or(0);
      const OctetView octets = length < carriers::smpp::kHeaderOctets || length > left.size()
                                   ? left
                                   : left.first(length);
      if (auto done = carriers::smpp::decode(octets, pdus.emplace_back()); !done) {
        return fail(std::move(done).error().shifted(
            static_cast<std::size_t>(left.data() - units.all.data())));
      }
      left = left.subspan(octets.size());
    }
  }
  return pdus;
}

Result<void> decode_smpp(const Units& units, Decoded& out) {
  using carriers::smpp::CommandId;
  const auto pdus = pdus_of(units);
  if (!pdus) return fail(pdus.error());
  std::vector<Received> received;
  for (const carriers::smpp::Pdu& pdu : *pdus) {
    boost::json::object layer{{"layer", "smpp"},
                              {"command", carriers::smpp::to_string(pdu.command_id)},
                              {"command_status", pdu.command_status},
                              {"sequence_number", pdu.sequence_number}};
    const bool message = pdu.command_id == CommandId::submit_sm ||
                         pdu.command_id == CommandId::deliver_sm ||
                         pdu.command_id == CommandId::data_sm;
    if (message) {
      layer["source_addr"] = json_text(pdu.source_addr);
      layer["destination_addr"] = json_text(pdu.destination_addr);
      layer["esm_class"] = pdu.esm_class;
      layer["data_coding"] = pdu.data_coding;
      if ((pdu.esm_class & carriers::smpp::kMessageTypeMask) == 0) {
        received.push_back({pdu.source_addr + ">" + pdu.destination_addr, pdu.message(),
                            (pdu.esm_class & carriers::smpp::kUdhi) != 0});
      }
    }
    boost::json::object fields;
    for (const auto& [name, value] : carriers::smpp::describe(pdu)) fields[name] = json_text(value);
    layer["fields"] = std::move(fields);
    out.layers.push_back(std::move(layer));
  }
  if (received.empty()) return {};
  return reassemble(received, out);
}

Result<void> decode_tpdus(const Units& units, Decoded& out) {
  std::vector<Received> received;
  for (std::size_t i = 0; i < units.ends.size(); ++i) {
    boost::json::object layer{{"layer", "tpdu"}, {"octets", units[i].size()}};
    // TP-MTI, the low two bits, tells them apart (3GPP TS 23.040, 9.2.3.1).
    if ((to_u8(units[i][0]) & 0x03) == 0) {
      const auto deliver = si_sl::read_deliver(units[i]);
      if (!deliver) return fail(deliver.error());
      layer["type"] = "SMS-DELIVER";
      layer["originator"] = json_text(deliver->originator.value);
      layer["data_coding"] = deliver->data_coding;
      received.push_back(
          {deliver->originator.value, deliver->user_data, deliver->user_data_header});
    } else {
      const auto submit = si_sl::read_submit(units[i]);
      if (!submit) return fail(submit.error());
      layer["type"] = "SMS-SUBMIT";
      layer["destination"] = json_text(submit->destination.value);
      layer["data_coding"] = submit->data_coding;
      received.push_back({submit->destination.value, submit->user_data, submit->user_data_header});
    }
    out.layers.push_back(std::move(layer));
  }
  return reassemble(received, out);
}

Result<void> decode_as(const std::string& form, const Units& units, Decoded& out) {
  out.from = form;
  if (form == "wbxml") return decode_wbxml(units.all, {}, out);
  if (form == "push") return decode_push(units.all, out);
  if (form == "smpp") return decode_smpp(units, out);
  if (units.ends.size() > kMostUnits) return too_many();
  if (form == "tpdu") return decode_tpdus(units, out);
  std::vector<Received> received;
  received.reserve(units.ends.size());
  for (std::size_t i = 0; i < units.ends.size(); ++i) received.push_back({"", units[i], true});
  return reassemble(received, out);
}

}  // namespace

int run(const DecodeCommand& command, Io& io) {
  auto input = read_input(io, command.file);
  if (!input) return complain(io, input.error());
  auto units = units_of(*input);
  if (!units) return complain(io, units.error());
  if (units->all.empty()) {
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
  if (decoded.left != 0) {
    io.err << "cpgw: warning: the first message is shown; " << decoded.left
           << " more parts follow it\n";
  }
  if (command.to == "json") {
    boost::json::object all{{"from", decoded.from}, {"layers", decoded.layers}};
    if (decoded.document) all["xml"] = wbxml::write_xml(*decoded.document, 0);
    if (!decoded.body.empty()) all["body"] = to_hex(decoded.body);
    io.out << boost::json::serialize(all) << "\n";
    return kDone;
  }
  if (decoded.document) {
    for (const wbxml::Note& note : decoded.document->notes) {
      io.err << "cpgw: note: octet " << note.at.offset << " of the document: " << note.text << "\n";
    }
    io.out << wbxml::write_xml(*decoded.document);
  } else if (!decoded.body.empty()) {
    io.err << "cpgw: the content type is none with a document; its body as hexadecimal octets:\n";
    io.out << to_hex(decoded.body) << "\n";
  } else {
    io.out << boost::json::serialize(decoded.layers) << "\n";
  }
  return kDone;
}

}  // namespace cpgw::gateway::cli
