// The XML reader's inside: one document being read from libxml2's calls.
#pragma once

#include <libxml/parser.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/token_table.h"
#include "wbxml/xml_place.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace detail {

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
inline std::string_view text_of(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

/// A start tag as libxml2 tells it: declarations in pairs (prefix, URI), attributes in fives (name,
/// prefix, URI, begin and end of the value).
struct StartTag {
  const xmlChar* name;
  const xmlChar* prefix;
  std::span<const xmlChar*> declarations;
  std::span<const xmlChar*> attributes;
};

}  // namespace detail

struct XmlReader::Impl {
  explicit Impl(XmlLimits l) : limits(l) {}

  const XmlLimits limits;
  std::unique_ptr<xmlParserCtxt, detail::FreeContext> context;

  struct Open {
    Node* node;
    Content content;
  };
  // One document's state.
  std::string_view xml;
  std::string_view file;
  detail::Walker walker{{}};
  const DocumentType* type = nullptr;
  std::optional<Error> error;
  Node root;
  std::vector<Open> open;  ///< outermost first; an open node's address is stable
  unsigned elements = 0;

  Result<Document> read(std::string_view text, std::string_view name);

  bool new_context();
  void note(Errc code, std::string message, detail::Place place);
  void stop(Errc code, std::string message, detail::Place place);
  void stop(Errc code, std::string message) { stop(code, std::move(message), here()); }

  void internal_subset(std::string_view public_id);
  void start_element(const detail::StartTag& given);
  bool add_attributes(Node& node, const detail::StartTag& given, detail::TagScanner& tag);
  bool choose_type(std::string_view root_name, detail::Place place);
  bool add_attribute(Node& node, std::string_view name, std::string_view value,
                     detail::Place place);
  void characters(std::string_view run);
  void library_error(const xmlError& e);

  /// Octet of the input for a place in libxml2's buffer; nothing while it converts an encoding.
  std::optional<std::size_t> offset_of(const xmlChar* place) const;
  detail::Place here() {
    return place_of(context->input != nullptr ? context->input->cur : nullptr);
  }
  detail::Place place_of(const xmlChar* place);

  static Impl& of(void* user) {
    return *static_cast<Impl*>(static_cast<xmlParserCtxt*>(user)->_private);
  }
  static xmlSAXHandler sax_handler();
};

}  // namespace cpgw::wbxml
