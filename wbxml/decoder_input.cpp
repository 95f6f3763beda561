#include "wbxml/decoder_input.h"

#include <algorithm>

#include "wbxml/characters.h"

namespace cpgw::wbxml::detail {

Result<std::uint8_t> DecoderInput::octet() {
  if (offset_ == in_.size()) {
    return refuse(Errc::truncated, "the document ends before its last element is closed", offset_);
  }
  return to_u8(in_[offset_++]);
}

Result<std::uint32_t> DecoderInput::mb_u_int32() {
  const std::size_t at = offset_;
  std::uint64_t value = 0;
  for (int i = 0; i < 5; ++i) {
    const auto next = octet();
    if (!next) return fail(next.error());
    value = (value << 7) | (*next & 0x7Fu);
    if ((*next & 0x80) == 0) {
      if (value > 0xFFFFFFFFu) break;
      return static_cast<std::uint32_t>(value);
    }
  }
  return refuse(Errc::malformed, "a multi-octet number above 32 bits", at);
}

Result<void> DecoderInput::read_table() {
  const std::size_t length_at = offset_;
  const auto length = mb_u_int32();
  if (!length) return fail(length.error());
  if (*length > in_.size() - offset_) {
    return refuse(Errc::truncated, "a string table longer than the rest of the document",
                  length_at);
  }
  table_at_ = offset_;
  table_ = in_.subspan(offset_, *length);
  offset_ += *length;
  return {};
}

Result<OctetView> DecoderInput::table_string(std::uint32_t index, std::size_t at) const {
  if (index >= table_.size()) {
    return refuse(Errc::malformed,
                  "string table index " + std::to_string(index) + " is beyond the table's " +
                      std::to_string(table_.size()) + " octets",
                  at);
  }
  const OctetView tail = table_.subspan(index);
  const auto nul = std::find(tail.begin(), tail.end(), std::byte{0});
  if (nul == tail.end()) {
    return refuse(Errc::malformed, "the string table entry has no terminating zero octet",
                  table_at_ + index);
  }
  return tail.first(static_cast<std::size_t>(nul - tail.begin()));
}

Result<void> DecoderInput::spend(std::size_t octets, std::size_t at) {
  if (octets > limits_.text_octets - std::min(limits_.text_octets, text_octets_)) {
    return refuse(Errc::limit,
                  "more than " + std::to_string(limits_.text_octets) + " octets of text in all",
                  at);
  }
  text_octets_ += octets;
  return {};
}

Result<void> DecoderInput::append_text(std::string& to, OctetView octets, std::size_t at) {
  if (octets.size() > limits_.value_octets - std::min(limits_.value_octets, to.size())) {
    return refuse(Errc::limit,
                  "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
  }
  if (auto done = spend(octets.size(), at); !done) return done;
  const std::string_view text = as_text(octets);
  if (charset_ == kIso88591) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (!is_xml_char(c)) return refuse(Errc::bad_value, "not a character of XML", at + i);
      append_utf8(to, c);
    }
    return {};
  }
  if (charset_ == kUsAscii) {
    const auto high = std::find_if(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (high != text.end()) {
      return refuse(Errc::bad_value, "an octet above 7F in a document declared US-ASCII",
                    at + static_cast<std::size_t>(high - text.begin()));
    }
  }
  if (const auto bad = find_bad_character(text)) {
    return refuse(Errc::bad_value, "not a character of XML in UTF-8", at + *bad);
  }
  to += text;
  return {};
}

Result<void> DecoderInput::append_string(std::string& to, std::uint8_t token, std::size_t at) {
  if (token == kStrI) {
    const OctetView tail = in_.subspan(offset_);
    const auto nul = std::find(tail.begin(), tail.end(), std::byte{0});
    if (nul == tail.end()) {
      return refuse(Errc::truncated, "an inline string without its terminating zero octet", at);
    }
    const std::size_t begin = offset_;
    const auto length = static_cast<std::size_t>(nul - tail.begin());
    offset_ += length + 1;
    return append_text(to, tail.first(length), begin);
  }
  const auto number = mb_u_int32();
  if (!number) return fail(number.error());
  if (token == kStrT) {
    const auto text = table_string(*number, at);
    if (!text) return fail(text.error());
    return append_text(to, *text, table_at_ + *number);
  }
  if (token == kEntity) {
    if (!is_xml_char(*number)) {
      return refuse(Errc::bad_value, "an entity whose code is not a character of XML", at);
    }
    if (to.size() + 4 > limits_.value_octets) {
      return refuse(Errc::limit,
                    "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
    }
    append_utf8(to, *number);
    return {};
  }
  // OPAQUE: no document type here gives it a meaning of its own; its octets are text.
  if (*number > in_.size() - offset_) {
    return refuse(Errc::truncated, "opaque data longer than the rest of the document", at);
  }
  const std::size_t begin = offset_;
  offset_ += *number;
  return append_text(to, in_.subspan(begin, *number), begin);
}

Result<std::string> DecoderInput::literal_name() {
  const std::size_t at = offset_;
  const auto index = mb_u_int32();
  if (!index) return fail(index.error());
  const auto text = table_string(*index, at);
  if (!text) return fail(text.error());
  if (!is_plain_name(as_text(*text)) || text->size() > limits_.value_octets) {
    return refuse(Errc::bad_value, "a literal that is no element or attribute name",
                  table_at_ + *index);
  }
  if (auto done = spend(text->size(), at); !done) return fail(std::move(done).error());
  return std::string(as_text(*text));
}

}  // namespace cpgw::wbxml::detail
