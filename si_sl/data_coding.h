// TP-DCS (3GPP TS 23.038, 4): which alphabet user data is in, and the message class.
#pragma once

#include <cstdint>
#include <optional>

namespace cpgw::si_sl {

enum class Alphabet : std::uint8_t {
  gsm7,    ///< the 7-bit default alphabet, packed; TP-UDL counts septets
  octets,  ///< 8-bit data, or compressed text, which nobody here reads
  ucs2,    ///< big-endian, as everybody sends it with surrogate pairs; TP-UDL counts octets
};

/// Reserved codings read as the default alphabet, as the clause demands of receivers.
[[nodiscard]] Alphabet alphabet_of(std::uint8_t data_coding);
/// 0 shown at once ("flash"), 1 the device, 2 the SIM, 3 the terminal equipment.
[[nodiscard]] std::optional<std::uint8_t> message_class_of(std::uint8_t data_coding);
/// The coding of the general group; only the low two bits of a class count.
[[nodiscard]] std::uint8_t data_coding_of(Alphabet alphabet,
                                          std::optional<std::uint8_t> message_class = {});

/// Octets that `user_data_length` (TP-UDL) takes.
[[nodiscard]] std::size_t user_data_octets(std::uint8_t user_data_length, std::uint8_t data_coding);

}  // namespace cpgw::si_sl
