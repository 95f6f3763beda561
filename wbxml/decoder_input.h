// The octets of one document under the decoder: numbers, strings, the string table, and how much
// text is left to be spent.
#pragma once

#include <string>

#include "wbxml/decoder.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml::detail {

[[nodiscard]] inline tl::unexpected<Error> refuse(Errc code, std::string why, std::size_t at) {
  return fail(code, std::move(why), at_offset(at));
}

/// Views `in` and `limits`, which outlive it.
class DecoderInput {
 public:
  DecoderInput(OctetView in, const DecodeLimits& limits) : in_(in), limits_(limits) {}

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] bool at_end() const { return offset_ == in_.size(); }

  [[nodiscard]] Result<std::uint8_t> octet();
  [[nodiscard]] Result<std::uint32_t> mb_u_int32();
  /// Takes the string table: its length and its octets.
  [[nodiscard]] Result<void> read_table();
  void use_charset(std::uint32_t mib_enum) { charset_ = mib_enum; }

  /// STR_I, STR_T, ENTITY or OPAQUE, whose token stood at `at`.
  [[nodiscard]] Result<void> append_string(std::string& to, std::uint8_t token, std::size_t at);
  [[nodiscard]] Result<void> append_text(std::string& to, OctetView octets, std::size_t at);
  [[nodiscard]] Result<OctetView> table_string(std::uint32_t index, std::size_t at) const;
  /// Where entry `index` stands in the document.
  [[nodiscard]] std::size_t table_offset(std::uint32_t index) const { return table_at_ + index; }
  [[nodiscard]] Result<std::string> literal_name();

 private:
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
