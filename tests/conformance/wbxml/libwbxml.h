// libwbxml as a judge: its XML of our octets and its octets of our XML, its XML read with libxml2's
// own tree and not with our reader; and what is known to be wrong with it.
#pragma once

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <wbxml/wbxml.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wbxml/document.h"
#include "wbxml/token_lookup.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml::test {

namespace peer {

struct FreeDecoder {
  void operator()(WBXMLConvWBXML2XML* c) const { wbxml_conv_wbxml2xml_destroy(c); }
};
struct FreeEncoder {
  void operator()(WBXMLConvXML2WBXML* c) const { wbxml_conv_xml2wbxml_destroy(c); }
};
struct FreeDoc {
  void operator()(xmlDoc* doc) const { xmlFreeDoc(doc); }
};

inline std::string text_of(const xmlChar* text) {
  return text != nullptr ? reinterpret_cast<const char*>(text) : "";
}
inline std::string name_of(const xmlNs* ns, const xmlChar* name) {
  const std::string prefix = ns != nullptr ? text_of(ns->prefix) : "";
  return prefix.empty() ? text_of(name) : prefix + ":" + text_of(name);
}

inline Node node_of(const xmlNode* from) {
  Node node;
  node.name = name_of(from->ns, from->name);
  for (const xmlNs* ns = from->nsDef; ns != nullptr; ns = ns->next) {
    const std::string prefix = text_of(ns->prefix);
    node.attributes.push_back(
        {prefix.empty() ? "xmlns" : "xmlns:" + prefix, text_of(ns->href), {}});
  }
  for (const xmlAttr* a = from->properties; a != nullptr; a = a->next) {
    xmlChar* const value = xmlNodeListGetString(from->doc, a->children, 1);
    node.attributes.push_back({name_of(a->ns, a->name), text_of(value), {}});
    xmlFree(value);
  }
  for (const xmlNode* child = from->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE) {
      node.children.push_back(node_of(child));
    } else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
      Node text;
      text.kind = Node::Kind::text;
      text.text = text_of(child->content);
      node.children.push_back(std::move(text));
    }
  }
  return node;
}

}  // namespace peer

/// Of a type that octets do not say it has to be told; it has no tables of SyncML settings.
inline WBXMLLanguage language_of(const DocumentType& type) {
  return &type == &ota_settings() ? WBXML_LANG_OTA_SETTINGS : WBXML_LANG_UNKNOWN;
}
inline bool libwbxml_knows(const DocumentType& type) { return &type != &sync_settings(); }

/// libwbxml's XML of `octets`; nothing, and why in `error`, when it refuses them. Canonical: the
/// only form in which it escapes line ends and tabs of attribute values.
inline std::optional<std::string> peer_xml(Octets octets, std::string& error,
                                           WBXMLLanguage language = WBXML_LANG_UNKNOWN) {
  WBXMLConvWBXML2XML* raw = nullptr;
  if (wbxml_conv_wbxml2xml_create(&raw) != WBXML_OK) std::abort();
  const std::unique_ptr<WBXMLConvWBXML2XML, peer::FreeDecoder> converter(raw);
  wbxml_conv_wbxml2xml_set_gen_type(raw, WBXML_GEN_XML_CANONICAL);
  wbxml_conv_wbxml2xml_enable_preserve_whitespaces(raw);
  wbxml_conv_wbxml2xml_set_language(raw, language);
  WB_UTINY* xml = nullptr;
  WB_ULONG length = 0;
  const WBXMLError status =
      wbxml_conv_wbxml2xml_run(raw, reinterpret_cast<WB_UTINY*>(octets.data()),
                               static_cast<WB_ULONG>(octets.size()), &xml, &length);
  if (status != WBXML_OK) {
    error = reinterpret_cast<const char*>(wbxml_errors_string(status));
    return std::nullopt;
  }
  std::string text(reinterpret_cast<const char*>(xml), length);
  free(xml);  // NOLINT(cppcoreguidelines-no-malloc): the library's contract
  return text;
}

/// libwbxml's octets of `xml`.
inline std::optional<Octets> peer_wbxml(std::string xml, WBXMLVersion version, bool string_table,
                                        std::string& error) {
  WBXMLConvXML2WBXML* raw = nullptr;
  if (wbxml_conv_xml2wbxml_create(&raw) != WBXML_OK) std::abort();
  const std::unique_ptr<WBXMLConvXML2WBXML, peer::FreeEncoder> converter(raw);
  wbxml_conv_xml2wbxml_set_version(raw, version);
  wbxml_conv_xml2wbxml_enable_preserve_whitespaces(raw);
  if (!string_table) wbxml_conv_xml2wbxml_disable_string_table(raw);
  WB_UTINY* octets = nullptr;
  WB_ULONG length = 0;
  const WBXMLError status =
      wbxml_conv_xml2wbxml_run(raw, reinterpret_cast<WB_UTINY*>(xml.data()),
                               static_cast<WB_ULONG>(xml.size()), &octets, &length);
  if (status != WBXML_OK) {
    error = reinterpret_cast<const char*>(wbxml_errors_string(status));
    return std::nullopt;
  }
  const auto* const first = reinterpret_cast<const std::byte*>(octets);
  Octets made(first, first + length);
  free(octets);  // NOLINT(cppcoreguidelines-no-malloc): the library's contract
  return made;
}

/// The tree of `xml` as libxml2 reads it; nothing when it is not well-formed.
inline std::optional<Node> tree_of(const std::string& xml) {
  const std::unique_ptr<xmlDoc, peer::FreeDoc> doc(
      xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8",
                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (!doc) return std::nullopt;
  return peer::node_of(xmlDocGetRootElement(doc.get()));
}

/// XML gives the order of attributes no meaning and canonical form sorts them; text in two runs is
/// one text.
inline Node normal(Node node) {
  std::sort(node.attributes.begin(), node.attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  std::vector<Node> children;
  for (Node& child : node.children) {
    if (child.kind == Node::Kind::text) {
      if (child.text.empty()) continue;
      if (!children.empty() && children.back().kind == Node::Kind::text) {
        children.back().text += child.text;
        continue;
      }
      children.push_back(std::move(child));
    } else {
      children.push_back(normal(std::move(child)));
    }
  }
  node.children = std::move(children);
  return node;
}

}  // namespace cpgw::wbxml::test
