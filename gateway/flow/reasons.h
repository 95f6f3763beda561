// Codes of failures that are ours, beside the operators' own in Job::reason and Event::reason.
#pragma once

#include <cstdint>
#include <string_view>

namespace cpgw::gateway::flow {

/// Above every command_status of SMPP. Stored and shown: never renumber.
enum class OwnReason : std::uint16_t {
  content_unreadable = 0xF001,    ///< the content is missing, damaged, or of a later version
  inputs_unreadable = 0xF002,     ///< the sealed inputs do not open: key lost, or record damaged
  cannot_compose = 0xF003,        ///< filling, signing or cutting failed
  composed_differently = 0xF004,  ///< some parts went out already, and they would not fit these
  held_by_safety = 0xF005,        ///< [safety] only_to does not name the number now
};
constexpr std::string_view to_string(OwnReason reason) {
  switch (reason) {
    case OwnReason::content_unreadable: return "content-unreadable";
    case OwnReason::inputs_unreadable: return "inputs-unreadable";
    case OwnReason::cannot_compose: return "cannot-compose";
    case OwnReason::composed_differently: return "composed-differently";
    case OwnReason::held_by_safety: return "held-by-safety";
  }
  return "none";
}

}  // namespace cpgw::gateway::flow
