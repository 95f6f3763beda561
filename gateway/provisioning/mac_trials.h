// What a MAC may have been made of: the right key and body first, then what people make of them.
#pragma once

#include <optional>
#include <vector>

#include "base/secret.h"
#include "gateway/provisioning/mac_check.h"

namespace cpgw::gateway::provisioning {

struct KeyTrial {
  signer::Security method = signer::Security::none;
  Secret octets;
  std::vector<MacMistake> mistakes;  ///< none: the right key
};
/// Of NETWPIN, USERPIN and USERNETWPIN, as far as `keys` reaches; those of another method than
/// `sec` say so. No two have the same octets: the fewer mistakes win.
[[nodiscard]] std::vector<KeyTrial> key_trials(std::optional<std::uint8_t> sec,
                                               const MacKeys& keys);
/// What the user of USERPINMAC was told, as keys of an HMAC.
[[nodiscard]] std::vector<KeyTrial> typed_trials(const MacKeys& keys);

struct BodyTrial {
  std::optional<MacMistake> mistake;
  OctetView octets;  ///< of `push`, or of `own`
  Octets own = {};
};
[[nodiscard]] std::vector<BodyTrial> body_trials(const SignedPush& push);

}  // namespace cpgw::gateway::provisioning
