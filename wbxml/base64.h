// Base64 (RFC 4648, 4): ds:KeyValue is base64 in XML and plain octets in WBXML.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace cpgw::wbxml::detail {

[[nodiscard]] std::string to_base64(OctetView octets);

/// White space means nothing. Nothing when `text` is not the base64 of octets, padded.
[[nodiscard]] std::optional<Octets> from_base64(std::string_view text);

}  // namespace cpgw::wbxml::detail
