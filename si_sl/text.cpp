#include "si_sl/text.h"

#include <algorithm>
#include <array>
#include <span>

#include "si_sl/gsm7.h"
#include "si_sl/reading.h"
#include "si_sl/segmentation.h"
#include "si_sl/utf.h"

namespace cpgw::si_sl {
namespace {

constexpr std::size_t kBitsOfSeptet = 7;
constexpr std::size_t kNarrowHeader = 1 + 2 + 3;  // length, then element 00
constexpr std::size_t kWideHeader = 1 + 2 + 4;    // length, then element 08
// Text of more octets than 255 parts of four-octet characters is not even looked at.
constexpr std::size_t kTextMost = std::size_t{255} * 160 * 4;

std::size_t header_octets(const TextOptions& options) {
  return options.wide_reference ? kWideHeader : kNarrowHeader;
}

/// Septets a header takes with the fill bits behind it (9.2.3.24).
constexpr std::size_t header_septets(std::size_t octets) {
  return (octets * 8 + kBitsOfSeptet - 1) / kBitsOfSeptet;
}

/// Units one part holds behind a header of `octets`.
constexpr std::size_t room(Alphabet alphabet, std::size_t octets) {
  return alphabet == Alphabet::gsm7 ? kUserDataOctets * 8 / kBitsOfSeptet - header_septets(octets)
                                    : (kUserDataOctets - octets) / 2;
}
static_assert(room(Alphabet::gsm7, 0) == 160 && room(Alphabet::ucs2, 0) == 70);
static_assert(room(Alphabet::gsm7, kNarrowHeader) == 153 &&
              room(Alphabet::ucs2, kNarrowHeader) == 67);
static_assert(room(Alphabet::gsm7, kWideHeader) == 152 && room(Alphabet::ucs2, kWideHeader) == 66);

/// Septets or UTF-16 units; a whole text or what one part takes of it.
using Units = std::vector<std::uint16_t>;
using UnitView = std::span<const std::uint16_t>;

struct Encoded {
  Alphabet alphabet = Alphabet::gsm7;
  Units units;
};

/// Where a character is: lines and columns from 1, columns in characters.
Position position_of(std::string_view text, std::size_t offset) {
  Position at = at_offset(offset);
  at.field = "text";
  at.line = 1;
  at.column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++at.line;
      at.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++at.column;
    }
  }
  return at;
}

std::string code_point(char32_t character) {
  std::array<std::byte, 4> octets{};
  for (std::size_t i = 0; i < 4; ++i) {
    octets[i] = static_cast<std::byte>((character >> (8 * (3 - i))) & 0xFF);
  }
  const std::string digits = to_hex(octets, HexCase::upper);
  return "U+" + digits.substr(std::min<std::size_t>(digits.find_first_not_of('0'), 4));
}

/// All of `text`, or where and why not. `unfit`: the first character gsm7 has not.
Result<Units> encode_as(Alphabet alphabet, std::string_view text,
                        std::optional<std::size_t>& unfit) {
  Units units;
  units.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t offset = text.size() - rest.size();
    const auto character = detail::take_utf8(rest);
    if (!character) return fail(Errc::malformed, "no UTF-8 here", position_of(text, offset));
    if (alphabet == Alphabet::gsm7) {
      const auto septets = gsm7_of(*character);
      if (!septets) {
        unfit = offset;
        return fail(Errc::bad_value,
                    code_point(*character) +
                        " is not in the GSM 7-bit alphabet: leave it out or send UCS-2",
                    position_of(text, offset));
      }
      if (septets->extended) units.push_back(kGsm7Escape);
      units.push_back(septets->septet);
    } else if (*character > 0xFFFF) {
      const char32_t above = *character - 0x10000;
      units.push_back(static_cast<std::uint16_t>(0xD800 | (above >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 | (above & 0x3FF)));
    } else {
      units.push_back(static_cast<std::uint16_t>(*character));
    }
  }
  return units;
}

