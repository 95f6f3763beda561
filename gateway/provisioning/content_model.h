// What a provisioning document may hold, as data (OMA-WAP-TS-ProvCont 1.1): characteristics, where
// they stand, their parms, how often, of which form.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cpgw::gateway::provisioning {

enum class Count : std::uint8_t {
  one,       ///< without it a client cannot use the characteristic
  expected,  ///< one by the document, and often left out by operators
  maybe,
  many,
};

enum class ParmForm : std::uint8_t {
  text,
  flag,     ///< a name without a value
  decimal,  ///< within least and most
  hex,      ///< within least and most
  uri,      ///< absolute
  ip,       ///< IPv4 or IPv6
  date,
};

/// A closed list refuses every other word; an open one is only what is known.
enum class Words : std::uint8_t { none, open, closed };

struct ParmRule {
  std::string_view name;
  Count count = Count::maybe;
  std::uint16_t limit = 0;  ///< octets; 0: none is given
  ParmForm form = ParmForm::text;
  std::uint32_t least = 0, most = UINT32_MAX;  ///< of numbers
  Words closed = Words::none;
  std::span<const std::string_view> words = {};
};

struct CharacteristicRule {
  std::string_view type;
  std::span<const std::string_view> parents;  ///< "" is the document itself
  std::span<const ParmRule> parms;
  bool open = false;  ///< further parms are the application's or vendor's own
};

[[nodiscard]] std::span<const CharacteristicRule> content_model();
/// By its exact name; nullptr when it is none of ours.
[[nodiscard]] const CharacteristicRule* find_characteristic(std::string_view type);
[[nodiscard]] const ParmRule* find_parm(const CharacteristicRule& characteristic,
                                        std::string_view name);

}  // namespace cpgw::gateway::provisioning
