// Plain text as SMS (3GPP TS 23.040, 9.2.3.24; TS 23.038): its alphabet, its parts, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/data_coding.h"
#include "si_sl/errors.h"
#include "si_sl/part.h"

namespace cpgw::si_sl {

struct TextOptions {
  /// gsm7 refuses a character it has not; nothing takes gsm7 when every character fits, else ucs2.
  std::optional<Alphabet> alphabet = {};
  std::optional<std::uint8_t> message_class = {};  ///< 0 to 3; 0 is shown at once
  bool wide_reference = false;   ///< 16-bit concatenation reference (element 08) instead of 8-bit
  std::uint8_t part_limit = 10;  ///< 1 to 255
  bool operator==(const TextOptions&) const = default;
};

/// How a text would go.
struct TextParts {
  Alphabet alphabet = Alphabet::gsm7;
  std::size_t units = 0;   ///< septets, escapes counted; or 16-bit units, surrogate pairs as two
  std::uint8_t parts = 1;  ///< a pair of either kind is never cut, so a part may end one unit early
};

/// `text` is UTF-8. Errc::malformed where it is none, bad_value for the first character that the
/// forced alphabet lacks (both with offset, line and column) or an option out of range;
/// too_many_parts over the limit.
[[nodiscard]] Result<TextParts> text_parts(std::string_view text, const TextOptions& options = {});
/// Replaces `out` by the parts of `text`, packed. One part carries no header. With an 8-bit
/// reference the low octet of `reference` counts. Errors as of text_parts; `out` stays then.
[[nodiscard]] Result<void> segment_text(std::string_view text, std::uint16_t reference,
                                        const TextOptions& options, std::vector<Part>& out);

/// User data as SMPP carries it and a Reassembler takes it: the header, then of gsm7 text one
/// septet an octet; other data as it is. `user_data_length` is TP-UDL. Errc::truncated, malformed.
[[nodiscard]] Result<Octets> unpack_user_data(OctetView user_data, std::uint8_t user_data_length,
                                              bool has_udh, std::uint8_t data_coding);
/// The same of a part that is well formed.
[[nodiscard]] Octets unpack_user_data(const Part& part);
/// Unpacked text without its header, whole: of one part, or of a Reassembler's message. A lone
/// surrogate reads as U+FFFD. Errc::malformed for half a UCS-2 unit, bad_value for 8-bit data.
[[nodiscard]] Result<std::string> read_text(OctetView data, Alphabet alphabet);

}  // namespace cpgw::si_sl
