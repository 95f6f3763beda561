#include "carriers/smpp/receipt.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/unit/carriers/vectors.h"

namespace cpgw::carriers::smpp {
namespace {

std::vector<Vector> vectors() { return read_vectors("receipts.txt"); }

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

TEST(SmppReceipt, ConcludesWhatEveryVectorSays) {
  const auto all = vectors();
  ASSERT_EQ(all.size(), 27u);
  for (const Vector& v : all) {
    Pdu pdu;
    ASSERT_TRUE(decode(v.octets, pdu)) << v.name;
    const bool unflagged =
        std::ranges::any_of(v.expected, [](const auto& e) { return e.first == "unflagged"; });
    const auto receipt = read_receipt(pdu, {.unflagged = unflagged});
    for (const auto& [name, value] : v.expected) {
      if (name == "mo") {
        EXPECT_FALSE(receipt) << v.name;
        continue;
      }
      ASSERT_TRUE(receipt) << v.name;
      if (name == "id") {
        EXPECT_EQ(receipt->id, value) << v.name;
      }
      if (name == "state") {
        EXPECT_EQ(to_string(receipt->state), value) << v.name;
      }
      if (name == "final") {
        EXPECT_EQ(receipt->delivery != DeliveryState::pending, value == "1") << v.name;
      }
      if (name == "err") {
        EXPECT_EQ(receipt->err, value) << v.name;
      }
      if (name == "unflagged") {
        EXPECT_FALSE(read_receipt(pdu, {})) << v.name;
      }
      if (name == "resp") {
        const auto& candidates = receipt->candidates;
        EXPECT_TRUE(has(candidates, value)) << v.name << " lacks " << value;
      }
    }
  }
}

TEST(SmppReceipt, SurvivesEveryTruncationAndCorruptionOfTheText) {
  for (const Vector& v : vectors()) {
    Pdu whole;
    ASSERT_TRUE(decode(v.octets, whole));
    for (std::size_t n = 0; n <= whole.short_message.size(); ++n) {
      Pdu cut = whole;
      cut.short_message.resize(n);
      (void)read_receipt(cut, {.unflagged = true});
      if (n == whole.short_message.size()) break;
      for (const unsigned value : {0x00u, 0x3Au, 0xFFu}) {
        Pdu bad = whole;
        bad.short_message[n] = std::byte{static_cast<std::uint8_t>(value)};
        if (const auto receipt = read_receipt(bad, {})) {
          EXPECT_LE(receipt->candidates.size(), 32u);
          for (const char c : receipt->id + receipt->stat + receipt->err) {
            EXPECT_TRUE(c >= ' ' && c <= '~');
          }
        }
      }
    }
  }
}

TEST(SmppReceipt, ReadsUcs2TextAndAsciiUnderTheUcs2Coding) {
  const std::string text = "id:7 stat:DELIVRD err:000 text:";
  Pdu pdu;
  pdu.command_id = CommandId::deliver_sm;
  pdu.esm_class = kDeliveryReceipt;
  pdu.data_coding = 8;
  for (const bool wide : {true, false}) {
    pdu.short_message.clear();
    for (const char c : text) {
      if (wide) pdu.short_message.push_back(std::byte{0});
      pdu.short_message.push_back(static_cast<std::byte>(c));
    }
    const auto receipt = read_receipt(pdu, {});
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->id, "7");
    EXPECT_EQ(receipt->delivery, DeliveryState::delivered);
  }
}

TEST(SmppReceipt, TakesTheCodeFromTheParameterBeforeTheText) {
  Pdu pdu;
  pdu.command_id = CommandId::deliver_sm;
  pdu.esm_class = kDeliveryReceipt;
  const auto text = as_octets("id:1 stat:UNDELIV err:0x0b text:");
  pdu.short_message.assign(text.begin(), text.end());
  EXPECT_EQ(read_receipt(pdu, {})->code, 0x0B);
  pdu.add(tag::network_error_code, from_hex("030022").value());
  pdu.add_u16(tag::user_message_reference, 4660);
  EXPECT_EQ(read_receipt(pdu, {})->code, 0x22);
  EXPECT_EQ(read_receipt(pdu, {})->user_reference, 4660);
}

TEST(SmppReceipt, TakesAVendorsOwnWordForAFailureAndAMissingOneForPending) {
  Pdu pdu;
  pdu.command_id = CommandId::deliver_sm;
  pdu.esm_class = kDeliveryReceipt;
  const struct {
    const char* text;
    DeliveryState state;
  } cases[] = {{"id:1 stat:KAPUTT", DeliveryState::failed},
               {"id:1 stat:ACKED", DeliveryState::pending},
               {"id:1 stat:delivrd", DeliveryState::delivered},
               {"id:1", DeliveryState::pending},
               {"", DeliveryState::pending}};
  for (const auto& c : cases) {
    const auto text = as_octets(c.text);
    pdu.short_message.assign(text.begin(), text.end());
    ASSERT_TRUE(read_receipt(pdu, {})) << c.text;
    EXPECT_EQ(read_receipt(pdu, {})->delivery, c.state) << c.text;
  }
}

TEST(SmppReceipt, AcceptedIsFinalOnlyWhereTheCarrierSaysSo) {
  EXPECT_EQ(delivery_state(MessageState::accepted), DeliveryState::pending);
  EXPECT_EQ(delivery_state(MessageState::accepted, true), DeliveryState::delivered);
}

TEST(SmppReceipt, TakesWordsAndCodesAsTheCarrierMeansThem) {
  const auto told = [](const std::string& text, const ReceiptRules& rules) {
    Pdu pdu;
    pdu.command_id = CommandId::deliver_sm;
    pdu.esm_class = kDeliveryReceipt;
    const OctetView octets = as_octets(text);
    pdu.short_message.assign(octets.begin(), octets.end());
    return read_receipt(pdu, rules)->delivery;
  };
  const ReceiptRules own{
      .words = {{"DONE", DeliveryState::delivered}, {"UNDELIV", DeliveryState::pending}},
      .errors = {{"27", DeliveryState::pending}, {"0x0b", DeliveryState::failed}}};
  EXPECT_EQ(told("id:1 stat:done err:000", {}), DeliveryState::failed);
  EXPECT_EQ(told("id:1 stat:done err:000", own), DeliveryState::delivered);
  EXPECT_EQ(told("id:1 stat:UNDELIV err:9", own), DeliveryState::pending);
  EXPECT_EQ(told("id:1 stat:REJECTD err:27", own), DeliveryState::pending);
  EXPECT_EQ(told("id:1 stat:REJECTD err:28", own), DeliveryState::failed);
  EXPECT_EQ(told("id:1 stat:ENROUTE err:0x0b", own), DeliveryState::failed);
  EXPECT_EQ(told("id:1 stat:DELIVRD err:0x0b", own), DeliveryState::delivered);
}

TEST(SmppMessageId, GivesNoCandidatesForPlaceholders) {
  EXPECT_TRUE(id_candidates("").empty());
  EXPECT_TRUE(id_candidates("msg_id_not_implemented").empty());
  EXPECT_TRUE(id_candidates(std::string(65, '1')).empty());
}

TEST(SmppMessageId, ConvertsIdsBeyond64Bits) {
  EXPECT_EQ(decimal_to_hex("64567564356765435676"), "3800e11b0592d471c");
  EXPECT_EQ(hex_to_decimal("3800E11B0592D471C"), "64567564356765435676");
  EXPECT_EQ(decimal_to_hex("12a"), "");
  EXPECT_EQ(decimal_to_hex("0"), "0");
}

TEST(SmppMessageId, PinnedRulesGiveOnlyTheirForm) {
  EXPECT_EQ(id_candidates("0010", IdRule::same), std::vector<std::string>{"0010"});
  EXPECT_EQ(id_candidates("0972660181", IdRule::dec_to_hex),
            (std::vector<std::string>{"39f99dd5", "39F99DD5"}));
  EXPECT_EQ(id_candidates("39F99DD5", IdRule::hex_to_dec),
            (std::vector<std::string>{"972660181", "0972660181"}));
}

RC_GTEST_PROP(SmppMessageId, FindsTheResponseWhateverBaseTheReceiptUses, (std::uint64_t id)) {
  const std::string decimal = std::to_string(id), hex = decimal_to_hex(decimal);
  std::uint64_t back = std::stoull(hex, nullptr, 16);
  RC_ASSERT(back == id);
  RC_ASSERT(has(id_candidates(decimal), hex));
  RC_ASSERT(has(id_candidates(hex), decimal));
  RC_ASSERT(has(id_candidates("0" + decimal), decimal));
  RC_ASSERT(id_candidates(decimal).front() == decimal);
  RC_ASSERT(id_candidates(hex).size() <= 16u);
}

}  // namespace
}  // namespace cpgw::carriers::smpp
