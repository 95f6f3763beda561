#include "carriers/smpp/receipt.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace cpgw::carriers::smpp {

namespace {

using enum MessageState;

struct StateWord {
  std::string_view word;  // upper case
  MessageState state;
};
// SMPP 3.4, appendix B, then words seen in the field.
constexpr auto kWords = std::to_array<StateWord>({
    {"DELIVRD", delivered},
    {"EXPIRED", expired},
    {"DELETED", deleted},
    {"UNDELIV", undeliverable},
    {"ACCEPTD", accepted},
    {"UNKNOWN", unknown},
    {"REJECTD", rejected},
    {"ENROUTE", enroute},
    {"FAILED", undeliverable},
    {"ACKED", accepted},
    {"BUFFRED", enroute},
    {"BUFFERD", enroute},
    {"SKIPPED", skipped},
    {"SCHEDULED", scheduled},
    {"DELIVERED", delivered},
    {"UNDELIVERABLE", undeliverable},
    {"ACCEPTED", accepted},
    {"REJECTED", rejected},
});
constexpr auto kNames = std::to_array<std::string_view>(
    {"SCHEDULED", "ENROUTE", "DELIVERED", "EXPIRED", "DELETED", "UNDELIVERABLE", "ACCEPTED",
     "UNKNOWN", "REJECTED", "SKIPPED"});
static_assert(kNames.size() == static_cast<std::size_t>(skipped) + 1);

struct Label {
  std::string_view label;  // lower case
  std::string_view ReceiptText::*value;
};
constexpr auto kLabels = std::to_array<Label>({
    {"id:", &ReceiptText::id},
    {"sub:", &ReceiptText::sub},
    {"dlvrd:", &ReceiptText::dlvrd},
    {"submit date:", &ReceiptText::submit_date},
    {"done date:", &ReceiptText::done_date},
    {"stat:", &ReceiptText::stat},
    {"err:", &ReceiptText::err},
    {"text:", &ReceiptText::text},
});

bool same_folded(std::string_view a, std::string_view lower_or_upper, int shift) {
  return a.size() == lower_or_upper.size() &&
         std::ranges::equal(a, lower_or_upper, [shift](char x, char y) {
           if (shift > 0 && x >= 'A' && x <= 'Z') x = static_cast<char>(x + shift);
           if (shift < 0 && x >= 'a' && x <= 'z') x = static_cast<char>(x + shift);
           return x == y;
         });
}
constexpr int kToLower = 'a' - 'A';

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - kToLower) : c;
  });
  return out;
}

constexpr std::string_view kBlanks{" \t\r\n\0", 5};
std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

const Label* label_at(std::string_view text, std::size_t at) {
  if (at > 0 && kBlanks.find(text[at - 1]) == std::string_view::npos) return nullptr;
  for (const Label& label : kLabels) {
    if (same_folded(text.substr(at, label.label.size()), label.label, kToLower)) return &label;
  }
  return nullptr;
}

// The message as ASCII: without its user data header; UCS-2 under data_coding 8, unless the
// octets are plain text in spite of it.
std::string plain_text(const Pdu& pdu) {
  OctetView octets = pdu.message();
  if ((pdu.esm_class & kUdhi) != 0 && !octets.empty()) {
    const std::size_t header = std::size_t{to_u8(octets[0])} + 1;
    octets = octets.subspan(std::min(header, octets.size()));
  }
  if (pdu.data_coding != 8 || octets.size() < 2 || to_u8(octets[0]) != 0) {
    return std::string(as_text(octets));
  }
  std::string text;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
    text += to_u8(octets[i]) == 0 ? static_cast<char>(to_u8(octets[i + 1])) : '?';
  }
  return text;
}

std::uint16_t number_of(std::string_view err) {
  int base = 10;
  if (err.starts_with("0x") || err.starts_with("0X")) {
    base = 16;
    err.remove_prefix(2);
  }
  std::uint16_t value = 0;
  const auto [end, problem] = std::from_chars(err.data(), err.data() + err.size(), value, base);
  return problem == std::errc() && end == err.data() + err.size() ? value : std::uint16_t{0};
}

