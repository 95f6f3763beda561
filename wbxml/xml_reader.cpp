#include "wbxml/xml_reader.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <optional>

#include "wbxml/characters.h"
#include "wbxml/token_lookup.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
using Context = std::unique_ptr<xmlParserCtxt, FreeContext>;

constexpr const char* kNoNamespaces = "namespaces and prefixes are not used here; remove them";

/// Names seen are kept by the context for ever: past this many it is replaced.
constexpr int kMostNames = 2048;

/// libxml2 would resolve external identifiers through this process-wide hook.
xmlParserInputPtr refuse_external(const char*, const char*, xmlParserCtxtPtr) { return nullptr; }

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_external);
  });
}

std::string_view text_of(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

struct Place {
  std::uint32_t line = 0, column = 0;
};

/// Line and column of octets of the input, found by walking forward once. Columns count characters.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  Place at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset < offset_) *this = Walker(text_);
    while (const void* line_end = std::memchr(text_.data() + offset_, '\n', offset - offset_)) {
      offset_ = static_cast<std::size_t>(static_cast<const char*>(line_end) - text_.data()) + 1;
      place_ = {place_.line + 1, 1};
    }
    std::uint32_t column = place_.column;
    for (; offset_ != offset; ++offset_) {
      column += (static_cast<unsigned char>(text_[offset_]) & 0xC0) != 0x80 ? 1 : 0;
    }
    place_.column = column;
    return place_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Place place_{1, 1};
};

bool looks_like_utf16(std::string_view xml) {
  constexpr std::array<std::string_view, 4> kBeginnings{
      std::string_view{"\xFE\xFF", 2}, std::string_view{"\xFF\xFE", 2}, std::string_view{"\0<", 2},
      std::string_view{"<\0", 2}};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view b) { return xml.starts_with(b); });
}

/// libxml2 takes a NUL for the end of the document and would not see what follows it.
std::optional<std::size_t> find_nul(std::string_view xml) {
  if (!looks_like_utf16(xml)) {
    const std::size_t at = xml.find('\0');
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
  }
  for (std::size_t i = 0; i + 1 < xml.size(); i += 2) {
    if (xml[i] == '\0' && xml[i + 1] == '\0') return i;
  }
  return std::nullopt;
}

bool encoding_is_read(std::string_view name) {
  constexpr auto kRead =
      std::to_array<std::string_view>({"UTF-8", "UTF8", "UTF-16", "UTF16", "UTF-16LE", "UTF-16BE",
                                       "ISO-8859-1", "ISO-LATIN-1", "US-ASCII", "ASCII"});
  return std::any_of(kRead.begin(), kRead.end(), [&](std::string_view known) {
    return known.size() == name.size() &&
           std::equal(name.begin(), name.end(), known.begin(), [](char a, char b) {
             return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
           });
  });
}

/// Without entity replacement libxml2 gives every ampersand of an attribute value as "&#38;",
/// however it was written, and has refused every other reference.
void assign_value(std::string& to, std::string_view given) {
  constexpr std::string_view kAmpersand = "&#38;";
  for (std::size_t at = 0; (at = given.find(kAmpersand)) != std::string_view::npos;) {
    to += given.substr(0, at + 1);
    given.remove_prefix(at + kAmpersand.size());
  }
  to += given;
}

/// libxml2's sentence where it cannot hold a piece of a value, else one of our own.
std::string message_of(const xmlError& e) {
  switch (e.code) {
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE: return "an attribute without a value";
    case XML_ERR_ATTRIBUTE_REDEFINED: return "an attribute stands twice in one element";
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING: return "the declared encoding is not one that is read";
    default: break;
  }
  const bool holds_element_names_only =
      e.code == XML_ERR_TAG_NAME_MISMATCH || e.code == XML_ERR_TAG_NOT_FINISHED;
  if (e.message == nullptr || (e.str1 != nullptr && !holds_element_names_only)) {
    return "not well-formed XML (libxml2 error " + std::to_string(e.code) + ")";
  }
  std::string text = "not well-formed XML: ";
  for (const char* p = e.message; *p != '\0' && *p != '\n' && text.size() < 200; ++p) {
    text += *p >= 0x20 && *p < 0x7F ? *p : '?';
  }
  return text;
}

}  // namespace

struct XmlReader::Impl {
  explicit Impl(XmlLimits l) : limits(l) { prepare_library(); }

  const XmlLimits limits;
  Context context;

  // One document's state.
  std::string_view xml;
  std::string_view file;
  Walker walker{{}};
  const DocumentType* type = nullptr;
  std::optional<Error> error;
  Node root;
  std::vector<Node*> open;  ///< outermost first; an open node's address is stable
  unsigned elements = 0;

