// 3GPP TS 23.040, 9.2.3.24: user data header, concatenation (.1, .8), application ports (.3, .4).
#include "si_sl/udh.h"

#include <algorithm>
#include <array>

#include "si_sl/part.h"

namespace cpgw::si_sl {
namespace {

enum ElementId : std::uint8_t {
  kConcatenation8 = 0x00,
  kPorts8 = 0x04,
  kPorts16 = 0x05,
  kConcatenation16 = 0x08
};

struct Element {
  std::uint8_t id;
  std::string_view name;
  std::optional<std::uint8_t> octets = {};  ///< of the elements we read
};
// 3GPP TS 23.040, 9.2.3.24, in its order.
constexpr auto kElements = std::to_array<Element>({
    {kConcatenation8, "concatenation, 8-bit reference", std::uint8_t{3}},
    {0x01, "special message indication"},
    {kPorts8, "application ports, 8-bit", std::uint8_t{2}},
    {kPorts16, "application ports, 16-bit", std::uint8_t{4}},
    {0x06, "SMSC control parameters"},
    {0x07, "UDH source indicator"},
    {kConcatenation16, "concatenation, 16-bit reference", std::uint8_t{4}},
    {0x09, "wireless control message protocol"},
    {0x0A, "text formatting"},
    {0x0B, "predefined sound"},
    {0x0C, "user defined sound"},
    {0x0D, "predefined animation"},
    {0x0E, "large animation"},
    {0x0F, "small animation"},
    {0x10, "large picture"},
    {0x11, "small picture"},
    {0x12, "variable picture"},
    {0x13, "user prompt indicator"},
    {0x14, "extended object"},
    {0x15, "reused extended object"},
    {0x16, "compression control"},
    {0x17, "object distribution indicator"},
    {0x18, "standard WVG object"},
    {0x19, "character size WVG object"},
    {0x1A, "extended object data request"},
    {0x20, "RFC 822 e-mail header"},
    {0x21, "hyperlink format"},
    {0x22, "reply address"},
    {0x23, "enhanced voice mail information"},
    {0x24, "national language single shift"},
    {0x25, "national language locking shift"},
});
static_assert(std::ranges::adjacent_find(kElements, [](const Element& a, const Element& b) {
                return a.id >= b.id;
              }) == kElements.end());

const Element* find(std::uint8_t id) {
  const auto found = std::ranges::lower_bound(kElements, id, {}, &Element::id);
  return found != kElements.end() && found->id == id ? &*found : nullptr;
}

tl::unexpected<Error> malformed(std::string message, std::size_t offset) {
  Position at = at_offset(offset);
  at.field = "udh";
  return fail(Errc::malformed, std::move(message), std::move(at));
}

/// The header with its length octet.
Result<OctetView> whole_header(OctetView user_data) {
  if (user_data.empty()) {
    return fail(Errc::truncated, "no user data header: its length octet is missing", at_offset(0));
  }
  const std::size_t length = to_u8(user_data.front());
  if (length >= kUserDataOctets) {
    return malformed(
        "a user data header of " + std::to_string(length + 1) + " octets does not fit an SMS", 0);
  }
  if (length > user_data.size() - 1) {
    return fail(Errc::truncated,
                "the user data header has " + std::to_string(length) + " octets and " +
                    std::to_string(user_data.size() - 1) + " are left",
                at_offset(0));
  }
  return user_data.first(length + 1);
}

Result<UdhElement> take_element(OctetReader& in) {
  UdhElement element;
  element.offset = in.offset();
  const auto id = in.u8();
  const auto octets = in.u8();
  if (!id || !octets || *octets > in.remaining()) {
    return malformed("an element goes beyond the end of the header", element.offset);
  }
  element.id = *id;
  element.value = *in.take(*octets);
  return element;
}

/// Counts what a header may have once.
struct Seen {
  bool ports = false, narrow = false, wide = false;
};

Result<void> read_element(const UdhElement& element, UserDataHeader& header, Seen& seen,
                          Defect& why) {
  const Element* known = find(element.id);
  if (known == nullptr || !known->octets) {
    ++header.unknown;
    return {};
  }
  const OctetView value = element.value;
  if (value.size() != *known->octets) {
    return malformed("element " + to_hex(std::array{std::byte{element.id}}) + " has " +
                         std::to_string(*known->octets) + " octets, not " +
                         std::to_string(value.size()),
                     element.offset);
  }
  const auto u8 = [&](std::size_t i) { return to_u8(value[i]); };
  const auto u16 = [&](std::size_t i) {
    return static_cast<std::uint16_t>((u8(i) << 8) | u8(i + 1));
  };
  if (element.id == kPorts8 || element.id == kPorts16) {
    header.duplicate_element |= std::exchange(seen.ports, true);
    header.destination_port = element.id == kPorts8 ? u8(0) : u16(0);
    header.source_port = element.id == kPorts8 ? u8(1) : u16(2);
    return {};
  }
  header.wide_reference = element.id == kConcatenation16;
  header.duplicate_element |= std::exchange(header.wide_reference ? seen.wide : seen.narrow, true);
  header.reference = header.wide_reference ? u16(0) : u8(0);
  header.total = u8(value.size() - 2);
  header.number = u8(value.size() - 1);
  if (header.total != 0 && header.number != 0 && header.number <= header.total) return {};
  why = header.total == 0    ? Defect::total_zero
        : header.number == 0 ? Defect::number_zero
                             : Defect::number_over_total;
  return malformed("part " + std::to_string(header.number) + " of " + std::to_string(header.total) +
                       " cannot be",
                   element.offset);
}

}  // namespace

Result<UserDataHeader> read_udh(OctetView user_data, Defect* why) {
  Defect unused{};
  Defect& reason = why != nullptr ? *why : unused;
  reason = Defect::malformed_header;
  auto whole = whole_header(user_data);
  if (!whole) return fail(std::move(whole).error());
  UserDataHeader header;
  header.octets = static_cast<std::uint8_t>(whole->size());
  Seen seen;
  OctetReader in(*whole);
  static_cast<void>(in.u8());
  while (!in.empty()) {
    auto element = take_element(in);
    if (!element) return fail(std::move(element).error());
    if (auto read = read_element(*element, header, seen, reason); !read) {
      return fail(std::move(read).error());
    }
  }
  header.mixed_widths = seen.narrow && seen.wide;
  return header;
}

Result<std::vector<UdhElement>> udh_elements(OctetView user_data) {
  auto whole = whole_header(user_data);
  if (!whole) return fail(std::move(whole).error());
  std::vector<UdhElement> elements;
  OctetReader in(*whole);
  static_cast<void>(in.u8());
  while (!in.empty()) {
    auto element = take_element(in);
    if (!element) return fail(std::move(element).error());
    if (const Element* known = find(element->id)) element->name = known->name;
    elements.push_back(*element);
  }
  return elements;
}

}  // namespace cpgw::si_sl
