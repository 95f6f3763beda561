#include "gateway/cli/decode_units.h"

#include <algorithm>
#include <cctype>

#include "si_sl/errors.h"

namespace cpgw::gateway::cli {
namespace {

constexpr char kEndOfPdu = 0x1A;  // Ctrl-Z, after a PDU for a modem

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '\t' ||
           c == '\r' || c == '\n';
  });
}

/// What `encode --as at-cmgs` writes and what a modem answers to AT+CMGL (3GPP TS 27.005).
bool is_dialogue(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("\r\n "), text.size()));
  return text.starts_with("AT+") || text.starts_with("+CM");
}

std::string_view next_line(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

}  // namespace

tl::unexpected<Error> too_many_units() {
  return fail(si_sl::Errc::too_long,
              "more than " + std::to_string(kMostUnits) + " parts or PDUs; give fewer at once");
}

Result<Units> units_of(std::string_view input) {
  Units units;
  const bool dialogue = is_dialogue(input);
  if (!dialogue && !is_hex(input)) {
    units.all.assign(as_octets(input).begin(), as_octets(input).end());
    units.ends.push_back(units.all.size());
    return units;
  }
  for (std::size_t at = 0; at < input.size();) {
    std::string_view line = next_line(input, at);
    const std::size_t next = at + line.size() + 1;
    if (dialogue) {
      if (line.starts_with("> ")) line.remove_prefix(2);
      while (!line.empty() && (line.back() == '\r' || line.back() == kEndOfPdu))
        line.remove_suffix(1);
      if (!is_hex(line)) line = {};
    }
    auto octets = from_hex(line);
    if (!octets) return fail(std::move(octets).error().shifted(at));
    if (!octets->empty()) {
      units.all.insert(units.all.end(), octets->begin(), octets->end());
      units.ends.push_back(units.all.size());
    }
    at = next;
  }
  return units;
}

}  // namespace cpgw::gateway::cli
