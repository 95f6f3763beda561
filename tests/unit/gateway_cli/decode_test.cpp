// cpgw decode: detection, texts, reports, notifications, and messages that are not right.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/cli/commands.h"
#include "si_sl/cdma_wdp.h"
#include "si_sl/text.h"
#include "si_sl/tpdu.h"
#include "tests/unit/gateway_cli/command_io.h"
#include "tests/unit/si_sl/vector_file.h"
#include "tests/unit/wbxml/vectors.h"

namespace cpgw::gateway::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

struct Ran {
  int status = 0;
  std::string out, err;
};

Ran decode(const DecodeCommand& command, const std::string& input) {
  test::CommandIo io(input);
  const int status = run(command, io.io);
  return {status, io.out.str(), io.err.str()};
}
Ran decode(const std::string& input, const std::string& from = "auto",
           const std::string& to = "xml", int data_coding = -1) {
  DecodeCommand command;
  command.from = from;
  command.to = to;
  command.data_coding = data_coding;
  return decode(command, input);
}

json::object told(const std::string& input, const std::string& from = "auto",
                  int data_coding = -1) {
  const Ran ran = decode(input, from, "json", data_coding);
  EXPECT_EQ(ran.status, kDone) << ran.err;
  return ran.status == kDone ? json::parse(ran.out).as_object() : json::object();
}
json::object layer(const json::object& all, std::string_view name) {
  for (const json::value& one : all.at("layers").as_array()) {
    if (one.at("layer").as_string() == name) return one.as_object();
  }
  ADD_FAILURE() << "no layer " << name << " in " << json::serialize(all);
  return {};
}

std::string lines(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& line : all) text += line + "\n";
  return text;
}

/// A text as a form of lines.
std::string text_as(const std::string& form, std::string_view text,
                    const si_sl::TextOptions& options = {}) {
  std::vector<si_sl::Part> parts;
  EXPECT_TRUE(si_sl::segment_text(text, 0x1234, options, parts));
  std::string all;
  for (const si_sl::Part& part : parts) {
    Octets octets;
    if (form == "sms") {
      octets.assign(part.whole().begin(), part.whole().end());
    } else if (form == "submit") {
      EXPECT_TRUE(
          write_submit(si_sl::submit_of(part, {si_sl::kInternationalNumber, "123"}), octets));
    } else {
      const auto at = si_sl::timestamp_from(WallTime{std::chrono::hours(24 * 365 * 50)});
      if (form == "at-pdu") {
        EXPECT_TRUE(
            si_sl::write_service_centre({si_sl::kInternationalNumber, "447785016005"}, octets));
      }
      EXPECT_TRUE(
          write_deliver(si_sl::deliver_of(part, {si_sl::kAlphanumeric, "Bank"}, *at), octets));
    }
    all += to_hex(octets) + "\n";
  }
  return all;
}

constexpr std::string_view kTexts[] = {
    "a", "1234567", "12345678", "[a] costs 5 €", "Привет", "two\nlines", "an emoji \U0001F600"};

std::string of(std::string_view text) { return std::string(text) + "\n"; }

TEST(DecodeText, ReadsTpdusAndWhatModemsTake) {
  for (const std::string_view text : kTexts) {
    for (const bool wide : {false, true}) {
      std::string repeated;
      for (int i = 0; i < 40; ++i) repeated += text;
      for (const std::string& whole : {std::string(text), repeated}) {
        const si_sl::TextOptions options{.wide_reference = wide, .part_limit = 255};
        for (const char* form : {"submit", "deliver", "at-pdu"}) {
          const std::string as = std::string(form) == "at-pdu" ? "at-pdu" : "tpdu";
          const std::string input = text_as(form, whole, options);
          EXPECT_EQ(decode(input, as).out, of(whole)) << form;
          const Ran found = decode(input);
          EXPECT_EQ(found.out, of(whole)) << form << " " << found.err;
          EXPECT_EQ(found.err, "") << "a text needs no port";
        }
      }
    }
  }
}

