#include "carriers/smpp/message_id.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cpgw::carriers::smpp {

namespace {

constexpr std::size_t kMostIdOctets = 64;  // message_id without its NUL (SMPP 3.4, 5.2.23)
constexpr std::size_t kMostDecimal = 20;   // longer runs of digits are no numbers of the centre's

// OsmoMSC gives this one to every message.
constexpr auto kPlaceholders = std::to_array<std::string_view>({"", "msg_id_not_implemented"});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
template <class F>
std::string mapped(std::string_view text, F f) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), f);
  return out;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}
bool all_in_base(std::string_view text, int base) {
  return !text.empty() &&
         std::ranges::all_of(text, [&](char c) { return digit(c) >= 0 && digit(c) < base; });
}

std::string without_zeros(std::string_view text) {
  const auto first = text.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(text.substr(first));
}
std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), '0') + text;
}

// Long multiplication on digits: ids of 20 and more digits overflow 64 bits.
std::string convert(std::string_view digits, int from, int to) {
  if (!all_in_base(digits, from) || digits.size() > kMostIdOctets) return "";
  std::vector<int> value{0};  // in base `to`, least digit first
  for (const char c : digits) {
    int carry = digit(c);
    for (int& d : value) {
      const int sum = d * from + carry;
      d = sum % to;
      carry = sum / to;
    }
    for (; carry != 0; carry /= to) value.push_back(carry % to);
  }
  std::string text;
  for (auto it = value.rbegin(); it != value.rend(); ++it) {
    text += "0123456789abcdef"[static_cast<std::size_t>(*it)];
  }
  return without_zeros(text);
}

}  // namespace

bool is_placeholder_id(std::string_view id) {
  return std::ranges::find(kPlaceholders, id) != kPlaceholders.end();
}

std::string decimal_to_hex(std::string_view digits) { return convert(digits, 10, 16); }
std::string hex_to_decimal(std::string_view digits) { return convert(digits, 16, 10); }

std::vector<std::string> id_candidates(std::string_view id, IdRule rule) {
  std::vector<std::string> all;
  if (is_placeholder_id(id) || id.size() > kMostIdOctets) return all;
  const auto add = [&all](std::string candidate) {
    if (!candidate.empty() && std::ranges::find(all, candidate) == all.end()) {
      all.push_back(std::move(candidate));
    }
  };
  const auto add_folded = [&add](const std::string& candidate) {
    add(candidate);
    add(mapped(candidate, lower));
    add(mapped(candidate, upper));
  };
  const auto add_hex = [&] {
    if (!all_in_base(id, 10) || id.size() > kMostDecimal) return;
    const std::string hex = decimal_to_hex(id);
    add_folded(hex);
    add_folded(padded(hex, 8));  // 32-bit ids are often printed as eight digits
  };
  const auto add_decimal = [&] {
    if (!all_in_base(id, 16)) return;
    const std::string decimal = hex_to_decimal(id);
    add(decimal);
    add(padded(decimal, 10));  // and 32-bit ones as ten
  };
  switch (rule) {
    case IdRule::same: add(std::string(id)); break;
    case IdRule::dec_to_hex: add_hex(); break;
    case IdRule::hex_to_dec: add_decimal(); break;
    case IdRule::automatic:
      add_folded(std::string(id));
      add_folded(without_zeros(id));
      add_hex();
      add_decimal();
      break;
  }
  return all;
}

}  // namespace cpgw::carriers::smpp
