// What octets look like, when nobody says what they are.
#pragma once

#include <span>
#include <string_view>

#include "gateway/cli/decode_units.h"

namespace cpgw::gateway::cli {

/// The names --from takes, without "auto".
[[nodiscard]] std::span<const std::string_view> decode_forms();

/// One of decode_forms(). Errc::unknown_document (of wbxml) when it looks like none of them.
[[nodiscard]] Result<std::string_view> detect_form(const Units& units);

/// Of CDMA segments: does every one repeat the ports of the first?
[[nodiscard]] bool repeats_ports(const Units& segments);

}  // namespace cpgw::gateway::cli