Result<void> check(std::string_view text, const TextOptions& options) {
  if (options.part_limit == 0) {
    return fail(Errc::bad_value, "a part limit of 0 lets nothing through: 1 to 255 expected",
                at_field("part_limit"));
  }
  if (options.message_class && *options.message_class > 3) {
    return fail(Errc::bad_value, "a message class is 0 to 3", at_field("message_class"));
  }
  if (options.alphabet == Alphabet::octets) {
    return fail(Errc::bad_value, "text has the alphabet gsm7 or ucs2, not 8-bit data",
                at_field("alphabet"));
  }
  if (text.size() > kTextMost) {
    return fail(Errc::too_many_parts, "a text of " + std::to_string(text.size()) +
                                          " octets goes into no 255 SMS: shorten it");
  }
  return {};
}

Result<Encoded> encode(std::string_view text, const TextOptions& options) {
  if (auto checked = check(text, options); !checked) return fail(std::move(checked).error());
  std::optional<std::size_t> unfit;
  const Alphabet first = options.alphabet.value_or(Alphabet::gsm7);
  auto units = encode_as(first, text, unfit);
  if (units) return Encoded{first, std::move(*units)};
  if (options.alphabet || !unfit) return fail(std::move(units).error());
  units = encode_as(Alphabet::ucs2, text, unfit);
  if (!units) return fail(std::move(units).error());
  return Encoded{Alphabet::ucs2, std::move(*units)};
}

/// Takes the next part's units off `rest`: no escape and no high surrogate is its last unit unless
/// it is the last of all.
UnitView take_part(UnitView& rest, Alphabet alphabet, std::size_t most) {
  std::size_t count = std::min(most, rest.size());
  if (count < rest.size()) {
    const std::uint16_t last = rest[count - 1];
    const bool pair =
        alphabet == Alphabet::gsm7 ? last == kGsm7Escape : detail::high_surrogate(last);
    if (pair) --count;
  }
  const UnitView part = rest.first(count);
  rest = rest.subspan(count);
  return part;
}

/// 0 = over the limit.
std::size_t count_parts(const Encoded& encoded, const TextOptions& options) {
  if (encoded.units.size() <= room(encoded.alphabet, 0)) return 1;
  const std::size_t most = room(encoded.alphabet, header_octets(options));
  std::size_t parts = 0;
  for (UnitView rest = encoded.units; !rest.empty(); ++parts) {
    static_cast<void>(take_part(rest, encoded.alphabet, most));
  }
  return parts;
}

Result<TextParts> plan(const Encoded& encoded, const TextOptions& options) {
  const std::size_t parts = count_parts(encoded, options);
  if (parts > options.part_limit) {
    return fail(Errc::too_many_parts, "the text needs " + std::to_string(parts) + " SMS and " +
                                          std::to_string(options.part_limit) +
                                          " are allowed: shorten the text or raise the limit");
  }
  return TextParts{encoded.alphabet, encoded.units.size(), static_cast<std::uint8_t>(parts)};
}

void put_header(Part& part, const TextOptions& options, std::uint16_t reference) {
  std::size_t at = 0;
  const auto u8 = [&](unsigned v) { part.user_data[at++] = static_cast<std::byte>(v & 0xFF); };
  u8(static_cast<unsigned>(header_octets(options) - 1));
  if (options.wide_reference) {
    u8(0x08), u8(4), u8(reference >> 8U), u8(reference);
  } else {
    u8(0x00), u8(3), u8(reference);
  }
  u8(part.total);
  u8(part.number);
  part.udh_octets = static_cast<std::uint8_t>(at);
}

void put_units(Part& part, Alphabet alphabet, UnitView units) {
  if (alphabet == Alphabet::gsm7) {
    std::array<std::byte, kUserDataOctets * 8 / kBitsOfSeptet> septets{};
    std::ranges::transform(units, septets.begin(),
                           [](std::uint16_t u) { return static_cast<std::byte>(u); });
    const std::size_t before = header_septets(part.udh_octets);
    pack_septets(OctetView(septets).first(units.size()), before * kBitsOfSeptet, part.user_data);
    part.septets = static_cast<std::uint8_t>(before + units.size());
    part.octets = static_cast<std::uint8_t>(user_data_octets(part.septets, part.data_coding));
    return;
  }
  std::size_t at = part.udh_octets;
  for (const std::uint16_t unit : units) {
    part.user_data[at++] = static_cast<std::byte>(unit >> 8);
    part.user_data[at++] = static_cast<std::byte>(unit & 0xFF);
  }
  part.octets = static_cast<std::uint8_t>(at);
}

}  // namespace

