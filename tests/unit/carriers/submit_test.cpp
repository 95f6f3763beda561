#include "carriers/smpp/submit.h"

#include <gtest/gtest.h>

#include "carriers/smpp/status.h"
#include "si_sl/text.h"

namespace cpgw::carriers::smpp {
namespace {

using namespace std::chrono_literals;

TEST(SmppSubmit, DerivesTheTypeOfTheSourceAddress) {
  const struct {
    const char* text;
    Address address;
  } cases[] = {{"+358401234567", {"358401234567", 1, 1}},
               {"358401234567", {"358401234567", 1, 1}},
               {"12345", {"12345", 0, 0}},
               {"12345678", {"12345678", 0, 0}},
               {"123456789", {"123456789", 1, 1}},
               {"Operator", {"Operator", 5, 0}},
               {"My Shop 24", {"My Shop 24", 5, 0}}};
  for (const auto& c : cases) {
    const auto address = source_address(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(*address, c.address) << c.text;
  }
  for (const char* text : {"", "+", "+12a", "1234567890123456", "TwelveLetter", "tab\t"}) {
    EXPECT_FALSE(source_address(text)) << text;
  }
}

TEST(SmppSubmit, WritesValidityAsTheStandardDoes) {
  const WallTime now =
      std::chrono::sys_days(std::chrono::year(2026) / 12 / 31) + 23h + 59min + 58s + 700ms;
  EXPECT_EQ(validity_period(Validity::relative, 24h, now), "000001000000000R");
  EXPECT_EQ(validity_period(Validity::relative, 1h + 2min + 3s, now), "000000010203000R");
  EXPECT_EQ(validity_period(Validity::relative, 24h * 90, now), "000031000000000R");
  EXPECT_EQ(validity_period(Validity::absolute, 3s, now), "270101000001000+");
  EXPECT_EQ(validity_period(Validity::none, 24h, now), "");
  EXPECT_EQ(validity_period(Validity::relative, 0s, now), "");
}

TEST(SmppSubmit, AgreesWithTheVectorOfAnotherImplementation) {
  // node-smpp's submit_sm of one part, port 2948, part 2 of 2.
  const auto octets = from_hex(
      "0000009f000000040000000000000009000101313233343500010133353834303132333435363700400000000001"
      "0004"
      "006d0b05040b8423f0000342020265726e65742e6578616d706c650001870906890101c65501871106034e415032"
      "0001"
      "871006ab01870706034578616d706c65204d756c74696d65646961204d6573736167696e670001870806036d6d73"
      "2e65"
      "78616d706c65000187090689010101");
  ASSERT_TRUE(octets);
  Pdu theirs;
  ASSERT_TRUE(decode(*octets, theirs));
  si_sl::Part parts[2];
  std::ranges::copy(theirs.short_message, parts[1].user_data.begin());
  parts[1].octets = static_cast<std::uint8_t>(theirs.short_message.size());
  parts[1].udh_octets = 12;
  SubmitSettings settings;
  settings.source = {"12345", 1, 1};
  settings.user_message_reference = false;
  Pdu ours;
  ours.sequence_number = 9;
  make_submit_sm(settings, Msisdn::parse("358401234567").value(), parts, 1, 0, 0s, {}, ours);
  Octets written;
  ASSERT_TRUE(encode(ours, written));
  EXPECT_EQ(to_hex(written), to_hex(*octets));
}

TEST(SmppSubmit, ClearsUdhiWithoutAHeaderAndAddsTheVendorsParameters) {
  si_sl::Part part;
  part.octets = 5;
  part.data_coding = 0xF5;
  SubmitSettings settings;
  settings.tlvs = {{0x1400, {std::byte{1}}}};
  Pdu pdu;
  for (int twice = 0; twice < 2; ++twice) {
    make_submit_sm(settings, Msisdn::parse("1").value(), {&part, 1}, 0, 65535, 0s, {}, pdu);
    EXPECT_EQ(pdu.esm_class, 0);
    EXPECT_EQ(pdu.data_coding, 0xF5);
    ASSERT_EQ(pdu.tlvs.size(), 2u) << "a PDU used again starts afresh";
    EXPECT_EQ(pdu.tlvs[0].tag, 0x1400);
    EXPECT_EQ(pdu.number(tag::user_message_reference), 65535u);
  }
}

TEST(SmppSubmit, UnpacksSevenBitTextAndLeavesUcs2AsItIs) {
  const auto sent = [](std::string_view text, std::uint8_t index) {
    std::vector<si_sl::Part> parts;
    EXPECT_TRUE(si_sl::segment_text(text, 0x2A, {}, parts));
    Pdu pdu;
    make_submit_sm({}, *Msisdn::parse("+358401234567"), parts, index, 0, 0s, WallTime{}, pdu);
    return pdu;
  };
  const Pdu one = sent("h@llo", 0);
  EXPECT_EQ(to_hex(one.short_message), "68006c6c6f");
  EXPECT_EQ(one.data_coding, 0);
  EXPECT_EQ(one.esm_class, 0);
  const Pdu second = sent(std::string(170, 'a'), 1);
  EXPECT_EQ(to_hex(second.short_message), "0500032a0202" + to_hex(as_octets(std::string(17, 'a'))));
  EXPECT_EQ(second.esm_class, kUdhi);
  const Pdu ucs2 = sent("\u0416", 0);
  EXPECT_EQ(to_hex(ucs2.short_message), "0416");
  EXPECT_EQ(ucs2.data_coding, 8);
}

TEST(SmppStatus, ClassifiesAndMayBeOverridden) {
  StatusClasses classes;
  const struct {
    std::uint32_t code;
    OutcomeClass outcome;
  } cases[] = {{0x00, OutcomeClass::accepted},      {0x58, OutcomeClass::throttled},
               {0x14, OutcomeClass::throttled},     {0x08, OutcomeClass::temporary},
               {0x45, OutcomeClass::temporary},     {0x64, OutcomeClass::temporary},
               {0x04, OutcomeClass::session},       {0x02, OutcomeClass::session},
               {0x0E, OutcomeClass::configuration}, {0x0A, OutcomeClass::configuration},
               {0x50, OutcomeClass::configuration}, {0xC4, OutcomeClass::configuration},
               {0x0B, OutcomeClass::permanent},     {0x66, OutcomeClass::permanent},
               {0x401, OutcomeClass::temporary},    {0xFFFFFFFF, OutcomeClass::temporary}};
  for (const auto& c : cases) EXPECT_EQ(classes.of(c.code), c.outcome) << c.code;
  classes.set(0x0B, OutcomeClass::temporary);
  EXPECT_EQ(classes.of(0x0B), OutcomeClass::temporary);
  EXPECT_EQ(status_text(0x58), "0x00000058 ESME_RTHROTTLED");
  EXPECT_EQ(status_text(0x4FF), "0x000004ff");
}

}  // namespace
}  // namespace cpgw::carriers::smpp
