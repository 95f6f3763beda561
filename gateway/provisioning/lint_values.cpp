#include "gateway/provisioning/lint_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace cpgw::gateway::provisioning {
namespace {

using enum Severity;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size())
    return std::nullopt;
  return value;
}

enum class Quad : std::uint8_t { right, padded, wrong };

/// Four groups of 0 to 255; real operators send them with zeros in front.
Quad quad(std::string_view text) {
  constexpr std::size_t kGroups = 4, kMostDigits = 3;
  constexpr std::uint64_t kMostValue = 255;
  std::size_t groups = 0;
  bool padded = false;
  while (true) {
    const std::string_view group = text.substr(0, text.find('.'));
    if (!all_digits(group) || group.size() > kMostDigits || *number(group, 10) > kMostValue)
      return Quad::wrong;
    padded = padded || (group.size() > 1 && group[0] == '0');
    ++groups;
    if (group.size() == text.size()) break;
    text.remove_prefix(group.size() + 1);
  }
  if (groups != kGroups) return Quad::wrong;
  return padded ? Quad::padded : Quad::right;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

/// 3GPP TS 23.003, 9.1: labels of letters, digits and hyphens.
bool is_apn(std::string_view text) {
  constexpr std::size_t kMost = 100, kLabel = 63;
  if (text.empty() || text.size() > kMost) return false;
  while (true) {
    const std::string_view label = text.substr(0, text.find('.'));
    const bool good =
        !label.empty() && label.size() <= kLabel && label.front() != '-' && label.back() != '-' &&
        std::ranges::all_of(label, [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
    if (!good) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

bool is_absolute_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon != 0 && is_letter(text[0]) &&
         colon + 1 < text.size() && std::ranges::all_of(text.substr(0, colon), [](char c) {
           return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

std::string range(const ParmRule& rule) {
  if (rule.most == UINT32_MAX) return "";
  return " from " + std::to_string(rule.least) + " to " + std::to_string(rule.most);
}

}  // namespace

bool is_packet(std::string_view bearer) {
  return bearer.ends_with("-GPRS") || bearer.ends_with("-PACKET") || bearer.ends_with("-IP") ||
         bearer == "AMPS-CDPD" || bearer == "MOBITEX-MPAK";
}

bool is_web_uri(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  return false;
}

std::string date_digits(std::string_view date) {
  constexpr std::size_t kDigits = 8;
  std::string digits;
  for (const char c : date) {
    if (is_digit(c) && digits.size() < kDigits) {
      digits += c;
    } else if (c != '-' && digits.size() < kDigits) {
      return {};
    }
  }
  if (digits.size() != kDigits) return {};
  const auto month = number(std::string_view(digits).substr(4, 2), 10);
  const auto day = number(std::string_view(digits).substr(6, 2), 10);
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31 ? digits : std::string();
}

std::optional<ValueFault> address_fault(std::string_view address, std::string_view type) {
  if (type == "IPV4") {
    switch (quad(address)) {
      case Quad::right: return std::nullopt;
      case Quad::padded:
        return ValueFault{"PC016", warning, "zeros in front of a group: some phones read octal"};
      case Quad::wrong: return ValueFault{"PC016", error, "no IPv4 address"};
    }
  }
  if (type == "IPV6" && !is_ipv6(address)) return ValueFault{"PC016", error, "no IPv6 address"};
  if (type == "E164") {
    std::string_view digits = address;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (!all_digits(digits)) return ValueFault{"PC016", error, "no telephone number"};
  }
  if (type == "APN" && !is_apn(address))
    return ValueFault{"PC016", error, "no access point name: letters, digits, hyphens and dots"};
  return std::nullopt;
}

std::vector<ValueFault> value_faults(const ParmRule& rule, const wbxml::Attribute* value) {
  std::vector<ValueFault> all;
  const std::string_view text = value != nullptr ? std::string_view(value->value) : "";
  if (rule.form == ParmForm::flag) {
    if (!text.empty())
      all.push_back({"PC012", text == "1" ? warning : error, "a flag has no value"});
    return all;
  }
  if (rule.limit != 0 && text.size() > rule.limit) {
    all.push_back({"PC013", warning,
                   std::to_string(text.size()) + " octets, clients have room for " +
                       std::to_string(rule.limit)});
  }
  if (text.empty()) {
    if (rule.count == Count::one) all.push_back({"PC010", error, "the value is empty"});
    return all;
  }
  if (rule.closed != Words::none && std::ranges::find(rule.words, text) == rule.words.end()) {
    const bool open = rule.closed == Words::open;
    if (!(open && all_digits(text))) {  // an IANA port as the name of a service
      all.push_back({"PC014", open ? warning : error,
                     open ? "not one of the known words" : "not one of the allowed words"});
    }
  }
  switch (rule.form) {
    case ParmForm::decimal:
    case ParmForm::hex: {
      const auto parsed = number(text, rule.form == ParmForm::hex ? 16 : 10);
      if (!parsed || *parsed < rule.least || *parsed > rule.most)
        all.push_back({"PC015", error, "a number" + range(rule) + " is expected"});
      break;
    }
    case ParmForm::uri:
      if (!is_absolute_uri(text)) {
        all.push_back(rule.name == "PROVURL" ? ValueFault{"PC038", error, "no absolute URI"}
                                             : ValueFault{"PC016", warning, "no absolute URI"});
      }
      break;
    case ParmForm::ip:
      if (!is_ipv6(text)) {
        if (auto fault = address_fault(text, "IPV4")) all.push_back(std::move(*fault));
      }
      break;
    case ParmForm::date:
      if (date_digits(text).empty())
        all.push_back({"PC015", error, "a date such as 20301231 is expected"});
      break;
    case ParmForm::flag:
    case ParmForm::text: break;
  }
  return all;
}

}  // namespace cpgw::gateway::provisioning