TEST(DecodeText, ReadsPartsWhoseCodingIsNamed) {
  for (const std::string_view text : kTexts) {
    std::string repeated;
    for (int i = 0; i < 40; ++i) repeated += text;
    for (const std::string& whole : {std::string(text), repeated}) {
      const si_sl::TextOptions options{.part_limit = 255};
      const int coding =
          si_sl::text_parts(whole, options)->alphabet == si_sl::Alphabet::ucs2 ? 8 : 0;
      EXPECT_EQ(decode(text_as("sms", whole, options), "sms", "xml", coding).out, of(whole));
      EXPECT_EQ(decode(text_as("sms", whole, options), "auto", "xml", coding).out, of(whole));
    }
  }
  EXPECT_EQ(decode("61", "push", "xml", 0).status, kUsage);
}

TEST(DecodeText, TellsAlphabetAndClass) {
  const auto all = told(text_as("deliver", "Hello", {.message_class = std::uint8_t{0}}));
  EXPECT_EQ(all.at("text"), "Hello");
  EXPECT_EQ(all.at("from"), "tpdu");
  EXPECT_EQ(layer(all, "text").at("alphabet"), "gsm7");
  EXPECT_EQ(layer(all, "text").at("message_class"), 0);
  EXPECT_EQ(layer(all, "tpdu").at("originator"), "Bank");
  EXPECT_FALSE(all.contains("defects"));
  EXPECT_EQ(layer(told(text_as("at-pdu", "Hello")), "at-pdu").at("service_centre"), "447785016005");
}

TEST(DecodeText, NeverActsOnATerminal) {
  test::CommandIo io(text_as("submit", "a\x1b[2Jb\nc", {.alphabet = si_sl::Alphabet::ucs2}));
  Io terminal{io.in, io.out, io.err, io.io.environment, io.clock, io.random, true, true, {}};
  EXPECT_EQ(run(DecodeCommand{}, terminal), kDone);
  EXPECT_EQ(io.out.str(), "a?[2Jb\nc\n");
}

/// A submit_sm or deliver_sm of short_message.
std::string pdu(unsigned command, unsigned esm_class, unsigned data_coding, const std::string& hex,
                const std::string& tlvs = {}) {
  char head[64], body[64];
  std::snprintf(body, sizeof body, "000101310001013200%02x000000000000%02x00%02zx", esm_class,
                data_coding, hex.size() / 2);
  const std::string rest = body + hex + tlvs;
  std::snprintf(head, sizeof head, "%08zx%08x0000000000000001", 16 + rest.size() / 2, command);
  return head + rest + "\n";
}

TEST(DecodeText, ReadsShortMessagesAsSmppHasThem) {
  EXPECT_EQ(decode(pdu(4, 0, 0, to_hex(as_octets("Hi\x1b\x65")))).out, "Hi€\n");
  EXPECT_EQ(decode(pdu(4, 0, 0xF0, "00")).out, "@\n");
  EXPECT_EQ(decode(pdu(4, 0, 1, "40")).out, "@\n");
  EXPECT_EQ(decode(pdu(4, 0, 3, "e4")).out, "ä\n");
  EXPECT_EQ(decode(pdu(4, 0, 8, "041f")).out, "П\n");
  EXPECT_EQ(decode(pdu(4, 0, 6, "b0")).status, kMalformed) << "ISO 8859-5 is not read";
  EXPECT_EQ(decode(pdu(4, 0x40, 0,
                       "0500032a0202"
                       "42") +
                   pdu(4, 0x40, 0,
                       "0500032a0201"
                       "41"))
                .out,
            "AB\n");
  const std::string sar = "020c00021234020e000102020f0001";
  EXPECT_EQ(decode(pdu(4, 0, 0, "42", sar + "02") + pdu(4, 0, 0, "41", sar + "01")).out, "AB\n");
}

