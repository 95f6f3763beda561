// Delivery receipts as SMSCs really write them: optional parameters, or the text of SMPP 3.4,
// appendix B, with its many dialects.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "carriers/carrier.h"
#include "carriers/smpp/message_id.h"
#include "carriers/smpp/pdu.h"

namespace cpgw::carriers::smpp {

/// message_state (SMPP 3.4, 5.2.28; 5.0, 4.7.15). Values we do not know are kept.
enum class MessageState : std::uint8_t {
  scheduled = 0,
  enroute = 1,
  delivered = 2,
  expired = 3,
  deleted = 4,
  undeliverable = 5,
  accepted = 6,
  unknown = 7,
  rejected = 8,
  skipped = 9,
};
[[nodiscard]] std::string_view to_string(MessageState state);
/// `accepted` is final in the letter of 3.4, but in the field it mostly means "the SMSC took it".
[[nodiscard]] DeliveryState delivery_state(MessageState state, bool accepted_is_final = false);

/// The labelled values of a receipt text; views the text. Absent labels are empty.
struct ReceiptText {
  std::string_view id, sub, dlvrd, submit_date, done_date, stat, err, text;
};
/// Reads left to right and stops at the first "text:", since a user's text may hold labels.
[[nodiscard]] ReceiptText read_receipt_text(std::string_view text);
/// Nothing for a word nobody knows.
[[nodiscard]] std::optional<MessageState> state_of_word(std::string_view stat);

struct ReceiptRules {
  IdRule ids = IdRule::automatic;
  /// Takes a message with esm_class 0 for a receipt when its text has id: and stat:.
  bool unflagged = false;
  bool accepted_is_final = false;
  /// What this operator means by its own words (upper case) and, where the word does not say
  /// delivered, by its error codes as written.
  std::map<std::string, DeliveryState, std::less<>> words{}, errors{};
  bool operator==(const ReceiptRules&) const = default;
};

struct ParsedReceipt {
  std::string id;  ///< the likeliest: receipted_message_id, else the text's
  std::vector<std::string> candidates;
  MessageState state = MessageState::unknown;
  DeliveryState delivery = DeliveryState::pending;
  std::string stat;        ///< the operator's word, or the name of its message_state
  std::string err;         ///< as written: vendors use letters too
  std::uint16_t code = 0;  ///< network_error_code, else `err` when that is a number
  std::optional<std::uint16_t> user_reference;
  bool unflagged = false;
};

/// Nothing when the deliver_sm or data_sm is a message from a phone.
[[nodiscard]] std::optional<ParsedReceipt> read_receipt(const Pdu& pdu, const ReceiptRules& rules);

}  // namespace cpgw::carriers::smpp