Result<TextParts> text_parts(std::string_view text, const TextOptions& options) {
  auto encoded = encode(text, options);
  if (!encoded) return fail(std::move(encoded).error());
  return plan(*encoded, options);
}

Result<void> segment_text(std::string_view text, std::uint16_t reference,
                          const TextOptions& options, std::vector<Part>& out) {
  auto encoded = encode(text, options);
  if (!encoded) return fail(std::move(encoded).error());
  auto planned = plan(*encoded, options);
  if (!planned) return fail(std::move(planned).error());
  const std::uint8_t total = planned->parts;
  const Alphabet alphabet = encoded->alphabet;
  const std::size_t most = room(alphabet, total == 1 ? 0 : header_octets(options));
  UnitView rest = encoded->units;
  out.assign(total, Part());
  for (std::size_t i = 0; i < total; ++i) {
    Part& part = out[i];
    part.data_coding = data_coding_of(alphabet, options.message_class);
    part.number = static_cast<std::uint8_t>(i + 1);
    part.total = total;
    if (total > 1) put_header(part, options, reference);
    put_units(part, alphabet, take_part(rest, alphabet, most));
  }
  return {};
}

Result<Octets> unpack_user_data(OctetView user_data, std::uint8_t user_data_length, bool has_udh,
                                std::uint8_t data_coding) {
  const std::size_t octets = user_data_octets(user_data_length, data_coding);
  if (octets != user_data.size()) {
    return detail::malformed("a user data length of " + std::to_string(user_data_length) +
                                 " does not go with " + std::to_string(user_data.size()) +
                                 " octets",
                             0, "user_data_length");
  }
  std::size_t header = 0;
  if (has_udh) {
    auto read = read_udh(user_data);
    if (!read) return fail(std::move(read).error());
    header = read->octets;
  }
  if (alphabet_of(data_coding) != Alphabet::gsm7) return Octets(user_data.begin(), user_data.end());
  const std::size_t before = header_septets(header);
  Octets out(user_data.begin(), user_data.begin() + static_cast<std::ptrdiff_t>(header));
  if (before < user_data_length) {
    unpack_septets(user_data, before * kBitsOfSeptet, user_data_length - before, out);
  }
  return out;
}

Octets unpack_user_data(const Part& part) {
  const OctetView whole = part.whole();
  if (part.septets != 0) {
    if (auto unpacked =
            unpack_user_data(whole, part.septets, part.udh_octets != 0, part.data_coding))
      return *std::move(unpacked);
  }
  return Octets(whole.begin(), whole.end());
}

Result<std::string> read_text(OctetView data, Alphabet alphabet) {
  if (alphabet == Alphabet::octets) {
    return fail(Errc::bad_value, "8-bit data is no text", at_field("data_coding"));
  }
  if (alphabet == Alphabet::gsm7) return gsm7_text(data);
  if (data.size() % 2 != 0) {
    return detail::malformed("half a UCS-2 unit at the end", data.size() - 1, "text");
  }
  const auto unit = [&](std::size_t at) {
    return static_cast<char32_t>((to_u8(data[at]) << 8U) | to_u8(data[at + 1]));
  };
  std::string text;
  for (std::size_t at = 0; at < data.size(); at += 2) {
    char32_t character = unit(at);
    if (detail::high_surrogate(character) && at + 2 < data.size() &&
        detail::low_surrogate(unit(at + 2))) {
      at += 2;
      character = 0x10000 + ((character & 0x3FF) << 10) + (unit(at) & 0x3FF);
    } else if (detail::high_surrogate(character) || detail::low_surrogate(character)) {
      character = detail::kReplacement;
    }
    detail::put_utf8(text, character);
  }
  return text;
}

}  // namespace cpgw::si_sl
