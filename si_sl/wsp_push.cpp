// WAP-230-WSP-20010705-a: 8.2.4.1 (Push), 8.4 (header encoding), tables 38 (parameters)
// and 39 (header names).
#include "si_sl/wsp_push.h"

#include <algorithm>

#include "si_sl/reading.h"
#include "si_sl/wsp_fields.h"
#include "si_sl/wsp_values.h"

namespace cpgw::si_sl {
namespace {

constexpr std::uint8_t kPush = 0x06;
constexpr std::size_t kMacDigits = 40;

enum Parameter : std::uint8_t { kCharset = 0x01, kSec = 0x11, kMac = 0x12 };
constexpr std::uint8_t kContentType = 0x11;    // table 39
constexpr std::uint8_t kApplicationId = 0x2F;  // X-Wap-Application-Id (table 39)

using detail::kShortInteger;
using detail::malformed;

bool text_media(const PushHeaders& headers) { return !headers.content_type_text.empty(); }

std::size_t media_octets(const PushHeaders& headers) {
  return text_media(headers) ? headers.content_type_text.size() + 1
                             : detail::integer_octets(headers.content_type);
}

/// Octets of the content type after its value-length; 0 for the constrained form, which has none
/// (8.4.2.24): text, or a code in one octet.
std::size_t general_octets(const PushHeaders& headers) {
  const bool constrained = (text_media(headers) || headers.content_type < 0x80) && !headers.SEC &&
                           headers.MAC.empty() && !headers.charset;
  if (constrained) return 0;
  return media_octets(headers) +
         (headers.charset ? 1 + detail::integer_octets(*headers.charset) : 0U) +
         (headers.SEC ? 2U : 0U) + (headers.MAC.empty() ? 0U : 1 + headers.MAC.size() + 1);
}

std::size_t headers_octets(const PushHeaders& headers) {
  const std::size_t general = general_octets(headers);
  return (general == 0 ? media_octets(headers) : detail::value_length_octets(general) + general) +
         (headers.application_id ? 1 + detail::integer_octets(*headers.application_id) : 0U) +
         headers.further_headers.size();
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

/// type/subtype of printable characters: what Extension-media can hold.
bool is_media_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Result<void> check(const PushHeaders& headers) {
  if (text_media(headers) && !is_media_type(headers.content_type_text)) {
    return fail(Errc::bad_value, "a content type as text is type/subtype in printable ASCII",
                at_field("content_type_text"));
  }
  if (headers.SEC && *headers.SEC > 0x7F) {
    return fail(Errc::bad_value, "SEC is a short-integer: 0 to 127", at_field("SEC"));
  }
  if (headers.MAC.empty()) return {};
  if (!headers.SEC) {
    return fail(Errc::bad_value, "a MAC without SEC: phones could not tell its method",
                at_field("MAC"));
  }
  if (headers.MAC.size() != kMacDigits || !is_hex(headers.MAC)) {
    return fail(Errc::bad_value, "a MAC has 40 hexadecimal digits and nothing else",
                at_field("MAC"));
  }
  return {};
}

tl::unexpected<Error> twice(std::size_t offset, std::string_view field) {
  return malformed("the parameter occurs twice: phones would differ in which one counts", offset,
                   field);
}

/// Picks what a handset acts on.
class Picker final : public detail::FieldVisitor {
 public:
  PushView push;

  Result<void> take(const PushField& field) override {
    if (field.parameter) return parameter(field);
    if (field.page != 1) return {};
    using Kind = FieldValue::Kind;
    if (field.code == kContentType && !std::exchange(content_type_, true)) {
      if (field.value.kind == Kind::integer) {
        push.content_type = static_cast<std::uint16_t>(field.value.number);
      }
      push.content_type_text = field.value.text;
    } else if (field.code == kApplicationId && !std::exchange(application_, true)) {
      if (field.value.kind == Kind::integer) push.application_id = field.value.number;
      push.application_id_text = field.value.text;
    }
    return {};
  }

 private:
  /// The number of a parameter that may be no larger than `most`.
  static Result<std::uint32_t> number(const PushField& field, std::uint32_t most,
                                      std::string_view path) {
    if (field.value.kind == FieldValue::Kind::integer && field.value.number <= most) {
      return field.value.number;
    }
    // A long-integer may have any number of leading zeros.
    std::uint32_t number = 0;
    for (const std::byte b : field.value.octets) {
      if (number > most >> 8) return malformed(over(most), field.value_offset, path);
      number = (number << 8) | to_u8(b);
    }
    if (field.value.octets.empty() && field.value.kind != FieldValue::Kind::integer) {
      return malformed("an integer expected", field.value_offset, path);
    }
    if (number > most) return malformed(over(most), field.value_offset, path);
    return number;
  }
  static std::string over(std::uint32_t most) {
    return "an integer of over " + std::to_string(most);
  }

  Result<void> parameter(const PushField& field) {
    if (!field.code) return {};
    switch (*field.code) {
      case kCharset: {
        auto charset = number(field, UINT16_MAX, "content_type.charset");
        if (!charset) return fail(std::move(charset).error());
        if (push.charset) return twice(field.value_offset, "content_type.charset");
        push.charset = static_cast<std::uint16_t>(*charset);
        return {};
      }
      case kSec: {
        auto sec = number(field, UINT8_MAX, "content_type.SEC");
        if (!sec) return fail(std::move(sec).error());
        if (push.SEC) return twice(field.value_offset, "content_type.SEC");
        push.SEC = static_cast<std::uint8_t>(*sec);
        return {};
      }
      case kMac:
        if (field.value.kind != FieldValue::Kind::text &&
            field.value.kind != FieldValue::Kind::none) {
          return malformed("text expected as MAC", field.value_offset, "content_type.MAC");
        }
        if (std::exchange(mac_, true)) return twice(field.value_offset, "content_type.MAC");
        push.MAC = field.value.text;
        return {};
      default: return {};
    }
  }

  bool content_type_ = false, application_ = false, mac_ = false;
};

}  // namespace

std::size_t push_octets(const PushHeaders& headers, std::size_t body_octets) {
  const std::size_t before_body = headers_octets(headers);
  return 2 + detail::uintvar_octets(before_body) + before_body + body_octets;
}

Result<void> write_push(std::uint8_t transaction_id, const PushHeaders& headers, OctetView body,
                        Octets& out) {
  if (auto checked = check(headers); !checked) return checked;
  out.reserve(out.size() + push_octets(headers, body.size()));
  OctetWriter to(out);
  to.u8(transaction_id).u8(kPush);
  detail::put_uintvar(to, headers_octets(headers));
  if (const std::size_t general = general_octets(headers); general > 0) {
    detail::put_value_length(to, general);
  }
  if (text_media(headers)) {
    to.put(headers.content_type_text).u8(0);
  } else {
    detail::put_integer(to, headers.content_type);
  }
  if (headers.charset) {
    to.u8(kShortInteger | kCharset);
    detail::put_integer(to, *headers.charset);
  }
  if (headers.SEC) {
    to.u8(kShortInteger | kSec).u8(static_cast<std::uint8_t>(kShortInteger | *headers.SEC));
  }
  if (!headers.MAC.empty()) to.u8(kShortInteger | kMac).put(headers.MAC).u8(0);
  if (headers.application_id) {
    to.u8(kShortInteger | kApplicationId);
    detail::put_integer(to, *headers.application_id);
  }
  to.put(headers.further_headers).put(body);
  return {};
}

Result<PushView> read_push(OctetView pdu) {
  Picker picker;
  auto frame = detail::walk_push(pdu, picker);
  if (!frame) return fail(std::move(frame).error());
  picker.push.transaction_id = frame->transaction_id;
  picker.push.header_octets = frame->header_octets;
  picker.push.further_headers = frame->further_headers;
  picker.push.body = frame->body;
  return picker.push;
}

}  // namespace cpgw::si_sl
