// OMA-TS-DM_Notification-V1_2, 6.2.2 (fields of the trigger), 6.3 (push over WAP).
#include "si_sl/contents_dm.h"

#include "si_sl/contents_fields.h"
#include "si_sl/reading.h"
#include "si_sl/wsp_tables.h"

namespace cpgw::si_sl {
namespace {

// The first five octets: version 10 bits, ui-mode 2, initiator 1, future use 27.
constexpr unsigned kVersionShift = 30, kUiModeShift = 28, kInitiatorShift = 27;
constexpr std::uint16_t kMostVersion = 0x3FF;
constexpr std::uint32_t kMostFutureUse = 0x7FFFFFF;
constexpr std::size_t kMostServerId = 255;

tl::unexpected<Error> refuse(Errc code, std::string why, std::string field) {
  return fail(code, std::move(why), at_field(std::move(field)));
}

}  // namespace

Result<void> write_dm_trigger(const DmTrigger& trigger, Octets& out) {
  if (trigger.version > kMostVersion) return refuse(Errc::bad_value, "over 10 bits", "version");
  if (trigger.ui_mode > DmUiMode::user_interaction) {
    return refuse(Errc::bad_value, "over 2 bits", "ui-mode");
  }
  if (trigger.initiator > DmInitiator::server) {
    return refuse(Errc::bad_value, "over 1 bit", "initiator");
  }
  if (trigger.future_use > kMostFutureUse) {
    return refuse(Errc::bad_value, "over 27 bits", "future-use");
  }
  if (trigger.session_id == 0) {
    return refuse(Errc::bad_value, "a session id is 1 to 65535", "sessionid");
  }
  if (trigger.server_id.empty()) {
    return refuse(Errc::bad_value, "without it the phone finds no account", "server-identifier");
  }
  if (trigger.server_id.size() > kMostServerId) {
    return refuse(Errc::too_long, "at most 255 octets", "server-identifier");
  }
  if (auto done = detail::check_text(trigger.server_id, "server-identifier"); !done) return done;
  const std::uint64_t front = static_cast<std::uint64_t>(trigger.version) << kVersionShift |
                              static_cast<std::uint64_t>(trigger.ui_mode) << kUiModeShift |
                              static_cast<std::uint64_t>(trigger.initiator) << kInitiatorShift |
                              trigger.future_use;
  OctetWriter(out)
      .u8(static_cast<std::uint8_t>(front >> 32))
      .u32(static_cast<std::uint32_t>(front))
      .u16(trigger.session_id)
      .u8(static_cast<std::uint8_t>(trigger.server_id.size()))
      .put(trigger.server_id)
      .put(trigger.vendor);
  return {};
}

PushContent dm_notification(std::span<const std::byte, kDmDigestOctets> digest, OctetView trigger) {
  PushContent content;
  content.content_type = kDmNotification;
  content.application_id = kDmApplication;
  content.body.reserve(digest.size() + trigger.size());
  OctetWriter(content.body).put(OctetView(digest)).put(trigger);
  return content;
}

bool is_dm_notification(const PushView& push) {
  const auto code = push.content_type ? push.content_type : media_type_code(push.content_type_text);
  return code == kDmNotification;
}

Result<DmNotificationView> read_dm_notification(OctetView body) {
  OctetReader in(body);
  DmNotificationView view;
  auto digest = in.take(kDmDigestOctets);
  if (!digest) return detail::ended(std::move(digest), "digest");
  view.digest = *digest;
  view.trigger_octets = in.rest();
  auto high = in.u8();
  if (!high) return detail::ended(std::move(high), "version");
  auto low = in.u32();
  if (!low) return detail::ended(std::move(low), "future-use");
  const std::uint64_t front = static_cast<std::uint64_t>(*high) << 32 | *low;
  view.trigger.version = static_cast<std::uint16_t>(front >> kVersionShift);
  view.trigger.ui_mode = static_cast<DmUiMode>(front >> kUiModeShift & 0x3);
  view.trigger.initiator = static_cast<DmInitiator>(front >> kInitiatorShift & 0x1);
  view.trigger.future_use = static_cast<std::uint32_t>(front & kMostFutureUse);
  const std::size_t session_at = in.offset();
  auto session_id = in.u16();
  if (!session_id) return detail::ended(std::move(session_id), "sessionid");
  if (*session_id == 0) {
    return detail::malformed("session id 0: it begins at 1", session_at, "sessionid");
  }
  view.trigger.session_id = *session_id;
  const std::size_t length_at = in.offset();
  auto length = in.u8();
  if (!length) return detail::ended(std::move(length), "length-identifier");
  if (*length == 0) {
    return detail::malformed("a server identifier without characters", length_at,
                             "length-identifier");
  }
  auto server_id = in.take(*length);
  if (!server_id) return detail::ended(std::move(server_id), "server-identifier");
  view.trigger.server_id = as_text(*server_id);
  view.trigger.vendor = in.rest();
  return view;
}

}  // namespace cpgw::si_sl
