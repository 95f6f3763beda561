// Shared by the two files of message_centre.
#pragma once

#include <string_view>

#include "carriers/smpp/pdu.h"

namespace cpgw::gateway::simulators::detail {

[[nodiscard]] inline std::string_view without_plus(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return number;
}

/// For PDUs whose fields are within their limits: made here, or taken from a PDU that was.
[[nodiscard]] inline Octets encoded(const carriers::smpp::Pdu& pdu) {
  Octets out;
  static_cast<void>(carriers::smpp::encode(pdu, out));
  return out;
}

}  // namespace cpgw::gateway::simulators::detail
