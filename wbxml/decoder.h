// WBXML to a Document: bounded, iterative, every error with its octet offset.
#pragma once

#include "wbxml/document.h"

namespace cpgw::wbxml {

struct DecodeLimits {
  std::size_t octets = 64 * 1024;
  unsigned depth = 64;
  unsigned nodes = 8192;
  std::size_t value_octets = 16 * 1024;  ///< of one value or name
  std::size_t text_octets = 256 * 1024;  ///< of all of them: one string table entry serves many
};

[[nodiscard]] Result<Document> decode(OctetView wbxml, const DecodeLimits& limits = {});

}  // namespace cpgw::wbxml
