// Bootstrap security: the MAC over one provisioning document (OMA-WAP-TS-ProvBoot 1.1).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/names.h"
#include "base/octets.h"
#include "base/result.h"
#include "signer/hmac_sha1.h"

namespace cpgw::signer {

enum class Errc {
  missing_imsi,  ///< the method needs an IMSI and none was given
  missing_pin,   ///< the method needs a PIN and none was given
  unwanted,      ///< an IMSI or PIN was given that the method does not use
  weak_pin,      ///< USERPINMAC digits below the minimum
  bad_method,    ///< not one of none, netwpin, userpin, usernetwpin, userpinmac
  unknown_key,   ///< sealed with a key the keyring does not have
  bad_seal,      ///< the sealed record was changed, or belongs to something else
  bad_keyring,   ///< the keyring file is missing, unreadable by its rules, or too widely readable
  too_long,      ///< a record over the limit for sealing
  library,       ///< OpenSSL refused
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::missing_imsi: return "signer/missing-imsi";
    case Errc::missing_pin: return "signer/missing-pin";
    case Errc::unwanted: return "signer/unwanted";
    case Errc::weak_pin: return "signer/weak-pin";
    case Errc::bad_method: return "signer/bad-method";
    case Errc::unknown_key: return "signer/unknown-key";
    case Errc::bad_seal: return "signer/bad-seal";
    case Errc::bad_keyring: return "signer/bad-keyring";
    case Errc::too_long: return "signer/too-long";
    case Errc::library: return "signer/library";
  }
  return "signer/none";
}

/// The SEC parameter's values, and none for an unsigned push. Stored in contents: never renumber.
enum class Security : std::uint8_t {
  NETWPIN = 0,
  USERPIN = 1,
  USERNETWPIN = 2,
  USERPINMAC = 3,
  none = 255
};
[[nodiscard]] std::string_view to_string(Security method);  ///< "netwpin" …
[[nodiscard]] Result<Security> security(std::string_view name);
[[nodiscard]] constexpr bool needs_imsi(Security m) {
  return m == Security::NETWPIN || m == Security::USERNETWPIN;
}
/// USERPINMAC takes no PIN from the caller: its digits are drawn.
[[nodiscard]] constexpr bool needs_pin(Security m) {
  return m == Security::USERPIN || m == Security::USERNETWPIN;
}

/// 40 upper-case hexadecimal digits.
using MacText = std::array<char, 40>;

/// The IMSI in semi-octets as in EF_IMSI without its length octet (3GPP TS 31.102, 4.2.2): 4 to 8
/// octets.
[[nodiscard]] Secret imsi_key(const Imsi& imsi);

/// Keeps one digest context. Owned by one thread.
class BootstrapSigner {
 public:
  /// M for NETWPIN, USERPIN and USERNETWPIN over `body`, the complete WBXML document.
  /// Errc::missing_*, unwanted.
  [[nodiscard]] Result<MacText> mac(Security method, const Imsi* imsi, const UserPin* pin,
                                    OctetView body);
  /// USERPINMAC: the code the user types, K followed by its check digits. K has 5 digits or more
  /// (Errc::weak_pin).
  [[nodiscard]] Result<Secret> userpinmac_code(const UserPin& k, OctetView body);

 private:
  HmacSha1 hmac_;
};

/// Does `mac` (either case of hex) hold for `body`? Constant time.
[[nodiscard]] Result<bool> verify_mac(Security method, const Imsi* imsi, const UserPin* pin,
                                      OctetView body, std::string_view mac);
/// Does the typed `code` hold for `body`? False for an odd count of digits or fewer than 10.
[[nodiscard]] Result<bool> verify_userpinmac(const Secret& code, OctetView body);

/// `digits` random decimal digits (5 to 16), each uniform.
[[nodiscard]] UserPin draw_pin(Random& random, unsigned digits);

}  // namespace cpgw::signer