TEST(DecodeText, IsForWhateverPortButThoseOfWap) {
  const std::string to_5016 =
      "0605041398"
      "0000";
  EXPECT_EQ(decode(pdu(4, 0x40, 0, to_5016 + "4869")).out, "Hi\n");
  const Ran data = decode(pdu(4, 0x40, 4, to_5016 + "4869"));
  EXPECT_EQ(data.out, "4869\n");
  EXPECT_THAT(data.err, HasSubstr("2 octets for port 5016"));
  EXPECT_EQ(decode(pdu(4, 0x40, 4,
                       "0605040b840000"
                       "4869"))
                .status,
            kMalformed);
  // 7-bit text in an SMS-SUBMIT: the header's 7 octets are 8 septets.
  EXPECT_EQ(decode("41000391214300000a"
                   "0605041398"
                   "0000"
                   "c834")
                .out,
            "Hi\n");
}

TEST(DecodeText, ShowsWhatAReceiptSays) {
  const auto all = told(pdu(5, 4, 0, to_hex(as_octets("id:1 stat:DELIVRD"))));
  EXPECT_EQ(layer(all, "smpp").at("text"), "id:1 stat:DELIVRD");
  EXPECT_FALSE(all.contains("text"));
}

TEST(DecodeSmpp, JoinsPartsByTheirOptionalParameters) {
  std::string both, xml;
  std::ifstream in(CPGW_VECTORS "/smpp/pdus.txt");
  int seen = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, hex;
    words >> name >> hex;
    if (name.starts_with("submit_sm_tlv_ports_sar_")) both += hex + "\n", ++seen;
    if (name == "submit_sm_message_payload_tlv_ports") xml = decode(hex).out;
  }
  ASSERT_EQ(seen, 2);
  const Ran ran = decode(both);
  EXPECT_THAT(ran.out, HasSubstr("wap-provisioningdoc"));
  EXPECT_EQ(ran.out, xml);
  EXPECT_EQ(ran.err, "");
}

TEST(Detect, FindsTheFormOfEveryPushVector) {
  for (const auto& vector : cpgw::test::read_vectors("wsp/pushes.txt")) {
    const auto found = [](const std::string& input) {
      const auto all = told(input);
      return all.empty() ? std::string() : std::string(all.at("from").as_string());
    };
    EXPECT_EQ(found(vector.text("push")), "push") << vector.text("id");
    if (vector.has("part")) {
      EXPECT_EQ(found(lines(vector.all("part"))), "sms") << vector.text("id");
    }
    for (const char* direction : {"submit", "deliver"}) {
      if (!vector.has(direction)) continue;
      EXPECT_EQ(found(lines(vector.all(direction))), "tpdu") << vector.text("id") << direction;
      std::string with_centre;
      for (const std::string& line : vector.all(direction))
        with_centre += "07914477580610F5" + line + "\n";
      EXPECT_EQ(found(with_centre), "at-pdu") << vector.text("id") << direction;
    }
    std::vector<Octets> segments;
    for (const bool repeat_ports : {false, true}) {
      ASSERT_TRUE(si_sl::cut_wdp(vector.octets("push"), {.repeat_ports = repeat_ports}, segments));
      std::string all;
      for (const Octets& segment : segments) all = to_hex(segment) + "\n" + all;
      EXPECT_EQ(found(all), "cdma") << vector.text("id");
      EXPECT_EQ(decode(all).out, decode(vector.text("push")).out);
    }
  }
}

TEST(Detect, FindsTheFormOfEveryTpdu) {
  for (const auto& vector : cpgw::test::read_vectors("wsp/tpdus.txt")) {
    for (const auto& [key, form] : {std::pair{"hex", "tpdu"}, {"at_pdu", "at-pdu"}}) {
      if (!vector.has(key)) continue;
      const Ran found = decode(vector.text(key)), named = decode(vector.text(key), form);
      EXPECT_EQ(found.status, named.status) << vector.text("id");
      EXPECT_EQ(found.out, named.out) << vector.text("id");
      EXPECT_EQ(found.err, named.err) << vector.text("id");
      if (vector.number("total") == 2) {
        EXPECT_THAT(found.err, HasSubstr("missing part " +
                                         std::to_string(3 - vector.number("number")) + " of 2"));
      }
    }
  }
}

