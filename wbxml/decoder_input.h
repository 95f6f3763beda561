// The octets of one document under the decoder: numbers, strings, the string table, and how much
// text is left to be spent.
#pragma once

#include <optional>
#include <string>

#include "wbxml/charset.h"
#include "wbxml/decoder.h"

namespace cpgw::wbxml::detail {

[[nodiscard]] inline tl::unexpected<Error> refuse(Errc code, std::string why, std::size_t at) {
  return fail(code, std::move(why), at_offset(at));
}

/// Two upper-case digits, as messages show a token or page.
[[nodiscard]] std::string hex8(std::uint8_t value);

/// Views `in` and `limits`, which outlive it.
class DecoderInput {
 public:
  DecoderInput(OctetView in, const DecodeLimits& limits) : in_(in), limits_(limits) {}

  [[nodiscard]] std::size_t size() const { return in_.size(); }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] bool at_end() const { return offset_ == in_.size(); }

  [[nodiscard]] Result<std::uint8_t> octet();
  /// The next one without taking it; nothing at the end.
  [[nodiscard]] std::optional<std::uint8_t> peek() const {
    if (at_end()) return std::nullopt;
    return to_u8(in_[offset_]);
  }
  [[nodiscard]] Result<std::uint32_t> mb_u_int32();
  /// Takes the string table: its length and its octets.
  [[nodiscard]] Result<void> read_table();
  /// One that is read.
  void use_charset(std::uint32_t mib_enum) { charset_ = mib_enum; }

  /// What follows STR_I, STR_T or ENTITY, whose token stood at `at`.
  [[nodiscard]] Result<void> append_string(std::string& to, std::uint8_t token, std::size_t at);
  /// Octets of the document in its character set.
  [[nodiscard]] Result<void> append_text(std::string& to, OctetView octets, std::size_t at);
  /// UTF-8 of our own.
  [[nodiscard]] Result<void> append(std::string& to, std::string_view text, std::size_t at);
  /// What follows OPAQUE, whose token stood at `at`; the offset then is behind it.
  [[nodiscard]] Result<OctetView> opaque(std::size_t at);

  /// Entry `index` as UTF-8.
  [[nodiscard]] Result<std::string> table_text(std::uint32_t index, std::size_t at);
  /// Where entry `index` stands in the document.
  [[nodiscard]] std::size_t table_offset(std::uint32_t index) const { return table_at_ + index; }
  /// The name a LITERAL token's index stands for.
  [[nodiscard]] Result<std::string> literal_name();

 private:
  [[nodiscard]] Result<OctetView> table_string(std::uint32_t index, std::size_t at) const;
  /// The octets before the zero that ends a string; nothing when there is none.
  [[nodiscard]] std::optional<OctetView> until_zero(OctetView tail) const;
  [[nodiscard]] Result<void> spend(std::size_t octets, std::size_t at);

  OctetView in_;
  const DecodeLimits& limits_;
  std::size_t offset_ = 0;
  std::uint32_t charset_ = kUtf8;
  OctetView table_;
  std::size_t table_at_ = 0;
  std::size_t text_octets_ = 0;
};

}  // namespace cpgw::wbxml::detail
