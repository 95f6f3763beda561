#include "wbxml/xml_reader.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/token_lookup.h"
#include "wbxml/xml_reader_impl.h"
#include "wbxml/xml_text.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

/// Names seen are kept by the context for ever: past this many it is replaced.
constexpr int kMostNames = 2048;

/// `prefix:name`, kept in `whole`, or `name` itself.
std::string_view qualified(std::string_view prefix, std::string_view name, std::string& whole) {
  if (prefix.empty()) return name;
  whole = prefix;
  whole += ':';
  return whole += name;
}

}  // namespace

std::optional<std::size_t> XmlReader::Impl::offset_of(const xmlChar* place) const {
  const xmlParserInput* const input = context->input;
  if (input == nullptr || input->buf == nullptr || input->buf->encoder != nullptr) return {};
  const std::less_equal<> ordered;
  if (!ordered(input->base, place) || !ordered(place, input->end)) return {};
  return input->consumed + static_cast<std::size_t>(place - input->base);
}

Place XmlReader::Impl::place_of(const xmlChar* place) {
  if (const auto offset = offset_of(place)) return walker.at(*offset);
  const xmlParserInput* const input = context->input;
  if (input == nullptr) return {1, 1};
  return {static_cast<std::uint32_t>(input->line), static_cast<std::uint32_t>(input->col)};
}

void XmlReader::Impl::note(Errc code, std::string message, Place place) {
  if (error) return;  // what follows the first error is its consequence
  Position at;
  at.file = file;
  at.line = place.line;
  at.column = place.column;
  error.emplace(code, std::move(message), std::move(at));
}

void XmlReader::Impl::stop(Errc code, std::string message, Place place) {
  note(code, std::move(message), place);
  // Frees libxml2's buffer: nothing it passed to a callback may be read after this.
  xmlStopParser(context.get());
}

void XmlReader::Impl::library_error(const xmlError& e) {
  // Only noted: libxml2 stops by itself or reads on, and is not to lose its buffer in between.
  if (e.level < XML_ERR_ERROR || error) return;
  const bool encoding =
      e.code == XML_ERR_UNKNOWN_ENCODING || e.code == XML_ERR_UNSUPPORTED_ENCODING;
  if (e.code == XML_NS_ERR_UNDEFINED_NAMESPACE) return;  // a prefix is a part of the name here
  if (e.domain == XML_FROM_NAMESPACE) {
    note(Errc::unknown_name, "a namespace declaration or prefix that is not well-formed", here());
  } else {
    note(encoding ? Errc::unsupported : Errc::xml_syntax, message_of(e), here());
  }
}

void XmlReader::Impl::internal_subset(std::string_view public_id) {
  for (const DocumentType* known : document_types()) {
    if (!public_id.empty() && known->formal_public_id == public_id) type = known;
  }
}

bool XmlReader::Impl::choose_type(std::string_view root_name, Place place) {
  if (type != nullptr) {
    if (type->root == root_name) return true;
    stop(Errc::unknown_document,
         "the root element of " + std::string(type->name) + " is '" + std::string(type->root) +
             "', not '" + shown(root_name) + "'",
         place);
    return false;
  }
  for (const DocumentType* known : document_types()) {
    if (known->root == root_name) type = known;
  }
  if (type != nullptr) return true;
  stop(Errc::unknown_document,
       "neither the DOCTYPE nor the root element '" + shown(root_name) +
           "' names a known document type",
       place);
  return false;
}

bool XmlReader::Impl::add_attribute(Node& node, std::string_view name, std::string_view value,
                                    Place place) {
  if (!has_attribute(*type, name)) {
    stop(Errc::unknown_name, std::string(type->name) + " has no attribute '" + shown(name) + "'",
         place);
    return false;
  }
  if (value.size() > limits.value_octets) {
    stop(Errc::limit,
         "the value of attribute '" + shown(name) + "' has " + std::to_string(value.size()) +
             " octets, " + std::to_string(limits.value_octets) + " are allowed",
         place);
    return false;
  }
  Attribute& added = node.attributes.emplace_back();
  added.name = name;
  assign_value(added.value, value);
  added.at.line = place.line;
  added.at.column = place.column;
  return true;
}

bool XmlReader::Impl::add_attributes(Node& node, const StartTag& given, TagScanner& tag) {
  // libxml2 tells declarations apart from attributes; a document type that has both has them in the
  // order of the text.
  auto declared = given.declarations;
  auto attributes = given.attributes;
  node.attributes.reserve(declared.size() / 2 + attributes.size() / 5);
  std::string whole;
  while (!declared.empty() || !attributes.empty()) {
    const Place place = place_of(tag.next_attribute());
    if (!declared.empty() && (attributes.empty() || tag.is_declaration())) {
      const std::string_view name = declared[0] == nullptr
                                        ? std::string_view("xmlns")
                                        : qualified("xmlns", text_of(declared[0]), whole);
      if (!add_attribute(node, name, text_of(declared[1]), place)) return false;
      declared = declared.subspan(2);
    } else {
      const std::string_view name =
          qualified(text_of(attributes[1]), text_of(attributes[0]), whole);
      const std::string_view value(reinterpret_cast<const char*>(attributes[3]),
                                   static_cast<std::size_t>(attributes[4] - attributes[3]));
      if (!add_attribute(node, name, value, place)) return false;
      attributes = attributes.subspan(5);
    }
  }
  return true;
}

