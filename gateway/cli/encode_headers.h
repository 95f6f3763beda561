// Further headers of a push as options.
#pragma once

#include <string>
#include <vector>

#include "base/octets.h"
#include "base/result.h"

namespace cpgw::gateway::cli {

/// The octets of si_sl::PushHeaders::further_headers. Each of `headers` is "NAME: VALUE", the value
/// in the form WSP gives the name; a name without a code goes as text. CliErrc::usage.
[[nodiscard]] Result<Octets> encode_headers(const std::vector<std::string>& headers);

}  // namespace cpgw::gateway::cli
