#include "gateway/flow/numbers.h"

#include "gateway/flow/content.h"
#include "gateway/flow/country_codes.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::size_t kTextLimit = 64;        ///< characters read at most
constexpr std::size_t kMostDigits = 15;       ///< ITU-T E.164, 6.1
constexpr std::size_t kLeastSignificant = 4;  ///< after the country code: Niue has the shortest
constexpr std::string_view kDropped = " -.()/";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The input as it may stand in a message: short and printable.
std::string shown(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 32)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > 32 ? "…'" : "'");
}

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(Errc::bad_recipient, shown(text) + " " + why, at_field("number"));
}

/// Digits without the marks people put between them; `plus` when a '+' leads.
Result<std::string> bare_digits(std::string_view text, bool& plus) {
  std::string digits;
  plus = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (kDropped.find(c) == std::string_view::npos) {
      Error e(Errc::bad_recipient,
              shown(text) + " has a character that does not belong in a telephone number",
              at_field("number"));
      e.at.offset = i;
      return fail(std::move(e));
    }
  }
  return digits;
}

}  // namespace

Result<Msisdn> normalise(std::string_view text, const NumberRules& rules) {
  if (text.size() > kTextLimit) return bad(text, "is too long for a telephone number");
  bool plus = false;
  auto bare = bare_digits(text, plus);
  if (!bare) return fail(std::move(bare).error());
  std::string digits = *std::move(bare);
  if (digits.empty()) return bad(text, "has no digits: write '+', country code and number");

  bool international = plus;
  if (!plus && !rules.international_prefix.empty() &&
      digits.starts_with(rules.international_prefix)) {
    digits.erase(0, rules.international_prefix.size());
    international = true;
  }
  if (international) {
    // "+44 (0)20 …": the bracketed zero is dialled inside the country only; guessing would send to
    // a stranger.
    if (text.find("(0)") != std::string_view::npos) {
      return bad(text, "shows '(0)' after the country code: leave it out");
    }
  } else {
    if (!digits.starts_with(rules.national_prefix)) {
      return bad(
          text, "begins neither with '+', " +
                    (rules.international_prefix.empty() ? std::string()
                                                        : "'" + rules.international_prefix + "' ") +
                    "nor with the national prefix '" + rules.national_prefix +
                    "': write '+', country code and number");
    }
    if (rules.default_country.empty()) {
      return bad(text,
                 "is a national number and [numbers] default_country is not set: write '+', "
                 "country code and number");
    }
    digits = rules.default_country + digits.substr(rules.national_prefix.size());
  }

  const std::size_t country = country_code_digits(digits);
  if (country == 0) {
    return bad(text, "has no country code of a telephone network (ITU-T E.164): '" +
                         digits.substr(0, 3) + "' is not assigned");
  }
  if (digits.size() > kMostDigits) {
    return bad(text, "has " + std::to_string(digits.size()) +
                         " digits with its country code, at most 15 are possible (ITU-T E.164)");
  }
  if (digits.size() < country + kLeastSignificant) {
    return bad(text, "is too short: only " + std::to_string(digits.size() - country) +
                         " digits follow the country code " + digits.substr(0, country));
  }
  auto number = Msisdn::parse(digits);
  if (!number) return fail(Errc::bad_recipient, number.error().message, at_field("number"));
  return number;
}

}  // namespace cpgw::gateway::flow
