// OMA DM notification (package 0): tells a phone to open a device management session
// (OMA-TS-DM_Notification-V1_2, 6.2), and the bootstrap of the account it needs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "base/secret.h"
#include "si_sl/contents.h"
#include "wbxml/document.h"

namespace cpgw::si_sl {

inline constexpr std::uint16_t kDmNotification = 0x44;  ///< application/vnd.syncml.notification
inline constexpr std::uint16_t kDmWbxml = 0x42;         ///< application/vnd.syncml.dm+wbxml
inline constexpr std::uint32_t kDmApplication = 0x07;   ///< x-wap-application:syncml.dm
inline constexpr std::size_t kDmDigestOctets = 16;

enum class DmUiMode : std::uint8_t { not_specified, background, informative, user_interaction };
enum class DmInitiator : std::uint8_t { user, server };

/// What stands behind the digest.
struct DmTrigger {
  std::uint16_t version = 11;  ///< version x 10, 10 bits; 1.1 is what DM 1.2 asks for
  DmUiMode ui_mode = DmUiMode::not_specified;
  DmInitiator initiator = DmInitiator::server;
  std::uint32_t future_use = 0;     ///< 27 bits
  std::uint16_t session_id = 0;     ///< from 1; the same for repeats of one trigger
  std::string_view server_id = {};  ///< 1 to 255 octets: PROVIDER-ID of the w7 account
  OctetView vendor = {};            ///< any octets; the digest covers them
};

/// Appends the trigger. Errc::bad_value, too_long.
[[nodiscard]] Result<void> write_dm_trigger(const DmTrigger& trigger, Octets& out);

/// The notification as a push: content type and application id as codes, in this order, 6 octets of
/// WSP headers and 7 of ports (at most 48 are allowed).
[[nodiscard]] PushContent dm_notification(std::span<const std::byte, kDmDigestOctets> digest,
                                          OctetView trigger);

/// By its content type, as code or text.
[[nodiscard]] bool is_dm_notification(const PushView& push);

/// A notification as received; views point into the body.
struct DmNotificationView {
  OctetView digest;
  OctetView trigger_octets;  ///< what the digest covers
  DmTrigger trigger;
};
/// Errc::truncated, malformed with the offset. Reserved bits and later versions are kept.
[[nodiscard]] Result<DmNotificationView> read_dm_notification(OctetView body);

/// One APPAUTH of a w7 account.
struct DmAuth {
  enum class Level : std::uint8_t {
    APPSRV,  ///< the phone to the server
    CLIENT,  ///< the server to the phone
  };
  Level level = Level::APPSRV;
  std::string type = {};  ///< AAUTHTYPE, such as HTTP-BASIC, DIGEST, HMAC; may be empty
  std::string name = {};  ///< AAUTHNAME
  Secret secret = {};     ///< AAUTHSECRET
  Secret nonce = {};      ///< AAUTHDATA, which is its base64
};

/// A w7 APPLICATION of OMA-WAP-TS-ProvCont 1.1.
struct DmAccount {
  std::string provider_id = {};  ///< the server's id
  std::string name = {};
  std::string addr = {};       ///< URI of the server
  std::string addr_type = {};  ///< of APPADDR, such as ALPHA; needs or makes one
  std::uint16_t port = 0;      ///< of APPADDR; 0: none
  std::vector<std::string> to_proxy = {}, to_napid = {};
  bool init = false;  ///< open a session at once
  /// Further parms of the application, name and value, such as PREF-CONREF or ROLE; an empty value
  /// is a parm without one.
  std::vector<std::pair<std::string, std::string>> further = {};
  std::vector<DmAuth> auth = {};  ///< one at least, one per level
};

/// A provisioning document with this account alone; some clients take it only with application id
/// 07 (kDmApplication), which ordinary provisioning clients do not expect. It holds the secrets, as
/// such documents do. Errc::bad_value or too_long with the field, never with its value.
[[nodiscard]] Result<wbxml::Document> document_of(const DmAccount& account);

}  // namespace cpgw::si_sl
