#include "wbxml/decoder.h"

#include "wbxml/characters.h"
#include "wbxml/decoder_impl.h"

namespace cpgw::wbxml {
namespace detail {
namespace {

constexpr std::size_t kMostAttributes = 64;
constexpr std::size_t kUsualAttributes = 2;

}  // namespace

Result<void> Decoder::unknown(Errc code, std::string why, std::size_t at) {
  if (limits_.unknown == 0) return refuse(code, std::move(why), at);
  if (++unknown_ > limits_.unknown) {
    return refuse(Errc::limit,
                  "more than " + std::to_string(limits_.unknown) + " tokens without a meaning", at);
  }
  document_.notes.push_back({Note::Kind::unknown, std::move(why), {.offset = at}});
  return {};
}

Result<void> Decoder::count_node(std::size_t at) {
  if (++nodes_ > limits_.nodes) {
    return refuse(Errc::limit, "more than " + std::to_string(limits_.nodes) + " nodes", at);
  }
  return {};
}

const DocumentType* Decoder::type_not_said() const {
  if (transport_.type != nullptr) return transport_.type;
  const auto root = in_.peek();
  if (!root) return nullptr;
  for (const DocumentType* type : document_types()) {
    if (type->public_id != kPublicIdNotSaid) continue;
    const TagToken* const tag = find_tag(*type, type->root);
    if (tag->token == (*root & kIdentity) && tag->page == 0) return type;
  }
  return nullptr;
}

Result<void> Decoder::public_identifier(std::uint32_t number, std::uint32_t index, std::size_t at) {
  // Number 0 is never a registered identifier: the text stands in the string table.
  std::string text;
  if (number == 0) {
    auto read = in_.table_text(index, at);
    if (!read) return fail(std::move(read).error());
    text = std::move(*read);
    at = in_.table_offset(index);
  }
  for (const DocumentType* type : document_types()) {
    if (number == 0 ? !text.empty() && type->formal_public_id == text
                    : number != kPublicIdNotSaid && type->public_id == number) {
      document_.type = type;
      return {};
    }
  }
  if (number == kPublicIdNotSaid) {
    if (const DocumentType* const type = type_not_said()) {
      document_.type = type;
      return {};
    }
  }
  document_.type = &unknown_type();
  document_.public_id = std::move(text);
  if (number != 0) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (int shift = 28; shift >= 0; shift -= 4) {
      if (document_.public_id.empty() && shift > 4 && (number >> shift) == 0) continue;
      document_.public_id += kDigits[(number >> shift) & 0x0F];
    }
  }
  return unknown(Errc::unknown_document,
                 number == kPublicIdNotSaid
                     ? "the document does not say its type (public identifier 01)"
                     : "unknown public identifier " + shown(document_.public_id),
                 at);
}

Result<void> Decoder::charset(std::uint8_t version) {
  std::uint32_t mib_enum = transport_.charset;
  const std::size_t at = in_.offset();
  if (version != 0x00) {  // 1.0 has no charset field
    const auto own = in_.mb_u_int32();
    if (!own) return fail(own.error());
    if (mib_enum == 0) mib_enum = *own;
  }
  // 0 leaves it to the transport, which for these documents means UTF-8.
  if (mib_enum == 0) mib_enum = kUtf8;
  if (!charset_is_read(mib_enum)) {
    return refuse(Errc::unsupported,
                  "character set " + charset_name(mib_enum) +
                      " is not read; UTF-8, UTF-16, US-ASCII and ISO-8859-1 are",
                  at);
  }
  in_.use_charset(mib_enum);
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
  std::uint32_t index = 0;
  if (*id == 0) {
    const auto read = in_.mb_u_int32();
    if (!read) return fail(read.error());
    index = *read;
  }
  if (auto done = charset(version); !done) return done;
  if (auto done = in_.read_table(); !done) return done;
  return public_identifier(*id, index, id_at);
}

Result<void> Decoder::element_name(std::string& name, std::uint8_t token, std::size_t at) {
  const auto identity = static_cast<std::uint8_t>(token & kIdentity);
  if (identity == kLiteral) {
    auto literal = in_.literal_name();
    if (!literal) return fail(std::move(literal).error());
    name = std::move(*literal);
    return {};
  }
  if (const TagToken* const row = by_token(document_.type->tags, tag_page_, identity)) {
    name = row->name;
    return {};
  }
  name = "_tag" + page_and_token(tag_page_, identity);
  return unknown(
      Errc::unknown_name,
      "tag token " + hex8(identity) + " is not assigned on page " + std::to_string(tag_page_), at);
}

Result<void> Decoder::open_element(std::uint8_t token, std::size_t at) {
  Node node;
  node.at.offset = at;
  if (auto done = element_name(node.name, token, at); !done) return done;
  if (auto done = count_node(at); !done) return done;
  if (open_.size() >= limits_.depth) {
    return refuse(Errc::limit, "elements nest deeper than " + std::to_string(limits_.depth), at);
  }
  if ((token & kAttributeBit) != 0) {
    node.attributes.reserve(kUsualAttributes);
    if (auto done = attributes(node, kMostAttributes); !done) return done;
  }
  Node* placed = &document_.root;
  if (open_.empty()) {
    const std::string_view root = document_.type->root;
    if (!root.empty() && node.name != root) {
      return refuse(Errc::unknown_document,
                    "the root element of " + std::string(document_.type->name) + " is '" +
                        std::string(root) + "', not '" + shown(node.name) + "'",
                    at);
    }
    document_.root = std::move(node);
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
  const Content content = content_of(*document_.type, open_.back()->name);
  const unsigned unknown_before = unknown_;
  std::string text;
  auto done = token == kOpaque      ? opaque(text, content, ValueForm::text, at)
              : is_extension(token) ? extension(text, token, at)
                                    : in_.append_string(text, token, at);
  if (!done) return done;
  if (unknown_ != unknown_before) return add_text(std::move(text), at);
  if (content == Content::base64) std::erase_if(text, is_xml_space);
  if (content == Content::elements) {
    if (is_blank(text)) return {};
    return refuse(Errc::bad_value,
                  "text between the elements of " + std::string(document_.type->name), at);
  }
  return add_text(std::move(text), at);
}

Result<void> Decoder::add_text(std::string text, std::size_t at) {
  if (text.empty()) return {};
  auto& siblings = open_.back()->children;
  if (!siblings.empty() && siblings.back().kind == Node::Kind::text) {
    if (siblings.back().text.size() + text.size() > limits_.value_octets) {
      return refuse(Errc::limit,
                    "text longer than " + std::to_string(limits_.value_octets) + " octets", at);
    }
    siblings.back().text += text;
    return {};
  }
  if (auto done = count_node(at); !done) return done;
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
  if (*token == kPi) return processing_instruction(at);
  if (is_string(*token) || is_extension(*token) || *token == kOpaque) {
    return content_text(*token, at);
  }
  return open_element(*token, at);
}

Result<Document> Decoder::document() {
  if (in_.size() > limits_.octets) {
    return refuse(Errc::limit,
                  std::to_string(in_.size()) + " octets are more than the " +
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
    if (auto done = processing_instruction(at); !done) return fail(std::move(done).error());
  }
  return std::move(document_);
}

}  // namespace detail

Result<Document> decode(OctetView wbxml, const DecodeLimits& limits, const Transport& transport) {
  return detail::Decoder(wbxml, limits, transport).document();
}

}  // namespace cpgw::wbxml
