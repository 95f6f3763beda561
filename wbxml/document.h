// A provisioning document as a tree: what the XML reader and the decoder make, what the encoder,
// lint and models read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"

namespace cpgw::wbxml {

enum class Errc {
  xml_syntax,        ///< not well-formed XML; correct the document
  xml_forbidden,     ///< an entity declaration or reference, an external subset: never read
  limit,             ///< larger, deeper or wider than allowed
  unknown_document,  ///< neither the DOCTYPE nor the root element names a document type we know
  unknown_name,      ///< an element or attribute the document type does not have
  bad_value,         ///< a value that cannot be expressed or has the wrong form
  truncated,         ///< the octets end inside the document
  malformed,         ///< octets the grammar does not allow
  unsupported,       ///< legal, but not read by this version (named in the message)
  bad_slot,  ///< a template slot that is undeclared, unused, repeated wrongly or given a wrong
             ///< value
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::xml_syntax: return "wbxml/xml-syntax";
    case Errc::xml_forbidden: return "wbxml/xml-forbidden";
    case Errc::limit: return "wbxml/limit";
    case Errc::unknown_document: return "wbxml/unknown-document";
    case Errc::unknown_name: return "wbxml/unknown-name";
    case Errc::bad_value: return "wbxml/bad-value";
    case Errc::truncated: return "wbxml/truncated";
    case Errc::malformed: return "wbxml/malformed";
    case Errc::unsupported: return "wbxml/unsupported";
    case Errc::bad_slot: return "wbxml/bad-slot";
  }
  return "wbxml/none";
}

/// Where a node stood: line and column of the XML, or the octet offset in WBXML. Not part of the
/// content: never compared.
struct Source {
  std::uint32_t line = 0, column = 0;
  std::size_t offset = 0;
  friend constexpr bool operator==(const Source&, const Source&) { return true; }
};

struct Attribute {
  std::string name;
  std::string value;  ///< UTF-8, exactly as the XML parser delivers it
  Source at;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// An element, or a run of text.
struct Node {
  enum class Kind : std::uint8_t { element, text };
  Kind kind = Kind::element;
  std::string name;  ///< element
  std::string text;  ///< text, UTF-8
  std::vector<Attribute> attributes;
  std::vector<Node> children;
  Source at;

  /// Null when absent.
  [[nodiscard]] const Attribute* attribute(std::string_view wanted) const;
  friend bool operator==(const Node&, const Node&) = default;
};

struct DocumentType;  // wbxml/token_table.h

/// What octets held that is no part of a tree of names and values: shown, never compared.
struct Note {
  enum class Kind : std::uint8_t {
    processing_instruction,
    unknown,  ///< a token, extension, identifier or opaque without a meaning in the document type
  };
  Kind kind = Kind::unknown;
  std::string text;
  Source at;
};

/// Equality is by document type and content: names, values, order. What decode() found without a
/// meaning stands in the tree under a name that begins with '_': element "_tag.C8.2F" (page and
/// token), attribute "_attribute.00.4D", and in values and text "_value.01.99", "_ext_i.0(text)",
/// "_ext_t.0(5)", "_ext.0", "_opaque(DEAD)". Such a document can be shown and is never encoded.
struct Document {
  const DocumentType* type = nullptr;
  Node root;
  std::string public_id{};  ///< of unknown_type(): the number in hexadecimal, or the text
  std::vector<Note> notes{};
  friend bool operator==(const Document& a, const Document& b) {
    return a.type == b.type && a.root == b.root && a.public_id == b.public_id;
  }
};

/// The document as XML with its DOCTYPE; re-reading it gives an equal document, unless decode()
/// found names in it that its type does not have. `indent`: spaces per level, 0 = one line.
[[nodiscard]] std::string write_xml(const Document& document, unsigned indent = 2);

}  // namespace cpgw::wbxml
