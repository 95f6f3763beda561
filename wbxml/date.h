// Dates (%Datetime of SI, SL and EMN) as text and as the octets they travel as: WAP-167, 8.2.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace cpgw::wbxml::detail {

/// "2024-06-25T15:23:15Z" as 20 24 06 25 15 23 15, zero octets at its end left out. Nothing when
/// the text is not exactly of that form or no date of the calendar.
[[nodiscard]] std::optional<Octets> date_octets(std::string_view text);

/// The text of 4 to 7 such octets; zero octets left out or not. Nothing when they are no date.
[[nodiscard]] std::optional<std::string> date_text(OctetView octets);

}  // namespace cpgw::wbxml::detail
