// Assigned numbers of WSP: names of header fields, parameters, content types, application ids and
// character sets. Lookups by code give an empty name, by name nothing, for what is not assigned.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cpgw::si_sl {

/// How the value of a header or parameter is meant; on the air another form may still come.
enum class ValueForm : std::uint8_t {
  unspecified,  ///< told by its first octet alone
  text,
  integer,
  date,     ///< long-integer, seconds since 1970 UTC
  version,  ///< short-integer, 3 bits major and 4 bits minor
  charset,  ///< integer, IANA MIBenum
  media,    ///< constrained media: integer of a content type, or text
  q,        ///< uintvar of its own coding (8.4.2.3)
};

struct AssignedField {
  std::uint8_t code = 0;
  std::string_view name;
  ValueForm form = ValueForm::unspecified;
};

/// Header fields of code page 1; nullptr when not assigned.
[[nodiscard]] const AssignedField* find_header(std::uint8_t code);
[[nodiscard]] const AssignedField* find_parameter(std::uint8_t code);
/// Header names match without regard to case.
[[nodiscard]] std::optional<std::uint8_t> header_code(std::string_view name);

[[nodiscard]] std::string_view media_type_name(std::uint32_t code);
/// Media types match without regard to case.
[[nodiscard]] std::optional<std::uint16_t> media_type_code(std::string_view name);
[[nodiscard]] std::string_view application_name(std::uint32_t id);
[[nodiscard]] std::optional<std::uint32_t> application_id(std::string_view name);
[[nodiscard]] std::string_view charset_name(std::uint32_t mib_enum);
/// PDU types, so that an error can say what came instead of a push.
[[nodiscard]] std::string_view pdu_type_name(std::uint8_t type);

}  // namespace cpgw::si_sl
