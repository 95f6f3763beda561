// Writes one document's octets: shared by the encoder and the template compiler.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "wbxml/document.h"
#include "wbxml/encoder.h"
#include "wbxml/slot_text.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml::detail {

/// A slot's value goes in front of octet `offset` of what was emitted.
struct SlotMark {
  std::size_t offset = 0;
  std::uint16_t slot = 0;
  /// The value is made of this many slots and nothing else, this is the first of them, and its
  /// string is not written yet: it is left out when all of them are empty. 0 = inside a string.
  std::uint16_t group = 0;
};

/// Appends to `out`, which outlives it. One document per emitter.
class Emitter {
 public:
  Emitter(const DocumentType& type, Octets& out) : type_(type), writer_(out), out_(out) {}

  /// Reads `${name}` as a slot from now on and notes where each stands.
  void read_slots(std::span<const SlotSpec> slots, std::vector<SlotMark>& marks) {
    slots_ = slots;
    marks_ = &marks;
  }

  [[nodiscard]] Result<void> document(const Document& document, const EncodeOptions& options);

 private:
  [[nodiscard]] Result<void> element(const Node& node, unsigned depth);
  [[nodiscard]] Result<void> attribute(const Node& owner, const Attribute& attribute);
  [[nodiscard]] Result<void> text(const Node& owner, std::string_view run, const Source& at);

  /// Both: false when the attribute's values are a closed list without this one.
  [[nodiscard]] bool constant_attribute(std::string_view name, std::string_view value);
  [[nodiscard]] bool slotted_attribute(std::string_view name, const std::vector<Segment>& parts);
  [[nodiscard]] bool value_as_tokens(std::string_view name, std::string_view value);
  void start_on_page(const AttributeToken& start);
  void segments(const std::vector<Segment>& parts);
  void string(std::string_view value);
  void switch_page(std::uint8_t& current, std::uint8_t page);
  void mb_u_int32(std::uint32_t value);

  const DocumentType& type_;
  OctetWriter writer_;
  Octets& out_;
  std::span<const SlotSpec> slots_;
  std::vector<SlotMark>* marks_ = nullptr;
  std::uint8_t tag_page_ = 0;
  std::uint8_t attribute_page_ = 0;
};

}  // namespace cpgw::wbxml::detail
