// cpgw decode: against the vectors, against cpgw encode, and against bad input.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "gateway/cli/commands.h"
#include "tests/unit/gateway_cli/command_io.h"
#include "tests/unit/si_sl/vector_file.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::cli {
namespace {

using testing::HasSubstr;

const std::string kDocument = CPGW_VECTORS "/wsp/document.xml";

struct Ran {
  int status = 0;
  std::string out, err;
};

Ran decode(const std::string& input, const std::string& from = "auto",
           const std::string& to = "xml") {
  test::CommandIo io(input);
  DecodeCommand command;
  command.from = from;
  command.to = to;
  const int status = run(command, io.io);
  return {status, io.out.str(), io.err.str()};
}

EncodeCommand netwpin(const std::string& as) {
  EncodeCommand command;
  command.content.file = kDocument;
  command.as = as;
  command.security = {"netwpin", "244051234567890", "", "", ""};
  command.number = as == "tpdu" ? "+12025550123" : "";
  return command;
}

Ran encode(const EncodeCommand& command, const std::string& input = {}) {
  test::CommandIo io(input);
  const int status = run(command, io.io);
  return {status, io.out.str(), io.err.str()};
}

std::string document() {
  test::CommandIo io;
  return read_input(io.io, kDocument).value_or("");
}

/// The vectors that carry the document, by id.
std::vector<cpgw::test::Vector> pushes_of_the_document() {
  auto vectors = cpgw::test::read_vectors("wsp/pushes.txt");
  std::erase_if(vectors, [](const auto& v) { return !v.text("id").starts_with("prov-"); });
  return vectors;
}

std::string lines(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& line : all) text += line + "\n";
  return text;
}

TEST(Decode, ReadsEveryFormOfTheVectors) {
  const std::string xml = document();
  for (const auto& vector : pushes_of_the_document()) {
    for (const std::string from : {"auto", "named"}) {
      const auto as = [&](const char* form) { return from == "auto" ? "auto" : form; };
      EXPECT_EQ(decode(vector.text("push"), as("push")).out, xml) << vector.text("id");
      EXPECT_EQ(decode(lines(vector.all("part")), as("sms")).out, xml) << vector.text("id");
      for (const char* direction : {"submit", "deliver"}) {
        auto tpdus = vector.all(direction);
        if (tpdus.empty()) continue;
        const Ran ran = decode(lines(tpdus), as("tpdu"));
        EXPECT_EQ(ran.out, xml) << vector.text("id") << " " << direction << " " << ran.err;
        std::ranges::reverse(tpdus);
        EXPECT_EQ(decode(lines(tpdus), as("tpdu")).out, xml) << "last part first";
      }
    }
  }
}

TEST(Decode, ReadsTheSettingsThatKannelSends) {
  int seen = 0;
  for (const auto& vector : cpgw::test::read_vectors("kannel/sendota.txt")) {
    if (vector.has("fault")) continue;
    std::string xml;
    for (const std::string& line : vector.all("text")) xml += line + "\n";
    const Ran ran = decode(lines(vector.all("part")));
    EXPECT_EQ(ran.status, kDone) << vector.text("id") << ran.err;
    EXPECT_EQ(ran.out, wbxml::write_xml(wbxml::read_xml(xml).value())) << vector.text("id");
    ++seen;
  }
  EXPECT_GE(seen, 15);
}

TEST(Decode, TellsWhatATpduIs) {
  const auto vector = pushes_of_the_document().front();
  EXPECT_THAT(decode(lines(vector.all("deliver")), "auto", "json").out,
              HasSubstr(R"("type":"SMS-DELIVER","originator":"12025550199")"));
  EXPECT_THAT(decode(lines(vector.all("submit")), "auto", "json").out,
              HasSubstr(R"("type":"SMS-SUBMIT","destination":"12025550123")"));
}

TEST(Decode, UndoesEncode) {
  EncodeCommand bare = netwpin("wbxml");
  bare.security = {};
  EXPECT_EQ(decode(encode(bare).out).out, document());
  EXPECT_EQ(decode(encode(netwpin("push")).out).out, document());
  for (const char* as : {"sms", "tpdu"}) {
    EncodeCommand command = netwpin(as);
    for (const bool wide : {false, true}) {
      for (const char* order : {"ports-first", "concatenation-first"}) {
        command.wide_reference = wide;
        command.order = order;
        command.ref = wide ? 0xFFFF : 0xFF;
        const Ran made = encode(command);
        ASSERT_EQ(made.status, kDone) << as << made.err;
        const Ran ran = decode(made.out);
        EXPECT_EQ(ran.status, kDone) << as << ran.err;
        EXPECT_EQ(ran.out, document()) << as;
      }
    }
  }
}

