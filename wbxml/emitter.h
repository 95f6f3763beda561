// Writes one document's octets: shared by the encoder and the template compiler.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "wbxml/document.h"
#include "wbxml/encoder.h"
#include "wbxml/slot_text.h"
#include "wbxml/string_table.h"
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

struct Emitted {
  Octets octets;
  std::vector<SlotMark> marks;
};

/// With `slots`, `${name}` is read as a slot.
[[nodiscard]] Result<Emitted> emit(const Document& document, const EncodeOptions& options,
                                   const std::span<const SlotSpec>* slots = nullptr);

/// One pass over a document; for emit(). All it is given outlives it.
class Emitter {
 public:
  enum class Pass : std::uint8_t { only, counting, last };

  Emitter(const DocumentType& type, const EncodeOptions& options,
          const std::span<const SlotSpec>* slots, StringTable& table, Pass pass)
      : type_(type), options_(options), slots_(slots), table_(table), pass_(pass) {}

  [[nodiscard]] Result<Emitted> document(const Node& root) &&;

 private:
  [[nodiscard]] Result<void> element(const Node& node, unsigned depth);
  [[nodiscard]] Result<void> children(const Node& node, Content content, unsigned depth);
  [[nodiscard]] Result<void> text(const Node& owner, Content content, std::string_view run,
                                  const Source& at);

  [[nodiscard]] Result<void> attribute(const Node& owner, const Attribute& attribute);
  [[nodiscard]] Result<void> literal_attribute(const Attribute& attribute,
                                               const std::vector<Segment>& parts);
  [[nodiscard]] Result<void> constant_attribute(const Node& owner, const Attribute& attribute,
                                                std::string_view value);
  [[nodiscard]] Result<void> slotted_attribute(const Node& owner, const Attribute& attribute,
                                               const std::vector<Segment>& parts);
  [[nodiscard]] Result<void> date(const Node& owner, const Attribute& attribute,
                                  const AttributeToken& start, std::string_view value);
  /// False, and nothing written, when no tokens say exactly `value`.
  [[nodiscard]] bool value_as_tokens(std::string_view name, std::string_view value);
  void url(const AttributeToken& plain, std::string_view value);

  /// The start that says exactly `name` and `value`, of the page that is preferred.
  [[nodiscard]] const AttributeToken* start_of(std::string_view name, std::string_view value) const;
  void literal(std::uint8_t token, std::string_view name);
  void start_on_page(const AttributeToken& start);
  void segments(const std::vector<Segment>& parts);
  void string(std::string_view value);
  void opaque(OctetView octets);
  void switch_page(std::uint8_t& current, std::uint8_t page);
  void mb_u_int32(std::uint32_t value);

  const DocumentType& type_;
  const EncodeOptions& options_;
  const std::span<const SlotSpec>* slots_;
  StringTable& table_;
  const Pass pass_;
  Emitted out_;
  OctetWriter writer_{out_.octets};
  std::uint8_t tag_page_ = 0;
  std::uint8_t attribute_page_ = 0;
};

}  // namespace cpgw::wbxml::detail