TEST(Detect, FindsEveryDocument) {
  int seen = 0;
  for (const char* file :
       {"prov.vectors", "prov_read.vectors", "push.vectors", "push_read.vectors", "ota.vectors"}) {
    for (const auto& vector : wbxml::test::read_vectors(file)) {
      for (const auto& [kind, octets] : vector.forms) {
        const std::string hex = to_hex(octets);
        const Ran named = decode(hex, "wbxml", "json");
        if (named.status != kDone) continue;  // it needs what only a transport says
        EXPECT_EQ(decode(hex, "auto", "json").out, named.out) << vector.name << " " << kind;
        std::string wrapped;
        for (std::size_t at = 0; at < hex.size(); at += 32) wrapped += hex.substr(at, 32) + "\r\n";
        EXPECT_EQ(decode(wrapped, "auto", "json").out, named.out) << vector.name << " " << kind;
        ++seen;
      }
    }
  }
  EXPECT_GE(seen, 100);
  for (const auto& vector : wbxml::test::read_vectors("prov_refused.vectors")) {
    EXPECT_EQ(decode(to_hex(vector.octets())).status, kMalformed) << vector.name;
  }
}

TEST(Detect, FindsSmppAndDialoguesWithModems) {
  std::ifstream in(CPGW_VECTORS "/smpp/pdus.txt");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, hex;
    words >> name >> hex;
    if (line.empty() || name == "#" || name.starts_with("texts")) continue;
    EXPECT_EQ(decode(hex).out, decode(hex, "smpp").out) << name;
  }
  const std::string hello = text_as("at-pdu", "Hello");
  const std::string centre_known = "00" + text_as("submit", "Hello");
  EXPECT_EQ(decode("AT+CMGF=0\nAT+CMGS=13\n" + centre_known.substr(0, centre_known.size() - 1) +
                   "\x1a\n> \nOK\n")
                .out,
            "Hello\n");
  EXPECT_EQ(decode("\r\n+CMGL: 1,1,,24\r\n" + hello + "\r\nOK\r\n").out, "Hello\n");
}

TEST(DecodeTpdu, NamesWhatAStatusReportSays) {
  int seen = 0;
  for (const auto& vector : cpgw::test::read_vectors("wsp/tpdus.txt")) {
    if (vector.text("kind") != "status_report") continue;
    const auto tpdu = layer(told(vector.text("hex")), "tpdu");
    EXPECT_EQ(tpdu.at("type"), "SMS-STATUS-REPORT");
    EXPECT_EQ(tpdu.at("status"), vector.number("status", 16));
    EXPECT_EQ(tpdu.at("recipient"), json::value(vector.text("address")));
    EXPECT_EQ(tpdu.at("message_reference"), vector.number("message_reference"));
    std::string wanted = vector.text("class");
    std::ranges::replace(wanted, '_', '-');
    EXPECT_EQ(tpdu.at("status_class"), json::value(wanted)) << vector.text("id");
    EXPECT_EQ(tpdu.at("timestamp"), json::value(vector.text("timestamp").substr(0, 19) + ".000Z"));
    ++seen;
  }
  EXPECT_GE(seen, 8);
  EXPECT_THAT(decode("062a0c91534810325476621122410300006211224113500046").out,
              HasSubstr("validity period expired"));
}

cpgw::test::Vector push_vector(const std::string& id) {
  for (auto& vector : cpgw::test::read_vectors("wsp/pushes.txt")) {
    if (vector.text("id") == id) return vector;
  }
  ADD_FAILURE() << id;
  return {};
}

