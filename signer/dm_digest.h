// The digest of an OMA DM notification: proves that a device management server sent it
// (OMA-TS-DM_Notification-V1_2, 6.2).
#pragma once

#include <array>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "base/secret.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::signer {

using DmDigest = std::array<std::byte, 16>;

/// What both sides know of the server: its id (PROVIDER-ID of the w7 account), its password, and
/// the nonce in its raw octets.
struct DmCredentials {
  std::string_view server_id;
  const Secret& server_password;
  const Secret& nonce;
};

/// MD5( B64(MD5(server-id ":" server-password)) ":" nonce ":" B64(MD5(trigger)) ), `trigger` being
/// all of the notification behind its digest. Errc::library when OpenSSL refuses MD5.
[[nodiscard]] Result<DmDigest> dm_digest(const DmCredentials& credentials, OctetView trigger);

/// Does `digest` (16 octets) hold for `trigger`? Constant time.
[[nodiscard]] Result<bool> verify_dm_digest(const DmCredentials& credentials, OctetView trigger,
                                            OctetView digest);

}  // namespace cpgw::signer
