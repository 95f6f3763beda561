// What libwbxml 0.11.8 is known to get wrong, by name. Only what is named here may differ.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wbxml/document.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::test {

/// `hex` is read by it as XML holding `shows` (or refused with that text), by us as XML holding
/// `ours` (or refused with that code).
struct LibwbxmlFault {
  std::string_view name;
  std::string_view hex;
  std::string_view shows;
  std::string_view ours;
};

inline constexpr auto kLibwbxmlFaults = std::to_array<LibwbxmlFault>({
    {"tetra", "030b6a00458706b50101", "value=\"TRETRA-SDS\"", "value=\"TETRA-SDS\""},
    {"unknown-tag", "030b6a004500c82301", "<unknown/>", "<noparm/>"},
    {"unknown-attribute", "030b6a00854d01", " unknown=\"\"", " _attribute.00.4D=\"\""},
    {"unknown-value", "030b6a0085459901", "error: Unknown Attribute Value",
     "version=\"_value.00.99\""},
    {"no-converter", "030b0400854503e90001",
     "error: No built-in charset converter (Compiled without libiconv)", "version=\"\xC3\xA9\""},
    {"unterminated-table", "030b6a01618545830001", "version=\"a\"", "wbxml/malformed"},
    {"entity-utf8", "030b6a008545029a2c01", "version=\"\xF4\xAC\"", "version=\"\xE0\xB4\xAC\""},
    {"switch-alone", "02056a0045c60d0085010101", "error: Unexpected End Of WBXML Buffer",
     "href=\"http://www.\""},
    {"later-token", "030b6a00c546bb0101", "error: Unknown Attribute Value",
     "version=\"1.03G-GSM\""},
    {"date-alone", "030d6a00850585c3042024062501", "error: Bad Datetime Format",
     "timestamp=\".com2024-06-25T00:00:00Z\""},
    {"date-unchecked", "020d6a008505c3042024992501", "2024-99-25T00:00:00Z", "wbxml/bad-value"},
});

/// Its elements of page 200 it reads as `unknown` (fault unknown-tag), and the complete values of
/// tokens B5 and B6 as TRETRA (fault tetra).
inline void misread(const DocumentType& type, Node& node) {
  const TagToken* const tag = detail::find_tag(type, node.name);
  if (tag != nullptr && tag->page > 1) node.name = "unknown";
  for (Attribute& a : node.attributes) {
    if (&type == &prov() && a.name == "value" &&
        (a.value == "TETRA-SDS" || a.value == "TETRA-PACKET")) {
      a.value.insert(1, "R");
    }
  }
  for (Node& child : node.children) misread(type, child);
}

inline Document as_libwbxml_reads(Document document) {
  misread(*document.type, document.root);
  return document;
}

/// `xml` with its TRETRA spelled right, wherever in a value it stands.
inline std::string without_tretra(std::string xml) {
  for (const std::string_view bad : {"TRETRA-SDS", "TRETRA-PACKET"}) {
    for (std::size_t at = 0; (at = xml.find(bad, at)) != std::string::npos;) xml.erase(at + 1, 1);
  }
  return xml;
}

inline bool has_page_200(const DocumentType& type, const Node& node) {
  const TagToken* const tag = detail::find_tag(type, node.name);
  if (tag != nullptr && tag->page > 1) return true;
  for (const Node& child : node.children) {
    if (child.kind == Node::Kind::element && has_page_200(type, child)) return true;
  }
  return false;
}

/// The tokens of octets that are a document, without what follows each of them: numbers, strings
/// and page numbers.
class Tokens {
 public:
  explicit Tokens(OctetView octets) : octets_(octets) {
    ++at_;
    if (number() == 0) (void)number();
    charset_ = octets[0] == std::byte{0} ? 0x6A : number();
    at_ += number();
    bool in_attributes = false;
    while (at_ < octets_.size()) {
      const std::uint8_t token = to_u8(octets_[at_++]);
      all_.push_back(token);
      if (in_attributes && token == detail::kSwitchPage && at_ < octets_.size()) {
        page_ = to_u8(octets_[at_]);
      } else if (in_attributes) {
        attributes_.emplace_back(page_, token);
      }
      skip(token, in_attributes);
      if (in_attributes) {
        in_attributes = token != detail::kEnd;
      } else {
        in_attributes = token == detail::kPi || (is_tag(token) && token >= detail::kAttributeBit);
      }
    }
  }
  [[nodiscard]] std::uint32_t charset() const { return charset_; }
  /// Does `second` stand anywhere behind `first`?
  [[nodiscard]] bool has_pair(std::uint8_t first,
                              const std::function<bool(std::uint8_t)>& second) const {
    for (std::size_t i = 0; i + 1 < all_.size(); ++i) {
      if (all_[i] == first && second(all_[i + 1])) return true;
    }
    return false;
  }
  /// Has it an entity that libwbxml gives wrong octets of UTF-8?
  [[nodiscard]] bool has_mangled_entity() const { return mangled_entity_; }
  /// Has an attribute list a token that is only read?
  [[nodiscard]] bool has_later_token(const DocumentType& type) const {
    return std::any_of(attributes_.begin(), attributes_.end(), [&](const auto& one) {
      const auto* const start = detail::by_token(type.attributes, one.first, one.second);
      const auto* const value = detail::by_token(type.values, one.first, one.second);
      return (start != nullptr && start->decode_only) || (value != nullptr && value->decode_only);
    });
  }
  static bool is_tag(std::uint8_t token) { return (token & 0x3F) >= 0x04; }