TEST(Decode, GivesAValueOrAnErrorForEveryTruncation) {
  for (const char* as : {"push", "sms", "tpdu"}) {
    const std::string hex = encode(netwpin(as)).out;
    for (std::size_t digits = 0; digits + 1 < hex.size(); ++digits) {
      for (const char* from : {"auto", as}) {
        const Ran ran = decode(hex.substr(0, digits), from);
        EXPECT_EQ(ran.status, kMalformed) << as << " cut at " << digits;
        EXPECT_EQ(ran.out, "") << as << " cut at " << digits;
        EXPECT_THAT(ran.err, testing::StartsWith("cpgw: error: ")) << as << digits;
      }
    }
  }
}

TEST(Decode, GivesAValueOrAnErrorForEveryCorruption) {
  for (const char* as : {"push", "sms", "tpdu"}) {
    const std::string hex = encode(netwpin(as)).out;
    for (std::size_t at = 0; at < hex.size(); ++at) {
      if (hex[at] == '\n') continue;
      for (const char c : {'0', '7', 'f'}) {
        std::string changed = hex;
        changed[at] = c;
        const Ran ran = decode(changed, as, "json");
        EXPECT_TRUE(ran.status == kDone || ran.status == kMalformed) << as << " at " << at;
        EXPECT_EQ(ran.out.empty(), ran.status != kDone);
      }
    }
  }
}

TEST(Decode, SurvivesHostileInput) {
  std::mt19937 draw(1);
  std::string noise(100'000, 'x'), hex(1 << 20, '0'), short_lines, pdus, empty_headers;
  for (char& c : noise) c = static_cast<char>(draw());
  for (int i = 0; i < 30'000; ++i) short_lines += "00\n";
  for (int i = 0; i < 11'000; ++i) pdus += "00000010000000150000000000000001";
  for (int i = 0; i < 20'000; ++i)
    empty_headers +=
        "0500030102"
        "01\n";
  const std::string inputs[] = {"",
                                " \n\t ",
                                "0",
                                "zz",
                                noise,
                                hex,
                                std::string(1001, '0'),
                                std::string(1 << 20, 'f'),
                                short_lines,
                                empty_headers,
                                std::string(1000, '\0'),
                                "03"
                                "0b"
                                "6a"
                                "ffffffff7f",
                                "01061f7fffffff",
                                "0006"
                                "8f",
                                "ffffffff000000040000000000000001",
                                "0000000f0000000400000000"};
  for (const std::string& input : inputs) {
    for (const char* from : {"auto", "wbxml", "push", "sms", "tpdu", "smpp"}) {
      const Ran ran = decode(input, from);
      EXPECT_EQ(ran.status, kMalformed) << from << ": " << input.substr(0, 40);
      EXPECT_LT(ran.err.size(), 1000u);
    }
  }
  const Ran many = decode(pdus, "smpp");
  EXPECT_EQ(many.status, kMalformed);
  EXPECT_THAT(many.err, HasSubstr("10000"));
}

TEST(Decode, TellsTheFieldsOfEverySmppPduButPasswords) {
  // bind_transceiver of "id" with the password "hush".
  const Ran ran = decode(
      "0000001d000000090000000000000001"
      "696400"
      "6875736800"
      "00"
      "34"
      "00"
      "00"
      "00",
      "smpp", "json");
  ASSERT_EQ(ran.status, kDone) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(R"("system_id":"id")"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("hush")));
}

TEST(Decode, ReadsAMessageInMessagePayload) {
  const std::string push = encode(netwpin("push")).out;
  // data_sm without a user data header, the whole push in message_payload (0424).
  const std::string value = push.substr(0, push.size() - 1);
  const std::string body =
      "00"
      "0101"
      "3100"
      "0101"
      "3200"
      "00"
      "00"
      "04";
  char head[64];
  const std::size_t octets = 16 + body.size() / 2 + 4 + value.size() / 2;
  std::snprintf(head, sizeof head, "%08zx000001030000000000000001", octets);
  char tlv[32];
  std::snprintf(tlv, sizeof tlv, "0424%04zx", value.size() / 2);
  const Ran ran = decode(head + body + tlv + value);
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(ran.out, document());
}

TEST(Decode, WarnsOfWhatFollowsTheFirstMessage) {
  const std::string parts = encode(netwpin("sms")).out;
  const Ran ran = decode(parts + parts);
  EXPECT_EQ(ran.out, document());
  EXPECT_THAT(ran.err, HasSubstr("2 more parts"));
}

TEST(Decode, WritesJsonWhateverAPeerPutsIntoText) {
  // An SMS-DELIVER whose alphanumeric originator is escape characters only, then content type text
  // that is not UTF-8.
  const Ran ran = decode(
      "0106"
      "04"
      "fffe80"
      "00"
      "aa",
      "push", "json");
  if (ran.status == kDone) {
    EXPECT_TRUE(std::ranges::all_of(ran.out, [](char c) {
      return c == '\n' || (c >= 32 && c < 127);
    })) << ran.out;
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
