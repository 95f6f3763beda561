// Judges a provisioning document before it is sent: structure, cardinality, forms, limits and
// references (OMA-WAP-TS-ProvCont 1.1), by rules that are data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/document.h"

namespace cpgw::gateway::provisioning {

enum class Severity : std::uint8_t { warning, error };
[[nodiscard]] std::string_view to_string(Severity severity);

/// A rule as `cpgw lint --rules` lists it. Ids stay.
struct LintRule {
  std::string_view id;                    ///< PCnnn
  Severity severity = Severity::warning;  ///< of most findings; a finding may be milder
  std::string_view about;                 ///< what is wrong
  std::string_view cause;                 ///< what comes of it
  std::string_view fix;                   ///< what to do
  std::string_view source;                ///< document and clause, or who saw it
};
[[nodiscard]] std::span<const LintRule> lint_rules();
/// nullptr for an id that is none.
[[nodiscard]] const LintRule* find_rule(std::string_view id);

struct Finding {
  const LintRule* rule = nullptr;
  Severity severity = Severity::warning;
  std::string message;  ///< names places, never a value that may be secret
  std::string path;     ///< such as "NAPDEF[2]/NAPAUTHINFO/AUTHTYPE"
  wbxml::Source at;
};

struct LintOptions {
  /// The document's limits are those of small phones: over it PC042 warns.
  std::size_t octets = 0;       ///< of the encoded push; 0: not known
  std::size_t parts = 0;        ///< of the push; 0: not known
  unsigned pin_digits = 0;      ///< of a push signed by USERPIN; 0: not signed so
  std::string_view today = {};  ///< YYYYMMDD; empty: dates are not compared
};

/// In the order of the document. A document that is no provisioning document has one finding.
[[nodiscard]] std::vector<Finding> lint(const wbxml::Document& document,
                                        const LintOptions& options = {});

}  // namespace cpgw::gateway::provisioning
