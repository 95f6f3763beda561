#include "si_sl/wsp_values.h"

#include "si_sl/reading.h"

namespace cpgw::si_sl::detail {

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

std::size_t integer_octets(std::uint32_t value) {
  if (value < 0x80) return 1;
  std::size_t octets = 2;
  while (value >>= 8) ++octets;
  return octets;
}

void put_integer(OctetWriter& out, std::uint32_t value) {
  if (value < 0x80) {
    out.u8(static_cast<std::uint8_t>(kShortInteger | value));
    return;
  }
  const std::size_t octets = integer_octets(value) - 1;
  out.u8(static_cast<std::uint8_t>(octets));
  for (std::size_t i = octets; i-- > 0;)
    out.u8(static_cast<std::uint8_t>((value >> (8 * i)) & 0xFF));
}

std::size_t value_length_octets(std::size_t length) {
  return length > kShortLengthMost ? 1 + uintvar_octets(length) : 1;
}

void put_value_length(OctetWriter& out, std::size_t length) {
  if (length > kShortLengthMost) {
    out.u8(kLengthQuote);
    put_uintvar(out, length);
  } else {
    out.u8(static_cast<std::uint8_t>(length));
  }
}

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

Result<std::string_view> take_text(OctetReader& in, std::string_view field) {
  auto view = in.until_nul();
  if (!view) return ended(std::move(view), field);
  std::string_view text = as_text(*view);
  if (text.size() > 1 && text[0] == char{kQuote} && (text[1] & 0x80) != 0) text.remove_prefix(1);
  return text;
}

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

Result<std::uint32_t> take_integer(OctetReader& in, std::string_view field, std::uint32_t most) {
  const std::size_t start = in.offset();
  auto value = take_value(in, field);
  if (!value) return fail(std::move(value).error());
  if (value->kind == Value::Kind::text ||
      (value->kind == Value::Kind::data && value->octets.empty())) {
    return malformed("an integer expected", start, field);
  }
  std::uint64_t number = value->integer;
  for (const std::byte b : value->octets) {
    number = (number << 8) | to_u8(b);
    if (number > UINT32_MAX) break;
  }
  if (number > most) {
    return malformed("an integer of over " + std::to_string(most), start, field);
  }
  return static_cast<std::uint32_t>(number);
}

}  // namespace cpgw::si_sl::detail
