// Encodes headers for PushHeaders::further_headers (WAP-230-WSP 8.4.2).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

/// Appends name and value of one header at a time to octets it does not own, which stay as they
/// were on an error. Codes are of code page 1, 0 to 7F (si_sl/wsp_tables.h has their names).
class HeaderWriter {
 public:
  explicit HeaderWriter(Octets& out) : out_(out) {}

  /// Short-integer or long-integer.
  [[nodiscard]] Result<void> integer(std::uint8_t code, std::uint32_t value);
  /// Long-integer, seconds; Errc::bad_value before 1970 or from 2106 on.
  [[nodiscard]] Result<void> date(std::uint8_t code, std::chrono::sys_seconds at);
  /// Short-integer; a major of 1 to 7, a minor of 0 to 14 or none.
  [[nodiscard]] Result<void> version(std::uint8_t code, unsigned major,
                                     std::optional<unsigned> minor);
  /// Text-string; Errc::bad_value for a zero octet inside.
  [[nodiscard]] Result<void> text(std::uint8_t code, std::string_view value);
  /// Quoted-string: as text, with a quotation mark in front.
  [[nodiscard]] Result<void> quoted(std::uint8_t code, std::string_view value);
  /// Value-length and ready octets.
  [[nodiscard]] Result<void> octets(std::uint8_t code, OctetView value);
  /// A header without a code: a token and text.
  [[nodiscard]] Result<void> named(std::string_view name, std::string_view value);

 private:
  Octets& out_;
};

}  // namespace cpgw::si_sl
