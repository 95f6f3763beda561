#include "wbxml/decoder.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

std::string hex8(std::uint8_t v) {
  const std::byte octet{v};
  return to_hex(OctetView(&octet, 1), HexCase::upper);
}

class Decoder {
 public:
  Decoder(OctetView in, const DecodeLimits& limits) : in_(in), limits_(limits) {}

  Result<Document> document();

 private:
  Result<void> header();
  Result<void> public_identifier(std::uint32_t number, std::size_t at);
  Result<void> content_item();
  Result<void> open_element(std::uint8_t token, std::size_t at);
  Result<void> close_element(std::size_t at);
  Result<void> content_text(std::uint8_t token, std::size_t at);
  Result<void> attributes(Node& node, std::size_t most);
  Result<void> start_attribute(Node& node, std::uint8_t token, std::size_t at, std::size_t most);
  Result<void> attribute_value(std::string& value, std::uint8_t token, std::size_t at);
  Result<void> processing_instruction();

  Result<std::uint8_t> octet();
  Result<std::uint32_t> mb_u_int32();
  /// STR_I, STR_T, ENTITY or OPAQUE, whose token stood at `at`.
  Result<void> append_string(std::string& to, std::uint8_t token, std::size_t at);
  Result<void> append_text(std::string& to, OctetView octets, std::size_t at);
  Result<void> spend(std::size_t octets, std::size_t at);
  Result<OctetView> table_string(std::uint32_t index, std::size_t at) const;
  Result<std::string> literal_name();

  static bool is_string(std::uint8_t token) {
    return token == kStrI || token == kStrT || token == kEntity || token == kOpaque;
  }
  static tl::unexpected<Error> no(Errc code, std::string why, std::size_t at) {
    return fail(code, std::move(why), at_offset(at));
  }

  OctetView in_;
  const DecodeLimits& limits_;
  std::size_t offset_ = 0;
  const DocumentType* type_ = nullptr;
  std::uint32_t charset_ = kUtf8;
  OctetView table_;
  std::size_t table_at_ = 0;
  std::uint8_t tag_page_ = 0;
  std::uint8_t attribute_page_ = 0;
  unsigned nodes_ = 0;
  std::size_t text_octets_ = 0;
  Node root_;
  bool root_seen_ = false;
  /// Open elements, outermost first. A node's address is stable while it is open: its parent gets
  /// no further child before it is closed.
  std::vector<Node*> open_;
};

Result<std::uint8_t> Decoder::octet() {
  if (offset_ == in_.size()) {
    return no(Errc::truncated, "the document ends before its last element is closed", offset_);
  }
  return to_u8(in_[offset_++]);
}

Result<std::uint32_t> Decoder::mb_u_int32() {
  const std::size_t at = offset_;
  std::uint64_t value = 0;
  for (int i = 0; i < 5; ++i) {
    const auto next = octet();
    if (!next) return fail(next.error());
    value = (value << 7) | (*next & 0x7Fu);
    if ((*next & 0x80) == 0) {
      if (value > 0xFFFFFFFFu) break;
      return static_cast<std::uint32_t>(value);
    }
  }
  return no(Errc::malformed, "a multi-octet number above 32 bits", at);
}

Result<OctetView> Decoder::table_string(std::uint32_t index, std::size_t at) const {
  if (index >= table_.size()) {
    return no(Errc::malformed,
              "string table index " + std::to_string(index) + " is beyond the table's " +
                  std::to_string(table_.size()) + " octets",
              at);
  }
  const OctetView tail = table_.subspan(index);
  const auto nul = std::find(tail.begin(), tail.end(), std::byte{0});
  if (nul == tail.end()) {
    return no(Errc::malformed, "the string table entry has no terminating zero octet",
              table_at_ + index);
  }
  return tail.first(static_cast<std::size_t>(nul - tail.begin()));
}

Result<void> Decoder::spend(std::size_t octets, std::size_t at) {
  if (octets > limits_.text_octets - std::min(limits_.text_octets, text_octets_)) {
    return no(Errc::limit,
              "more than " + std::to_string(limits_.text_octets) + " octets of text in all", at);
  }
  text_octets_ += octets;
  return {};
}

