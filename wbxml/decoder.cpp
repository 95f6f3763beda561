#include "wbxml/decoder.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/decoder_input.h"
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
  Decoder(OctetView in, const DecodeLimits& limits)
      : size_(in.size()), limits_(limits), in_(in, limits) {}

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

  static bool is_string(std::uint8_t token) {
    return token == kStrI || token == kStrT || token == kEntity || token == kOpaque;
  }

  const std::size_t size_;
  const DecodeLimits& limits_;
  DecoderInput in_;
  const DocumentType* type_ = nullptr;
  std::uint8_t tag_page_ = 0;
  std::uint8_t attribute_page_ = 0;
  unsigned nodes_ = 0;
  Node root_;
  bool root_seen_ = false;
  /// Open elements, outermost first. A node's address is stable while it is open: its parent gets
  /// no further child before it is closed.
  std::vector<Node*> open_;
};

Result<void> Decoder::public_identifier(std::uint32_t number, std::size_t at) {
  // Called when the string table is known: number 0 is never a registered identifier.
  const auto types = document_types();
  const auto it = std::find_if(types.begin(), types.end(),
                               [&](const DocumentType* type) { return type->public_id == number; });
  if (it == types.end()) {
    return refuse(Errc::unknown_document,
                  number == 1 ? "the document does not say its type (public identifier 01)"
                              : "unknown public identifier " + std::to_string(number),
                  at);
  }
  type_ = *it;
  return {};
}

Result<void> Decoder::header() {
  if (in_.at_end()) return refuse(Errc::truncated, "there are no octets at all", 0);
  const std::uint8_t version = *in_.octet();
  if (version > 0x03) {
    return refuse(Errc::unsupported, "WBXML version octet " + hex8(version) + "; 00 to 03 are read",
                  0);
  }
  const std::size_t id_at = in_.offset();
  const auto id = in_.mb_u_int32();
  if (!id) return fail(id.error());
  std::uint32_t id_index = 0;
  if (*id == 0) {
    const auto index = in_.mb_u_int32();
    if (!index) return fail(index.error());
    id_index = *index;
  }
  if (version != 0x00) {  // 1.0 has no charset field
    const std::size_t charset_at = in_.offset();
    const auto charset = in_.mb_u_int32();
    if (!charset) return fail(charset.error());
    // 0 leaves it to the transport, which for these documents means UTF-8.
    const std::uint32_t named = *charset == 0 ? kUtf8 : *charset;
    if (named != kUtf8 && named != kUsAscii && named != kIso88591) {
      return refuse(Errc::unsupported,
                    "character set " + std::to_string(named) +
                        " (MIBenum); UTF-8, US-ASCII and ISO-8859-1 are read",
                    charset_at);
    }
    in_.use_charset(named);
  }
  if (auto done = in_.read_table(); !done) return done;
  if (*id != 0) return public_identifier(*id, id_at);

  const auto name = in_.table_string(id_index, id_at);
  if (!name) return fail(name.error());
  const auto types = document_types();
  const auto it = std::find_if(types.begin(), types.end(), [&](const DocumentType* type) {
    return type->formal_public_id == as_text(*name);
  });
  if (it == types.end()) {
    return refuse(Errc::unknown_document, "unknown public identifier in the string table",
                  in_.table_offset(id_index));
  }
  type_ = *it;
  return {};
}

Result<void> Decoder::start_attribute(Node& node, std::uint8_t token, std::size_t at,
                                      std::size_t most) {
  if (node.attributes.size() == most) {
    return refuse(Errc::limit, "more than " + std::to_string(most) + " attributes", at);
  }
  Attribute attribute;
  attribute.at.offset = at;
  if (token == kLiteral) {
    auto name = in_.literal_name();
    if (!name) return fail(std::move(name).error());
    attribute.name = std::move(*name);
  } else {
    const AttributeToken* const row = by_token(type_->attributes, attribute_page_, token);
    if (row == nullptr) {
      return refuse(Errc::unknown_name,
                    "attribute token " + hex8(token) + " is not assigned on page " +
                        std::to_string(attribute_page_),
                    at);
    }
    attribute.name = row->name;
    attribute.value = row->value_prefix;
  }
  if (node.attribute(attribute.name) != nullptr) {
    return refuse(Errc::malformed, "attribute '" + attribute.name + "' stands twice in one element",
                  at);
  }
  node.attributes.push_back(std::move(attribute));
  return {};
}

Result<void> Decoder::attribute_value(std::string& value, std::uint8_t token, std::size_t at) {
  if (is_string(token)) return in_.append_string(value, token, at);
  if (token < 0x80 || (token & kIdentity) < 0x05) {
    const bool extension = (token & kIdentity) <= 0x02;
    return refuse(
        extension ? Errc::unsupported : Errc::malformed,
        "token " + hex8(token) +
            (extension ? " (extension) has no meaning in " : " cannot stand in a value of ") +
            std::string(type_->name),
        at);
  }
  const ValueToken* const row = by_token(type_->values, attribute_page_, token);
  if (row == nullptr) {
    return refuse(Errc::unknown_name,
                  "attribute value token " + hex8(token) + " is not assigned on page " +
                      std::to_string(attribute_page_),
                  at);
  }
  return in_.append_text(value, as_octets(row->text), at);
}

