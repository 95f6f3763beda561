#include "wbxml/charset.h"

#include <algorithm>
#include <array>

#include "wbxml/characters.h"

namespace cpgw::wbxml::detail {
namespace {

struct Name {
  std::uint32_t mib_enum;
  std::string_view name;
  bool is_read = false;
};

/// IANA character sets, by MIBenum: those that are read, and those a peer is known to send.
constexpr auto kNames = std::to_array<Name>({
    {3, "US-ASCII", true},
    {4, "ISO-8859-1", true},
    {5, "ISO-8859-2"},
    {8, "ISO-8859-5"},
    {9, "ISO-8859-6"},
    {10, "ISO-8859-7"},
    {11, "ISO-8859-8"},
    {12, "ISO-8859-9"},
    {17, "Shift_JIS"},
    {18, "EUC-JP"},
    {38, "EUC-KR"},
    {39, "ISO-2022-JP"},
    {106, "UTF-8", true},
    {111, "ISO-8859-15"},
    {113, "GBK"},
    {114, "GB18030"},
    {1000, "ISO-10646-UCS-2", true},
    {1001, "ISO-10646-UCS-4"},
    {1012, "UTF-7"},
    {1013, "UTF-16BE", true},
    {1014, "UTF-16LE", true},
    {1015, "UTF-16", true},
    {1017, "UTF-32"},
    {2025, "GB2312"},
    {2026, "Big5"},
    {2084, "KOI8-R"},
    {2251, "windows-1251"},
    {2252, "windows-1252"},
});
static_assert(std::is_sorted(kNames.begin(), kNames.end(),
                             [](const Name& a, const Name& b) { return a.mib_enum < b.mib_enum; }));

const Name* find_name(std::uint32_t mib_enum) {
  const auto it = std::find_if(kNames.begin(), kNames.end(),
                               [&](const Name& row) { return row.mib_enum == mib_enum; });
  return it != kNames.end() ? &*it : nullptr;
}

std::optional<std::size_t> append_utf16(std::string& to, OctetView octets, std::uint32_t mib_enum) {
  bool little = mib_enum == kUtf16Le;
  const auto unit = [&](std::size_t i) {
    const std::uint32_t first = to_u8(octets[i]);
    const std::uint32_t second = to_u8(octets[i + 1]);
    return little ? second << 8 | first : first << 8 | second;
  };
  std::size_t i = 0;
  if ((mib_enum == kUtf16 || mib_enum == kUcs2) && octets.size() >= 2) {
    if (unit(0) == 0xFFFE) little = true;
    if (unit(0) == 0xFEFF) i = 2;
  }
  for (; i + 1 < octets.size(); i += 2) {
    std::uint32_t c = unit(i);
    const std::size_t at = i;
    if (c >= 0xD800 && c <= 0xDBFF && mib_enum != kUcs2 && i + 3 < octets.size()) {
      const std::uint32_t low = unit(i + 2);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    if (!is_xml_char(c)) return at;
    append_utf8(to, c);
  }
  return i != octets.size() ? std::optional(i) : std::nullopt;
}

}  // namespace

bool charset_is_read(std::uint32_t mib_enum) {
  const Name* const row = find_name(mib_enum);
  return row != nullptr && row->is_read;
}

std::string charset_name(std::uint32_t mib_enum) {
  const Name* const row = find_name(mib_enum);
  const std::string number = "MIBenum " + std::to_string(mib_enum);
  return row != nullptr ? std::string(row->name) + " (" + number + ")" : number;
}

std::optional<std::size_t> append_converted(std::string& to, OctetView octets,
                                            std::uint32_t mib_enum) {
  if (unit_octets(mib_enum) == 2) return append_utf16(to, octets, mib_enum);
  const std::string_view text = as_text(octets);
  if (mib_enum == kUtf8) {
    const auto bad = find_bad_character(text);
    to += text.substr(0, bad.value_or(text.size()));
    return bad;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!is_xml_char(c) || (mib_enum == kUsAscii && c >= 0x80)) return i;
    append_utf8(to, c);
  }
  return std::nullopt;
}

}  // namespace cpgw::wbxml::detail
