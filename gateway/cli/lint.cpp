// cpgw lint: the findings of gateway/provisioning as text, JSON or SARIF.
#include "gateway/provisioning/lint.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "gateway/cli/commands.h"
#include "gateway/cli/decode_layers.h"
#include "gateway/cli/table.h"
#include "gateway/cli/usage.h"
#include "gateway/service/time_text.h"
#include "si_sl/segmentation.h"
#include "si_sl/wsp_push.h"
#include "wbxml/encoder.h"

namespace cpgw::gateway::cli {
namespace {

namespace json = boost::json;
using provisioning::Finding;
using provisioning::LintOptions;
using provisioning::LintRule;
using provisioning::Severity;

struct Linted {
  std::string label;
  std::vector<Finding> findings;
};

/// Octets and parts of the push when it is signed and cut as by default.
void measure(const wbxml::Document& document, LintOptions& options) {
  const auto body = wbxml::encode(document);
  if (!body) return;  // what cannot be encoded has findings of its own
  constexpr std::string_view kSomeMac = "0000000000000000000000000000000000000000";
  si_sl::PushHeaders headers;
  headers.SEC = 0;
  headers.MAC = kSomeMac;
  options.octets = si_sl::push_octets(headers, body->size());
  si_sl::SegmentOptions segments;
  segments.part_limit = UINT8_MAX;
  options.parts = si_sl::part_count(options.octets, segments).value_or(UINT8_MAX);
}

std::string today(Io& io) {
  std::string date = service::time_text(io.clock.wall()).substr(0, 10);
  std::erase(date, '-');
  return date;
}

json::object place_of(const Finding& finding) {
  json::object place{{"path", json_text(finding.path)}};
  if (finding.at.line != 0) {
    place["line"] = finding.at.line;
    place["column"] = finding.at.column;
  } else {
    place["offset"] = finding.at.offset;
  }
  return place;
}

void tell(Io& io, const Linted& linted) {
  for (const Finding& finding : linted.findings) {
    io.out << printable(linted.label) << ":";
    if (finding.at.line != 0) {
      io.out << finding.at.line << ":" << finding.at.column << ":";
    } else {
      io.out << " octet " << finding.at.offset << ":";
    }
    io.out << " " << to_string(finding.severity) << ": " << printable(finding.message);
    if (!finding.path.empty()) io.out << " (" << printable(finding.path) << ")";
    io.out << " [" << finding.rule->id << "]\n  " << finding.rule->cause
           << "; mend: " << finding.rule->fix << "\n";
  }
}

json::array json_of(const std::vector<Linted>& all) {
  json::array files;
  for (const Linted& linted : all) {
    json::array findings;
    for (const Finding& finding : linted.findings) {
      json::object one{{"rule", finding.rule->id},
                       {"severity", to_string(finding.severity)},
                       {"message", json_text(finding.message)},
                       {"cause", finding.rule->cause},
                       {"mend", finding.rule->fix},
                       {"source", finding.rule->source}};
      for (auto& [name, value] : place_of(finding)) one[name] = value;
      findings.push_back(std::move(one));
    }
    files.push_back(
        json::object{{"file", json_text(linted.label)}, {"findings", std::move(findings)}});
  }
  return files;
}

/// SARIF 2.1.0, sections 3.19, 3.27 and 3.49.
json::object sarif_of(const std::vector<Linted>& all) {
  json::array rules, results;
  for (const LintRule& rule : provisioning::lint_rules()) {
    rules.push_back(json::object{
        {"id", rule.id},
        {"shortDescription", {{"text", rule.about}}},
        {"help", {{"text", std::string(rule.cause) + "; mend: " + std::string(rule.fix)}}},
        {"defaultConfiguration", {{"level", to_string(rule.severity)}}}});
  }
  for (const Linted& linted : all) {
    for (const Finding& finding : linted.findings) {
      json::object region;
      if (finding.at.line != 0) {
        region["startLine"] = finding.at.line;
        if (finding.at.column != 0) region["startColumn"] = finding.at.column;
      } else {
        region["byteOffset"] = finding.at.offset;
      }
      results.push_back(json::object{
          {"ruleId", finding.rule->id},
          {"level", to_string(finding.severity)},
          {"message", {{"text", json_text(finding.message)}}},
          {"locations",
           json::array{json::object{
               {"physicalLocation",
                json::object{{"artifactLocation", {{"uri", json_text(linted.label)}}},
                             {"region", std::move(region)}}},
               {"logicalLocations",
                json::array{json::object{{"fullyQualifiedName", json_text(finding.path)}}}}}}}});
    }
  }
  json::object driver{{"name", "cpgw"}, {"version", CPGW_VERSION}, {"rules", std::move(rules)}};
  json::object run{{"tool", json::object{{"driver", std::move(driver)}}},
                   {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", json::array{std::move(run)}}};
}

int list_rules(Io& io, bool as_json) {
  std::vector<std::vector<std::string>> rows;
  json::array all;
  for (const LintRule& rule : provisioning::lint_rules()) {
    rows.push_back({std::string(rule.id), std::string(to_string(rule.severity)),
                    std::string(rule.about), std::string(rule.source)});
    all.push_back(json::object{{"id", rule.id},
                               {"severity", to_string(rule.severity)},
                               {"about", rule.about},
                               {"cause", rule.cause},
                               {"mend", rule.fix},
                               {"source", rule.source}});
  }
  if (as_json) {
    io.out << json::serialize(all) << "\n";
  } else {
    io.out << table({"rule", "severity", "about", "source"}, rows);
  }
  return io.out.good() ? kDone : kMalformed;
}

}  // namespace

int run(const LintCommand& command, Io& io) {
  if (command.rules) return list_rules(io, command.json);
  if (command.files.empty())
    return complain(io, misuse("name a document, or - for standard input", "file").value());
  std::vector<Linted> all;
  bool unreadable = false, errors = false;
  for (const std::string& file : command.files) {
    const std::string label = file == "-" ? "standard input" : file;
    const auto input = read_input(io, file);
    const auto document =
        input ? document_in(*input, label) : Result<wbxml::Document>(fail(input.error()));
    if (!document) {
      complain(io, document.error());
      unreadable = true;
      continue;
    }
    LintOptions options;
    const std::string day = today(io);
    options.today = day;
    options.pin_digits = command.pin_digits;
    measure(*document, options);
    all.push_back({label, provisioning::lint(*document, options)});
    for (const Finding& finding : all.back().findings)
      errors = errors || finding.severity == Severity::error;
  }
  if (command.json) {
    io.out << json::serialize(json_of(all)) << "\n";
  } else if (command.sarif) {
    io.out << json::serialize(sarif_of(all)) << "\n";
  } else {
    for (const Linted& linted : all) tell(io, linted);
  }
  if (unreadable || !io.out.good()) return kMalformed;
  return errors ? kNo : kDone;
}

}  // namespace cpgw::gateway::cli