  Result<Document> read(std::string_view text, std::string_view name);

  bool new_context();
  void note(Errc code, std::string message, Place place);
  void stop(Errc code, std::string message, Place place);
  void stop(Errc code, std::string message) { stop(code, std::move(message), here()); }

  void internal_subset(std::string_view public_id);
  void start_element(std::string_view name, bool prefixed, int count, const xmlChar** fields);
  bool choose_type(std::string_view root_name, Place place);
  bool add_attribute(Node& node, const xmlChar* const* fields, Place place);
  void characters(std::string_view run);
  void library_error(const xmlError& e);

  /// Octet of the input for a place in libxml2's buffer; nothing while it converts an encoding.
  std::optional<std::size_t> offset_of(const xmlChar* place) const;
  Place here() { return place_of(context->input != nullptr ? context->input->cur : nullptr); }
  Place place_of(const xmlChar* place);

  static Impl& of(void* user) {
    return *static_cast<Impl*>(static_cast<xmlParserCtxt*>(user)->_private);
  }
  static xmlSAXHandler handler();
};

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
  if (e.domain == XML_FROM_NAMESPACE) {
    note(Errc::unknown_name, kNoNamespaces, here());
  } else {
    note(encoding ? Errc::unsupported : Errc::xml_syntax, message_of(e), here());
  }
}

