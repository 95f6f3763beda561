#include "wbxml/emitter.h"

#include <algorithm>

#include "wbxml/base64.h"
#include "wbxml/characters.h"
#include "wbxml/charset.h"
#include "wbxml/positions.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {
namespace {

constexpr unsigned kMaxDepth = 64;

}  // namespace

Result<Emitted> emit(const Document& document, const EncodeOptions& options,
                     const std::span<const SlotSpec>* slots) {
  if (document.type == nullptr || document.type == &unknown_type()) {
    return fail(Errc::unknown_document, "the document has no document type");
  }
  for (const Note& note : document.notes) {
    if (note.kind != Note::Kind::unknown) continue;
    return fail(Errc::unknown_name, note.text + "; such a document can be shown, not written",
                position_of(note.at));
  }
  if (options.version < 0x01 || options.version > 0x03) {
    return fail(Errc::unsupported, "WBXML is written in version 1.1, 1.2 or 1.3 (01, 02 or 03)",
                at_field("version"));
  }
  if (document.root.kind != Node::Kind::element) {
    return fail(Errc::bad_value, "the root of a document is an element",
                position_of(document.root.at));
  }
  using Pass = Emitter::Pass;
  StringTable table;
  const auto run = [&](Pass pass) {
    return Emitter(*document.type, options, slots, table, pass).document(document.root);
  };
  if (!options.string_table && !options.literals) return run(Pass::only);
  auto in_line = run(Pass::counting);
  if (!in_line) return in_line;
  table.build(options.string_table);
  if (table.octets().empty()) return in_line;
  auto with_table = run(Pass::last);
  const bool shorter = with_table && with_table->octets.size() < in_line->octets.size();
  return shorter || table.has_required() ? std::move(with_table) : std::move(in_line);
}

Result<Emitted> Emitter::document(const Node& root) && {
  // Version, public identifier, charset, string table: WAP-192 5.
  writer_.u8(options_.version);
  mb_u_int32(type_.public_id);
  mb_u_int32(kUtf8);
  const Octets none;
  const Octets& table = pass_ == Pass::last ? table_.octets() : none;
  mb_u_int32(static_cast<std::uint32_t>(table.size()));
  writer_.put(OctetView(table));
  if (auto done = element(root, 1); !done) return fail(std::move(done).error());
  return std::move(out_);
}

Result<void> Emitter::element(const Node& node, unsigned depth) {
  if (depth > kMaxDepth) {
    return fail(Errc::limit, "elements nest deeper than " + std::to_string(kMaxDepth),
                position_of(node.at));
  }
  const TagToken* const tag = find_tag(type_, node.name);
  if (tag == nullptr && !(options_.literals && is_plain_name(node.name))) {
    return fail(Errc::unknown_name,
                std::string(type_.name) + " has no element '" + shown(node.name) + "'",
                position_of(node.at, shown(node.name)));
  }
  // A run without characters is written as nothing, so it is no content either.
  const bool content = std::any_of(
      node.children.begin(), node.children.end(),
      [](const Node& child) { return child.kind == Node::Kind::element || !child.text.empty(); });
  const auto bits = static_cast<std::uint8_t>((content ? kContentBit : 0) |
                                              (node.attributes.empty() ? 0 : kAttributeBit));
  if (tag != nullptr) {
    switch_page(tag_page_, tag->page);
    writer_.u8(tag->token | bits);
  } else {
    literal(kLiteral | bits, node.name);
  }
  if (!node.attributes.empty()) {
    for (const Attribute& a : node.attributes) {
      if (auto done = attribute(node, a); !done) return done;
    }
    writer_.u8(kEnd);
  }
  if (!content) return {};
  if (auto done = children(node, tag != nullptr ? tag->content : Content::text, depth); !done) {
    return done;
  }
  writer_.u8(kEnd);
  return {};
}

Result<void> Emitter::children(const Node& node, Content content, unsigned depth) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    if (child.kind == Node::Kind::element) {
      if (auto done = element(child, depth + 1); !done) return done;
      continue;
    }
    if (content == Content::elements) {
      return fail(Errc::bad_value,
                  std::string(type_.name) + " has no text in '" + shown(node.name) + "'; remove it",
                  position_of(child.at, shown(node.name)));
    }
    std::string run = child.text;
    while (i + 1 < node.children.size() && node.children[i + 1].kind == Node::Kind::text) {
      run += node.children[++i].text;
    }
    if (auto done = text(node, content, run, child.at); !done) return done;
  }
  return {};
}

Result<void> Emitter::text(const Node& owner, Content content, std::string_view run,
                           const Source& at) {
  const auto place = [&] { return position_of(at, shown(owner.name)); };
  if (content == Content::base64) {
    const auto octets = from_base64(run);
    if (!octets) {
      return fail(Errc::bad_value, "not the base64 of octets; correct the text", place());
    }
    opaque(*octets);
    return {};
  }
  if (const auto bad = find_bad_character(run)) {
    return fail(Errc::bad_value,
                "octet " + std::to_string(*bad) +
                    " of the text is not a character of XML in UTF-8; correct the text",
                place());
  }
  if (slots_ == nullptr) {
    string(run);
    return {};
  }
  auto parts = split_slots(run, *slots_, place());
  if (!parts) return fail(std::move(parts).error());
  segments(*parts);
  return {};
}

void Emitter::literal(std::uint8_t token, std::string_view name) {
  if (pass_ == Pass::counting) table_.require(name);
  writer_.u8(token);
  mb_u_int32(table_.find(name).value_or(0));
}

void Emitter::segments(const std::vector<Segment>& parts) {
  if (parts.empty()) return;
  const auto is_slot = [](const Segment& part) { return part.slot.has_value(); };
  if (std::none_of(parts.begin(), parts.end(), is_slot)) {
    std::string constant;
    for (const Segment& part : parts) constant += part.text;
    return string(constant);
  }
  const bool only_slots = std::all_of(parts.begin(), parts.end(), is_slot);
  if (!only_slots) writer_.u8(kStrI);
  bool first = true;
  for (const Segment& part : parts) {
    if (part.slot) {
      const auto group = static_cast<std::uint16_t>(only_slots && first ? parts.size() : 0);
      out_.marks.push_back({out_.octets.size(), *part.slot, group});
    } else {
      writer_.put(part.text);
    }
    first = false;
  }
  if (!only_slots) writer_.u8(0);
}

void Emitter::string(std::string_view value) {
  if (value.empty()) return;
  if (pass_ == Pass::counting) table_.count(value);
  const auto index = pass_ == Pass::last ? table_.find(value) : std::nullopt;
  if (index && mb_octets(*index) < value.size() + 1) {
    writer_.u8(kStrT);
    mb_u_int32(*index);
    return;
  }
  writer_.u8(kStrI).put(value).u8(0);
}

void Emitter::opaque(OctetView octets) {
  writer_.u8(kOpaque);
  mb_u_int32(static_cast<std::uint32_t>(octets.size()));
  writer_.put(octets);
}

void Emitter::switch_page(std::uint8_t& current, std::uint8_t page) {
  if (current == page) return;
  writer_.u8(kSwitchPage).u8(page);
  current = page;
}

void Emitter::mb_u_int32(std::uint32_t value) {
  for (std::size_t octets = mb_octets(value); octets > 0; --octets) {
    const std::uint32_t bits = value >> (7 * (octets - 1)) & 0x7F;
    writer_.u8(static_cast<std::uint8_t>(bits | (octets > 1 ? 0x80u : 0u)));
  }
}

}  // namespace cpgw::wbxml::detail
