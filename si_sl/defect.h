// What can be wrong with the parts of a message, by name. A handset swallows most of it without a
// word; whoever looks for a sender's fault wants to be told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cpgw::si_sl {

enum class Defect : std::uint8_t {
  malformed_header,        ///< not to be read: an element beyond its end, a wrong length
  total_zero,              ///< of no parts
  number_zero,             ///< parts count from 1 (in CDMA from 0)
  number_over_total,       ///< a part after the last
  missing_port,            ///< no port element: no handset hands it to an application
  ports_changed,           ///< to other ports than the first part seen
  total_changed,           ///< another total under the same reference while that is unfinished
  mixed_reference_widths,  ///< 8-bit and 16-bit references under one number, or in one header
  repeated,                ///< a part again, with the same octets
  conflicting_repeat,      ///< a part again, with other octets; the first stays
  duplicate_element,       ///< an element twice in one header; the last one counts
  unknown_element,         ///< an element we do not know; skipped, as the clause demands
  timed_out,               ///< unfinished when the time was up; `missing` has the numbers
  crowded_out,             ///< unfinished and the oldest when there was no room for another
};
constexpr std::string_view to_string(Defect defect) {
  switch (defect) {
    case Defect::malformed_header: return "malformed-header";
    case Defect::total_zero: return "total-zero";
    case Defect::number_zero: return "number-zero";
    case Defect::number_over_total: return "number-over-total";
    case Defect::missing_port: return "missing-port";
    case Defect::ports_changed: return "ports-changed";
    case Defect::total_changed: return "total-changed";
    case Defect::mixed_reference_widths: return "mixed-reference-widths";
    case Defect::repeated: return "repeated";
    case Defect::conflicting_repeat: return "conflicting-repeat";
    case Defect::duplicate_element: return "duplicate-element";
    case Defect::unknown_element: return "unknown-element";
    case Defect::timed_out: return "timed-out";
    case Defect::crowded_out: return "crowded-out";
  }
  return "none";
}

/// One defect and where it was.
struct DefectReport {
  Defect defect = Defect::malformed_header;
  std::string originator;                  ///< at most 64 characters of it
  std::optional<std::uint16_t> reference;  ///< of a concatenated message
  std::uint8_t total = 0, number = 0;      ///< of the part; 0 = not known
  std::vector<std::uint8_t> missing;       ///< timed_out, crowded_out: parts that never came
  bool operator==(const DefectReport&) const = default;
};

}  // namespace cpgw::si_sl
