#include "base/octets.h"

#include <algorithm>

namespace cpgw {

tl::unexpected<Error> OctetReader::ended(std::size_t wanted) const {
  return fail(Errc::out_of_input,
              "the input ends here: " + std::to_string(wanted) + " more octet(s) expected, " +
                  std::to_string(remaining()) + " left",
              at_offset(offset_));
}

Result<std::uint8_t> OctetReader::peek() const {
  if (empty()) return ended(1);
  return to_u8(input_[offset_]);
}

Result<std::uint8_t> OctetReader::u8() {
  if (empty()) return ended(1);
  return to_u8(input_[offset_++]);
}

namespace {
std::uint64_t big_endian(OctetView octets) {
  std::uint64_t v = 0;
  for (const std::byte b : octets) v = (v << 8) | to_u8(b);
  return v;
}
}  // namespace

Result<std::uint16_t> OctetReader::u16() {
  return take(2).map([](OctetView v) { return static_cast<std::uint16_t>(big_endian(v)); });
}
Result<std::uint32_t> OctetReader::u32() {
  return take(4).map([](OctetView v) { return static_cast<std::uint32_t>(big_endian(v)); });
}
Result<std::uint64_t> OctetReader::u64() {
  return take(8).map([](OctetView v) { return big_endian(v); });
}

Result<OctetView> OctetReader::take(std::size_t octets) {
  if (octets > remaining()) return ended(octets);
  const OctetView view = input_.subspan(offset_, octets);
  offset_ += octets;
  return view;
}

Result<OctetView> OctetReader::until_nul() {
  const OctetView left = rest();
  const auto nul = std::find(left.begin(), left.end(), std::byte{0});
  if (nul == left.end()) {
    return fail(Errc::out_of_input, "text without its terminating zero octet", at_offset(offset_));
  }
  const auto length = static_cast<std::size_t>(nul - left.begin());
  offset_ += length + 1;
  return left.first(length);
}

std::string to_hex(OctetView octets, HexCase letters) {
  const char* digits = letters == HexCase::upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const std::byte b : octets) {
    text += digits[to_u8(b) >> 4];
    text += digits[to_u8(b) & 15];
  }
  return text;
}

Result<Octets> from_hex(std::string_view text) {
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Octets out;
  out.reserve(text.size() / 2);
  int high = -1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') continue;
    const int n = nibble(text[i]);
    if (n < 0) return fail(Errc::bad_hex, "not a hexadecimal digit", at_offset(i));
    if (high < 0) {
      high = n;
    } else {
      out.push_back(static_cast<std::byte>((high << 4) | n));
      high = -1;
    }
  }
  if (high >= 0)
    return fail(Errc::bad_hex, "an odd number of hexadecimal digits", at_offset(text.size()));
  return out;
}

}  // namespace cpgw