TEST(DecodePush, ListsEveryHeaderAndParameterByName) {
  const auto vector = push_vector("prov-userpin-tps-headers");
  const auto push = layer(told(vector.text("push")), "push");
  EXPECT_EQ(push.at("content_type_name"), "application/vnd.wap.connectivity-wbxml");
  const auto& parameters = push.at("parameters").as_array();
  ASSERT_EQ(parameters.size(), 3u);
  EXPECT_EQ(parameters[0].at("value"), "utf-8");
  EXPECT_EQ(parameters[1].at("name"), "SEC");
  EXPECT_EQ(parameters[2].at("value"), json::value(vector.text("MAC")));
  EXPECT_EQ(json::serialize(push.at("headers")),
            R"([{"name":"X-Wap-Application-Id","value":"x-wap-application:wml.ua"},)"
            R"({"name":"X-Wap-Initiator-URI","value":"http://tps.example/"},)"
            R"({"name":"Push-Flag","value":"3"}])");
  const auto si = layer(told(push_vector("si").text("push")), "push");
  EXPECT_EQ(si.at("headers").as_array()[0].at("name"), "X-Wap-Application-Id");
  EXPECT_EQ(si.at("headers").as_array()[0].at("value"), "x-wap-application:wml.ua");
  // A parameter and a header nobody has assigned, then one that came as text.
  const auto odd = layer(told("01060bae eb81 eb81 782d6100 7a00"
                              "02056a0045c60d0361636d65008503610007010359000101",
                              "push"),
                         "push");
  EXPECT_THAT(json::serialize(odd), HasSubstr(R"({"name":"0x6B","value":"1"})"));
  EXPECT_THAT(json::serialize(odd), HasSubstr(R"({"name":"x-a","value":"z"})"));
}

TEST(DecodePush, ShowsTheFieldsOfADmNotification) {
  for (const char* id : {"dm-notification", "dm-notification-value-length"}) {
    const auto vector = push_vector(id);
    const auto all = told(vector.text("push"));
    EXPECT_EQ(json::serialize(layer(all, "dm-notification")),
              R"({"layer":"dm-notification","octets":35,"version":"1.1","ui_mode":"background",)"
              R"("initiator":"server","session_id":500,"server_id":"srv.example","vendor":"",)"
              R"("digest":"7776a72345ec5a69f6c9b13d7e0e54ed"})");
    const Ran plain = decode(vector.text("push"));
    EXPECT_EQ(plain.out, to_hex(vector.octets("body")) + "\n");
    EXPECT_THAT(plain.err, HasSubstr("session 500, server srv.example"));
  }
  const std::string push = push_vector("dm-notification").text("push");
  const Ran cut = decode(push.substr(0, push.size() - 2), "push");
  EXPECT_EQ(cut.status, kMalformed);
  EXPECT_THAT(cut.err, HasSubstr("server-identifier"));
}

TEST(DecodeParts, OneMessageHasOneAlphabet) {
  // SMS-SUBMIT, parts 1 and 2 of 2 under reference 2A: UCS-2 "AB", then the 7-bit alphabet.
  const Ran mixed = decode(lines({"41000B912120550521F300080A0500032A020100410042",
                                  "41000B912120550521F30000090500032A0202C2E1"}));
  EXPECT_EQ(mixed.status, kMalformed);
  EXPECT_THAT(mixed.err, HasSubstr("one message has one alphabet"));
}

TEST(DecodeParts, ShowEveryElementOfTheirHeaderKnownOrNot) {
  const std::string part = "107F02AABB05040B8423F0080412340101" + push_vector("si").text("push");
  EXPECT_EQ(json::serialize(layer(told(lines({part}), "sms"), "sms").at("elements")),
            R"([{"id":127,"value":"aabb"},)"
            R"({"id":5,"name":"application ports, 16-bit","value":"0b8423f0"},)"
            R"({"id":8,"name":"concatenation, 16-bit reference","value":"12340101"}])");
}

