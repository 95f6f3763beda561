// Document to WBXML. Knows no document type: the tables come with the document.
#pragma once

#include "wbxml/document.h"

namespace cpgw::wbxml {

struct EncodeOptions {
  std::uint8_t version = 0x03;  ///< 01 = WBXML 1.1, 02 = 1.2, 03 = 1.3
  /// Keeps the attribute page while it has what is needed, instead of taking page 0 first: shorter,
  /// but some readers know names of page 0 only there.
  bool stay_on_page = false;
  /// Puts strings that repeat into a string table where that makes the document shorter.
  bool string_table = false;
  /// Writes names without a token as LITERAL, which needs a string table, instead of refusing them.
  bool literals = false;
};

/// UTF-8, exact values: a token only where the complete name or value matches it in its exact case.
/// Errc::unknown_name or bad_value with the node's position.
[[nodiscard]] Result<Octets> encode(const Document& document, const EncodeOptions& options = {});

}  // namespace cpgw::wbxml