void XmlReader::Impl::internal_subset(std::string_view public_id) {
  for (const DocumentType* known : document_types()) {
    if (known->formal_public_id == public_id) type = known;
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

bool XmlReader::Impl::add_attribute(Node& node, const xmlChar* const* fields, Place place) {
  // libxml2 gives five pointers for each: name, prefix, URI, begin and end of the value.
  const std::string_view name = text_of(fields[0]);
  const std::string_view value(reinterpret_cast<const char*>(fields[3]),
                               static_cast<std::size_t>(fields[4] - fields[3]));
  if (fields[1] != nullptr || !has_attribute(*type, name)) {
    stop(Errc::unknown_name,
         std::string(type->name) + " has no attribute '" +
             (fields[1] != nullptr ? shown(text_of(fields[1])) + ":" : "") + shown(name) + "'",
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

namespace {

/// Walks over the attributes of a start tag that libxml2 has found to be well-formed.
class TagScanner {
 public:
  /// `end`: just behind the last attribute; the tag begins at the last '<' before it, as no
  /// attribute value can hold one.
  TagScanner(const xmlChar* base, const xmlChar* end) : end_(end) {
    for (const xmlChar* p = end; p != base;) {
      if (*--p == '<') {
        begin_ = next_ = p;
        skip_name();
        break;
      }
    }
  }
  /// Null when the buffer no longer holds the beginning.
  const xmlChar* begin() const { return begin_; }

  /// Place of the next attribute's name; the end when there is none.
  const xmlChar* next_attribute() {
    if (begin_ == nullptr) return end_;
    while (next_ != end_ && is_xml_space(static_cast<char>(*next_))) ++next_;
    const xmlChar* const name = next_;
    while (next_ != end_ && *next_ != '"' && *next_ != '\'') ++next_;
    if (next_ != end_) next_ = std::find(next_ + 1, end_, *next_);
    if (next_ != end_) ++next_;
    return name;
  }

 private:
  void skip_name() {
    while (next_ != end_ && !is_xml_space(static_cast<char>(*next_))) ++next_;
  }
  const xmlChar* begin_ = nullptr;
  const xmlChar* next_ = nullptr;
  const xmlChar* end_;
};

}  // namespace

void XmlReader::Impl::start_element(std::string_view name, bool prefixed, int count,
                                    const xmlChar** fields) {
  if (error) return;
  const xmlParserInput& input = *context->input;
  TagScanner tag(input.base, input.cur);
  const Place place = place_of(tag.begin() != nullptr ? tag.begin() : input.cur);
  if (prefixed) {
    return stop(Errc::unknown_name, kNoNamespaces, place);
  }
  if (open.empty() && !choose_type(name, place)) return;
  if (find_tag(*type, name) == nullptr) {
    return stop(Errc::unknown_name,
                std::string(type->name) + " has no element '" + shown(name) + "'", place);
  }
  if (++elements > limits.elements) {
    return stop(Errc::limit, "more than " + std::to_string(limits.elements) + " elements", place);
  }
  if (open.size() >= limits.depth) {
    return stop(Errc::limit, "elements nest deeper than " + std::to_string(limits.depth), place);
  }
  if (static_cast<unsigned>(count) > limits.attributes) {
    return stop(Errc::limit,
                "more than " + std::to_string(limits.attributes) + " attributes in one element",
                place);
  }
  Node& node = open.empty() ? root : open.back()->children.emplace_back();
  node.name = name;
  node.at.line = place.line;
  node.at.column = place.column;
  node.attributes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    if (!add_attribute(node, fields + 5 * i, place_of(tag.next_attribute()))) return;
  }
  open.push_back(&node);
}

void XmlReader::Impl::characters(std::string_view run) {
  // libxml2 goes on delivering text after an error.
  if (error || open.empty()) return;
  if (is_blank(run) && (!type->has_text || open.back()->children.empty() ||
                        open.back()->children.back().kind != Node::Kind::text)) {
    return;
  }
  const xmlChar* const begin = reinterpret_cast<const xmlChar*>(run.data());
  if (!type->has_text) {
    const auto first = static_cast<std::size_t>(
        std::find_if_not(run.begin(), run.end(), is_xml_space) - run.begin());
    return stop(Errc::bad_value,
                std::string(type->name) + " has no text between elements; remove it",
                place_of(begin + first));
  }
  auto& siblings = open.back()->children;
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
}

xmlSAXHandler XmlReader::Impl::handler() {
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.serror = [](void* user, xmlErrorPtr e) noexcept { of(user).library_error(*e); };
  sax.startDocument = [](void* user) noexcept {
    // Of the declared name libxml2 keeps one copy here or there.
    const auto* const parser = static_cast<const xmlParserCtxt*>(user);
    const xmlChar* const declared =
        parser->encoding != nullptr ? parser->encoding : parser->input->encoding;
    if (declared != nullptr && !encoding_is_read(text_of(declared))) {
      of(user).stop(Errc::unsupported,
                    "the declared encoding is not one that is read: UTF-8, UTF-16, ISO-8859-1 "
                    "and US-ASCII are");
    }
  };
  sax.internalSubset = [](void* user, const xmlChar*, const xmlChar* public_id,
                          const xmlChar*) noexcept {
    of(user).internal_subset(text_of(public_id));
  };
  // Declarations could rename, default or expand what the document says: none is read.
  constexpr const char* kDeclaration = "a declaration inside the DOCTYPE; remove the [...] part";
  sax.entityDecl = [](void* user, const xmlChar*, int, const xmlChar*, const xmlChar*,
                      xmlChar*) noexcept {
    of(user).stop(Errc::xml_forbidden, "an entity declaration; write the text itself");
  };
  sax.unparsedEntityDecl = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*,
                              const xmlChar*) noexcept {
    of(user).stop(Errc::xml_forbidden, "an entity declaration; write the text itself");
  };
  sax.notationDecl = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) noexcept {
    of(user).stop(Errc::xml_forbidden, kDeclaration);
  };
  sax.attributeDecl = [](void* user, const xmlChar*, const xmlChar*, int, int, const xmlChar*,
                         xmlEnumerationPtr values) noexcept {
    xmlFreeEnumeration(values);  // ours to free, by libxml2's contract
    of(user).stop(Errc::xml_forbidden, kDeclaration);
  };
  sax.elementDecl = [](void* user, const xmlChar*, int, xmlElementContentPtr) noexcept {
    of(user).stop(Errc::xml_forbidden, kDeclaration);
  };
  // Called for every reference but the five predefined ones and character references.
  sax.getEntity = [](void* user, const xmlChar*) noexcept -> xmlEntityPtr {
    of(user).stop(Errc::xml_forbidden,
                  "an entity reference other than &amp; &lt; &gt; &quot; &apos; and character "
                  "references; write the text itself");
    return nullptr;
  };
  sax.getParameterEntity = [](void* user, const xmlChar*) noexcept -> xmlEntityPtr {
    of(user).stop(Errc::xml_forbidden, "a parameter entity reference; remove it");
    return nullptr;
  };
  sax.startElementNs = [](void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar*,
                          int namespaces, const xmlChar**, int count, int defaulted,
                          const xmlChar** fields) noexcept {
    of(user).start_element(text_of(name), prefix != nullptr || namespaces != 0, count - defaulted,
                           fields);
  };
  sax.endElementNs = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) noexcept {
    if (!of(user).open.empty()) of(user).open.pop_back();
  };
  sax.characters = [](void* user, const xmlChar* run, int length) noexcept {
    of(user).characters({reinterpret_cast<const char*>(run), static_cast<std::size_t>(length)});
  };
  sax.ignorableWhitespace = sax.characters;  // the same function: libxml2 need not tell them apart
  sax.cdataBlock = sax.characters;
  return sax;
}

bool XmlReader::Impl::new_context() {
  context.reset(xmlNewParserCtxt());
  if (!context) return false;
  static const xmlSAXHandler sax = handler();
  *context->sax = sax;
  context->_private = this;
  return true;
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
