// Forms of single values in a provisioning document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/provisioning/content_model.h"
#include "gateway/provisioning/lint.h"
#include "wbxml/document.h"

namespace cpgw::gateway::provisioning {

struct ValueFault {
  std::string_view rule;  ///< id
  Severity severity = Severity::error;
  std::string message;  ///< without the value
};

/// `value`: nullptr when the parm has none.
[[nodiscard]] std::vector<ValueFault> value_faults(const ParmRule& rule,
                                                   const wbxml::Attribute* value);
/// Does the address have the form its type asks for? Types without a form always fit.
[[nodiscard]] std::optional<ValueFault> address_fault(std::string_view address,
                                                      std::string_view type);
/// A bearer of packet data.
[[nodiscard]] bool is_packet(std::string_view bearer);
[[nodiscard]] bool is_web_uri(std::string_view text);
/// YYYYMMDD of a date with or without hyphens; empty when it is none.
[[nodiscard]] std::string date_digits(std::string_view date);

}  // namespace cpgw::gateway::provisioning
