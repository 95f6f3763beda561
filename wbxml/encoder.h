// Document to WBXML. Knows no document type: the tables come with the document.
#pragma once

#include "wbxml/document.h"

namespace cpgw::wbxml {

struct EncodeOptions {
  std::uint8_t version = 0x03;  ///< 01 = WBXML 1.1, 02 = 1.2, 03 = 1.3
};

/// UTF-8, no string table, exact values: a token only where the complete name or value matches it;
/// attribute page 0 first. Errc::unknown_name or bad_value with the node's position.
[[nodiscard]] Result<Octets> encode(const Document& document, const EncodeOptions& options = {});

}  // namespace cpgw::wbxml