// Values come from outside and end in logs: printable, and no longer than any real one.
std::string tame(std::string_view value, std::size_t most = 64) {
  std::string out(value.substr(0, most));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

std::string_view to_string(MessageState state) {
  const auto i = static_cast<std::size_t>(state);
  return i < kNames.size() ? kNames[i] : "UNKNOWN";
}

DeliveryState delivery_state(MessageState state, bool accepted_is_final) {
  switch (state) {
    case delivered: return DeliveryState::delivered;
    case expired:
    case deleted:
    case undeliverable:
    case rejected:
    case skipped: return DeliveryState::failed;
    case accepted: return accepted_is_final ? DeliveryState::delivered : DeliveryState::pending;
    case scheduled:
    case enroute:
    case unknown: break;
  }
  return DeliveryState::pending;
}

ReceiptText read_receipt_text(std::string_view text) {
  ReceiptText values;
  const Label* open = nullptr;
  std::size_t from = 0;
  const auto close = [&](std::size_t at) {
    if (open != nullptr && (values.*open->value).empty()) {
      values.*open->value = trimmed(text.substr(from, at - from));
    }
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const Label* label = label_at(text, at);
    if (label == nullptr) continue;
    close(at);
    open = label;
    from = at + label->label.size();
    if (label->value == &ReceiptText::text) break;
    at = from - 1;
  }
  close(text.size());
  return values;
}

std::optional<MessageState> state_of_word(std::string_view stat) {
  for (const StateWord& w : kWords) {
    if (same_folded(stat, w.word, -kToLower)) return w.state;
  }
  return std::nullopt;
}

std::optional<ParsedReceipt> read_receipt(const Pdu& pdu, const ReceiptRules& rules) {
  const std::uint8_t type = pdu.esm_class & kMessageTypeMask;
  const Tlv* tlv_id = pdu.find(tag::receipted_message_id);
  const auto tlv_state = pdu.number(tag::message_state);
  const std::string text = plain_text(pdu);
  const ReceiptText values = read_receipt_text(text);

  ParsedReceipt receipt;
  if (type != kDeliveryReceipt && type != kIntermediateNotification) {
    if (type != 0) return std::nullopt;
    const bool by_tlv = tlv_id != nullptr && tlv_state;
    const bool by_text = rules.unflagged && !values.id.empty() && !values.stat.empty();
    if (!by_tlv && !by_text) return std::nullopt;
    receipt.unflagged = true;
  }

  std::string_view by_tlv;
  if (tlv_id != nullptr) {
    by_tlv = as_text(tlv_id->value);
    by_tlv = by_tlv.substr(0, by_tlv.find('\0'));
  }
  receipt.id = tame(is_placeholder_id(by_tlv) ? values.id : by_tlv);
  // The parameter is what the response said; the text may be in another base.
  receipt.candidates = id_candidates(by_tlv, rules.ids);
  if (!by_tlv.empty() && receipt.candidates.empty()) {
    receipt.candidates = id_candidates(by_tlv, IdRule::same);
  }
  for (std::string& more : id_candidates(values.id, rules.ids)) {
    if (std::ranges::find(receipt.candidates, more) == receipt.candidates.end()) {
      receipt.candidates.push_back(std::move(more));
    }
  }

  receipt.stat = tame(values.stat, 20);
  if (tlv_state) {
    receipt.state = *tlv_state <= static_cast<std::uint32_t>(skipped)
                        ? MessageState{static_cast<std::uint8_t>(*tlv_state)}
                        : unknown;
    if (receipt.stat.empty()) receipt.stat = to_string(receipt.state);
  } else if (!values.stat.empty()) {
    // A flagged receipt with a word of the vendor's own is nearly always a failure.
    receipt.state = state_of_word(values.stat).value_or(undeliverable);
  }
  receipt.delivery = delivery_state(receipt.state, rules.accepted_is_final);
  if (const auto own = rules.words.find(upper(values.stat)); own != rules.words.end())
    receipt.delivery = own->second;

  receipt.err = tame(values.err, 20);
  const auto meant = rules.errors.find(values.err);
  if (meant != rules.errors.end() && receipt.delivery != DeliveryState::delivered)
    receipt.delivery = meant->second;
  receipt.code = number_of(values.err);
  if (const Tlv* network = pdu.find(tag::network_error_code);
      network != nullptr && network->value.size() == 3) {
    receipt.code =
        static_cast<std::uint16_t>(to_u8(network->value[1]) << 8 | to_u8(network->value[2]));
  }
  if (const auto reference = pdu.number(tag::user_message_reference)) {
    receipt.user_reference = static_cast<std::uint16_t>(*reference);
  }
  return receipt;
}

}  // namespace cpgw::carriers::smpp
