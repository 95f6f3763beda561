// The content types a submission may name, and what each asks for.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "wbxml/token_table.h"

namespace cpgw::gateway::flow {

struct ContentType {
  /// How the content is given: a document, octets as hexadecimal digits, or plain text.
  enum class Form : std::uint8_t { xml, octets, text };

  std::string_view name;
  Form form = Form::xml;
  /// It changes settings of the phone: its security is named, `none` too.
  bool names_security = false;
  const wbxml::DocumentType& (*document)() = nullptr;  ///< of form xml
  std::uint16_t wsp_code = 0;                          ///< of form octets
  std::optional<std::uint32_t> application_id = {};    ///< of form octets
};

/// The field of a request that gives a source of this form: xml, octets or text.
[[nodiscard]] std::string_view field_of(ContentType::Form form);
[[nodiscard]] std::span<const ContentType> content_types();
/// By its name in either case; null when it is none of them.
[[nodiscard]] const ContentType* content_type(std::string_view name);
/// The one that takes this document; null when none does.
[[nodiscard]] const ContentType* content_type_of(const wbxml::DocumentType* document);

}  // namespace cpgw::gateway::flow
