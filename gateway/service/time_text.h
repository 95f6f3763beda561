// Wall time as doors write it: 2026-01-31T23:59:59.000Z.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cpgw::gateway::service {

[[nodiscard]] std::string time_text(WallTime at);
/// The same form, with or without milliseconds; UTC only. gateway/bad-request otherwise.
[[nodiscard]] Result<WallTime> read_time(std::string_view text);

}  // namespace cpgw::gateway::service
