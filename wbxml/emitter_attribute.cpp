// How attributes are written: which start, and what of the value goes into tokens.
#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/date.h"
#include "wbxml/emitter.h"
#include "wbxml/positions.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {
namespace {

/// Pieces that make up all of `value` from `page`, longest first at every place; empty when they
/// do not.
std::vector<std::uint8_t> split_into_pieces(const DocumentType& type, std::string_view value,
                                            std::uint8_t page) {
  std::vector<std::uint8_t> tokens;
  while (!value.empty()) {
    const ValueToken* best = nullptr;
    for (const ValueToken& row : type.pieces) {
      if (row.page == page && value.starts_with(row.text) &&
          (best == nullptr || row.text.size() > best->text.size())) {
        best = &row;
      }
    }
    if (best == nullptr) return {};
    tokens.push_back(best->token);
    value.remove_prefix(best->text.size());
  }
  return tokens;
}

/// The start of `name` whose text is the longest beginning of `value`; null when none is.
const AttributeToken* longest_beginning(const DocumentType& type, std::string_view name,
                                        std::string_view value) {
  const AttributeToken* best = nullptr;
  for (const AttributeToken& row : type.attributes) {
    if (row.name == name && !row.decode_only && value.starts_with(row.value_prefix) &&
        (best == nullptr || row.value_prefix.size() > best->value_prefix.size())) {
      best = &row;
    }
  }
  return best;
}

tl::unexpected<Error> refuse(const Node& owner, const Attribute& a, Errc code, std::string why) {
  return fail(code, std::move(why), position_of(a.at, shown(owner.name) + "@" + shown(a.name)));
}

}  // namespace

Result<void> Emitter::attribute(const Node& owner, const Attribute& a) {
  const bool known = has_attribute(type_, a.name);
  if (!known && !(options_.literals && is_plain_name(a.name))) {
    return refuse(owner, a, Errc::unknown_name,
                  std::string(type_.name) + " has no attribute '" + shown(a.name) + "'");
  }
  if (const auto bad = find_bad_character(a.value)) {
    return refuse(owner, a, Errc::bad_value,
                  "octet " + std::to_string(*bad) +
                      " of the value is not a character of XML in UTF-8; correct the value");
  }
  if (slots_ == nullptr || a.value.find("${") == std::string::npos) {
    return known ? constant_attribute(owner, a, a.value) : literal_attribute(a, {{a.value, {}}});
  }
  auto parts =
      split_slots(a.value, *slots_, position_of(a.at, shown(owner.name) + "@" + shown(a.name)));
  if (!parts) return fail(std::move(parts).error());
  if (!known) return literal_attribute(a, *parts);
  const bool has_slot =
      std::any_of(parts->begin(), parts->end(), [](const Segment& s) { return s.slot; });
  return has_slot ? slotted_attribute(owner, a, *parts)
                  : constant_attribute(owner, a, parts->front().text);
}

Result<void> Emitter::literal_attribute(const Attribute& a, const std::vector<Segment>& parts) {
  literal(kLiteral, a.name);
  segments(parts);
  return {};
}

Result<void> Emitter::constant_attribute(const Node& owner, const Attribute& a,
                                         std::string_view value) {
  const AttributeToken* const whole = start_of(a.name, value);
  const AttributeToken* const plain = whole != nullptr ? whole : start_of(a.name, {});
  if (plain == nullptr) {
    return refuse(owner, a, Errc::bad_value, "not one of the values this attribute can have");
  }
  if (plain->form == ValueForm::date) return date(owner, a, *plain, value);
  if (whole != nullptr) {
    start_on_page(*whole);
    return {};
  }
  if (plain->form == ValueForm::url) {
    url(*plain, value);
    return {};
  }
  if (plain->form == ValueForm::tokens && value_as_tokens(a.name, value)) return {};
  start_on_page(*plain);
  string(value);
  return {};
}

Result<void> Emitter::slotted_attribute(const Node& owner, const Attribute& a,
                                        const std::vector<Segment>& parts) {
  // The subscriber's text never becomes a token, whatever it says.
  const AttributeToken* const plain = start_of(a.name, {});
  if (plain == nullptr) {
    return refuse(owner, a, Errc::bad_value, "not one of the values this attribute can have");
  }
  if (plain->form == ValueForm::date) {
    return refuse(owner, a, Errc::bad_slot, "a date cannot be a slot; write the date itself");
  }
  start_on_page(*plain);
  segments(parts);
  return {};
}

Result<void> Emitter::date(const Node& owner, const Attribute& a, const AttributeToken& start,
                           std::string_view value) {
  // OPAQUE stands in a value from WBXML 1.2 on (WAP-154, 5.3).
  if (options_.version < 0x02) {
    return refuse(owner, a, Errc::unsupported,
                  "a date cannot be written in WBXML 1.1; ask for 1.2 or 1.3");
  }
  const auto octets = date_octets(value);
  if (!octets) {
    return refuse(owner, a, Errc::bad_value,
                  "not a date of the form 2024-06-25T15:23:15Z; correct the value");
  }
  start_on_page(start);
  opaque(*octets);
  return {};
}

bool Emitter::value_as_tokens(std::string_view name, std::string_view value) {
  // The page is switched in front of the start and not again before the value: handsets are known
  // to read that, so a token counts only where its page has the start too.
  const ValueToken* token = nullptr;
  if (options_.stay_on_page) token = find_value(type_, value, attribute_page_);
  if (token == nullptr) token = find_value(type_, value);
  if (token != nullptr) {
    const AttributeToken* const start = find_start(type_, name, {}, token->page);
    if (start == nullptr) return false;
    start_on_page(*start);
    writer_.u8(token->token);
    return true;
  }
  for (const ValueToken& row : type_.pieces) {
    if (!value.starts_with(row.text)) continue;
    const AttributeToken* const start = find_start(type_, name, {}, row.page);
    if (start == nullptr) continue;
    const std::vector<std::uint8_t> tokens = split_into_pieces(type_, value, row.page);
    if (tokens.empty()) continue;
    start_on_page(*start);
    for (const std::uint8_t piece : tokens) writer_.u8(piece);
    return true;
  }
  return false;
}

void Emitter::url(const AttributeToken& plain, std::string_view value) {
  const AttributeToken* const start = longest_beginning(type_, plain.name, value);
  start_on_page(*start);
  value.remove_prefix(start->value_prefix.size());
  for (std::size_t at = 0; at < value.size();) {
    const auto token =
        std::find_if(type_.values.begin(), type_.values.end(), [&](const ValueToken& row) {
          return !row.decode_only && row.page == start->page &&
                 value.substr(at).starts_with(row.text);
        });
    if (token == type_.values.end()) {
      ++at;
      continue;
    }
    string(value.substr(0, at));
    writer_.u8(token->token);
    value.remove_prefix(at + token->text.size());
    at = 0;
  }
  string(value);
}

const AttributeToken* Emitter::start_of(std::string_view name, std::string_view value) const {
  if (options_.stay_on_page) {
    if (const auto* start = find_start(type_, name, value, attribute_page_)) return start;
  }
  return find_start(type_, name, value);
}

void Emitter::start_on_page(const AttributeToken& start) {
  switch_page(attribute_page_, start.page);
  writer_.u8(start.token);
}

}  // namespace cpgw::wbxml::detail
