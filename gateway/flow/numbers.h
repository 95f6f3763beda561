// Telephone numbers as people write them to E.164.
#pragma once

#include <string>
#include <string_view>

#include "base/names.h"
#include "base/result.h"

namespace cpgw::gateway::flow {

struct NumberRules {
  std::string default_country;  ///< digits, such as "358"; empty: national numbers are refused
  std::string national_prefix = "0";  ///< taken off a national number; empty = none
  std::string international_prefix = "00";
};

/// Takes "+358 40 123-4567", "00358…", "0401234567"; spaces, hyphens, dots, brackets and slashes
/// are dropped. The country code must be an assigned one (ITU-T E.164). Errc::bad_recipient says
/// what was missing; the message may show the number.
[[nodiscard]] Result<Msisdn> normalise(std::string_view text, const NumberRules& rules);

}  // namespace cpgw::gateway::flow