 private:
  void skip(std::uint8_t token, bool in_attributes) {
    const bool literal =
        in_attributes ? token == detail::kLiteral : (token & 0x3F) == detail::kLiteral;
    if (token == detail::kSwitchPage) {
      ++at_;
    } else if (token == detail::kStrI) {
      while (at_ < octets_.size() && octets_[at_] != std::byte{0}) ++at_;
      ++at_;
    } else if (token == detail::kOpaque) {
      const std::uint32_t length = number();
      at_ += length;
    } else if (token == detail::kEntity) {
      const std::uint32_t code = number();
      mangled_entity_ = mangled_entity_ || (code >= 0x800 && code <= 0xFFF) || code > 0xFFFF;
    } else if (token == detail::kStrT || literal) {
      (void)number();
    }
  }
  std::uint32_t number() {
    std::uint32_t value = 0;
    while (at_ < octets_.size()) {
      const std::uint8_t octet = to_u8(octets_[at_++]);
      value = value << 7 | (octet & 0x7Fu);
      if (octet < 0x80) break;
    }
    return value;
  }
  OctetView octets_;
  std::size_t at_ = 0;
  std::uint32_t charset_ = 0;
  bool mangled_entity_ = false;
  std::uint8_t page_ = 0;
  std::vector<std::uint8_t> all_;
  std::vector<std::pair<std::uint8_t, std::uint8_t>> attributes_;  ///< with their page
};

/// A declaration without a URI: no XML can hold it (Namespaces in XML 1.0, 5).
inline bool has_empty_declaration(const Node& node) {
  return std::any_of(
             node.attributes.begin(), node.attributes.end(),
             [](const Attribute& a) { return a.name.starts_with("xmlns") && a.value.empty(); }) ||
         std::any_of(node.children.begin(), node.children.end(), has_empty_declaration);
}

/// Why it may read `octets`, which we read as `ours`, in another way; null when nothing explains
/// it.
/// An attribute of dates with more in it than one date.
inline bool has_date_with_text(const DocumentType& type, const Node& node) {
  constexpr std::size_t kDate = std::string_view("2024-06-25T15:23:15Z").size();
  for (const Attribute& a : node.attributes) {
    const bool date = &type == &emn()
                          ? a.name == "timestamp"
                          : &type == &si() && (a.name == "created" || a.name == "si-expires");
    if (date && !a.value.empty() && a.value.size() != kDate) return true;
  }
  return std::ranges::any_of(node.children,
                             [&](const Node& child) { return has_date_with_text(type, child); });
}

inline const char* libwbxml_misreads(OctetView octets, const Document& ours) {
  const Tokens tokens(octets);
  if (tokens.charset() != 0x6A && tokens.charset() != 0x03) return "no-converter";
  // It takes one SWITCH_PAGE, in front of a tag or attribute token; before anything else, a second
  // one or END, it loses its place. The grammar asks for no more, other readers do.
  if (tokens.has_pair(detail::kSwitchPage, [](std::uint8_t next) {
        return next == detail::kPi || (next & 0x3F) < 0x04 || next == detail::kOpaque;
      })) {
    return "switch-alone";
  }
  if (tokens.has_mangled_entity()) return "entity-utf8";
  if (tokens.has_later_token(*ours.type)) return "later-token";
  if (has_empty_declaration(ours.root)) return "empty-declaration";
  if (has_date_with_text(*ours.type, ours.root)) return "date-alone";
  return nullptr;
}

/// Why it cannot write `document`, or null. DRMREL loses its prefixes and declarations; an element
/// without a token is refused when no string table may be written.
inline const char* libwbxml_cannot_write(const Document& document, bool string_table) {
  if (document.type == &sync_settings()) return "no-sync-settings";
  if (document.type == &drmrel()) return "drmrel-prefixes";
  if (!string_table && has_page_200(*document.type, document.root)) return "no-literal-in-line";
  return nullptr;
}

}  // namespace cpgw::wbxml::test
