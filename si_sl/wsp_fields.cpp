// WAP-230-WSP-20010705-a: 8.2.4.1 (Push), 8.4.2.6 (headers), 8.4.2.24 (Content-Type).
#include "si_sl/wsp_fields.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "si_sl/reading.h"
#include "si_sl/wsp_values.h"

namespace cpgw::si_sl {
namespace {

using detail::ended;
using detail::FieldVisitor;
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

constexpr std::uint8_t kPush = 0x06;
constexpr std::uint8_t kConfirmedPush = 0x07;
constexpr std::uint8_t kContentType = 0x11;
constexpr std::size_t kIntegerOctets = 4;  // what we decode of a long-integer; the rest is octets
constexpr std::uint32_t kQMost = 1099;     // uintvar of a q: 1 to 1099 (8.4.2.3)

std::optional<std::uint32_t> long_integer(OctetView octets) {
  if (octets.empty() || octets.size() > kIntegerOctets) return {};
  std::uint32_t number = 0;
  for (const std::byte b : octets) number = (number << 8) | to_u8(b);
  return number;
}

FieldValue value_of(const Value& wire, ValueForm form) {
  using Kind = FieldValue::Kind;
  FieldValue value;
  const auto number_kind = [&] {
    if (form == ValueForm::date) return Kind::date;
    return form == ValueForm::version ? Kind::version : Kind::integer;
  };
  switch (wire.kind) {
    case Value::Kind::integer:
      value.kind = number_kind();
      value.number = wire.integer;
      return value;
    case Value::Kind::text:
      value.kind = Kind::text;
      value.text = wire.text;
      if (value.text.starts_with('"')) value.text.remove_prefix(1);  // no closing mark is sent
      return value;
    case Value::Kind::data: break;
  }
  value.octets = wire.octets;
  if (wire.octets.empty()) return value;
  value.kind = Kind::octets;
  const bool long_form = form == ValueForm::integer || form == ValueForm::date ||
                         form == ValueForm::charset || form == ValueForm::media;
  if (const auto number = long_integer(wire.octets); number && long_form) {
    value.kind = number_kind();
    value.number = *number;
  }
  return value;
}

/// Hundredths up to 100, from there thousandths.
FieldValue q_value(std::uint32_t coded) {
  FieldValue value;
  value.kind = FieldValue::Kind::q;
  value.number = coded <= 100 ? (coded - 1) * 10 : coded - 100;
  return value;
}

/// What an error calls a parameter of the content type.
std::string_view parameter_path(const PushField& field) {
  return field.code && !field.name.empty() ? field.name : std::string_view("parameter");
}

Result<void> take_parameter(OctetReader& in, FieldVisitor& visitor) {
  constexpr std::string_view kPath = "content_type";
  PushField field;
  field.parameter = true;
  field.offset = in.offset();
  auto token = take_value(in, "content_type.parameter");
  if (!token) return fail(std::move(token).error());
  switch (token->kind) {
    case Value::Kind::integer: field.code = token->integer; break;
    case Value::Kind::text: field.name = token->text; break;  // Untyped-parameter
    case Value::Kind::data:                                   // a code in long form
      if (token->octets.empty()) {
        return malformed("a parameter without a name", field.offset, "content_type.parameter");
      }
      field.code = long_integer(token->octets);
      break;
  }
  if (field.code && *field.code <= UINT8_MAX) {
    if (const AssignedField* known = find_parameter(static_cast<std::uint8_t>(*field.code))) {
      field.name = known->name;
      field.form = known->form;
    }
  }
  field.value_offset = in.offset();
  if (field.form == ValueForm::q) {
    auto coded = take_uintvar(in, field.name);
    if (!coded) return fail(std::move(coded).error().in(kPath));
    if (*coded == 0 || *coded > kQMost) {
      return malformed("a q of 1 to 1099 expected", field.value_offset, "content_type.q");
    }
    field.value = q_value(*coded);
  } else {
    auto value = take_value(in, parameter_path(field));
    if (!value) return fail(std::move(value).error().in(kPath));
    field.value = value_of(*value, field.form);
  }
  return visitor.take(field);
}

/// Content-type-value: constrained or general form. `front` ends with the headers.
Result<void> take_content_type(OctetReader& in, OctetView front, FieldVisitor& visitor) {
  constexpr std::string_view kField = "content_type";
  PushField field;
  field.code = kContentType;
  field.name = find_header(kContentType)->name;
  field.form = ValueForm::media;
  field.offset = in.offset();
  field.value_offset = in.offset();
  auto first = in.peek();
  if (!first) return ended(std::move(first), kField);
  if (*first > kLengthQuote) {
    auto media = take_value(in, kField);
    if (!media) return fail(std::move(media).error());
    field.value = value_of(*media, field.form);
    return visitor.take(field);
  }
  auto general = take_value(in, kField);
  if (!general) return fail(std::move(general).error());
  if (general->octets.empty()) return malformed("an empty content type", in.offset(), kField);

  // A reader that ends with the value yet counts offsets from the front of the PDU.
  OctetReader value(front.first(in.offset()));
  static_cast<void>(value.take(in.offset() - general->octets.size()));
  field.value_offset = value.offset();
  const std::uint8_t media_octet = to_u8(general->octets.front());
  if (media_octet > kLengthQuote && (media_octet & kShortInteger) == 0) {
    auto text = take_text(value, kField);
    if (!text) return fail(std::move(text).error());
    field.value.kind = FieldValue::Kind::text;
    field.value.text = *text;
  } else {
    auto code = take_integer(value, kField, UINT16_MAX);
    if (!code) return fail(std::move(code).error());
    field.value.kind = FieldValue::Kind::integer;
    field.value.number = *code;
  }
  if (auto taken = visitor.take(field); !taken) return taken;
  while (!value.empty()) {
    if (auto taken = take_parameter(value, visitor); !taken) return taken;
  }
  return {};
}

Result<void> take_headers(OctetReader& in, FieldVisitor& visitor) {
  constexpr std::string_view kField = "headers";
  std::uint8_t page = 1;
  while (!in.empty()) {
    PushField field;
    field.offset = in.offset();
    const std::uint8_t name = *in.peek();
    if (name == 0) return malformed("a header without a name", field.offset, kField);
    if (name == kPageShift || name <= kLengthQuote) {
      auto shift = take(in, name == kPageShift ? 2 : 1, kField);
      if (!shift) return fail(std::move(shift).error());
      page = to_u8(shift->back());
      continue;
    }
    auto token = take_value(in, kField);
    if (!token) return fail(std::move(token).error());
    field.page = page;
    if (token->kind == Value::Kind::text) {
      field.name = token->text;
    } else {
      field.code = token->integer;
      const AssignedField* known = page == 1 ? find_header(token->integer) : nullptr;
      if (known != nullptr) {
        field.name = known->name;
        field.form = known->form;
      }
    }
    field.value_offset = in.offset();
    auto value = take_value(in, kField);
    if (!value) return fail(std::move(value).error());
    field.value = value_of(*value, field.form);
    if (auto taken = visitor.take(field); !taken) return taken;
  }
  return {};
}

class Collector final : public FieldVisitor {
 public:
  explicit Collector(std::size_t most) : most_(most) {}
  Result<void> take(const PushField& field) override {
    if (fields.size() >= most_) {
      Position at = at_offset(field.offset);
      at.field = "headers";
      return fail(Errc::too_long, "more than " + std::to_string(most_) + " headers and parameters",
                  std::move(at));
    }
    fields.push_back(field);
    return {};
  }
  std::vector<PushField> fields;

