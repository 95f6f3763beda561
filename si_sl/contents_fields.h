// How documents are built from fields, and how fields are checked before.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wbxml/document.h"

namespace cpgw::si_sl::detail {

inline constexpr std::size_t kMostFieldOctets = 4096;

[[nodiscard]] inline wbxml::Node element(std::string_view name) {
  wbxml::Node node;
  node.name = name;
  return node;
}
/// Adds the attribute unless its value is empty.
void put(wbxml::Node& node, std::string_view name, std::string_view value);

/// Errc::too_long; bad_value for what is no text of XML. The message does not show the value.
[[nodiscard]] Result<void> check_text(std::string_view value, std::string_view field);
/// An absolute URI: a scheme, then printable ASCII that RFC 3986 allows.
[[nodiscard]] Result<void> check_uri(std::string_view value, std::string_view field);

/// As %Datetime: 2024-06-25T15:23:15Z.
[[nodiscard]] Result<std::string> date_text(std::chrono::sys_seconds time, std::string_view field);

}  // namespace cpgw::si_sl::detail
