// Random documents of every type: every token of the tables, names and values that nearly are
// tokens, and text of every kind XML allows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wbxml/base64.h"
#include "wbxml/characters.h"
#include "wbxml/document.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::test {

/// A reproducible choice of numbers (SplitMix64): the same seed, the same document.
class Choice {
 public:
  explicit Choice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

inline std::string random_text(Choice& choose, std::size_t most = 12) {
  static constexpr std::uint32_t kAwkward[] = {
      '\t', '\n', '\r', ' ',  '"',  '\'',   '<',    '>',    '&',    '$',     '{',     '}',
      ',',  0x7F, 0x80, 0xA0, 0xE9, 0x20AC, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F4F6, 0x10FFFF};
  std::string text;
  for (std::size_t n = choose.below(most + 1); n > 0; --n) {
    detail::append_utf8(text, choose.one_in(3)
                                  ? kAwkward[choose.below(std::size(kAwkward))]
                                  : static_cast<std::uint32_t>('!' + choose.below(94)));
  }
  return text;
}

/// A token's text as it is, or with a letter more, less or in the other case.
inline std::string near_token(Choice& choose, std::string_view token) {
  std::string text(token);
  switch (choose.below(6)) {
    case 0: text += random_text(choose, 2); break;
    case 1: text = random_text(choose, 2) + text; break;
    case 2:
      if (!text.empty()) text.pop_back();
      break;
    case 3:
      if (!text.empty()) {
        char& c = text[choose.below(text.size())];
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      break;
    default: break;
  }
  return text;
}

inline std::string random_date(Choice& choose) {
  const auto two = [&](std::size_t first, std::size_t count) {
    const std::size_t n = choose.one_in(3) ? first : first + choose.below(count);
    return std::string(1, static_cast<char>('0' + n / 10)) + static_cast<char>('0' + n % 10);
  };
  return two(19, 3) + two(0, 100) + "-" + two(1, 12) + "-" + two(1, 28) + "T" + two(0, 24) + ":" +
         two(0, 60) + ":" + two(0, 60) + "Z";
}

/// Beginnings, endings, and what nearly is one, in any order.
inline std::string random_url(Choice& choose, const DocumentType& type, std::string_view name) {
  std::string url;
  const AttributeToken& start = type.attributes[choose.below(type.attributes.size())];
  if (start.name == name) url = near_token(choose, start.value_prefix);
  for (std::size_t n = choose.below(4); n > 0; --n) {
    url += random_text(choose, 4);
    url += near_token(choose, type.values[choose.below(type.values.size())].text);
  }
  return url;
}

inline std::string random_value(Choice& choose, const DocumentType& type, std::string_view name) {
  const AttributeToken* const plain = detail::find_start(type, name, {});
  if (plain == nullptr) {  // a closed list
    while (true) {
      const AttributeToken& row = type.attributes[choose.below(type.attributes.size())];
      if (row.name == name) return std::string(row.value_prefix);
    }
  }
  if (plain->form == ValueForm::date) return random_date(choose);
  if (plain->form == ValueForm::url) return random_url(choose, type, name);
  if (name.starts_with("xmlns:")) {  // XML wants a URI there
    return choose.one_in(3) ? "urn:x" : std::string(type.values[choose.below(3)].text);
  }
  if (choose.one_in(3)) return random_text(choose);
  if (choose.one_in(12)) {  // lists as AAUTHTYPE has them, complete and nearly so
    static constexpr std::string_view kPieces[] = {"HTTP-", "BASIC", "DIGEST", ",", "HTTP"};
    std::string list;
    for (std::size_t n = choose.below(6); n > 0; --n) list += kPieces[choose.below(5)];
    return list;
  }
  if ((name == "value" || choose.one_in(8)) && !type.values.empty()) {
    return near_token(choose, type.values[choose.below(type.values.size())].text);
  }
  const AttributeToken* row = nullptr;
  do {  // as many of page 1 as of all other pages
    row = &type.attributes[choose.below(type.attributes.size())];
  } while (row->page != 1 && &type == &prov() && choose.one_in(2));
  return near_token(choose, row->value_prefix);
}

/// `windows_mobile`: its elements of tag page 200 as well.
inline std::string random_name(Choice& choose, const DocumentType& type, bool windows_mobile) {
  if (&type == &prov() && !(windows_mobile && choose.one_in(4))) {
    return choose.one_in(3) ? "characteristic" : "parm";
  }
  std::string_view name = type.root;
  while (name == type.root) name = type.tags[choose.below(type.tags.size())].name;
  return std::string(name);
}

inline std::string random_base64(Choice& choose) {
  Octets octets;
  for (std::size_t n = choose.below(20); n > 0; --n) {
    octets.push_back(static_cast<std::byte>(choose.below(256)));
  }
  return detail::to_base64(octets);
}

inline Node random_element(Choice& choose, const DocumentType& type, std::string name,
                           unsigned depth, bool windows_mobile) {
  Node node;
  node.name = std::move(name);
  for (const std::string_view attribute : type.attribute_names) {
    if (choose.one_in(2)) {
      node.attributes.push_back(
          {std::string(attribute), random_value(choose, type, attribute), {}});
    }
  }
  const Content content = detail::content_of(type, node.name);
  if (content != Content::elements) {
    Node text;
    text.kind = Node::Kind::text;
    text.text = content == Content::base64 ? random_base64(choose) : random_text(choose, 40);
    if (!text.text.empty()) node.children.push_back(std::move(text));
  } else if (depth < 6 && type.tags.size() > 1) {
    for (std::size_t n = choose.below(depth == 0 ? 12 : 4); n > 0; --n) {
      node.children.push_back(random_element(
          choose, type, random_name(choose, type, windows_mobile), depth + 1, windows_mobile));
    }
  }
  return node;
}

inline Document random_document(std::uint64_t seed, const DocumentType& type = prov()) {
  Choice choose(seed);
  Document document;
  document.type = &type;
  document.root = random_element(choose, type, std::string(type.root), 0, choose.one_in(10));
  return document;
}

/// PROV half of the time, any of the others in the other half.
inline Document random_document_of_any_type(std::uint64_t seed) {
  Choice choose(~seed);
  const auto types = document_types();
  const DocumentType& type = choose.one_in(2) ? prov() : *types[1 + choose.below(types.size() - 1)];
  return random_document(seed, type);
}

}  // namespace cpgw::wbxml::test
