// WAP-230-WSP-20010705-a: 8.2.4.1 (Push), 8.4 (header encoding), tables 38 (parameters)
// and 39 (header names).
#include "si_sl/wsp_push.h"

#include <algorithm>

#include "si_sl/reading.h"
#include "si_sl/wsp_values.h"

namespace cpgw::si_sl {
namespace {

constexpr std::uint8_t kPush = 0x06;
constexpr std::uint8_t kConfirmedPush = 0x07;
constexpr std::size_t kMacDigits = 40;

enum Parameter : std::uint8_t { kQ = 0x00, kCharset = 0x01, kSec = 0x11, kMac = 0x12 };
constexpr std::uint8_t kApplicationId = 0x2F;  // X-Wap-Application-Id (table 39)

using detail::ended;
using detail::kLengthQuote;
using detail::kPageShift;
using detail::kShortInteger;
using detail::malformed;
using detail::take;
using detail::take_integer;
using detail::take_text;
using detail::take_uintvar;
using detail::take_value;
using detail::Value;

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

struct Seen {
  bool sec = false, mac = false, charset = false;
};

tl::unexpected<Error> twice(std::size_t offset, std::string_view field) {
  return malformed("the parameter occurs twice: phones would differ in which one counts", offset,
                   field);
}

Result<void> take_known_parameter(std::uint8_t code, OctetReader& in, PushView& push, Seen& seen) {
  const std::size_t start = in.offset();
  switch (code) {
    case kQ: {  // Q-value is a uintvar of its own (8.4.2.3)
      auto q = take_uintvar(in, "content_type.q");
      if (!q) return fail(std::move(q).error());
      return {};
    }
    case kCharset: {
      auto charset = take_integer(in, "content_type.charset", UINT16_MAX);
      if (!charset) return fail(std::move(charset).error());
      if (std::exchange(seen.charset, true)) return twice(start, "content_type.charset");
      push.charset = static_cast<std::uint16_t>(*charset);
      return {};
    }
    case kSec: {
      auto sec = take_integer(in, "content_type.SEC", UINT8_MAX);
      if (!sec) return fail(std::move(sec).error());
      if (std::exchange(seen.sec, true)) return twice(start, "content_type.SEC");
      push.SEC = static_cast<std::uint8_t>(*sec);
      return {};
    }
    case kMac: {
      auto mac = take_value(in, "content_type.MAC");
      if (!mac) return fail(std::move(mac).error());
      const bool no_value = mac->kind == Value::Kind::data && mac->octets.empty();
      if (mac->kind != Value::Kind::text && !no_value) {
        return malformed("text expected as MAC", start, "content_type.MAC");
      }
      if (std::exchange(seen.mac, true)) return twice(start, "content_type.MAC");
      push.MAC = mac->text;
      if (push.MAC.starts_with('"')) push.MAC.remove_prefix(1);  // quoted-string has no end quote
      return {};
    }
    default: {
      auto value = take_value(in, "content_type.parameter");
      if (!value) return fail(std::move(value).error());
      return {};
    }
  }
}

Result<void> take_parameter(OctetReader& in, PushView& push, Seen& seen) {
  const std::size_t start = in.offset();
  auto token = take_value(in, "content_type.parameter");
  if (!token) return fail(std::move(token).error());
  switch (token->kind) {
    case Value::Kind::integer: return take_known_parameter(token->integer, in, push, seen);
    case Value::Kind::text: break;  // Untyped-parameter: Token-text Untyped-value
    case Value::Kind::data:         // a code in long form: none is assigned
      if (token->octets.empty()) {
        return malformed("a parameter without a name", start, "content_type.parameter");
      }
      break;
  }
  auto value = take_value(in, "content_type.parameter");
  if (!value) return fail(std::move(value).error());
  return {};
}

/// Content-type-value (8.4.2.24): constrained or general form.
Result<void> take_content_type(OctetReader& in, OctetView headers, PushView& push) {
  constexpr std::string_view kField = "content_type";
  auto first = in.peek();
  if (!first) return ended(std::move(first), kField);
  if (*first > kLengthQuote) {
    auto media = take_value(in, kField);
    if (!media) return fail(std::move(media).error());
    if (media->kind == Value::Kind::integer) push.content_type = media->integer;
    push.content_type_text = media->text;
    return {};
  }
  auto general = take_value(in, kField);
  if (!general) return fail(std::move(general).error());
  if (general->octets.empty()) return malformed("an empty content type", in.offset(), kField);

  // A reader that ends with the value yet counts offsets from the front of the PDU.
  OctetReader value(headers.first(in.offset()));
  static_cast<void>(value.take(in.offset() - general->octets.size()));
  auto media_octet = value.peek();
  if (!media_octet) return ended(std::move(media_octet), kField);
  if (*media_octet > kLengthQuote && (*media_octet & kShortInteger) == 0) {
    auto text = take_text(value, kField);
    if (!text) return fail(std::move(text).error());
    push.content_type_text = *text;
  } else {
    auto code = take_integer(value, kField, UINT16_MAX);
    if (!code) return fail(std::move(code).error());
    push.content_type = static_cast<std::uint16_t>(*code);
  }
  Seen seen;
  while (!value.empty()) {
    if (auto taken = take_parameter(value, push, seen); !taken) return taken;
  }
  return {};
}

/// Walks the headers after the content type, so that what is kept is known to be whole (8.4.2.6).
Result<void> walk_headers(OctetReader& in) {
  constexpr std::string_view kField = "headers";
  while (!in.empty()) {
    const std::size_t start = in.offset();
    const std::uint8_t name = *in.peek();
    if (name == 0) return malformed("a header without a name", start, kField);
    if (name == kPageShift || name <= kLengthQuote) {
      auto shift = take(in, name == kPageShift ? 2 : 1, kField);
      if (!shift) return fail(std::move(shift).error());
      continue;
    }
    auto token = take_value(in, kField);
    if (!token) return fail(std::move(token).error());
    auto value = take_value(in, kField);
    if (!value) return fail(std::move(value).error());
  }
  return {};
}

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
  OctetReader in(pdu);
  PushView push;
  auto transaction_id = in.u8();
  if (!transaction_id) return ended(std::move(transaction_id), "transaction_id");
  push.transaction_id = *transaction_id;
  auto type = in.u8();
  if (!type) return ended(std::move(type), "type");
  if (*type == kConfirmedPush) {
    return malformed("a confirmed push: it belongs into a WSP session, not into one datagram", 1,
                     "type");
  }
  if (*type != kPush) return malformed("not a push: type 06 expected", 1, "type");
  auto headers_len = take_uintvar(in, "headers_len");
  if (!headers_len) return fail(std::move(headers_len).error());
  if (*headers_len == 0) return malformed("no content type: a push has one", 2, "headers_len");
  auto headers = take(in, *headers_len, "headers_len");
  if (!headers) return fail(std::move(headers).error());
  push.header_octets = *headers;
  push.body = in.rest();

  const OctetView front = pdu.first(in.offset());
  OctetReader fields(front);
  static_cast<void>(fields.take(front.size() - headers->size()));
  if (auto taken = take_content_type(fields, front, push); !taken) {
    return fail(std::move(taken).error());
  }
  push.further_headers = fields.rest();
  if (auto walked = walk_headers(fields); !walked) return fail(std::move(walked).error());
  return push;
}

}  // namespace cpgw::si_sl
