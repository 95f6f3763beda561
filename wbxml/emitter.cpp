#include "wbxml/emitter.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/positions.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {
namespace {

constexpr unsigned kMaxDepth = 64;

Position attribute_position(const Node& owner, const Attribute& a) {
  return position_of(a.at, shown(owner.name) + "@" + shown(a.name));
}

tl::unexpected<Error> bad_character(std::size_t offset, Position at) {
  return fail(Errc::bad_value,
              "octet " + std::to_string(offset) +
                  " of the value is not a character of XML in UTF-8; correct the value",
              std::move(at));
}

/// Pieces that make up all of `value` from `page`, longest first at every place; empty when they
/// do not.
std::vector<std::uint8_t> split_into_pieces(const DocumentType& type, std::string_view value,
                                            std::uint8_t page) {
  std::vector<std::uint8_t> tokens;
  while (!value.empty()) {
    const ValueToken* best = nullptr;
    for (const ValueToken& row : type.pieces) {
      if (row.page == page && value.starts_with(row.text) &&
          (best == nullptr || row.text.size() > best->text.size())) {
        best = &row;
      }
    }
    if (best == nullptr) return {};
    tokens.push_back(best->token);
    value.remove_prefix(best->text.size());
  }
  return tokens;
}

}  // namespace

Result<void> Emitter::document(const Document& document, const EncodeOptions& options) {
  if (options.version < 0x01 || options.version > 0x03) {
    return fail(Errc::unsupported, "WBXML is written in version 1.1, 1.2 or 1.3 (01, 02 or 03)",
                at_field("version"));
  }
  // Version, public identifier, charset, length of the string table: WAP-192 5.
  writer_.u8(options.version);
  mb_u_int32(type_.public_id);
  mb_u_int32(kUtf8);
  mb_u_int32(0);
  if (document.root.kind != Node::Kind::element) {
    return fail(Errc::bad_value, "the root of a document is an element",
                position_of(document.root.at));
  }
  return element(document.root, 1);
}

Result<void> Emitter::element(const Node& node, unsigned depth) {
  if (depth > kMaxDepth) {
    return fail(Errc::limit, "elements nest deeper than " + std::to_string(kMaxDepth),
                position_of(node.at));
  }
  const TagToken* const tag = find_tag(type_, node.name);
  if (tag == nullptr) {
    return fail(Errc::unknown_name,
                std::string(type_.name) + " has no element '" + shown(node.name) + "'",
                position_of(node.at, shown(node.name)));
  }
  // A run without characters is written as nothing, so it is no content either.
  const bool content = std::any_of(
      node.children.begin(), node.children.end(),
      [](const Node& child) { return child.kind == Node::Kind::element || !child.text.empty(); });
  switch_page(tag_page_, tag->page);
  writer_.u8(static_cast<std::uint8_t>(tag->token | (content ? kContentBit : 0) |
                                       (node.attributes.empty() ? 0 : kAttributeBit)));
  if (!node.attributes.empty()) {
    for (const Attribute& a : node.attributes) {
      if (auto done = attribute(node, a); !done) return done;
    }
    writer_.u8(kEnd);
  }
  if (!content) return {};
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    if (child.kind == Node::Kind::element) {
      if (auto done = element(child, depth + 1); !done) return done;
      continue;
    }
    if (!type_.has_text) {
      return fail(Errc::bad_value,
                  std::string(type_.name) + " has no text between elements; remove it",
                  position_of(child.at, shown(node.name)));
    }
    std::string run = child.text;
    while (i + 1 < node.children.size() && node.children[i + 1].kind == Node::Kind::text) {
      run += node.children[++i].text;
    }
    if (auto done = text(node, run, child.at); !done) return done;
  }
  writer_.u8(kEnd);
  return {};
}

