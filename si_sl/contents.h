// What a push carries: a document with the content type, application and ports of its kind.
#pragma once

#include <optional>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/wsp_push.h"
#include "wbxml/document.h"

namespace cpgw::si_sl {

/// What surrounds the body of a push: the content type, application and ports of its kind.
struct PushKind {
  std::uint16_t content_type = 0;  ///< WSP code; counts when there is no text
  /// Of a table: lives as long as the program.
  std::string_view content_type_text = {};
  std::optional<std::uint16_t> charset = {};  ///< parameter of the content type, MIBenum
  std::optional<std::uint32_t> application_id = {};
  std::uint16_t destination_port = 2948, source_port = 9200;
  bool operator==(const PushKind&) const = default;
};
/// Browser settings made of bookmarks alone are bookmarks. Errc::unknown_document (of wbxml) for a
/// type that does not travel as a push.
[[nodiscard]] Result<PushKind> push_kind(const wbxml::Document& document);

/// One push before it is signed, written and cut.
struct PushContent : PushKind {
  Octets body = {};
  bool operator==(const PushContent&) const = default;
};

/// The document in the version of WBXML customary for its type, with everything its kind asks for.
/// Errors are those of push_kind and wbxml::encode.
[[nodiscard]] Result<PushContent> push_content(const wbxml::Document& document);

/// What write_push needs, without security.
[[nodiscard]] PushHeaders push_headers(const PushKind& kind);

/// The type of document that a content type announces, by its code or by its name in either case;
/// null when it is none of ours. For reading: names others use count too.
[[nodiscard]] const wbxml::DocumentType* document_type_of(std::uint16_t content_type);
[[nodiscard]] const wbxml::DocumentType* document_type_of(std::string_view content_type);
[[nodiscard]] const wbxml::DocumentType* document_type_of(const PushView& push);

}  // namespace cpgw::si_sl
