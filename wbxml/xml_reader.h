// XML text to a Document: libxml2 SAX, hardened. No network, no files, no DTD, no entity but the
// five and character references.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wbxml/document.h"

namespace cpgw::wbxml {

struct XmlLimits {
  std::size_t octets = 64 * 1024;
  unsigned depth = 32;
  unsigned elements = 4096;
  unsigned attributes = 16;             ///< of one element
  std::size_t value_octets = 8 * 1024;  ///< of one attribute value or text run
};

/// Reuses one parser context. Owned by one thread.
class XmlReader {
 public:
  explicit XmlReader(XmlLimits limits = {});
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  /// The document type is found by the DOCTYPE's public id, else by the root element. White space
  /// between elements is dropped where the document type has no text. Errors carry `file`, line and
  /// column.
  [[nodiscard]] Result<Document> read(std::string_view xml, std::string_view file = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One document with a reader of its own: for tools and tests.
[[nodiscard]] Result<Document> read_xml(std::string_view xml, std::string_view file = {},
                                        const XmlLimits& limits = {});

}  // namespace cpgw::wbxml
