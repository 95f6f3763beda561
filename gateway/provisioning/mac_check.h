// Does the MAC of a push hold, by which method; and if it does not, what was done wrong?
// Methods: OMA-WAP-TS-ProvBoot 1.1. Mistakes: those senders were seen to make.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/octets.h"
#include "base/result.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::gateway::provisioning {

/// A signed push as received. Views the caller's octets.
struct SignedPush {
  std::optional<std::uint8_t> SEC;
  std::string_view MAC;
  OctetView body;  ///< what the MAC covers
  OctetView pdu;   ///< the whole push; empty for a body alone
};

/// What is known of the phone. Without it only what the octets show is told.
struct MacKeys {
  const Imsi* imsi = nullptr;
  const UserPin* pin = nullptr;
  const Secret* code = nullptr;  ///< of USERPINMAC, what the user types
};

enum class MacMistake : std::uint8_t {
  unsigned_push,            ///< neither SEC nor MAC
  no_sec,                   ///< MAC without SEC
  no_mac,                   ///< SEC without MAC
  not_hex,                  ///< MAC is not 40 hexadecimal digits
  lower_case,               ///< right, but not in the upper case some phones compare with
  wrong_method,             ///< right by another method than SEC says
  imsi_as_ascii,            ///< the IMSI's digits as characters
  nibbles_not_swapped,      ///< the first digit of each pair in the low half
  filler_zero,              ///< 0 where an even count of digits is filled up with F
  wrong_parity,             ///< 9 and 1 in the first half octet changed over
  parity_missing,           ///< digits alone, without the half octet in front of them
  last_digit_lost,          ///< an even count of digits treated as odd
  length_octet_included,    ///< EF_IMSI with its first octet
  pin_before_imsi,          ///< USERNETWPIN the wrong way round
  pin_with_terminator,      ///< a zero octet after the PIN or the digits
  pin_as_semi_octets,       ///< two digits an octet
  over_headers,             ///< the content type before the body, too
  over_pdu,                 ///< the whole push as it was before the MAC was put into it
  over_other_encoding,      ///< another encoding of the same document
  over_xml,                 ///< the document as text
  over_cut_body,            ///< the front of the body only
  body_cut,                 ///< the body ends inside the document: octets were lost after signing
  digits_in_place_of_hmac,  ///< check digits of USERPINMAC where an HMAC belongs
  hmac_in_place_of_digits,  ///< an HMAC under the PIN where the user types check digits
};
[[nodiscard]] std::string_view id_of(MacMistake mistake);      ///< "imsi-as-ascii"
[[nodiscard]] std::string_view text_of(MacMistake mistake);    ///< what was done
[[nodiscard]] std::string_view remedy_of(MacMistake mistake);  ///< what to do instead
[[nodiscard]] std::span<const MacMistake> mac_mistakes();

struct MacVerdict {
  bool holds = false;  ///< as the standard says, and every phone sees it
  /// By which the MAC was made, when that was found.
  std::optional<signer::Security> method;
  /// Explains the MAC; empty when it holds, or nothing that was tried fits.
  std::vector<MacMistake> mistakes;
  std::size_t tried = 0;  ///< keys and bodies
};

/// Errc::missing_imsi, missing_pin (of signer) when SEC asks for what `keys` has not, or keys are
/// of no kind at all; Errc::library.
[[nodiscard]] Result<MacVerdict> check_mac(const SignedPush& push, const MacKeys& keys);

}  // namespace cpgw::gateway::provisioning
