// Random PROV documents: every token of the tables, names and values that nearly are tokens, and
// text of every kind XML allows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wbxml/characters.h"
#include "wbxml/document.h"
#include "wbxml/token_table.h"

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

inline std::string random_value(Choice& choose, const DocumentType& type, std::string_view name) {
  if (choose.one_in(3)) return random_text(choose);
  if (choose.one_in(12)) {  // lists as AAUTHTYPE has them, complete and nearly so
    static constexpr std::string_view kPieces[] = {"HTTP-", "BASIC", "DIGEST", ",", "HTTP"};
    std::string list;
    for (std::size_t n = choose.below(6); n > 0; --n) list += kPieces[choose.below(5)];
    return list;
  }
  if (name == "value" || choose.one_in(8)) {
    return near_token(choose, type.values[choose.below(type.values.size())].text);
  }
  return near_token(choose, type.attributes[choose.below(type.attributes.size())].value_prefix);
}

inline Node random_element(Choice& choose, const DocumentType& type, std::string name,
                           unsigned depth) {
  Node node;
  node.name = std::move(name);
  for (const std::string_view attribute : type.attribute_names) {
    if (choose.one_in(2)) {
      node.attributes.push_back(
          {std::string(attribute), random_value(choose, type, attribute), {}});
    }
  }
  if (depth < 5) {
    for (std::size_t n = choose.below(depth == 0 ? 12 : 4); n > 0; --n) {
      node.children.push_back(
          random_element(choose, type, choose.one_in(3) ? "characteristic" : "parm", depth + 1));
    }
  }
  return node;
}

inline Document random_document(std::uint64_t seed) {
  Choice choose(seed);
  Document document;
  document.type = &prov();
  document.root = random_element(choose, prov(), std::string(prov().root), 0);
  return document;
}

}  // namespace cpgw::wbxml::test
