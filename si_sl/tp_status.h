// TP-ST, what a status report says (3GPP TS 23.040, 9.2.3.15).
#pragma once

#include <cstdint>
#include <string_view>

namespace cpgw::si_sl {

enum class StatusClass : std::uint8_t {
  delivered,     ///< the transaction is completed
  still_trying,  ///< a temporary error; another report follows
  permanent,     ///< a permanent error; no more attempts
  gave_up,       ///< a temporary error; no more attempts
};

struct TpStatus {
  StatusClass status_class = StatusClass::gave_up;
  std::string_view name;
  bool operator==(const TpStatus&) const = default;
};

/// Reserved codes keep the class their range has; of 80 and above, which have none, the clause
/// tells receivers to think "service rejected".
[[nodiscard]] TpStatus tp_status(std::uint8_t code);

}  // namespace cpgw::si_sl
