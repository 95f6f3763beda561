// Compile-time checks and lookup orders of token tables, for the files that define one.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "wbxml/token_table.h"

namespace cpgw::wbxml::detail {

/// Shorter text first, then by octets: most comparisons end at the length.
constexpr int compare_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

template <class Row, std::size_t N>
consteval bool ordered_by_token(const std::array<Row, N>& rows) {
  return std::adjacent_find(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
           return a.page > b.page || (a.page == b.page && a.token >= b.token);
         }) == rows.end();
}

/// WAP-192 5.8.4: identities 05 to 3F; the tag bits stand above.
template <std::size_t N>
consteval bool in_tag_space(const std::array<TagToken, N>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [](const TagToken& r) { return r.token >= 0x05 && r.token <= 0x3F; });
}
/// Below 80 a token starts an attribute, from 80 it is a value; 00 to 04 of every 40 are global.
template <std::size_t N>
consteval bool in_start_space(const std::array<AttributeToken, N>& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const AttributeToken& r) {
    return r.token < 0x80 && (r.token & 0x3F) >= 0x05;
  });
}
template <std::size_t N>
consteval bool in_value_space(const std::array<ValueToken, N>& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const ValueToken& r) {
    return r.token >= 0x80 && (r.token & 0x3F) >= 0x05 && !r.text.empty();
  });
}

constexpr int compare(const AttributeToken& a, const AttributeToken& b) {
  if (const int c = compare_text(a.value_prefix, b.value_prefix); c != 0) return c;
  return compare_text(a.name, b.name);
}
constexpr int compare(const ValueToken& a, const ValueToken& b) {
  return compare_text(a.text, b.text);
}

/// Indices of `rows` ordered by their text, equal texts by page.
template <class Row, std::size_t N>
consteval std::array<std::uint16_t, N> order_by_text(const std::array<Row, N>& rows) {
  std::array<std::uint16_t, N> order{};
  for (std::size_t i = 0; i < N; ++i) order[i] = static_cast<std::uint16_t>(i);
  std::sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
    const int c = compare(rows[a], rows[b]);
    return c != 0 ? c < 0 : a < b;
  });
  return order;
}

/// No text stands twice on one page.
template <class Row, std::size_t N>
consteval bool texts_unique(const std::array<Row, N>& rows,
                            const std::array<std::uint16_t, N>& order) {
  return std::adjacent_find(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
           return compare(rows[a], rows[b]) == 0 && rows[a].page == rows[b].page;
         }) == order.end();
}

/// The rows that are pieces, which have to stand together.
template <std::size_t N>
consteval std::span<const ValueToken> pieces_of(const std::array<ValueToken, N>& rows) {
  const auto is_piece = [](const ValueToken& row) { return row.piece; };
  const auto begin = std::find_if(rows.begin(), rows.end(), is_piece);
  const auto end = std::find_if_not(begin, rows.end(), is_piece);
  if (std::any_of(end, rows.end(), is_piece)) throw "the pieces of a table stand apart";
  return {begin, end};
}

/// `names` holds the name of every row, once.
template <std::size_t N, std::size_t M>
consteval bool names_complete(const std::array<AttributeToken, N>& rows,
                              const std::array<std::string_view, M>& names) {
  for (const AttributeToken& row : rows) {
    if (std::count(names.begin(), names.end(), row.name) != 1) return false;
  }
  return true;
}

}  // namespace cpgw::wbxml::detail
