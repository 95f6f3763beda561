// The decoder's inside: the grammar of one document (WAP-192, 5.3) over its octets.
#pragma once

#include <vector>

#include "wbxml/decoder_input.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {

inline std::string page_and_token(std::uint8_t page, std::uint8_t token) {
  return "." + hex8(page) + "." + hex8(token);
}

/// Reads one document, once. Views what it is given, which outlives it.
class Decoder {
 public:
  Decoder(OctetView in, const DecodeLimits& limits, const Transport& transport)
      : limits_(limits), transport_(transport), in_(in, limits) {}

  Result<Document> document();

 private:
  Result<void> header();
  Result<void> charset(std::uint8_t version);
  /// The type a document without a public identifier is of; null when nothing tells.
  [[nodiscard]] const DocumentType* type_not_said() const;
  Result<void> public_identifier(std::uint32_t number, std::uint32_t index, std::size_t at);
  Result<void> content_item();
  Result<void> open_element(std::uint8_t token, std::size_t at);
  Result<void> element_name(std::string& name, std::uint8_t token, std::size_t at);
  Result<void> close_element(std::size_t at);
  Result<void> content_text(std::uint8_t token, std::size_t at);
  Result<void> add_text(std::string text, std::size_t at);
  Result<void> attributes(Node& node, std::size_t most);
  Result<void> start_attribute(Node& node, std::uint8_t token, std::size_t at, std::size_t most);
  Result<void> attribute_value(std::string& value, std::uint8_t token, std::size_t at);
  Result<void> extension(std::string& to, std::uint8_t token, std::size_t at);
  Result<void> opaque(std::string& to, Content content, ValueForm form, std::size_t at);
  Result<void> processing_instruction(std::size_t at);

  Result<void> count_node(std::size_t at);
  /// Takes note of what has no meaning: `code` and `why` are the error where none is allowed.
  Result<void> unknown(Errc code, std::string why, std::size_t at);

  static bool is_string(std::uint8_t token) {
    return token == kStrI || token == kStrT || token == kEntity;
  }
  static bool is_extension(std::uint8_t token) {
    return token >= kExtI && (token & kIdentity) <= 0x02;
  }

  const DecodeLimits& limits_;
  const Transport& transport_;
  DecoderInput in_;
  Document document_;
  std::uint8_t tag_page_ = 0;
  std::uint8_t attribute_page_ = 0;
  ValueForm form_ = ValueForm::text;  ///< of the attribute being read
  unsigned nodes_ = 0;
  unsigned unknown_ = 0;
  bool root_seen_ = false;
  /// Open elements, outermost first. A node's address is stable while it is open: its parent gets
  /// no further child before it is closed.
  std::vector<Node*> open_;
};

}  // namespace cpgw::wbxml::detail
