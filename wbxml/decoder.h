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

/// `transport_charset` (MIBenum) is what the transport says the character set is: it counts more
/// than the document's own word. 0: it says nothing.
[[nodiscard]] Result<Document> decode(OctetView wbxml, const DecodeLimits& limits = {},
                                      std::uint32_t transport_charset = 0);

}  // namespace cpgw::wbxml
