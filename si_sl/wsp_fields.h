// Every header and parameter of a push, known or not, with its value decoded (WAP-230-WSP 8.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"
#include "si_sl/wsp_tables.h"

namespace cpgw::si_sl {

/// A value by its first octet and by what its field's table row says it is. Views point into the
/// PDU.
struct FieldValue {
  enum class Kind : std::uint8_t {
    none,     ///< no-value, or a length of 0
    integer,  ///< `number`
    date,     ///< `number`: seconds since 1970 UTC
    version,  ///< `number`: 3 bits major and 4 bits minor
    q,        ///< `number`: thousandths
    text,     ///< `text`, without quote octet, quotation mark and final zero
    octets,   ///< anything else that has a length: `octets` without that length
  } kind = Kind::none;
  std::uint32_t number = 0;
  std::string_view text;
  OctetView octets;
};

struct PushField {
  bool parameter = false;  ///< a parameter of the content type; else a header
  std::uint8_t page = 1;   ///< code page of a header; names are known of page 1
  std::optional<std::uint32_t> code;
  std::string_view name;  ///< assigned to the code, or come as text; empty when not assigned
  ValueForm form = ValueForm::unspecified;
  FieldValue value;
  std::size_t offset = 0;        ///< of the name; of the value for the content type, which has none
  std::size_t value_offset = 0;  ///< of the value
};

/// The content type as header 11, its parameters, then the other headers in their order.
/// Errc::truncated, malformed with the offset; too_long for more than `most` fields.
[[nodiscard]] Result<std::vector<PushField>> push_fields(OctetView pdu, std::size_t most = 256);

/// The value for people: numbers of content types, application ids and character sets by name,
/// dates as 2026-01-02T03:04:05Z, versions as 1.4, octets in hexadecimal digits. Not for logs: it
/// may be a MAC.
[[nodiscard]] std::string value_text(const PushField& field);

namespace detail {

class FieldVisitor {
 public:
  FieldVisitor() = default;
  FieldVisitor(const FieldVisitor&) = delete;
  FieldVisitor& operator=(const FieldVisitor&) = delete;
  virtual ~FieldVisitor() = default;
  /// An error ends the walk.
  [[nodiscard]] virtual Result<void> take(const PushField& field) = 0;
};

struct PushFrame {
  std::uint8_t transaction_id = 0;
  OctetView header_octets;    ///< content type and headers
  OctetView further_headers;  ///< what follows the content type
  OctetView body;
};
/// Allocates nothing of its own.
[[nodiscard]] Result<PushFrame> walk_push(OctetView pdu, FieldVisitor& visitor);

}  // namespace detail
}  // namespace cpgw::si_sl
