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

/// One document type's rows with the orders made of them. What would make a lookup wrong does not
/// compile.
template <std::size_t T, std::size_t A, std::size_t V>
struct Tables {
  std::array<TagToken, T> tags;
  std::array<AttributeToken, A> attributes;
  std::array<ValueToken, V> values;
  /// Of the rows that are written; the rest of the array is not used.
  std::array<std::uint16_t, A> attributes_by_text{};
  std::array<std::uint16_t, V> values_by_text{};
  std::size_t written_attributes = 0, written_values = 0;
  std::array<std::string_view, A> names{};
  std::size_t name_count = 0;
  std::size_t piece_begin = 0, piece_count = 0;

  consteval Tables(const std::array<TagToken, T>& t, const std::array<AttributeToken, A>& a,
                   const std::array<ValueToken, V>& v)
      : tags(t), attributes(a), values(v) {
    if (!ordered_by_token(t) || !ordered_by_token(a) || !ordered_by_token(v)) {
      throw "the rows of a table are not in the order of their tokens";
    }
    if (!in_tag_space(t) || !in_start_space(a) || !in_value_space(v)) {
      throw "a token outside of its space";
    }
    const auto attribute_order = order_by_text(a);
    const auto value_order = order_by_text(v);
    if (!texts_unique(a, attribute_order) || !texts_unique(v, value_order)) {
      throw "two tokens of a page say the same";
    }
    for (const std::uint16_t i : attribute_order) {
      if (!a[i].decode_only) attributes_by_text[written_attributes++] = i;
    }
    for (const std::uint16_t i : value_order) {
      if (!v[i].decode_only) values_by_text[written_values++] = i;
    }
    for (const AttributeToken& row : a) {
      const auto end = names.begin() + static_cast<std::ptrdiff_t>(name_count);
      if (std::find(names.begin(), end, row.name) == end) names[name_count++] = row.name;
    }
    const auto is_piece = [](const ValueToken& row) { return row.piece; };
    const auto begin = std::find_if(v.begin(), v.end(), is_piece);
    const auto end = std::find_if_not(begin, v.end(), is_piece);
    if (std::any_of(end, v.end(), is_piece)) throw "the pieces of a table stand apart";
    piece_begin = static_cast<std::size_t>(begin - v.begin());
    piece_count = static_cast<std::size_t>(end - begin);
  }

  /// `head` with these tables, which outlive it.
  [[nodiscard]] constexpr DocumentType of(DocumentType head) const {
    head.tags = tags;
    head.attributes = attributes;
    head.values = values;
    head.attributes_by_text =
        std::span<const std::uint16_t>(attributes_by_text).first(written_attributes);
    head.values_by_text = std::span<const std::uint16_t>(values_by_text).first(written_values);
    head.pieces = std::span<const ValueToken>(values).subspan(piece_begin, piece_count);
    head.attribute_names = std::span<const std::string_view>(names).first(name_count);
    return head;
  }
};

/// The rows of both, in that order.
template <class Row, std::size_t N, std::size_t M>
consteval std::array<Row, N + M> joined(const std::array<Row, N>& a, const std::array<Row, M>& b) {
  std::array<Row, N + M> all{};
  std::copy(a.begin(), a.end(), all.begin());
  std::copy(b.begin(), b.end(), all.begin() + N);
  return all;
}

}  // namespace cpgw::wbxml::detail
