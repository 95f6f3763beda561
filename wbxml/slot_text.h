// Attribute values and text with slots in them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/template.h"

namespace cpgw::wbxml::detail {

/// A run of constant text, or a slot.
struct Segment {
  std::string text;
  std::optional<std::uint16_t> slot;  ///< index into the declared slots
};

/// Splits at `${name}`; `$${` becomes a literal `${`. Leftmost reading: `$$${` is `$` and a
/// literal. Errc::bad_slot at `at` for an undeclared name or a `${` that is no slot.
[[nodiscard]] Result<std::vector<Segment>> split_slots(std::string_view text,
                                                       std::span<const SlotSpec> slots,
                                                       const Position& at);

/// Are the declarations themselves sound: names, no name twice, a maximum above 0?
[[nodiscard]] Result<void> check_declarations(std::span<const SlotSpec> slots);

}  // namespace cpgw::wbxml::detail
