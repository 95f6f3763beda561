// Values of options beyond numbers and words. Every error is CliErrc::usage and names the option.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/names.h"
#include "si_sl/tp_address.h"

namespace cpgw::gateway::cli {

/// A number in its international form, with or without '+'.
[[nodiscard]] Result<Msisdn> number_of(const std::string& text, const char* option);
/// A number, a short code, or up to 11 septets of text; what is a number is so as carriers take it.
[[nodiscard]] Result<si_sl::TpAddress> originator_of(const std::string& text, const char* option);
/// UTC to the second, such as 2026-01-31T23:59:59Z; nothing for an empty text.
[[nodiscard]] Result<std::optional<std::chrono::sys_seconds>> time_of(const std::string& text,
                                                                      const char* option);
/// Seconds, or a number with s, m, h, d or w: 1 second to 63 weeks, the most a TP-VP holds.
[[nodiscard]] Result<std::chrono::seconds> period_of(const std::string& text, const char* option);
/// How far clocks are ahead of UTC: +hh:mm or -hh:mm; zero for an empty text.
[[nodiscard]] Result<std::chrono::minutes> zone_of(const std::string& text, const char* option);

}  // namespace cpgw::gateway::cli
