// cpgw decode: octets of any stage back to what they mean, without a gateway.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/decode_detect.h"
#include "gateway/cli/decode_layers.h"

namespace cpgw::gateway::cli {
namespace {

std::string_view meaning(si_sl::Defect defect) {
  using enum si_sl::Defect;
  switch (defect) {
    case malformed_header: return "its header cannot be read";
    case total_zero: return "of 0 parts";
    case number_zero: return "its number is 0, they count from 1";
    case number_over_total: return "its number is beyond the last";
    case missing_port: return "no port: no phone hands it to an application";
    case ports_changed: return "goes to other ports than the first part";
    case total_changed: return "says another number of parts than those before";
    case mixed_reference_widths: return "8-bit and 16-bit references under one number";
    case repeated: return "came before with the same octets";
    case conflicting_repeat: return "came before with other octets; the first one stays";
    case duplicate_element: return "an element twice in its header; the last one counts";
    case unknown_element: return "an element in its header that is not known";
    case timed_out:
    case crowded_out: return "not complete";
  }
  return "";
}

std::string line_of(const PartDefect& defect) {
  const si_sl::DefectReport& report = defect.report;
  std::string text;
  if (defect.part != 0) text = "line " + std::to_string(defect.part) + ": ";
  if (report.number != 0) {
    text += "part " + std::to_string(report.number) + " of " + std::to_string(report.total) + ": ";
  }
  text += std::string(si_sl::to_string(report.defect)) + ": ";
  return text + (defect.why.empty() ? std::string(meaning(report.defect)) : defect.why);
}

/// What is missing is told by the error.
void tell_defects(Io& io, const Decoded& decoded, const char* how) {
  constexpr std::size_t kMostLines = 10;
  std::size_t told = 0;
  for (const PartDefect& defect : decoded.defects) {
    if (!defect.report.missing.empty()) continue;
    if (++told <= kMostLines)
      io.err << "cpgw: " << how << ": " << printable(line_of(defect)) << "\n";
  }
  if (told > kMostLines) {
    io.err << "cpgw: " << how << ": and " << told - kMostLines << " more like these\n";
  }
}

boost::json::array json_of(const std::vector<PartDefect>& defects) {
  boost::json::array all;
  for (const auto& [line, report, why] : defects) {
    boost::json::object one{{"defect", si_sl::to_string(report.defect)}};
    if (line != 0) one["line"] = line;
    if (report.reference) one["reference"] = *report.reference;
    if (report.number != 0) one["number"] = report.number;
    if (report.total != 0) one["total"] = report.total;
    if (!report.missing.empty()) {
      boost::json::array missing;
      for (const std::uint8_t number : report.missing) missing.push_back(number);
      one["missing"] = std::move(missing);
    }
    if (!why.empty()) one["why"] = json_text(why);
    all.push_back(std::move(one));
  }
  return all;
}

void write_json(Io& io, std::string_view form, Decoded&& decoded) {
  boost::json::object all{{"from", form}, {"layers", std::move(decoded.layers)}};
  if (!decoded.defects.empty()) all["defects"] = json_of(decoded.defects);
  if (decoded.document) all["xml"] = wbxml::write_xml(*decoded.document, 0);
  if (decoded.text) all["text"] = *decoded.text;
  if (!decoded.body.empty()) all["body"] = to_hex(decoded.body);
  io.out << boost::json::serialize(all) << "\n";
}

/// A terminal gets no control characters but line ends.
void write_text(Io& io, std::string_view text) {
  for (std::size_t at = 0; io.out_is_terminal && at <= text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    io.out << printable(line) << "\n";
    at += line.size() + 1;
  }
  if (!io.out_is_terminal) io.out << text << "\n";
}

void write_plain(Io& io, const Decoded& decoded) {
  if (decoded.document) {
    for (const wbxml::Note& note : decoded.document->notes) {
      io.err << "cpgw: note: octet " << note.at.offset << " of the document: " << note.text << "\n";
    }
    io.out << wbxml::write_xml(*decoded.document);
  } else if (decoded.text) {
    write_text(io, *decoded.text);
  } else if (!decoded.body.empty()) {
    if (decoded.body_about.empty()) {
      io.err << "cpgw: the content type is none with a document; its body as hexadecimal octets:\n";
    } else {
      io.err << "cpgw: note: " << printable(decoded.body_about) << "; as hexadecimal octets:\n";
    }
    io.out << to_hex(decoded.body) << "\n";
  } else {
    io.out << boost::json::serialize(decoded.layers) << "\n";
  }
}

}  // namespace

int run(const DecodeCommand& command, Io& io) {
  auto input = read_input(io, command.file);
  if (!input) return complain(io, input.error());
  auto units = units_of(*input);
  if (!units) return complain(io, units.error());
  std::optional<std::uint8_t> coding;
  if (command.data_coding >= 0) coding = static_cast<std::uint8_t>(command.data_coding);
  Decoded decoded;
  const auto form = form_of(command.from, *units, coding);
  if (!form) return complain(io, form.error());
  const auto done = decode_as(*form, *units, coding, decoded);
  tell_defects(io, decoded, done ? "warning" : "error");
  if (!done) return complain(io, done.error());
  if (decoded.left != 0) {
    io.err << "cpgw: warning: the first message is shown; " << decoded.left
           << " more parts follow it\n";
  }
  if (command.to == "json") {
    write_json(io, *form, std::move(decoded));
  } else {
    write_plain(io, decoded);
  }
  return io.out.good() ? kDone : kMalformed;
}

}  // namespace cpgw::gateway::cli
