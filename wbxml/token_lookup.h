// Looking tokens up in a document type: by number to decode, by text to encode.
#pragma once

#include <algorithm>
#include <string_view>

#include "wbxml/token_index.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml::detail {

// Global tokens, WAP-192 7.1.
inline constexpr std::uint8_t kSwitchPage = 0x00;
inline constexpr std::uint8_t kEnd = 0x01;
inline constexpr std::uint8_t kEntity = 0x02;
inline constexpr std::uint8_t kStrI = 0x03;
inline constexpr std::uint8_t kLiteral = 0x04;
inline constexpr std::uint8_t kExtI = 0x40;  ///< to 42
inline constexpr std::uint8_t kPi = 0x43;
inline constexpr std::uint8_t kExtT = 0x80;  ///< to 82
inline constexpr std::uint8_t kStrT = 0x83;
inline constexpr std::uint8_t kExt = 0xC0;  ///< to C2
inline constexpr std::uint8_t kOpaque = 0xC3;
inline constexpr std::uint8_t kContentBit = 0x40;
inline constexpr std::uint8_t kAttributeBit = 0x80;
inline constexpr std::uint8_t kIdentity = 0x3F;

/// Null when (page, token) is not assigned.
template <class Row>
constexpr const Row* by_token(std::span<const Row> rows, std::uint8_t page, std::uint8_t token) {
  const auto it = std::partition_point(rows.begin(), rows.end(), [&](const Row& row) {
    return row.page < page || (row.page == page && row.token < token);
  });
  return it != rows.end() && it->page == page && it->token == token ? &*it : nullptr;
}

/// The tag of the lowest page. Null when the document type has no such element.
constexpr const TagToken* find_tag(const DocumentType& type, std::string_view name) {
  const auto it = std::find_if(type.tags.begin(), type.tags.end(),
                               [&](const TagToken& row) { return row.name == name; });
  return it != type.tags.end() ? &*it : nullptr;
}

/// What an element may hold; one without a token may hold everything.
constexpr Content content_of(const DocumentType& type, std::string_view element) {
  const TagToken* const tag = find_tag(type, element);
  return tag != nullptr ? tag->content : Content::text;
}

template <class Row>
constexpr const Row* by_text(std::span<const Row> rows, std::span<const std::uint16_t> order,
                             const Row& wanted, int page) {
  auto it = std::partition_point(order.begin(), order.end(),
                                 [&](std::uint16_t i) { return compare(rows[i], wanted) < 0; });
  for (; it != order.end() && compare(rows[*it], wanted) == 0; ++it) {
    const Row& row = rows[*it];
    if (page < 0 || row.page == page) return &row;
  }
  return nullptr;
}

inline constexpr int kAnyPage = -1;  ///< the lowest page that has it

/// The start that says exactly `name` and `value` (empty: the plain start), if it may be written.
constexpr const AttributeToken* find_start(const DocumentType& type, std::string_view name,
                                           std::string_view value, int page = kAnyPage) {
  return by_text(type.attributes, type.attributes_by_text, AttributeToken{0, 0, name, value}, page);
}
constexpr const ValueToken* find_value(const DocumentType& type, std::string_view text,
                                       int page = kAnyPage) {
  return by_text(type.values, type.values_by_text, ValueToken{0, 0, text}, page);
}

constexpr bool has_attribute(const DocumentType& type, std::string_view name) {
  return std::find(type.attribute_names.begin(), type.attribute_names.end(), name) !=
         type.attribute_names.end();
}

/// What is written for a row is the row itself, or the same text on a lower page.
consteval bool round_trips(const DocumentType& type) {
  const auto holds = [](const auto& row, const auto* written, const auto* read) {
    return read == &row &&
           (row.decode_only ? written != &row : written != nullptr && written->page <= row.page);
  };
  for (const AttributeToken& row : type.attributes) {
    if (!holds(row, find_start(type, row.name, row.value_prefix),
               by_token(type.attributes, row.page, row.token))) {
      return false;
    }
  }
  for (const ValueToken& row : type.values) {
    if (!holds(row, find_value(type, row.text), by_token(type.values, row.page, row.token))) {
      return false;
    }
  }
  return true;
}

}  // namespace cpgw::wbxml::detail