void XmlReader::Impl::start_element(const StartTag& given) {
  if (error) return;
  const xmlParserInput& input = *context->input;
  TagScanner tag(input.base, input.cur);
  const Place place = place_of(tag.begin() != nullptr ? tag.begin() : input.cur);
  std::string whole;
  const std::string_view name = qualified(text_of(given.prefix), text_of(given.name), whole);
  if (open.empty() && !choose_type(name, place)) return;
  const TagToken* const known = find_tag(*type, name);
  if (known == nullptr) {
    return stop(Errc::unknown_name,
                std::string(type->name) + " has no element '" + shown(name) + "'", place);
  }
  if (++elements > limits.elements) {
    return stop(Errc::limit, "more than " + std::to_string(limits.elements) + " elements", place);
  }
  if (open.size() >= limits.depth) {
    return stop(Errc::limit, "elements nest deeper than " + std::to_string(limits.depth), place);
  }
  if (given.declarations.size() / 2 + given.attributes.size() / 5 > limits.attributes) {
    return stop(Errc::limit,
                "more than " + std::to_string(limits.attributes) + " attributes in one element",
                place);
  }
  Node& node = open.empty() ? root : open.back().node->children.emplace_back();
  node.name = name;
  node.at.line = place.line;
  node.at.column = place.column;
  if (add_attributes(node, given, tag)) open.push_back({&node, known->content});
}

void XmlReader::Impl::characters(std::string_view run) {
  // libxml2 goes on delivering text after an error.
  if (error || open.empty()) return;
  const Content content = open.back().content;
  if (content != Content::text && is_blank(run)) return;
  const xmlChar* const begin = reinterpret_cast<const xmlChar*>(run.data());
  if (content == Content::elements) {
    const auto first = static_cast<std::size_t>(
        std::find_if_not(run.begin(), run.end(), is_xml_space) - run.begin());
    return stop(Errc::bad_value,
                "'" + open.back().node->name + "' of " + std::string(type->name) +
                    " has no text between elements; remove it",
                place_of(begin + first));
  }
  auto& siblings = open.back().node->children;
  if (siblings.empty() || siblings.back().kind != Node::Kind::text) {
    const Place place = place_of(begin);
    Node& text = siblings.emplace_back();
    text.kind = Node::Kind::text;
    text.at.line = place.line;
    text.at.column = place.column;
  }
  std::string& text = siblings.back().text;
  if (run.size() > limits.value_octets - text.size()) {
    return stop(Errc::limit,
                "a text longer than " + std::to_string(limits.value_octets) + " octets");
  }
  text += run;
  if (content == Content::base64) std::erase_if(text, is_xml_space);
}

Result<Document> XmlReader::Impl::read(std::string_view text, std::string_view name) {
  xml = text;
  file = name;
  walker = Walker(text);
  type = nullptr;
  error.reset();
  root = Node{};
  open.clear();
  elements = 0;
  const auto refuse = [&](Errc code, std::string message, std::size_t offset) {
    const Place place = Walker(text).at(offset);
    Position at;
    at.file = file;
    at.line = place.line;
    at.column = place.column;
    return fail(code, std::move(message), std::move(at));
  };
  if (text.empty()) return refuse(Errc::xml_syntax, "the document is empty", 0);
  if (text.size() > limits.octets) {
    return refuse(Errc::limit,
                  std::to_string(text.size()) + " octets are more than the " +
                      std::to_string(limits.octets) + " allowed",
                  limits.octets);
  }
  if (const auto nul = find_nul(text)) {
    return refuse(Errc::xml_syntax, "a NUL character", *nul);
  }
  if ((!context || xmlDictSize(context->dict) > kMostNames) && !new_context()) {
    return refuse(Errc::limit, "no memory for an XML parser", 0);
  }
  // Never NOENT, DTDLOAD, DTDATTR or HUGE. NOCDATA would only reset our handler.
  xmlDocPtr made = xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()),
                                     nullptr, nullptr, XML_PARSE_NONET);
  if (made != nullptr) xmlFreeDoc(made);
  const bool well_formed = context->wellFormed != 0 && open.empty() && type != nullptr;
  if (!error && !well_formed) {
    return refuse(Errc::xml_syntax, "not well-formed XML", text.size());
  }
  if (error) return fail(std::move(*error));
  return Document{type, std::move(root)};
}

XmlReader::XmlReader(XmlLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
XmlReader::~XmlReader() = default;

Result<Document> XmlReader::read(std::string_view xml, std::string_view file) {
  return impl_->read(xml, file);
}

Result<Document> read_xml(std::string_view xml, std::string_view file, const XmlLimits& limits) {
  return XmlReader(limits).read(xml, file);
}

}  // namespace cpgw::wbxml
