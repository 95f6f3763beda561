#include "wbxml/decoder_input.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {

std::string hex8(std::uint8_t value) {
  const std::byte octet{value};
  return to_hex(OctetView(&octet, 1), HexCase::upper);
}

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

std::optional<OctetView> DecoderInput::until_zero(OctetView tail) const {
  if (unit_octets(charset_) == 1) {
    const auto zero = std::find(tail.begin(), tail.end(), std::byte{0});
    if (zero == tail.end()) return std::nullopt;
    return tail.first(static_cast<std::size_t>(zero - tail.begin()));
  }
  for (std::size_t i = 0; i + 1 < tail.size(); i += 2) {
    if (tail[i] == std::byte{0} && tail[i + 1] == std::byte{0}) return tail.first(i);
  }
  return std::nullopt;
}

Result<OctetView> DecoderInput::table_string(std::uint32_t index, std::size_t at) const {
  if (index >= table_.size()) {
    return refuse(Errc::malformed,
                  "string table index " + std::to_string(index) + " is beyond the table's " +
                      std::to_string(table_.size()) + " octets",
                  at);
  }
  const auto text = until_zero(table_.subspan(index));
  if (!text) {
    return refuse(Errc::malformed, "the string table entry has no terminating zero",
                  table_at_ + index);
  }
  return *text;
}

Result<std::string> DecoderInput::table_text(std::uint32_t index, std::size_t at) {
  const auto octets = table_string(index, at);
  if (!octets) return fail(octets.error());
  std::string text;
  if (auto done = append_text(text, *octets, table_at_ + index); !done) {
    return fail(std::move(done).error());
  }
  return text;
}

Result<std::string> DecoderInput::literal_name() {
  const std::size_t at = offset_;
  const auto index = mb_u_int32();
  if (!index) return fail(index.error());
  auto name = table_text(*index, at);
  if (name && !is_plain_name(*name)) {
    return refuse(Errc::bad_value, "a literal that is no element or attribute name",
                  table_at_ + *index);
  }
  return name;
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

Result<void> DecoderInput::append(std::string& to, std::string_view text, std::size_t at) {
  if (text.size() > limits_.value_octets - std::min(limits_.value_octets, to.size())) {
    return refuse(Errc::limit,
                  "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
  }
  if (auto done = spend(text.size(), at); !done) return done;
  to += text;
  return {};
}

Result<void> DecoderInput::append_text(std::string& to, OctetView octets, std::size_t at) {
  // Two octets or more become one character: what is too long is not converted first.
  if (octets.size() / unit_octets(charset_) > limits_.value_octets) {
    return refuse(Errc::limit,
                  "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
  }
  const std::size_t before = to.size();
  const auto undone = [&](Errc code, std::string why, std::size_t place) {
    to.resize(before);
    return refuse(code, std::move(why), place);
  };
  if (const auto bad = append_converted(to, octets, charset_)) {
    return undone(Errc::bad_value, "not a character of XML in " + charset_name(charset_),
                  at + *bad);
  }
  if (to.size() > limits_.value_octets) {
    return undone(Errc::limit,
                  "a value longer than " + std::to_string(limits_.value_octets) + " octets", at);
  }
  return spend(to.size() - before, at);
}

Result<void> DecoderInput::append_string(std::string& to, std::uint8_t token, std::size_t at) {
  if (token == kStrI) {
    const auto text = until_zero(in_.subspan(offset_));
    if (!text) {
      return refuse(Errc::truncated, "an inline string without its terminating zero", at);
    }
    const std::size_t begin = offset_;
    offset_ += text->size() + unit_octets(charset_);
    return append_text(to, *text, begin);
  }
  const auto number = mb_u_int32();
  if (!number) return fail(number.error());
  if (token == kStrT) {
    const auto text = table_string(*number, at);
    if (!text) return fail(text.error());
    return append_text(to, *text, table_at_ + *number);
  }
  if (!is_xml_char(*number)) {
    return refuse(Errc::bad_value, "an entity whose code is not a character of XML", at);
  }
  std::string character;
  append_utf8(character, *number);
  return append(to, character, at);
}

Result<OctetView> DecoderInput::opaque(std::size_t at) {
  const auto length = mb_u_int32();
  if (!length) return fail(length.error());
  if (*length > in_.size() - offset_) {
    return refuse(Errc::truncated, "opaque data longer than the rest of the document", at);
  }
  const std::size_t begin = offset_;
  offset_ += *length;
  return in_.subspan(begin, *length);
}

}  // namespace cpgw::wbxml::detail
