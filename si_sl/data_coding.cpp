#include "si_sl/data_coding.h"

namespace cpgw::si_sl {
namespace {

// Bits 7 to 4. 00xx and 01xx are the general group, the latter marked for deletion.
constexpr unsigned kGeneralEnd = 0x8;
constexpr unsigned kStoreUcs2 = 0xE;  // message waiting, store, UCS-2
constexpr unsigned kClassed = 0xF;    // data coding and message class

constexpr unsigned kCompressed = 0x20;
constexpr unsigned kHasClass = 0x10;
constexpr unsigned kClass = 0x03;
constexpr unsigned kEightBit = 0x04;

}  // namespace

Alphabet alphabet_of(std::uint8_t data_coding) {
  const unsigned group = data_coding >> 4U;
  if (group == kStoreUcs2) return Alphabet::ucs2;
  if (group == kClassed) return (data_coding & kEightBit) != 0 ? Alphabet::octets : Alphabet::gsm7;
  if (group >= kGeneralEnd) return Alphabet::gsm7;
  if ((data_coding & kCompressed) != 0) return Alphabet::octets;
  switch ((data_coding >> 2U) & 0x03U) {
    case 1: return Alphabet::octets;
    case 2: return Alphabet::ucs2;
    default: return Alphabet::gsm7;
  }
}

std::optional<std::uint8_t> message_class_of(std::uint8_t data_coding) {
  const unsigned group = data_coding >> 4U;
  const bool classed = group == kClassed || (group < kGeneralEnd && (data_coding & kHasClass) != 0);
  if (!classed) return {};
  return static_cast<std::uint8_t>(data_coding & kClass);
}

std::uint8_t data_coding_of(Alphabet alphabet, std::optional<std::uint8_t> message_class) {
  unsigned coding = static_cast<unsigned>(alphabet) << 2U;
  if (message_class) coding |= kHasClass | (*message_class & kClass);
  return static_cast<std::uint8_t>(coding);
}

std::size_t user_data_octets(std::uint8_t user_data_length, std::uint8_t data_coding) {
  if (alphabet_of(data_coding) != Alphabet::gsm7) return user_data_length;
  return (user_data_length * std::size_t{7} + 7) / 8;
}

}  // namespace cpgw::si_sl
