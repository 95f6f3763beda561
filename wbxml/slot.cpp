#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "wbxml/characters.h"
#include "wbxml/slot_text.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

constexpr std::size_t kMostNameOctets = 32;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_slot_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostNameOctets && !digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return letter(c) || digit(c) || c == '_'; });
}

bool is_digits(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), digit);
}

bool is_address(std::string_view value, int family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (value.size() >= text.size()) return false;
  std::copy(value.begin(), value.end(), text.begin());
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return value.find('\0') == std::string_view::npos &&
         inet_pton(family, text.data(), address.data()) == 1;
}

bool is_ip(std::string_view value) {
  return is_address(value, AF_INET) || is_address(value, AF_INET6);
}

/// RFC 1123, 2.1: letters, digits and inner hyphens, labels of at most 63 octets. A last label of
/// digits only would be a mistyped IPv4 address.
bool is_dns_name(std::string_view value) {
  if (value.empty() || value.size() > 253) return false;
  while (true) {
    const std::size_t dot = value.find('.');
    const std::string_view label = value.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(),
                     [](char c) { return letter(c) || digit(c) || c == '-'; })) {
      return false;
    }
    if (dot == std::string_view::npos) return !is_digits(label);
    value.remove_prefix(dot + 1);
  }
}

/// RFC 3986: a scheme, a colon, something after it, and only characters a URI may hold.
bool is_uri(std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == value.size()) return false;
  const std::string_view scheme = value.substr(0, colon);
  if (!letter(scheme.front()) || !std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return letter(c) || digit(c) || c == '+' || c == '-' || c == '.';
      })) {
    return false;
  }
  constexpr std::string_view kMarks = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = colon + 1; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '%') {
      if (i + 2 >= value.size() || !hex_digit(value[i + 1]) || !hex_digit(value[i + 2])) {
        return false;
      }
    } else if (!letter(c) && !digit(c) && kMarks.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

struct TypeName {
  SlotType type;
  std::string_view name;
  std::string_view rule;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {SlotType::text, "text", "characters of XML in UTF-8"},
    {SlotType::digits, "digits", "one or more of 0 to 9"},
    {SlotType::host, "host", "a DNS name or an IP address"},
    {SlotType::ip, "ip", "an IPv4 or IPv6 address"},
    {SlotType::uri, "uri", "an absolute URI such as http://host/path"},
});

bool has_type(SlotType type, std::string_view value) {
  switch (type) {
    case SlotType::text: return !find_bad_character(value);
    case SlotType::digits: return is_digits(value);
    case SlotType::host: return is_dns_name(value) || is_ip(value);
    case SlotType::ip: return is_ip(value);
    case SlotType::uri: return is_uri(value);
  }
  return false;
}

const TypeName* named(SlotType type) {
  const auto it = std::find_if(kTypes.begin(), kTypes.end(),
                               [&](const TypeName& row) { return row.type == type; });
  return it != kTypes.end() ? &*it : nullptr;
}

tl::unexpected<Error> bad_slot(std::string_view name, std::string why) {
  return fail(Errc::bad_slot, "slot '" + shown(name) + "': " + std::move(why),
              at_field(shown(name)));
}

}  // namespace

std::string_view to_string(SlotType type) {
  const TypeName* const row = named(type);
  return row != nullptr ? row->name : "unknown";
}

Result<SlotType> slot_type(std::string_view name) {
  const auto it = std::find_if(kTypes.begin(), kTypes.end(),
                               [&](const TypeName& row) { return row.name == name; });
  if (it == kTypes.end()) {
    return fail(Errc::bad_slot,
                "'" + shown(name) + "' is no slot type; there are text, digits, host, ip and uri");
  }
  return it->type;
}

Result<void> check_slot(const SlotSpec& slot, std::string_view value) {
  if (value.size() > slot.max_octets) {
    return bad_slot(slot.name, "its value has " + std::to_string(value.size()) + " octets, " +
                                   std::to_string(slot.max_octets) + " are allowed");
  }
  if (has_type(slot.type, value)) return {};
  const TypeName* const row = named(slot.type);
  return bad_slot(slot.name,
                  "its value is not " + std::string(row != nullptr ? row->rule : "of its type"));
}

namespace detail {

Result<void> check_declarations(std::span<const SlotSpec> slots) {
  constexpr std::size_t kMostSlots = 256;
  if (slots.size() > kMostSlots) {
    return fail(Errc::bad_slot, "more than " + std::to_string(kMostSlots) + " slots");
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const SlotSpec& slot = slots[i];
    if (!is_slot_name(slot.name)) {
      return bad_slot(slot.name,
                      "a name is a letter or _ followed by up to 31 letters, digits or _");
    }
    if (named(slot.type) == nullptr) return bad_slot(slot.name, "it has no known type");
    if (slot.max_octets == 0) return bad_slot(slot.name, "its maximum is 0 octets");
    const auto same = [&](const SlotSpec& other) { return other.name == slot.name; };
    if (std::any_of(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return bad_slot(slot.name, "it is declared twice");
    }
  }
  return {};
}

Result<std::vector<Segment>> split_slots(std::string_view text, std::span<const SlotSpec> slots,
                                         const Position& at) {
  std::vector<Segment> parts;
  const auto constant = [&](std::string_view run) {
    if (run.empty()) return;
    if (parts.empty() || parts.back().slot) parts.emplace_back();
    parts.back().text += run;
  };
  while (true) {
    const std::size_t open = text.find("${");
    if (open == std::string_view::npos) break;
    if (open > 0 && text[open - 1] == '$') {
      constant(text.substr(0, open - 1));
      constant("${");
      text.remove_prefix(open + 2);
      continue;
    }
    const std::size_t close = text.find('}', open);
    const std::string_view name =
        close == std::string_view::npos ? "" : text.substr(open + 2, close - open - 2);
    if (!is_slot_name(name)) {
      return fail(Errc::bad_slot,
                  "a ${ that is no slot; write ${name}, or $${ for the characters themselves", at);
    }
    const auto it = std::find_if(slots.begin(), slots.end(),
                                 [&](const SlotSpec& slot) { return slot.name == name; });
    if (it == slots.end()) {
      return fail(Errc::bad_slot,
                  "slot '" + std::string(name) + "' is not declared; declare it or write $${", at);
    }
    constant(text.substr(0, open));
    parts.push_back({{}, static_cast<std::uint16_t>(it - slots.begin())});
    text.remove_prefix(close + 1);
  }
  constant(text);
  return parts;
}

}  // namespace detail
}  // namespace cpgw::wbxml
