// Security inputs and slots as the command line takes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/names.h"
#include "gateway/cli/commands.h"
#include "signer/bootstrap_mac.h"
#include "wbxml/template.h"

namespace cpgw::gateway::cli {

struct SecurityInputs {
  signer::Security method = signer::Security::none;
  std::optional<Imsi> imsi;
  std::optional<UserPin> pin;
};
/// Reads IMSI and PIN from options, files or CPGW_IMSI and CPGW_PIN; only what the method uses is
/// looked at in the environment.
[[nodiscard]] Result<SecurityInputs> read_security(Io& io, const SecurityOptions& options);

struct Slots {
  std::vector<wbxml::SlotSpec> specs;
  std::vector<std::pair<std::string, std::string>> values;
  /// The values in the template's order; a slot without a value, or a value without a slot, is an
  /// error. Views of this object.
  [[nodiscard]] Result<std::vector<std::string_view>> values_for(
      std::span<const wbxml::SlotSpec> wanted) const;
};
/// A value whose slot has no declared type makes a text slot of at most 255 octets.
[[nodiscard]] Result<Slots> parse_slots(const SlotOptions& options);

}  // namespace cpgw::gateway::cli
