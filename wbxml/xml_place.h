// Where things stand in the text of an XML document.
#pragma once

#include <libxml/xmlstring.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wbxml/characters.h"

namespace cpgw::wbxml::detail {

struct Place {
  std::uint32_t line = 0, column = 0;
};

/// Line and column of octets of the input, found by walking forward once. Columns count characters.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  Place at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset < offset_) *this = Walker(text_);
    while (const void* line_end = std::memchr(text_.data() + offset_, '\n', offset - offset_)) {
      offset_ = static_cast<std::size_t>(static_cast<const char*>(line_end) - text_.data()) + 1;
      place_ = {place_.line + 1, 1};
    }
    std::uint32_t column = place_.column;
    for (; offset_ != offset; ++offset_) {
      column += (static_cast<unsigned char>(text_[offset_]) & 0xC0) != 0x80 ? 1 : 0;
    }
    place_.column = column;
    return place_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Place place_{1, 1};
};

/// Walks over the attributes of a start tag that libxml2 has found to be well-formed.
class TagScanner {
 public:
  /// `end`: just behind the last attribute; the tag begins at the last '<' before it, as no
  /// attribute value can hold one.
  TagScanner(const xmlChar* base, const xmlChar* end) : end_(end) {
    for (const xmlChar* p = end; p != base;) {
      if (*--p == '<') {
        begin_ = next_ = p;
        skip_name();
        break;
      }
    }
  }
  /// Null when the buffer no longer holds the beginning.
  const xmlChar* begin() const { return begin_; }

  /// Place of the next attribute's name; the end when there is none.
  const xmlChar* next_attribute() {
    if (begin_ == nullptr) return end_;
    while (next_ != end_ && is_xml_space(static_cast<char>(*next_))) ++next_;
    const xmlChar* const name = next_;
    name_ = name;
    while (next_ != end_ && *next_ != '"' && *next_ != '\'') ++next_;
    if (next_ != end_) next_ = std::find(next_ + 1, end_, *next_);
    if (next_ != end_) ++next_;
    return name;
  }
  /// Is the attribute next_attribute() gave a namespace declaration?
  bool is_declaration() const {
    constexpr std::string_view kXmlns = "xmlns";
    if (name_ == nullptr) return false;
    const std::string_view from(reinterpret_cast<const char*>(name_),
                                static_cast<std::size_t>(end_ - name_));
    return from.starts_with(kXmlns) && from.size() > kXmlns.size() &&
           (from[kXmlns.size()] == ':' || from[kXmlns.size()] == '=' ||
            is_xml_space(from[kXmlns.size()]));
  }

 private:
  void skip_name() {
    while (next_ != end_ && !is_xml_space(static_cast<char>(*next_))) ++next_;
  }
  const xmlChar* begin_ = nullptr;
  const xmlChar* next_ = nullptr;
  const xmlChar* name_ = nullptr;
  const xmlChar* end_;
};

}  // namespace cpgw::wbxml::detail