TEST(DecodeParts, NamesEveryDefectOfAContradictoryMessage) {
  auto parts = push_vector("prov-userpin-tps-headers").all("part");
  ASSERT_EQ(parts.size(), 3u);
  const Ran incomplete = decode(parts[1] + "\n");
  EXPECT_EQ(incomplete.status, kMalformed);
  EXPECT_THAT(incomplete.err, HasSubstr("missing parts 1, 3 of 3 under reference 4660"));

  std::string other = parts[0];
  other.back() = other.back() == '0' ? '1' : '0';
  const Ran contradictory = decode(lines({parts[0], parts[0], other, parts[1]}));
  EXPECT_EQ(contradictory.status, kMalformed);
  EXPECT_THAT(contradictory.err, HasSubstr("error: line 2: part 1 of 3: repeated"));
  EXPECT_THAT(contradictory.err, HasSubstr("error: line 3: part 1 of 3: conflicting-repeat"));
  EXPECT_THAT(contradictory.err, HasSubstr("missing part 3 of 3"));

  const Ran whole = decode(lines({parts[0], other, parts[1], "0500032a0300", parts[2]}));
  EXPECT_EQ(whole.status, kDone) << whole.err;
  EXPECT_THAT(whole.err, HasSubstr("warning: line 2: part 1 of 3: conflicting-repeat"));
  EXPECT_THAT(whole.err, HasSubstr("warning: line 4: number-zero"));
  const auto all = told(lines({parts[0], other, parts[1], parts[2]}));
  EXPECT_EQ(json::serialize(all.at("defects").as_array()[0].at("defect")),
            R"("conflicting-repeat")");
}

TEST(DecodeParts, SaysThatAPushHasNoPort) {
  const std::string body = push_vector("si").text("push");
  const Ran ran = decode("0500032a0101" + body, "sms");
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("warning: line 1: missing-port"));
}

TEST(DecodeParts, TellsOfManyDefectsInFewLines) {
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many +=
        "0500030102"
        "00\n";
  const Ran ran = decode(many, "sms");
  EXPECT_EQ(ran.status, kMalformed);
  EXPECT_LT(ran.err.size(), 2000u);
  EXPECT_THAT(ran.err, HasSubstr("more like these"));
}

TEST(DecodeCdma, TellsWhichSegmentsAreMissing) {
  std::vector<Octets> segments;
  const auto vector = push_vector("prov-userpin-tps-headers");
  ASSERT_TRUE(si_sl::cut_wdp(vector.octets("push"), {.user_octets = 130}, segments));
  ASSERT_EQ(segments.size(), 3u);
  const Ran ran = decode(to_hex(segments[1]) + "\n", "cdma");
  EXPECT_EQ(ran.status, kMalformed);
  EXPECT_THAT(ran.err, HasSubstr("missing parts 1, 3 of 3"));
}

TEST(Decode, GivesAValueOrAnErrorForEveryTruncationAndCorruptionOfEveryForm) {
  std::vector<Octets> segments;
  const auto push = push_vector("dm-notification");
  ASSERT_TRUE(si_sl::cut_wdp(push.octets("push"), {}, segments));
  const std::pair<std::string, std::string> inputs[] = {
      {"cdma", to_hex(segments[0])},
      {"push", push.text("push")},
      {"at-pdu", text_as("at-pdu", "Hello [x]")},
      {"tpdu", "062a0c91534810325476621122410300006211224113500046"},
      {"tpdu", text_as("submit", "Привет")},
      {"sms", text_as("sms", "Hello")},
      {"smpp", pdu(4, 0, 0, "48656c6c6f", "020c00021234020e000101020f000101")}};
  for (const auto& [form, hex] : inputs) {
    const auto check = [&](const std::string& input) {
      for (const std::string& from : {std::string("auto"), form}) {
        for (const char* to : {"xml", "json"}) {
          const Ran ran = decode(input, from, to, from == "sms" ? 0 : -1);
          EXPECT_TRUE(ran.status == kDone || ran.status == kMalformed) << input;
          EXPECT_EQ(ran.out.empty(), ran.status != kDone) << input;
          if (ran.status == kDone && std::string(to) == "json") json::parse(ran.out);
        }
      }
    };
    for (std::size_t at = 0; at < hex.size(); ++at) {
      check(hex.substr(0, at));
      for (const char c : {'0', '7', 'f'}) {
        std::string changed = hex;
        if (changed[at] != '\n') changed[at] = c;
        check(changed);
      }
    }
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