 private:
  std::size_t most_;
};

std::string date_text(std::uint32_t seconds) {
  using namespace std::chrono;
  const sys_seconds at{std::chrono::seconds(seconds)};
  const sys_days midnight = floor<days>(at);
  const year_month_day date(midnight);
  const hh_mm_ss clock(at - midnight);
  std::array<char, 40> text{};
  const int octets = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(octets)};
}

/// Major alone when the minor is 15 (8.4.2.3).
std::string version_text(std::uint32_t version) {
  const unsigned minor = version & 0x0F;
  std::string text = std::to_string((version >> 4) & 0x07);
  if (minor != 0x0F) text += "." + std::to_string(minor);
  return text;
}

constexpr std::uint8_t kApplicationId = 0x2F;

std::string number_text(const PushField& field) {
  std::string_view name;
  if (field.form == ValueForm::media) name = media_type_name(field.value.number);
  if (field.form == ValueForm::charset) name = charset_name(field.value.number);
  if (!field.parameter && field.page == 1 && field.code == kApplicationId) {
    name = application_name(field.value.number);
  }
  return name.empty() ? std::to_string(field.value.number) : std::string(name);
}

}  // namespace

Result<detail::PushFrame> detail::walk_push(OctetView pdu, FieldVisitor& visitor) {
  OctetReader in(pdu);
  PushFrame push;
  auto transaction_id = in.u8();
  if (!transaction_id) return ended(std::move(transaction_id), "transaction_id");
  push.transaction_id = *transaction_id;
  auto type = in.u8();
  if (!type) return ended(std::move(type), "type");
  if (*type == kConfirmedPush) {
    return malformed("a ConfirmedPush (07): it belongs into a WSP session, not into one datagram",
                     1, "type");
  }
  if (*type != kPush) {
    const std::string_view name = pdu_type_name(*type);
    return malformed(
        "not a push" + (name.empty() ? "" : " but a " + std::string(name)) + ": type 06 expected",
        1, "type");
  }
  auto headers_len = take_uintvar(in, "headers_len");
  if (!headers_len) return fail(std::move(headers_len).error());
  if (*headers_len == 0) return malformed("no content type: a push has one", 2, "headers_len");
  auto headers = detail::take(in, *headers_len, "headers_len");
  if (!headers) return fail(std::move(headers).error());
  push.header_octets = *headers;
  push.body = in.rest();

  const OctetView front = pdu.first(in.offset());
  OctetReader fields(front);
  static_cast<void>(fields.take(front.size() - headers->size()));
  if (auto taken = take_content_type(fields, front, visitor); !taken) {
    return fail(std::move(taken).error());
  }
  push.further_headers = fields.rest();
  if (auto taken = take_headers(fields, visitor); !taken) return fail(std::move(taken).error());
  return push;
}

Result<std::vector<PushField>> push_fields(OctetView pdu, std::size_t most) {
  Collector collector(most);
  if (auto walked = detail::walk_push(pdu, collector); !walked) {
    return fail(std::move(walked).error());
  }
  return std::move(collector.fields);
}

std::string value_text(const PushField& field) {
  const FieldValue& value = field.value;
  switch (value.kind) {
    case FieldValue::Kind::none: return {};
    case FieldValue::Kind::integer: return number_text(field);
    case FieldValue::Kind::date: return date_text(value.number);
    case FieldValue::Kind::version: return version_text(value.number);
    case FieldValue::Kind::q: {
      std::string text = std::to_string(1000 + value.number % 1000).replace(0, 1, "0.");
      while (text.back() == '0' && text.size() > 3) text.pop_back();
      return text;
    }
    case FieldValue::Kind::text: return std::string(value.text);
    case FieldValue::Kind::octets: return to_hex(value.octets);
  }
  return {};
}

}  // namespace cpgw::si_sl
