// The forms an operator may write one message id in: the response and the receipt often differ in
// base, case or zeros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cpgw::carriers::smpp {

enum class IdRule : std::uint8_t {
  automatic,   ///< every form below
  same,        ///< as it is written
  dec_to_hex,  ///< the receipt is decimal, the response was hexadecimal
  hex_to_dec,  ///< the receipt is hexadecimal, the response was decimal
};

/// An id that names no message: empty, or a text some centres give to all.
[[nodiscard]] bool is_placeholder_id(std::string_view id);

/// Digits of any length in the other base, without leading zeros; empty when `digits` are none.
[[nodiscard]] std::string decimal_to_hex(std::string_view digits);  // lower case
[[nodiscard]] std::string hex_to_decimal(std::string_view digits);

/// What a receipt's id may have been in the response, likeliest first, each once; at most 16.
/// Nothing for a placeholder.
[[nodiscard]] std::vector<std::string> id_candidates(std::string_view receipt_id,
                                                     IdRule rule = IdRule::automatic);

}  // namespace cpgw::carriers::smpp
