// WAP-230-WSP-20010705-a: 8.2.4.1 (Push), 8.4 (header encoding), table 38 (well-known parameters).
#include "si_sl/wsp_push.h"

#include <algorithm>

#include "si_sl/reading.h"

namespace cpgw::si_sl {
namespace {

constexpr std::uint8_t kPush = 0x06;
constexpr std::uint8_t kConfirmedPush = 0x07;
constexpr std::uint8_t kShortInteger = 0x80;   // bit of a value or code in one octet
constexpr std::uint8_t kLengthQuote = 0x1F;    // a uintvar length follows
constexpr std::uint8_t kShortLengthMost = 30;  // 0 to 30: that many octets follow
constexpr std::uint8_t kQuote = 0x7F;          // before text that starts with 0x80 to 0xFF
constexpr std::uint8_t kPageShift = 0x7F;      // as a header name: a code page number follows
constexpr std::size_t kMacDigits = 40;

enum Parameter : std::uint8_t { kQ = 0x00, kCharset = 0x01, kSec = 0x11, kMac = 0x12 };

std::size_t uintvar_octets(std::size_t value) {
  std::size_t octets = 1;
  while (value >>= 7) ++octets;
  return octets;
}

void put_uintvar(OctetWriter& out, std::size_t value) {
  for (std::size_t i = uintvar_octets(value) - 1; i > 0; --i) {
    out.u8(static_cast<std::uint8_t>(0x80 | ((value >> (7 * i)) & 0x7F)));
  }
  out.u8(static_cast<std::uint8_t>(value & 0x7F));
}

/// Integer-value: one octet below 128, a long-integer from there.
std::size_t integer_octets(std::uint16_t value) { return value < 0x80 ? 1 : value < 0x100 ? 2 : 3; }

void put_integer(OctetWriter& out, std::uint16_t value) {
  if (value < 0x80) {
    out.u8(static_cast<std::uint8_t>(kShortInteger | value));
  } else if (value < 0x100) {
    out.u8(1).u8(static_cast<std::uint8_t>(value));
  } else {
    out.u8(2).u16(value);
  }
}

/// Octets of the content type after its value-length; 0 for the constrained form, which has none.
std::size_t general_octets(const PushHeaders& headers) {
  const bool constrained = headers.content_type < 0x80 && !headers.SEC && headers.MAC.empty();
  if (constrained) return 0;
  return integer_octets(headers.content_type) + (headers.SEC ? 2U : 0U) +
         (headers.MAC.empty() ? 0U : 1 + headers.MAC.size() + 1);
}

std::size_t content_type_octets(const PushHeaders& headers) {
  const std::size_t general = general_octets(headers);
  if (general == 0) return 1;
  return (general > kShortLengthMost ? 1 + uintvar_octets(general) : 1) + general;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

using detail::ended;
using detail::malformed;

/// At most 5 octets and 32 bits (8.1.2).
Result<std::uint32_t> take_uintvar(OctetReader& in, std::string_view field) {
  const std::size_t start = in.offset();
  std::uint64_t value = 0;
  for (int i = 0; i < 5; ++i) {
    auto octet = in.u8();
    if (!octet) return ended(std::move(octet), field);
    value = (value << 7) | (*octet & 0x7FU);
    if ((*octet & 0x80) == 0) {
      if (value > UINT32_MAX) return malformed("an integer of over 32 bits", start, field);
      return static_cast<std::uint32_t>(value);
    }
  }
  return malformed("a uintvar of over 5 octets", start, field);
}

Result<OctetView> take(OctetReader& in, std::size_t octets, std::string_view field) {
  auto view = in.take(octets);
  if (!view) return ended(std::move(view), field);
  return *view;
}

/// Text without its quote and its terminating zero.
Result<std::string_view> take_text(OctetReader& in, std::string_view field) {
  auto view = in.until_nul();
  if (!view) return ended(std::move(view), field);
  std::string_view text = as_text(*view);
  if (text.size() > 1 && text[0] == char{kQuote} && (text[1] & 0x80) != 0) text.remove_prefix(1);
  return text;
}

/// Any field value by its first octet (8.4.1.2): how long it is, and what kind.
struct Value {
  enum class Kind : std::uint8_t { integer, data, text } kind = Kind::data;
  std::uint8_t integer = 0;  ///< Kind::integer: the short-integer
  OctetView octets;          ///< Kind::data: what the length covers
  std::string_view text;     ///< Kind::text
};

Result<Value> take_value(OctetReader& in, std::string_view field) {
  auto first = in.peek();
  if (!first) return ended(std::move(first), field);
  Value value;
  if ((*first & kShortInteger) != 0) {
    static_cast<void>(in.u8());
    value.kind = Value::Kind::integer;
    value.integer = static_cast<std::uint8_t>(*first & 0x7F);
    return value;
  }
  if (*first > kLengthQuote) {
    auto text = take_text(in, field);
    if (!text) return fail(std::move(text).error());
    value.kind = Value::Kind::text;
    value.text = *text;
    return value;
  }
  static_cast<void>(in.u8());
  std::size_t octets = *first;
  if (*first == kLengthQuote) {
    auto length = take_uintvar(in, field);
    if (!length) return fail(std::move(length).error());
    octets = *length;
  }
  auto data = take(in, octets, field);
  if (!data) return fail(std::move(data).error());
  value.octets = *data;
  return value;
}

/// Integer-value of at most 16 bits.
Result<std::uint16_t> take_integer(OctetReader& in, std::string_view field) {
  const std::size_t start = in.offset();
  auto value = take_value(in, field);
  if (!value) return fail(std::move(value).error());
  if (value->kind == Value::Kind::integer) return value->integer;
  if (value->kind == Value::Kind::text || value->octets.empty()) {
    return malformed("an integer expected", start, field);
  }
  std::uint32_t number = 0;
  for (const std::byte b : value->octets) {
    number = (number << 8) | to_u8(b);
    if (number > UINT16_MAX) return malformed("an integer of over 16 bits", start, field);
  }
  return static_cast<std::uint16_t>(number);
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
      auto charset = take_integer(in, "content_type.charset");
      if (!charset) return fail(std::move(charset).error());
      if (std::exchange(seen.charset, true)) return twice(start, "content_type.charset");
      push.charset = *charset;
      return {};
    }
    case kSec: {
      auto sec = take_integer(in, "content_type.SEC");
      if (!sec) return fail(std::move(sec).error());
      if (*sec > 0xFF) return malformed("SEC of over 8 bits", start, "content_type.SEC");
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
    auto code = take_integer(value, kField);
    if (!code) return fail(std::move(code).error());
    push.content_type = *code;
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
  const std::size_t content_type = content_type_octets(headers);
  return 2 + uintvar_octets(content_type) + content_type + body_octets;
}

Result<void> write_push(std::uint8_t transaction_id, const PushHeaders& headers, OctetView body,
                        Octets& out) {
  if (headers.SEC && *headers.SEC > 0x7F) {
    return fail(Errc::bad_value, "SEC is a short-integer: 0 to 127", at_field("SEC"));
  }
  if (!headers.MAC.empty()) {
    if (!headers.SEC) {
      return fail(Errc::bad_value, "a MAC without SEC: phones could not tell its method",
                  at_field("MAC"));
    }
    if (headers.MAC.size() != kMacDigits || !is_hex(headers.MAC)) {
      return fail(Errc::bad_value, "a MAC has 40 hexadecimal digits and nothing else",
                  at_field("MAC"));
    }
  }
  out.reserve(out.size() + push_octets(headers, body.size()));
  OctetWriter to(out);
  to.u8(transaction_id).u8(kPush);
  put_uintvar(to, content_type_octets(headers));
  const std::size_t general = general_octets(headers);
  if (general > kShortLengthMost) {
    to.u8(kLengthQuote);
    put_uintvar(to, general);
  } else if (general > 0) {
    to.u8(static_cast<std::uint8_t>(general));
  }
  put_integer(to, headers.content_type);
  if (headers.SEC) {
    to.u8(kShortInteger | kSec).u8(static_cast<std::uint8_t>(kShortInteger | *headers.SEC));
  }
  if (!headers.MAC.empty()) to.u8(kShortInteger | kMac).put(headers.MAC).u8(0);
  to.put(body);
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
