// One part of a push as submit_sm (SMPP 3.4, 4.4.1).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "carriers/carrier.h"
#include "carriers/smpp/pdu.h"

namespace cpgw::carriers::smpp {

/// An address with its type of number and numbering plan (5.2.5, 5.2.6).
struct Address {
  std::string digits;
  std::uint8_t ton = 0, npi = 0;
  bool operator==(const Address&) const = default;
};

/// "+358401234567" and long digits are international (1/1), up to 8 digits a short code (0/0), up
/// to 11 other characters alphanumeric (5/0). Errc::bad_address for anything else.
[[nodiscard]] Result<Address> source_address(std::string_view text);

enum class Validity : std::uint8_t { relative, absolute, none };
enum class ReceiptsWanted : std::uint8_t { all, last, none };

struct SubmitSettings {
  Address source{};
  std::uint8_t dest_ton = 1, dest_npi = 1;
  std::string service_type{};
  Validity validity = Validity::relative;
  std::chrono::seconds default_validity{0};  ///< 0 = the SMSC's own
  ReceiptsWanted receipts = ReceiptsWanted::all;
  bool user_message_reference = true;
  std::vector<Tlv> tlvs{};  ///< of the vendor, added to every submit
  bool operator==(const SubmitSettings&) const = default;
};

/// `YYMMDDhhmmsstnnp` (7.1.1): a duration of at most 31 days, or the moment in UTC. Empty for no
/// validity.
[[nodiscard]] std::string validity_period(Validity form, std::chrono::seconds validity,
                                          WallTime now);
[[nodiscard]] bool receipt_wanted(ReceiptsWanted receipts, std::size_t part, std::size_t parts);

/// Fills `out` for part `index` (0-based) of `parts`; sequence_number is left to the session.
void make_submit_sm(const SubmitSettings& settings, const Msisdn& recipient,
                    std::span<const si_sl::Part> parts, std::uint8_t index,
                    std::uint16_t user_reference, std::chrono::seconds validity, WallTime now,
                    Pdu& out);

}  // namespace cpgw::carriers::smpp
