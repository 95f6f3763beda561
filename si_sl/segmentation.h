// Cuts a push into parts with a user data header each (3GPP TS 23.040, 9.2.3.24). The way back is
// si_sl/udh.h and si_sl/reassembly.h.
#pragma once

#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"
#include "si_sl/part.h"
#include "si_sl/reassembly.h"
#include "si_sl/udh.h"

namespace cpgw::si_sl {

enum class ElementOrder : std::uint8_t { ports_first, concatenation_first };

struct SegmentOptions {
  std::uint16_t destination_port = 2948;
  std::uint16_t source_port = 9200;
  bool wide_reference =
      false;  ///< 16-bit concatenation reference (element 08) instead of 8-bit (00)
  ElementOrder order = ElementOrder::ports_first;
  std::uint8_t part_limit = 10;  ///< 1 to 255
  std::uint8_t data_coding = 0x04;
  bool operator==(const SegmentOptions&) const = default;
};

/// Parts a push of `octets` needs; Errc::too_many_parts over the limit.
[[nodiscard]] Result<std::uint8_t> part_count(std::size_t octets, const SegmentOptions& options);

/// Replaces `out` by the parts of `push`; no allocation once `out` has the room. One part carries
/// no concatenation element. With an 8-bit reference the low octet of `reference` counts.
[[nodiscard]] Result<void> segment(OctetView push, std::uint16_t reference,
                                   const SegmentOptions& options, std::vector<Part>& out);

}  // namespace cpgw::si_sl
