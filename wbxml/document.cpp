#include "wbxml/document.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/token_lookup.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml {

const Attribute* Node::attribute(std::string_view wanted) const {
  const auto it = std::find_if(attributes.begin(), attributes.end(),
                               [&](const Attribute& a) { return a.name == wanted; });
  return it != attributes.end() ? &*it : nullptr;
}

namespace {

class XmlWriter {
 public:
  XmlWriter(std::string& out, const DocumentType* type, unsigned indent)
      : out_(out), type_(type), indent_(indent) {}

  /// `pretty`: white space around this element means nothing.
  void element(const Node& node, unsigned depth, bool pretty) {
    if (pretty) out_.append(std::size_t{indent_} * depth, ' ');
    out_ += '<';
    out_ += node.name;
    for (const Attribute& a : node.attributes) {
      out_ += ' ';
      out_ += a.name;
      out_ += "=\"";
      escape(a.value, true);
      out_ += '"';
    }
    if (node.children.empty()) {
      out_ += "/>";
    } else {
      out_ += '>';
      const bool inside =
          pretty &&
          (type_ == nullptr || detail::content_of(*type_, node.name) == Content::elements) &&
          std::none_of(node.children.begin(), node.children.end(),
                       [](const Node& n) { return n.kind == Node::Kind::text; });
      if (inside) out_ += '\n';
      for (const Node& child : node.children) {
        if (child.kind == Node::Kind::text) {
          escape(child.text, false);
        } else {
          element(child, depth + 1, inside);
        }
      }
      if (inside) out_.append(std::size_t{indent_} * depth, ' ');
      out_ += "</";
      out_ += node.name;
      out_ += '>';
    }
    if (pretty) out_ += '\n';
  }

 private:
  /// XML 1.0, 2.11 and 3.3.3: written literally, line ends and (in attributes) tabs would be read
  /// back as something else.
  void escape(std::string_view text, bool in_attribute) {
    for (const char c : text) {
      switch (c) {
        case '&': out_ += "&amp;"; break;
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break;
        case '\r': out_ += "&#13;"; break;
        case '"':
          if (in_attribute) {
            out_ += "&quot;";
          } else {
            out_ += c;
          }
          break;
        case '\t':
        case '\n':
          if (in_attribute) {
            out_ += c == '\t' ? "&#9;" : "&#10;";
          } else {
            out_ += c;
          }
          break;
        default: out_ += c;
      }
    }
  }

  std::string& out_;
  const DocumentType* type_;
  unsigned indent_;
};

/// A comment holds no "--" and no control character (XML 1.0, 2.5).
std::string in_comment(std::string_view text) {
  std::string safe = detail::shown(text);
  for (std::size_t at = 0; (at = safe.find("--", at)) != std::string::npos;) safe[at + 1] = '?';
  return safe;
}

}  // namespace

std::string write_xml(const Document& document, unsigned indent) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  const char* const line_end = indent != 0 ? "\n" : "";
  out += line_end;
  if (document.type == &unknown_type()) {
    out += "<!-- WBXML public identifier " + in_comment(document.public_id) + " -->";
    out += line_end;
  } else if (document.type != nullptr && !document.type->system_id.empty()) {
    out += "<!DOCTYPE ";
    out += document.type->root;
    if (document.type->formal_public_id.empty()) {
      out += " SYSTEM ";
    } else {
      out += " PUBLIC \"";
      out += document.type->formal_public_id;
      out += "\" ";
    }
    out += '"';
    out += document.type->system_id;
    out += "\">";
    out += line_end;
  }
  XmlWriter(out, document.type, indent).element(document.root, 0, indent != 0);
  return out;
}

}  // namespace cpgw::wbxml
