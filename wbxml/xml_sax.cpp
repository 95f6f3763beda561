// How libxml2's calls reach the reader, and which of them end the document.
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <mutex>

#include "wbxml/xml_reader_impl.h"
#include "wbxml/xml_text.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

/// libxml2 would resolve external identifiers through this process-wide hook.
xmlParserInputPtr refuse_external(const char*, const char*, xmlParserCtxtPtr) { return nullptr; }

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_external);
  });
}

}  // namespace

xmlSAXHandler XmlReader::Impl::sax_handler() {
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
                          int declarations, const xmlChar** declared, int count, int defaulted,
                          const xmlChar** fields) noexcept {
    of(user).start_element({name,
                            prefix,
                            {declared, 2 * static_cast<std::size_t>(declarations)},
                            {fields, 5 * static_cast<std::size_t>(count - defaulted)}});
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
  prepare_library();
  context.reset(xmlNewParserCtxt());
  if (!context) return false;
  static const xmlSAXHandler sax = sax_handler();
  *context->sax = sax;
  context->_private = this;
  return true;
}

}  // namespace cpgw::wbxml