Result<void> Decoder::append_text(std::string& to, OctetView octets, std::size_t at) {
  if (octets.size() > limits_.value_octets - std::min(limits_.value_octets, to.size())) {
    return no(Errc::limit,
              "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
  }
  if (auto done = spend(octets.size(), at); !done) return done;
  const std::string_view text = as_text(octets);
  if (charset_ == kIso88591) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (!is_xml_char(c)) return no(Errc::bad_value, "not a character of XML", at + i);
      append_utf8(to, c);
    }
    return {};
  }
  if (charset_ == kUsAscii) {
    const auto high = std::find_if(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (high != text.end()) {
      return no(Errc::bad_value, "an octet above 7F in a document declared US-ASCII",
                at + static_cast<std::size_t>(high - text.begin()));
    }
  }
  if (const auto bad = find_bad_character(text)) {
    return no(Errc::bad_value, "not a character of XML in UTF-8", at + *bad);
  }
  to += text;
  return {};
}

Result<void> Decoder::append_string(std::string& to, std::uint8_t token, std::size_t at) {
  if (token == kStrI) {
    const OctetView tail = in_.subspan(offset_);
    const auto nul = std::find(tail.begin(), tail.end(), std::byte{0});
    if (nul == tail.end()) {
      return no(Errc::truncated, "an inline string without its terminating zero octet", at);
    }
    const std::size_t begin = offset_;
    const auto length = static_cast<std::size_t>(nul - tail.begin());
    offset_ += length + 1;
    return append_text(to, tail.first(length), begin);
  }
  const auto number = mb_u_int32();
  if (!number) return fail(number.error());
  if (token == kStrT) {
    const auto text = table_string(*number, at);
    if (!text) return fail(text.error());
    return append_text(to, *text, table_at_ + *number);
  }
  if (token == kEntity) {
    if (!is_xml_char(*number)) {
      return no(Errc::bad_value, "an entity whose code is not a character of XML", at);
    }
    if (to.size() + 4 > limits_.value_octets) {
      return no(Errc::limit,
                "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
    }
    append_utf8(to, *number);
    return {};
  }
  // OPAQUE: no document type here gives it a meaning of its own; its octets are text.
  if (*number > in_.size() - offset_) {
    return no(Errc::truncated, "opaque data longer than the rest of the document", at);
  }
  const std::size_t begin = offset_;
  offset_ += *number;
  return append_text(to, in_.subspan(begin, *number), begin);
}

Result<std::string> Decoder::literal_name() {
  const std::size_t at = offset_;
  const auto index = mb_u_int32();
  if (!index) return fail(index.error());
  const auto text = table_string(*index, at);
  if (!text) return fail(text.error());
  if (!is_plain_name(as_text(*text)) || text->size() > limits_.value_octets) {
    return no(Errc::bad_value, "a literal that is no element or attribute name",
              table_at_ + *index);
  }
  if (auto done = spend(text->size(), at); !done) return fail(std::move(done).error());
  return std::string(as_text(*text));
}

Result<void> Decoder::public_identifier(std::uint32_t number, std::size_t at) {
  // Called when the string table is known: number 0 is never a registered identifier.
  const auto types = document_types();
  const auto it = std::find_if(types.begin(), types.end(),
                               [&](const DocumentType* type) { return type->public_id == number; });
  if (it == types.end()) {
    return no(Errc::unknown_document,
              number == 1 ? "the document does not say its type (public identifier 01)"
                          : "unknown public identifier " + std::to_string(number),
              at);
  }
  type_ = *it;
  return {};
}

Result<void> Decoder::header() {
  if (in_.empty()) return no(Errc::truncated, "there are no octets at all", 0);
  const std::uint8_t version = to_u8(in_[offset_++]);
  if (version > 0x03) {
    return no(Errc::unsupported, "WBXML version octet " + hex8(version) + "; 00 to 03 are read", 0);
  }
  const std::size_t id_at = offset_;
  const auto id = mb_u_int32();
  if (!id) return fail(id.error());
  std::uint32_t id_index = 0;
  if (*id == 0) {
    const auto index = mb_u_int32();
    if (!index) return fail(index.error());
    id_index = *index;
  }
  if (version != 0x00) {  // 1.0 has no charset field
    const std::size_t charset_at = offset_;
    const auto charset = mb_u_int32();
    if (!charset) return fail(charset.error());
    // 0 leaves it to the transport, which for these documents means UTF-8.
    charset_ = *charset == 0 ? kUtf8 : *charset;
    if (charset_ != kUtf8 && charset_ != kUsAscii && charset_ != kIso88591) {
      return no(Errc::unsupported,
                "character set " + std::to_string(charset_) +
                    " (MIBenum); UTF-8, US-ASCII and ISO-8859-1 are read",
                charset_at);
    }
  }
  const std::size_t length_at = offset_;
  const auto length = mb_u_int32();
  if (!length) return fail(length.error());
  if (*length > in_.size() - offset_) {
    return no(Errc::truncated, "a string table longer than the rest of the document", length_at);
  }
  table_at_ = offset_;
  table_ = in_.subspan(offset_, *length);
  offset_ += *length;
  if (*id != 0) return public_identifier(*id, id_at);

  const auto name = table_string(id_index, id_at);
  if (!name) return fail(name.error());
  const auto types = document_types();
  const auto it = std::find_if(types.begin(), types.end(), [&](const DocumentType* type) {
    return type->formal_public_id == as_text(*name);
  });
  if (it == types.end()) {
    return no(Errc::unknown_document, "unknown public identifier in the string table",
              table_at_ + id_index);
  }
  type_ = *it;
  return {};
}

Result<void> Decoder::start_attribute(Node& node, std::uint8_t token, std::size_t at,
                                      std::size_t most) {
  if (node.attributes.size() == most) {
    return no(Errc::limit, "more than " + std::to_string(most) + " attributes", at);
  }
  Attribute attribute;
  attribute.at.offset = at;
  if (token == kLiteral) {
    auto name = literal_name();
    if (!name) return fail(std::move(name).error());
    attribute.name = std::move(*name);
  } else {
    const AttributeToken* const row = by_token(type_->attributes, attribute_page_, token);
    if (row == nullptr) {
      return no(Errc::unknown_name,
                "attribute token " + hex8(token) + " is not assigned on page " +
                    std::to_string(attribute_page_),
                at);
    }
    attribute.name = row->name;
    attribute.value = row->value_prefix;
  }
  if (node.attribute(attribute.name) != nullptr) {
    return no(Errc::malformed, "attribute '" + attribute.name + "' stands twice in one element",
              at);
  }
  node.attributes.push_back(std::move(attribute));
  return {};
}

Result<void> Decoder::attribute_value(std::string& value, std::uint8_t token, std::size_t at) {
  if (is_string(token)) return append_string(value, token, at);
  if (token < 0x80 || (token & kIdentity) < 0x05) {
    const bool extension = (token & kIdentity) <= 0x02;
    return no(extension ? Errc::unsupported : Errc::malformed,
              "token " + hex8(token) +
                  (extension ? " (extension) has no meaning in " : " cannot stand in a value of ") +
                  std::string(type_->name),
              at);
  }
  const ValueToken* const row = by_token(type_->values, attribute_page_, token);
  if (row == nullptr) {
    return no(Errc::unknown_name,
              "attribute value token " + hex8(token) + " is not assigned on page " +
                  std::to_string(attribute_page_),
              at);
  }
  return append_text(value, as_octets(row->text), at);
}

Result<void> Decoder::attributes(Node& node, std::size_t most) {
  while (true) {
    const std::size_t at = offset_;
    const auto token = octet();
    if (!token) return fail(token.error());
    if (*token == kEnd) {
      if (node.attributes.empty()) {
        return no(Errc::malformed, "an attribute list without an attribute", at);
      }
      return {};
    }
    Result<void> done;
    if (*token == kSwitchPage) {
      const auto next = octet();
      if (!next) return fail(next.error());
      attribute_page_ = *next;
    } else if (*token == kLiteral || (*token < 0x80 && (*token & kIdentity) >= 0x05)) {
      done = start_attribute(node, *token, at, most);
    } else if (node.attributes.empty()) {
      return no(Errc::malformed, "a value before the first attribute", at);
    } else {
      done = attribute_value(node.attributes.back().value, *token, at);
    }
    if (!done) return done;
  }
}

Result<void> Decoder::processing_instruction() {
  // PI attrStart *attrValue END: read by the same rules and dropped.
  Node scratch;
  return attributes(scratch, 1);
}

Result<void> Decoder::open_element(std::uint8_t token, std::size_t at) {
  Node node;
  node.at.offset = at;
  if ((token & kIdentity) == kLiteral) {
    auto name = literal_name();
    if (!name) return fail(std::move(name).error());
    node.name = std::move(*name);
  } else {
    const auto identity = static_cast<std::uint8_t>(token & kIdentity);
    const TagToken* const row = by_token(type_->tags, tag_page_, identity);
    if (row == nullptr) {
      return no(
          Errc::unknown_name,
          "tag token " + hex8(identity) + " is not assigned on page " + std::to_string(tag_page_),
          at);
    }
    node.name = row->name;
  }
  if (++nodes_ > limits_.nodes) {
    return no(Errc::limit, "more than " + std::to_string(limits_.nodes) + " elements", at);
  }
  if (open_.size() >= limits_.depth) {
    return no(Errc::limit, "elements nest deeper than " + std::to_string(limits_.depth), at);
  }
  if ((token & kAttributeBit) != 0) {
    constexpr std::size_t kMostAttributes = 64;
    if (auto done = attributes(node, kMostAttributes); !done) return done;
  }
  Node* placed = &root_;
  if (open_.empty()) {
    if (node.name != type_->root) {
      return no(Errc::unknown_document,
                "the root element of " + std::string(type_->name) + " is '" +
                    std::string(type_->root) + "', not '" + shown(node.name) + "'",
                at);
    }
    root_ = std::move(node);
    root_seen_ = true;
  } else {
    auto& siblings = open_.back()->children;
    siblings.push_back(std::move(node));
    placed = &siblings.back();
  }
  if ((token & kContentBit) != 0) open_.push_back(placed);
  return {};
}

Result<void> Decoder::close_element(std::size_t at) {
  if (open_.empty()) return no(Errc::malformed, "END without an open element", at);
  open_.pop_back();
  return {};
}

Result<void> Decoder::content_text(std::uint8_t token, std::size_t at) {
  if (open_.empty()) return no(Errc::malformed, "text outside of the root element", at);
  std::string text;
  if (auto done = append_string(text, token, at); !done) return done;
  if (text.empty()) return {};
  if (!type_->has_text) {
    if (is_blank(text)) return {};
    return no(Errc::bad_value, "text between the elements of " + std::string(type_->name), at);
  }
  auto& siblings = open_.back()->children;
  if (!siblings.empty() && siblings.back().kind == Node::Kind::text) {
    if (siblings.back().text.size() + text.size() > limits_.value_octets) {
      return no(Errc::limit, "text longer than " + std::to_string(limits_.value_octets) + " octets",
                at);
    }
    siblings.back().text += text;
    return {};
  }
  if (++nodes_ > limits_.nodes) {
    return no(Errc::limit, "more than " + std::to_string(limits_.nodes) + " nodes", at);
  }
  Node run;
  run.kind = Node::Kind::text;
  run.text = std::move(text);
  run.at.offset = at;
  siblings.push_back(std::move(run));
  return {};
}

Result<void> Decoder::content_item() {
  const std::size_t at = offset_;
  const auto token = octet();
  if (!token) return fail(token.error());
  if (*token == kSwitchPage) {
    const auto next = octet();
    if (!next) return fail(next.error());
    tag_page_ = *next;
    return {};
  }
  if (*token == kEnd) return close_element(at);
  if (*token == kPi) return processing_instruction();
  if (is_string(*token)) return content_text(*token, at);
  if ((*token & kIdentity) < kLiteral) {
    return no(
        Errc::unsupported,
        "token " + hex8(*token) + " (extension) has no meaning in " + std::string(type_->name), at);
  }
  return open_element(*token, at);
}

Result<Document> Decoder::document() {
  if (in_.size() > limits_.octets) {
    return no(Errc::limit,
              std::to_string(in_.size()) + " octets are more than the " +
                  std::to_string(limits_.octets) + " allowed",
              limits_.octets);
  }
  if (auto done = header(); !done) return fail(std::move(done).error());
  while (!root_seen_ || !open_.empty()) {
    if (auto done = content_item(); !done) return fail(std::move(done).error());
  }
  while (offset_ != in_.size()) {
    const std::size_t at = offset_;
    if (to_u8(in_[offset_++]) != kPi) {
      return no(Errc::malformed, "octets after the end of the document", at);
    }
    if (auto done = processing_instruction(); !done) return fail(std::move(done).error());
  }
  return Document{type_, std::move(root_)};
}

}  // namespace

Result<Document> decode(OctetView wbxml, const DecodeLimits& limits) {
  return Decoder(wbxml, limits).document();
}

}  // namespace cpgw::wbxml
