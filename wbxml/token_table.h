// The shape of a document type's token tables. One file per document type defines the data.
#pragma once

#include <span>
#include <string_view>

#include "base/octets.h"

namespace cpgw::wbxml {

/// What stands inside an element.
enum class Content : std::uint8_t {
  elements,  ///< elements; white space between them means nothing
  text,      ///< text, kept to the character
  base64,    ///< text that is the base64 of octets, which travel as OPAQUE
};

/// How the values of an attribute are written. Said by the row of its plain start.
enum class ValueForm : std::uint8_t {
  text,    ///< a string
  tokens,  ///< the token that stands for the complete value, else a string
  url,     ///< the start with the longest beginning, then value tokens wherever they fit
  date,    ///< a date (%Datetime) as OPAQUE
};

/// One row: what token `token` on code page `page` stands for. Rows are ordered by (page, token).
struct TagToken {
  std::uint8_t page = 0;
  std::uint8_t token = 0;  ///< without the content and attribute bits
  std::string_view name;
  Content content = Content::elements;
};
struct AttributeToken {
  std::uint8_t page = 0;
  std::uint8_t token = 0;
  std::string_view name;          ///< "name", "type", "value", "version", "href"
  std::string_view value_prefix;  ///< the built-in beginning (or whole) of the value, or empty
  bool decode_only = false;       ///< accepted, never written
  ValueForm form = ValueForm::text;
};
struct ValueToken {
  std::uint8_t page = 0;
  std::uint8_t token = 0;
  std::string_view text;
  bool decode_only = false;
  bool piece = false;  ///< a value made wholly of pieces of one page is written as those pieces
};

/// "Unknown or missing public identifier" (WAP-192, 7.2). A document type that has no other is
/// known by what the transport says, else by its root element.
inline constexpr std::uint32_t kPublicIdNotSaid = 0x01;

struct DocumentType {
  std::string_view name{};              ///< "PROV 1.0"
  std::uint32_t public_id = 0;          ///< WBXML public identifier
  std::string_view formal_public_id{};  ///< of the DOCTYPE; empty: it has none
  std::string_view system_id{};
  std::string_view root{};      ///< root element; empty: any
  std::uint8_t version = 0x03;  ///< of WBXML, customary in its pushes: 01 = 1.1
  std::span<const TagToken> tags{};
  std::span<const AttributeToken> attributes{};
  std::span<const ValueToken> values{};

  /// Orders for lookup by text, made by wbxml/token_index.h: indices of those rows of `attributes`
  /// and `values` that are written.
  std::span<const std::uint16_t> attributes_by_text{};
  std::span<const std::uint16_t> values_by_text{};
  /// The rows of `values` that are pieces.
  std::span<const ValueToken> pieces{};
  /// Every attribute name once.
  std::span<const std::string_view> attribute_names{};
};

/// OMA-WAP-TS-ProvCont 1.0 and 1.1: provisioning.
[[nodiscard]] const DocumentType& prov();
/// WAP-167: service indication.
[[nodiscard]] const DocumentType& si();
/// WAP-168: service loading.
[[nodiscard]] const DocumentType& sl();
/// WAP-175: cache operation.
[[nodiscard]] const DocumentType& co();
/// OMA-Push-EMN 1.0: e-mail notification.
[[nodiscard]] const DocumentType& emn();
/// OMA DRM REL 1.0: rights.
[[nodiscard]] const DocumentType& drmrel();
/// Over The Air Settings 7.0 (Ericsson, Nokia): browser settings and bookmarks.
[[nodiscard]] const DocumentType& ota_settings();
/// Of the same specification: SyncML settings.
[[nodiscard]] const DocumentType& sync_settings();

/// Of a document whose public identifier has no tables here: every token is unknown.
[[nodiscard]] const DocumentType& unknown_type();
/// Every document type this build has tables for.
[[nodiscard]] std::span<const DocumentType* const> document_types();

}  // namespace cpgw::wbxml