Result<void> Decoder::attributes(Node& node, std::size_t most) {
  while (true) {
    const std::size_t at = in_.offset();
    const auto token = in_.octet();
    if (!token) return fail(token.error());
    if (*token == kEnd) {
      if (node.attributes.empty()) {
        return refuse(Errc::malformed, "an attribute list without an attribute", at);
      }
      return {};
    }
    Result<void> done;
    if (*token == kSwitchPage) {
      const auto next = in_.octet();
      if (!next) return fail(next.error());
      attribute_page_ = *next;
    } else if (*token == kLiteral || (*token < 0x80 && (*token & kIdentity) >= 0x05)) {
      done = start_attribute(node, *token, at, most);
    } else if (node.attributes.empty()) {
      return refuse(Errc::malformed, "a value before the first attribute", at);
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
    auto name = in_.literal_name();
    if (!name) return fail(std::move(name).error());
    node.name = std::move(*name);
  } else {
    const auto identity = static_cast<std::uint8_t>(token & kIdentity);
    const TagToken* const row = by_token(type_->tags, tag_page_, identity);
    if (row == nullptr) {
      return refuse(
          Errc::unknown_name,
          "tag token " + hex8(identity) + " is not assigned on page " + std::to_string(tag_page_),
          at);
    }
    node.name = row->name;
  }
  if (++nodes_ > limits_.nodes) {
    return refuse(Errc::limit, "more than " + std::to_string(limits_.nodes) + " elements", at);
  }
  if (open_.size() >= limits_.depth) {
    return refuse(Errc::limit, "elements nest deeper than " + std::to_string(limits_.depth), at);
  }
  if ((token & kAttributeBit) != 0) {
    constexpr std::size_t kMostAttributes = 64;
    if (auto done = attributes(node, kMostAttributes); !done) return done;
  }
  Node* placed = &root_;
  if (open_.empty()) {
    if (node.name != type_->root) {
      return refuse(Errc::unknown_document,
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
  if (open_.empty()) return refuse(Errc::malformed, "END without an open element", at);
  open_.pop_back();
  return {};
}

Result<void> Decoder::content_text(std::uint8_t token, std::size_t at) {
  if (open_.empty()) return refuse(Errc::malformed, "text outside of the root element", at);
  std::string text;
  if (auto done = in_.append_string(text, token, at); !done) return done;
  if (text.empty()) return {};
  if (!type_->has_text) {
    if (is_blank(text)) return {};
    return refuse(Errc::bad_value, "text between the elements of " + std::string(type_->name), at);
  }
  auto& siblings = open_.back()->children;
  if (!siblings.empty() && siblings.back().kind == Node::Kind::text) {
    if (siblings.back().text.size() + text.size() > limits_.value_octets) {
      return refuse(Errc::limit,
                    "text longer than " + std::to_string(limits_.value_octets) + " octets", at);
    }
    siblings.back().text += text;
    return {};
  }
  if (++nodes_ > limits_.nodes) {
    return refuse(Errc::limit, "more than " + std::to_string(limits_.nodes) + " nodes", at);
  }
  Node run;
  run.kind = Node::Kind::text;
  run.text = std::move(text);
  run.at.offset = at;
  siblings.push_back(std::move(run));
  return {};
}

Result<void> Decoder::content_item() {
  const std::size_t at = in_.offset();
  const auto token = in_.octet();
  if (!token) return fail(token.error());
  if (*token == kSwitchPage) {
    const auto next = in_.octet();
    if (!next) return fail(next.error());
    tag_page_ = *next;
    return {};
  }
  if (*token == kEnd) return close_element(at);
  if (*token == kPi) return processing_instruction();
  if (is_string(*token)) return content_text(*token, at);
  if ((*token & kIdentity) < kLiteral) {
    return refuse(
        Errc::unsupported,
        "token " + hex8(*token) + " (extension) has no meaning in " + std::string(type_->name), at);
  }
  return open_element(*token, at);
}

Result<Document> Decoder::document() {
  if (size_ > limits_.octets) {
    return refuse(Errc::limit,
                  std::to_string(size_) + " octets are more than the " +
                      std::to_string(limits_.octets) + " allowed",
                  limits_.octets);
  }
  if (auto done = header(); !done) return fail(std::move(done).error());
  while (!root_seen_ || !open_.empty()) {
    if (auto done = content_item(); !done) return fail(std::move(done).error());
  }
  while (!in_.at_end()) {
    const std::size_t at = in_.offset();
    if (*in_.octet() != kPi) {
      return refuse(Errc::malformed, "octets after the end of the document", at);
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
