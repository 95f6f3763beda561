// WBXML to a Document: bounded, iterative, every error with its octet offset.
#pragma once

#include "wbxml/document.h"

namespace cpgw::wbxml {

struct DecodeLimits {
  std::size_t octets = 64 * 1024;
  unsigned depth = 64;
  unsigned nodes = 8192;                 ///< elements, runs of text and processing instructions
  std::size_t value_octets = 16 * 1024;  ///< of one value or name
  std::size_t text_octets = 256 * 1024;  ///< of all of them: one string table entry serves many
  unsigned unknown = 256;  ///< tokens and identifiers without a meaning; 0: the first is an error
};

/// What the transport says of a document.
struct Transport {
  /// MIBenum of the character set: it counts more than the document's own word. 0: it says nothing.
  std::uint32_t charset = 0;
  /// By its content type; counts where the document does not say its type (public identifier 01).
  const DocumentType* type = nullptr;
};

[[nodiscard]] Result<Document> decode(OctetView wbxml, const DecodeLimits& limits = {},
                                      const Transport& transport = {});

}  // namespace cpgw::wbxml
