// A content: what is sent, compiled once, and how. Stored once per digest; every job names it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "base/result.h"
#include "gateway/flow/content_types.h"
#include "queue/types.h"
#include "si_sl/segmentation.h"
#include "si_sl/text.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "signer/sealing.h"
#include "wbxml/template.h"

namespace cpgw::gateway::flow {

enum class Errc {
  bad_request,       ///< the request's form is wrong; see the field
  bad_content,       ///< the document cannot be compiled; see line and column
  security_missing,  ///< a provisioning push that names no security
  bad_recipient,     ///< number, IMSI, PIN or slots of one recipient
  no_route,          ///< no [[route]] takes this number
  not_allowed,       ///< [safety] only_to, or the tenant may not
  unknown_tenant,
  unknown_campaign,
  unknown_job,
  unknown_content,
  conflict,        ///< the name, key or file is known with other content
  wrong_state,     ///< the campaign's state does not allow it
  busy,            ///< a bounded queue is full; send it again later
  too_many_parts,  ///< over the part limit: refused, never cut
  stopping,        ///< the gateway is going down
  store,           ///< the store failed; nothing was accepted
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_request: return "gateway/bad-request";
    case Errc::bad_content: return "gateway/bad-content";
    case Errc::security_missing: return "gateway/security-missing";
    case Errc::bad_recipient: return "gateway/bad-recipient";
    case Errc::no_route: return "gateway/no-route";
    case Errc::not_allowed: return "gateway/not-allowed";
    case Errc::unknown_tenant: return "gateway/unknown-tenant";
    case Errc::unknown_campaign: return "gateway/unknown-campaign";
    case Errc::unknown_job: return "gateway/unknown-job";
    case Errc::unknown_content: return "gateway/unknown-content";
    case Errc::conflict: return "gateway/conflict";
    case Errc::wrong_state: return "gateway/wrong-state";
    case Errc::busy: return "gateway/busy";
    case Errc::too_many_parts: return "gateway/too-many-parts";
    case Errc::stopping: return "gateway/stopping";
    case Errc::store: return "gateway/store";
  }
  return "gateway/none";
}

/// How a content goes out.
struct DeliveryProfile {
  std::uint8_t wbxml_version = 0x03;  ///< of provisioning; other documents take their type's
  bool stay_on_page = false, string_table = false;  ///< of wbxml::EncodeOptions
  si_sl::SegmentOptions segments;
  bool operator==(const DeliveryProfile&) const = default;
};

/// queue::Content::kind; never renumber.
enum class ContentKind : std::uint8_t {
  provisioning = 1,  ///< a wap-provisioningdoc, signed
  push = 2,          ///< any other push
  text = 3,          ///< plain text as SMS, without push and ports
};

/// What travels around the body of a push; see si_sl::PushKind. Ports are in the profile.
struct PushType {
  std::uint16_t content_type = si_sl::kConnectivityWbxml;
  std::string content_type_text = {};  ///< counts when not empty
  std::optional<std::uint16_t> charset = {};
  std::optional<std::uint32_t> application_id = {};
  bool operator==(const PushType&) const = default;
};

/// A content as compose needs it.
struct CompiledContent {
  ContentKind kind = ContentKind::provisioning;
  signer::Security security = signer::Security::none;
  DeliveryProfile profile;
  PushType push;                                   ///< of provisioning and push
  std::optional<std::uint8_t> message_class = {};  ///< of text: 0 is shown at once
  wbxml::Template form;
};

/// A content as it is handed in. Views are used during the call only.
struct ContentSource {
  const ContentType& type;
  std::string_view source;  ///< XML, text, or hexadecimal digits: what the type's form says
  signer::Security security = signer::Security::none;
  std::span<const wbxml::SlotSpec> slots = {};
  std::optional<std::uint32_t> application_id = {};  ///< instead of the type's own
  std::optional<std::uint8_t> message_class = {};    ///< 0 to 3, of text only
  std::optional<std::uint8_t> wbxml_version = {};    ///< whatever the document's type is
};

/// Checks and compiles a content. Refuses what can exceed the part limit with its largest slot
/// values. Errors carry line and column, or the offset, of the source.
[[nodiscard]] Result<CompiledContent> compile_content(const ContentSource& source,
                                                      const DeliveryProfile& profile);
/// The same for provisioning XML.
[[nodiscard]] Result<CompiledContent> compile_content(std::string_view xml,
                                                      signer::Security security,
                                                      std::span<const wbxml::SlotSpec> slots,
                                                      const DeliveryProfile& profile);
/// The stored record: same content, same octets, same digest (SHA-256 over kind and body).
[[nodiscard]] queue::Content store_content(const CompiledContent& content, std::string_view source);
[[nodiscard]] Result<CompiledContent> load_content(const queue::Content& stored);
/// As it lies in the store: body and source sealed under the digest, since a document may hold
/// passwords.
[[nodiscard]] Result<queue::Content> seal_content(const queue::Content& stored,
                                                  signer::Sealer& sealer);
[[nodiscard]] Result<queue::Content> open_content(const queue::Content& sealed,
                                                  signer::Sealer& sealer);
/// Parts the largest push of this content takes: what the scheduler counts.
[[nodiscard]] Result<std::uint8_t> parts_estimate(const CompiledContent& content);
/// Of a push, without its SEC and MAC. Views the content.
[[nodiscard]] si_sl::PushHeaders push_headers(const CompiledContent& content);
[[nodiscard]] si_sl::TextOptions text_options(const CompiledContent& content);

}  // namespace cpgw::gateway::flow
