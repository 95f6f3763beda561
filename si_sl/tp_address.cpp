#include "si_sl/tp_address.h"

#include <algorithm>
#include <array>

#include "si_sl/gsm7.h"
#include "si_sl/reading.h"
#include "si_sl/utf.h"

namespace cpgw::si_sl {
namespace {

using detail::ended;
using detail::malformed;

constexpr std::size_t kSemiOctetsMost = 20;  // the value has at most 10 octets
constexpr std::size_t kSeptetsMost = kSemiOctetsMost * 4 / 7;
constexpr std::string_view kSemiOctets = "0123456789*#abc";
constexpr std::uint8_t kFiller = 0x0F;
constexpr std::string_view kServiceCentre = "service_centre";

Result<void> check_digits(const TpAddress& address, std::string_view field) {
  const std::string& digits = address.value;
  if (digits.empty() || digits.size() > kSemiOctetsMost) {
    return fail(Errc::too_long,
                "an address has 1 to 20 digits, not " + std::to_string(digits.size()),
                at_field(std::string(field)));
  }
  if (digits.find_first_not_of(kSemiOctets) != std::string::npos) {
    return fail(Errc::bad_value, "an address is made of 0 to 9, * # a b c",
                at_field(std::string(field)));
  }
  return {};
}

/// The first digit in the low half of each octet.
void put_digits(std::string_view digits, OctetWriter& to) {
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::size_t low = kSemiOctets.find(digits[i]);
    const std::size_t high = i + 1 < digits.size() ? kSemiOctets.find(digits[i + 1]) : kFiller;
    to.u8(static_cast<std::uint8_t>((high << 4) | low));
  }
}

Result<std::string> take_digits(OctetView octets, std::size_t count, std::size_t offset,
                                std::string_view field) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t octet = to_u8(octets[i / 2]);
    const std::size_t nibble = i % 2 == 0 ? octet & 0x0FU : octet >> 4U;
    if (nibble >= kSemiOctets.size()) {
      return malformed("a filler inside the digits", offset + i / 2, field);
    }
    digits += kSemiOctets[nibble];
  }
  return digits;
}

Result<Octets> septets_of(std::string_view text, std::string_view field) {
  Octets septets;
  while (!text.empty()) {
    const auto character = detail::take_utf8(text);
    const auto found = character ? gsm7_of(*character) : std::nullopt;
    if (!found) {
      return fail(Errc::bad_value, "an alphanumeric address is text of the GSM 7-bit alphabet",
                  at_field(std::string(field)));
    }
    if (found->extended) septets.push_back(std::byte{kGsm7Escape});
    septets.push_back(std::byte{found->septet});
  }
  if (septets.empty() || septets.size() > kSeptetsMost) {
    return fail(
        Errc::too_long,
        "an alphanumeric address has 1 to 11 septets, not " + std::to_string(septets.size()),
        at_field(std::string(field)));
  }
  return septets;
}

}  // namespace

Result<void> write_address(const TpAddress& address, std::string_view field, Octets& out) {
  if ((address.type & 0x80) == 0) {
    return fail(Errc::bad_value, "bit 7 of a type of address is 1: 91, 81 or D0",
                at_field(std::string(field) + ".type"));
  }
  OctetWriter to(out);
  if (address.alphanumeric()) {
    auto septets = septets_of(address.value, field);
    if (!septets) return fail(std::move(septets).error());
    const std::size_t bits = septets->size() * 7;
    std::array<std::byte, kSemiOctetsMost / 2> packed{};
    pack_septets(*septets, 0, packed);
    to.u8(static_cast<std::uint8_t>((bits + 3) / 4)).u8(address.type);
    to.put(OctetView(packed).first((bits + 7) / 8));
    return {};
  }
  if (auto checked = check_digits(address, field); !checked) return checked;
  to.u8(static_cast<std::uint8_t>(address.value.size())).u8(address.type);
  put_digits(address.value, to);
  return {};
}

Result<TpAddress> read_address(OctetReader& in, std::string_view field) {
  const std::size_t start = in.offset();
  auto count = in.u8();
  if (!count) return ended(std::move(count), field);
  auto type = in.u8();
  if (!type) return ended(std::move(type), field);
  if (*count > kSemiOctetsMost) {
    return malformed("an address of " + std::to_string(*count) + " semi-octets: 20 are the most",
                     start, field);
  }
  const std::size_t value_at = in.offset();
  auto octets = in.take((*count + 1U) / 2U);
  if (!octets) return ended(std::move(octets), field);
  TpAddress address{*type, {}};
  if (address.alphanumeric()) {
    address.value = unpack_gsm7(*octets, *count * 4U / 7U);
    return address;
  }
  auto digits = take_digits(*octets, *count, value_at, field);
  if (!digits) return fail(std::move(digits).error());
  address.value = std::move(*digits);
  return address;
}

Result<void> write_service_centre(const TpAddress& address, Octets& out) {
  OctetWriter to(out);
  if (address.value.empty()) {
    to.u8(0);
    return {};
  }
  if (address.alphanumeric() || (address.type & 0x80) == 0) {
    return fail(Errc::bad_value, "a service centre is a number: its type is 91 or 81",
                at_field("service_centre.type"));
  }
  if (auto checked = check_digits(address, kServiceCentre); !checked) return checked;
  to.u8(static_cast<std::uint8_t>(1 + (address.value.size() + 1) / 2)).u8(address.type);
  put_digits(address.value, to);
  return {};
}

Result<TpAddress> read_service_centre(OctetReader& in) {
  const std::size_t start = in.offset();
  auto octets = in.u8();
  if (!octets) return ended(std::move(octets), kServiceCentre);
  if (*octets == 0) return TpAddress();
  if (*octets == 1 || *octets > 1 + kSemiOctetsMost / 2) {
    return malformed("a service centre's address has 2 to 11 octets, or none", start,
                     kServiceCentre);
  }
  auto value = in.take(*octets);
  if (!value) return ended(std::move(value), kServiceCentre);
  const OctetView digits = value->subspan(1);
  std::size_t count = digits.size() * 2;
  if (to_u8(digits.back()) >> 4U == kFiller) --count;
  auto text = take_digits(digits, count, start + 2, kServiceCentre);
  if (!text) return fail(std::move(text).error());
  return TpAddress{to_u8(value->front()), std::move(*text)};
}

}  // namespace cpgw::si_sl
