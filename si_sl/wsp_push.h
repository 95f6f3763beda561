// The connectionless WSP push PDU (WAP-230-WSP 8.2.4.1): transaction id, Push, headers, body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

inline constexpr std::uint16_t kConnectivityWbxml =
    0x36;                                    ///< application/vnd.wap.connectivity-wbxml
inline constexpr std::uint16_t kSic = 0x2E;  ///< application/vnd.wap.sic

/// What we write: the content type with SEC and MAC, and by default nothing else. Without
/// parameters it takes the constrained form. Views must live until the push is written.
struct PushHeaders {
  std::uint16_t content_type = kConnectivityWbxml;  ///< code; above 0x7F as a long-integer
  std::optional<std::uint8_t> SEC = {};             ///< parameter 0x11
  std::string_view MAC = {};  ///< parameter 0x12, 40 hexadecimal digits; empty = none
  /// A media type such as "text/plain": written instead of the code.
  std::string_view content_type_text = {};
  /// X-Wap-Application-Id as a code, right after the content type, where minimal readers want it.
  std::optional<std::uint32_t> application_id = {};
  OctetView further_headers = {};             ///< ready encoded, names and values; they come last
  std::optional<std::uint16_t> charset = {};  ///< parameter 0x01, MIBenum
};

/// Appends the PDU to `out`, which stays as it was on an error. Errc::bad_value.
[[nodiscard]] Result<void> write_push(std::uint8_t transaction_id, const PushHeaders& headers,
                                      OctetView body, Octets& out);
/// Octets write_push would append.
[[nodiscard]] std::size_t push_octets(const PushHeaders& headers, std::size_t body_octets);

/// A push as received, as far as a handset needs it; push_fields lists all of it. Views point into
/// the input.
struct PushView {
  std::uint8_t transaction_id = 0;
  std::optional<std::uint16_t> content_type;  ///< code; or the text below
  std::string_view content_type_text;
  std::optional<std::uint8_t> SEC;
  std::string_view MAC;
  std::optional<std::uint16_t> charset;
  std::optional<std::uint32_t> application_id;  ///< X-Wap-Application-Id: code; or the text below
  std::string_view application_id_text;
  OctetView header_octets;    ///< the whole header field: content type and headers
  OctetView further_headers;  ///< what follows the content type
  OctetView body;
};

[[nodiscard]] Result<PushView> read_push(OctetView pdu);

}  // namespace cpgw::si_sl