Result<void> Emitter::attribute(const Node& owner, const Attribute& a) {
  if (!has_attribute(type_, a.name)) {
    return fail(Errc::unknown_name,
                std::string(type_.name) + " has no attribute '" + shown(a.name) + "'",
                attribute_position(owner, a));
  }
  if (const auto bad = find_bad_character(a.value)) {
    return bad_character(*bad, attribute_position(owner, a));
  }
  bool written = false;
  if (marks_ != nullptr && a.value.find("${") != std::string::npos) {
    auto parts = split_slots(a.value, slots_, attribute_position(owner, a));
    if (!parts) return fail(std::move(parts).error());
    const bool has_slot =
        std::any_of(parts->begin(), parts->end(), [](const Segment& s) { return s.slot; });
    written = has_slot ? slotted_attribute(a.name, *parts)
                       : constant_attribute(a.name, parts->front().text);
  } else {
    written = constant_attribute(a.name, a.value);
  }
  if (written) return {};
  return fail(Errc::bad_value, "not one of the values this attribute can have",
              attribute_position(owner, a));
}

Result<void> Emitter::text(const Node& owner, std::string_view run, const Source& at) {
  if (const auto bad = find_bad_character(run)) {
    return bad_character(*bad, position_of(at, shown(owner.name)));
  }
  if (marks_ == nullptr) {
    string(run);
    return {};
  }
  auto parts = split_slots(run, slots_, position_of(at, shown(owner.name)));
  if (!parts) return fail(std::move(parts).error());
  segments(*parts);
  return {};
}

bool Emitter::constant_attribute(std::string_view name, std::string_view value) {
  if (const AttributeToken* whole = find_start(type_, name, value)) {
    start_on_page(*whole);
    return true;
  }
  const AttributeToken* const plain = find_start(type_, name, {});
  if (plain == nullptr) return false;
  if (plain->value_tokens && value_as_tokens(name, value)) return true;
  start_on_page(*plain);
  string(value);
  return true;
}

bool Emitter::slotted_attribute(std::string_view name, const std::vector<Segment>& parts) {
  // The subscriber's text never becomes a token, whatever it says.
  const AttributeToken* const plain = find_start(type_, name, {});
  if (plain == nullptr) return false;
  start_on_page(*plain);
  segments(parts);
  return true;
}

bool Emitter::value_as_tokens(std::string_view name, std::string_view value) {
  // The page is switched in front of the start and not again before the value: handsets are known
  // to read that, so a token counts only where its page has the start too.
  if (const ValueToken* token = find_value(type_, value)) {
    const AttributeToken* const start = find_start(type_, name, {}, token->page);
    if (start == nullptr) return false;
    start_on_page(*start);
    writer_.u8(token->token);
    return true;
  }
  for (const ValueToken& row : type_.pieces) {
    if (!value.starts_with(row.text)) continue;
    const AttributeToken* const start = find_start(type_, name, {}, row.page);
    if (start == nullptr) continue;
    const std::vector<std::uint8_t> tokens = split_into_pieces(type_, value, row.page);
    if (tokens.empty()) continue;
    start_on_page(*start);
    for (const std::uint8_t token : tokens) writer_.u8(token);
    return true;
  }
  return false;
}

void Emitter::start_on_page(const AttributeToken& start) {
  switch_page(attribute_page_, start.page);
  writer_.u8(start.token);
}

void Emitter::segments(const std::vector<Segment>& parts) {
  if (parts.empty()) return;
  const bool only_slots =
      std::all_of(parts.begin(), parts.end(), [](const Segment& s) { return s.slot.has_value(); });
  if (!only_slots) writer_.u8(kStrI);
  bool first = true;
  for (const Segment& part : parts) {
    if (part.slot) {
      const auto group = static_cast<std::uint16_t>(only_slots && first ? parts.size() : 0);
      marks_->push_back({out_.size(), *part.slot, group});
    } else {
      writer_.put(part.text);
    }
    first = false;
  }
  if (!only_slots) writer_.u8(0);
}

void Emitter::string(std::string_view value) {
  if (value.empty()) return;
  writer_.u8(kStrI).put(value).u8(0);
}

void Emitter::switch_page(std::uint8_t& current, std::uint8_t page) {
  if (current == page) return;
  writer_.u8(kSwitchPage).u8(page);
  current = page;
}

void Emitter::mb_u_int32(std::uint32_t value) {
  int shift = 28;
  while (shift > 0 && (value >> shift) == 0) shift -= 7;
  for (; shift > 0; shift -= 7) {
    writer_.u8(static_cast<std::uint8_t>(0x80 | ((value >> shift) & 0x7F)));
  }
  writer_.u8(static_cast<std::uint8_t>(value & 0x7F));
}

}  // namespace cpgw::wbxml::detail
