#include "gateway/simulators/phones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "gateway/simulators/report.h"
#include "si_sl/wsp_push.h"
#include "tests/unit/gateway_simulators/pushes.h"
#include "wbxml/encoder.h"

namespace cpgw::gateway::simulators {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr SteadyTime kNow{};

struct Fixture : ::testing::Test {
  std::vector<std::string> told;
  Phones phones{{}, [this](const Verdict& v) {
                  told.push_back(std::string(to_string(v.reason)) + (v.duplicate ? "+again" : ""));
                }};

  void read(const std::string& lines) {
    std::istringstream in(lines);
    const auto done = phones.read(in, "phones");
    ASSERT_TRUE(done) << to_string(done.error());
  }
  void give(const std::vector<smpp::Pdu>& pdus) {
    for (const auto& pdu : pdus) EXPECT_EQ(phones.take(deliver(pdu), kNow), 0U);
  }
};
using PhonesTest = Fixture;

const std::string kLine = std::string(kNumber) + "," + std::string(kImsi) + "\n";

TEST_F(PhonesTest, VerifyASignedPushInPartsOfAnyOrder) {
  read(kLine);
  phones.expect(wbxml::read_xml(kXml).value());
  auto parts = submits(push_of(wbxml_of(kXml), kImsi));
  ASSERT_EQ(parts.size(), 3U);
  std::swap(parts[0], parts[2]);
  give(parts);
  EXPECT_THAT(told, ElementsAre("none"));
  EXPECT_EQ(to_json(phones.summary()),
            R"({"phones":1,"verified":1,"failed":0,"duplicates":0,"incomplete":0,"reasons":{},)"
            R"("messages":1,"parts":3,"duplicate_parts":0,"texts":0,"unknown_numbers":0})");
}

TEST_F(PhonesTest, TakeProvisioningWhoseTokensTheyKnow) {
  read(kLine);
  give(submits(push_of(wbxml_of("<si><indication href='http://a'/></si>"), kImsi), kNumber, 1));
  Octets unknown = wbxml_of("<wap-provisioningdoc><parm/></wap-provisioningdoc>");
  unknown[5] = std::byte{0x3F};
  give(submits(push_of(unknown, kImsi), kNumber, 2));
  EXPECT_THAT(told, ElementsAre("bad-document", "bad-document"));
}

TEST_F(PhonesTest, TakeIndicationsUnsignedAndCountTexts) {
  read(kLine);
  const auto si = wbxml::read_xml("<si><indication href='http://a/'>hi</indication></si>");
  phones.expect(*si);
  Octets push;
  ASSERT_TRUE(si_sl::write_push(1, {.content_type = si_sl::kSic}, *wbxml::encode(*si), push));
  give(submits(push, kNumber, 1));
  si_sl::SegmentOptions wrong;
  wrong.destination_port = 49999;
  give(submits(push, kNumber, 2, wrong));
  EXPECT_THAT(told, ElementsAre("none", "wrong-port"));
  auto text = submits(push);
  text.resize(1);
  text[0].esm_class = 0;
  text[0].data_coding = 0;
  text[0].short_message = {std::byte{'h'}, std::byte{'i'}};
  give(text);
  EXPECT_EQ(phones.summary().texts, 1U);
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(PhonesTest, SayWhatIsWrong) {
  read(kLine);
  phones.expect(wbxml::read_xml(kXml).value());
  const Octets body = wbxml_of(kXml);
  Octets flipped = push_of(body, kImsi);
  flipped.back() ^= std::byte{1};
  const Octets other = wbxml_of(
      "<wap-provisioningdoc><characteristic type=\"BOOTSTRAP\"/>"
      "</wap-provisioningdoc>");
  Octets cut(body.begin(), body.end() - 20);
  si_sl::SegmentOptions port;
  port.destination_port = 9200;
  const Octets noise(20, std::byte{0xFF});
  give(submits(push_of(body, "001010123456780"), kNumber, 1));
  give(submits(flipped, kNumber, 2));
  give(submits(push_of(other, kImsi), kNumber, 3));
  give(submits(push_of(cut, kImsi), kNumber, 4));
  give(submits(push_of(body, kImsi), kNumber, 5, port));
  give(submits(push_of(body, kImsi, 255), kNumber, 6));
  give(submits(push_of(body, kImsi, 1), kNumber, 7));
  give(submits(push_of(body, kImsi, 3), kNumber, 8));
  give(submits(push_of(body, kImsi, 0, 0x03), kNumber, 9));
  give(submits(noise, kNumber, 10));
  auto bad_udh = submits(noise);
  bad_udh[0].short_message[0] = std::byte{0xFF};
  give(bad_udh);
  auto conflict = submits(push_of(body, kImsi), kNumber, 11);
  conflict.resize(1);
  give(conflict);
  conflict[0].short_message.back() ^= std::byte{1};
  give(conflict);
  EXPECT_THAT(told, ElementsAre("wrong-mac", "wrong-mac", "other-document", "bad-document",
                                "wrong-port", "unsigned", "no-secret", "no-secret", "wrong-type",
                                "bad-push", "bad-part", "bad-part"));
  const auto summary = phones.summary();
  EXPECT_EQ(summary.failed, 12U);
  EXPECT_EQ(summary.verified, 0U);
  EXPECT_EQ(summary.incomplete, 1U);
  EXPECT_THAT(to_json(summary), HasSubstr(R"("wrong-mac":2)"));
  EXPECT_EQ(to_json(summary).find(std::string(kImsi)), std::string::npos);
}

TEST_F(PhonesTest, CountWhatIsMissingAndWhatComesAgain) {
  read(kLine + "358409999999,001010123456780\n");
  const auto parts = submits(push_of(wbxml_of(kXml), kImsi));
  give({parts[0], parts[2], parts[2]});
  EXPECT_EQ(phones.summary().incomplete, 1U);
  EXPECT_EQ(phones.summary().duplicate_parts, 1U);
  give({parts[1]});
  EXPECT_EQ(phones.summary().incomplete, 0U);
  EXPECT_EQ(phones.summary().verified, 1U);
  give({parts[0]});  // a repetition is nothing unfinished
  EXPECT_EQ(phones.summary().incomplete, 0U);
  EXPECT_EQ(phones.summary().duplicate_parts, 2U);
  give({parts[1], parts[2]});
  EXPECT_THAT(told, ElementsAre("none", "none+again"));
  EXPECT_EQ(phones.summary().duplicates, 1U);
  EXPECT_EQ(phones.summary().verified, 1U);
}

TEST_F(PhonesTest, RefuseANumberThatIsNotTheirs) {
  read(kLine);
  const auto parts = submits(push_of(wbxml_of(kXml), kImsi), "358400000000");
  EXPECT_EQ(phones.take(deliver(parts[0]), kNow), 0x0BU);
  EXPECT_EQ(phones.summary().unknown_numbers, 1U);
}

TEST_F(PhonesTest, TakeUserPinAndUserPinMac) {
  read(kLine.substr(0, kLine.size() - 1) + ",1234\n358409999999,,\n");
  const Octets body = wbxml_of(kXml);
  signer::BootstrapSigner signer;
  const UserPin pin = UserPin::parse("1234").value();
  const auto mac = signer.mac(signer::Security::USERPIN, nullptr, &pin, body).value();
  si_sl::PushHeaders headers;
  headers.SEC = 1;
  headers.MAC = {mac.data(), mac.size()};
  Octets push;
  ASSERT_TRUE(si_sl::write_push(1, headers, body, push));
  give(submits(push));
  const Secret code = signer.userpinmac_code(UserPin::parse("1234567").value(), body).value();
  Phone third;
  third.pin = code;
  ASSERT_TRUE(phones.add(Msisdn::parse("358407777777").value(), std::move(third)));
  headers.SEC = 3;
  headers.MAC = {};
  push.clear();
  ASSERT_TRUE(si_sl::write_push(1, headers, body, push));
  give(submits(push, "358407777777"));
  EXPECT_THAT(told, ElementsAre("none", "none"));
}

TEST_F(PhonesTest, FillTheExpectedDocumentPerPhone) {
  read(
      "number,imsi,apn\n+358401234567,001010123456789,a.example\n"
      "+358401234568,001010123456789,b.example\n");
  const std::string form =
      "<wap-provisioningdoc><characteristic type=\"NAPDEF\"><parm name=\"NAP-ADDRESS\" "
      "value=\"${apn}\"/><parm name=\"NAME\" value=\"$${x} 5$ ${none}\"/></characteristic>"
      "</wap-provisioningdoc>";
  const std::string got =
      "<wap-provisioningdoc><characteristic type=\"NAPDEF\"><parm name=\"NAP-ADDRESS\" "
      "value=\"a.example\"/><parm name=\"NAME\" value=\"${x} 5$ ${none}\"/></characteristic>"
      "</wap-provisioningdoc>";
  phones.expect(wbxml::read_xml(form).value());
  const Octets push = push_of(wbxml_of(got), kImsi);
  give(submits(push, "358401234567"));
  give(submits(push, "+358401234568"));
  EXPECT_THAT(told, ElementsAre("none", "other-document"));
}

TEST(PhonesFile, NamesLineAndFieldOfAMistakeAndNeverAValue) {
  const struct {
    std::string lines, where;
  } cases[] = {
      {"358401234567,00101012345678x\n", "phones:1: "},
      {"358401234567,001010123456789\nnobody,001010123456789\n", "phones:2: "},
      {"358401234567,001010123456789,12ab\n", "field pin"},
      {"358401234567,001010123456789,1,x\n", "header row"},
      {"number,imsi,imsi\n", "stands twice"},
      {"number,imsi\n1,2,3\n", "has 3 fields"},
      {"358401234567,\"001010123456789\n", "ends inside a quoted field"},
  };
  for (const auto& c : cases) {
    Phones phones({});
    std::istringstream in(c.lines);
    const auto read = phones.read(in, "phones");
    ASSERT_FALSE(read) << c.lines;
    EXPECT_THAT(to_string(read.error()), HasSubstr(c.where));
    EXPECT_EQ(to_string(read.error()).find("0010101234"), std::string::npos);
  }
  Phones::Options few;
  few.most_phones = 1;
  Phones phones(few);
  std::istringstream in("1,001010123456789\n2,001010123456789\n");
  EXPECT_FALSE(phones.read(in, "phones"));
}

TEST(PhonesProperty, EverySingleOctetCorruptionFailsOrIsRefusedAndNeverCrashes) {
  const auto parts = submits(push_of(wbxml_of(kXml), kImsi));
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (std::size_t i = 0; i < parts[part].short_message.size(); ++i) {
      Phones phones({});
      std::istringstream in(kLine);
      ASSERT_TRUE(phones.read(in, "phones"));
      auto spoiled = parts;
      spoiled[part].short_message[i] ^= std::byte{0x55};
      for (const auto& pdu : spoiled) static_cast<void>(phones.take(deliver(pdu), kNow));
      // Spared: the source port and reference of the header, the WSP transaction id and MAC case.
      const auto s = phones.summary();
      EXPECT_LE(s.verified, 1U);
      EXPECT_TRUE(i <= 30 || s.verified == 0) << part << "/" << i;
    }
    for (std::size_t size = 0; size < parts[part].short_message.size(); ++size) {
      Phones phones({});
      std::istringstream in(kLine);
      ASSERT_TRUE(phones.read(in, "phones"));
      auto cut = parts;
      cut[part].short_message.resize(size);
      for (const auto& pdu : cut) static_cast<void>(phones.take(deliver(pdu), kNow));
      EXPECT_EQ(phones.summary().verified, 0U) << part << "/" << size;
    }
  }
}

}  // namespace
}  // namespace cpgw::gateway::simulators
