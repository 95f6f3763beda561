// cpgw encode: what goes together, what is refused and with which status.
#include <gmock/gmock.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/encode_usage.h"
#include "tests/unit/gateway_cli/encode_lines.h"

namespace cpgw::gateway::cli {
namespace {

using test::document;
using test::encode;
using test::good;
using test::kDocument;
using test::kNumber;
using test::Ran;
using test::run_line;
using test::Words;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

EncodeCommand netwpin(const std::string& as) {
  EncodeCommand command;
  command.content.file = kDocument;
  command.as = as;
  command.security = {"netwpin", "244051234567890", "", "", ""};
  command.number = as == "tpdu" ? kNumber : "";
  return command;
}
Ran encode(const EncodeCommand& command, const std::string& input = {}) {
  test::CommandIo io(input);
  const int status = run(command, io.io);
  return {status, io.out.str(), io.err.str()};
}

TEST(Encode, HasAFormForWhateverIsHandedOver) {
  for (const std::string_view form : hand_over_forms())
    EXPECT_THAT(encode_forms(), testing::Contains(form));
}

TEST(Encode, RefusesAnOptionThatDoesNothingForTheForm) {
  struct Case {
    Words option;
    const char* forms;  ///< it goes with
  };
  const Case cases[] = {
      {{"--to", "json"}, " wbxml push sms tpdu deliver cdma "},
      {{"--ref", "7"}, " sms tpdu deliver gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--wide-reference"},
       " sms tpdu deliver gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--order", "ports-first"},
       " sms tpdu deliver gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--data-coding", "4"},
       " sms tpdu deliver gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--header", "X-Trial: 7"},
       " push sms tpdu deliver cdma gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--tid", "1"},
       " push sms tpdu deliver cdma gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--application-id", "4"},
       " push sms tpdu deliver cdma gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
      {{"--from", "12345"}, " deliver kannel-url jasmin-json smpp-hex "},
      {{"--at", "2026-01-31T23:59:59Z"}, " deliver "},
      {{"--zone", "+02:00"}, " deliver "},
      {{"--validity", "1h"}, " tpdu at-cmgs "},
      {{"--validity-form", "relative"}, " tpdu at-cmgs "},
      {{"--single-shot"}, " tpdu at-cmgs "},
      {{"--status-report"}, " tpdu at-cmgs "},
      {{"--service-centre", "+12025550100"}, " tpdu deliver at-cmgs "},
      {{"--url", "http://a.example/?"}, " kannel-url "},
      {{"--output", "/nowhere/at/all"}, " gammu smstools "},
      {{"--repeat-ports"}, " cdma "},
      {{"--string-table"},
       " wbxml push sms tpdu deliver cdma gammu smstools kannel-url jasmin-json at-cmgs smpp-hex "},
  };
  for (const Case& one : cases) {
    for (const std::string_view form : encode_forms()) {
      Words line = good(std::string(form));
      line.insert(line.end(), one.option.begin(), one.option.end());
      const Ran ran = encode(line);
      SCOPED_TRACE(one.option[0] + " " + std::string(form) + ": " + ran.err);
      if (std::string_view(one.forms).find(" " + std::string(form) + " ") !=
          std::string_view::npos) {
        EXPECT_THAT(ran.err, Not(HasSubstr("does nothing")));
        continue;
      }
      EXPECT_EQ(ran.status, kUsage);
      EXPECT_EQ(ran.out, "");
      std::string first(one.forms + 1);
      first.resize(first.find(' '));
      EXPECT_THAT(ran.err, AllOf(HasSubstr(one.option[0]), HasSubstr("goes with " + first)));
    }
  }
}

TEST(Encode, RefusesAnOptionThatDoesNothingForTheContent) {
  const Words options[] = {{"--header", "X-Trial: 1"},

                           {"--tid", "2"},
                           {"--order", "ports-first"},
                           {"--data-coding", "4"},
                           {"--string-table"},
                           {"--stay-on-page"},
                           {"--wbxml-version", "2"},
                           {"--application-id", "2"}};
  for (const Words& option : options) {
    Words line{"--text", "hello", "--as", "sms"};
    line.insert(line.end(), option.begin(), option.end());
    const Ran ran = encode(line);
    EXPECT_EQ(ran.status, kUsage) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(option[0]));
  }
  const Words octets{"-",    "--type",        "application/vnd.syncml.dm+wbxml",
                     "--as", "push",          "--sec",
                     "none", "--string-table"};
  EXPECT_EQ(encode(octets, "0301").status, kUsage);
  Words class_of_a_push = good("sms");
  class_of_a_push.insert(class_of_a_push.end(), {"--message-class", "0"});
  EXPECT_EQ(encode(class_of_a_push).status, kUsage);
  for (const char* form : {"wbxml", "push", "cdma", "gammu", "smstools", "kannel-url"}) {
    Words line{"--text", "hello", "--as", form};
    if (std::string_view(form).size() > 5 || form[0] == 'g')
      line.insert(line.end(), {"--to-number", kNumber});
    const Ran ran = encode(line);
    EXPECT_EQ(ran.status, kUsage) << form << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("jasmin-json")) << form;
  }
}

TEST(Encode, TellsAMistakeInTheCommandFromOneInTheInput) {
  const auto with = [](Words line, const Words& more) {
    line.insert(line.end(), more.begin(), more.end());
    return line;
  };
  const std::string with_slot =
      "<wap-provisioningdoc version=\"1.0\"><characteristic type=\"NAPDEF\"><parm name=\"NAPID\" "
      "value=\"${file}\"/></characteristic></wap-provisioningdoc>";
  const test::TemporaryFolder folder;
  struct Case {
    Words words;
    int status;
  };
  const Words slot{folder.write("slot.xml", with_slot), "--as", "wbxml"};
  const Case cases[] = {
      {{"--text", "", "--as", "sms"}, kUsage},
      {{}, kUsage},
      {{kDocument, "--type", "no/such"}, kUsage},
      {{kDocument, "--type", "text/vnd.wap.si"}, kMalformed},
      {with(good("sms"), {"--part-limit", "1"}), kMalformed},
      {{"/no/such/file"}, kMalformed},
      {{kDocument, "--as", "tpdu", "--sec", "none", "--to-number", "0401234567"}, kUsage},
      {{kDocument, "--as", "tpdu", "--sec", "none", "--to-number", "a"}, kUsage},
      {{kDocument, "--as", "push"}, kUsage},
      {{kDocument, "--as", "push", "--sec", "netwpin"}, kUsage},
      {{kDocument, "--as", "push", "--sec", "userpin", "--imsi", "244051234567890"}, kUsage},
      {with(good("kannel-url"), {"--data-coding", "0x15"}), kUsage},
      {with(good("smpp-hex"), {"--from", "far too long a name"}), kUsage},
      {with(good("sms"), {"--data-coding", "0"}), kUsage},
      {slot, kMalformed},
      {with(slot, {"--slot-type", "file=digits"}), kUsage},
      {with(slot, {"--slot-type", "file=digits:9", "--slot", "file=a"}), kUsage},
      {with(slot, {"--slot", "file=a", "--slot-type", "none=text", "--slot", "none=b"}),
       kMalformed},
      {with(slot, {"--slot", "file=a"}), kDone},
  };
  for (const Case& one : cases) {
    const Ran ran = encode(one.words);
    EXPECT_EQ(ran.status, one.status) << testing::PrintToString(one.words) << ran.err;
    EXPECT_EQ(ran.out.empty(), one.status != kDone);
  }
  EXPECT_THAT(encode({"--text", "", "--as", "sms"}).err, HasSubstr("the text is empty"));
}

TEST(Encode, RefusesWhatDoesNotGoTogether) {
  const auto changed = [](const std::string& as, auto change) {
    EncodeCommand command = netwpin(as);
    change(command);
    return encode(command);
  };
  using E = EncodeCommand;
  EXPECT_EQ(changed("wbxml", [](E&) {}).status, kUsage);
  EXPECT_EQ(changed("wbxml", [](E& c) { c.security.sec.clear(); }).status, kUsage);
  EXPECT_EQ(changed("push", [](E& c) { c.security = {}; }).status, kUsage);
  EXPECT_EQ(changed("tpdu", [](E& c) { c.number.clear(); }).status, kUsage);
  EXPECT_EQ(changed("tpdu", [](E& c) { c.number = "x"; }).status, kUsage);
  EXPECT_EQ(changed("sms", [](E& c) { c.part_limit = 1; }).status, kMalformed);
  EXPECT_EQ(changed("push", [](E& c) { c.content.file = "/no/such/file"; }).status, kMalformed);
  EXPECT_EQ(changed("push", [](E& c) { c.security.imsi = "24405123456789x"; }).status, kUsage);
  EncodeCommand input = netwpin("push");
  input.content.file = "-";
  for (const char* xml : {"", "<", "<html/>", "\xFF\xFE", "0306"})
    EXPECT_EQ(encode(input, xml).status, kMalformed) << xml;
}

TEST(Encode, AddsHeadersInTheFormOfTheirName) {
  struct Case {
    const char* header;
    std::string octets;  ///< WAP-230-WSP 8.4.2
    const char* shown;   ///< by decode
  };
  const Case cases[] = {
      {"X-Wap-Initiator-URI: http://a.example/",
       "b1" + to_hex(as_octets("http://a.example/")) + "00", "http://a.example/"},
      {"push-flag:1", "b481", "Push-Flag"},
      {"Bearer-Indication: 0xFF", "b301ff", "Bearer-Indication"},
      {"Content-Length: 4294967295", "8d04ffffffff", "4294967295"},
      {"X-Wap-Tod: 2026-01-31T23:59:59Z", "bf04697e977f", "2026-01-31T23:59:59"},
      {"Encoding-Version: 1.2", "c392", "1.2"},
      {"Encoding-Version: 3", "c3bf", "Encoding-Version"},
      {"X-Trial:  a: b ", to_hex(as_octets("X-Trial")) + "00" + to_hex(as_octets("a: b")) + "00",
       "a: b"},
      {"From:", "9500", "From"},
  };
  const std::string plain = encode(good("push")).out;
  for (const Case& one : cases) {
    SCOPED_TRACE(one.header);
    Words line = good("push");
    line.insert(line.end(), {"--header", one.header, "--header", "X-Last: z"});
    const Ran ran = encode(line);
    ASSERT_EQ(ran.status, kDone) << ran.err;
    // One octet of the length of headers grows.
    EXPECT_THAT(ran.out, HasSubstr("b6" + one.octets + to_hex(as_octets("X-Last")) + "007a00" +
                                   plain.substr(8)));
    EXPECT_THAT(run_line({"decode", "-", "--to", "json"}, ran.out).out, HasSubstr(one.shown));
    EXPECT_EQ(run_line({"decode", "-"}, ran.out).out, document());
  }
}

TEST(Encode, NamesTheHeaderItCannotWrite) {
  const std::pair<const char*, const char*> wrong[] = {
      {"X-Trial", "NAME: VALUE"},
      {": 1", "NAME: VALUE"},
      {"", "--header"},
      {"X Trial: 1", "token"},
      {"Push-Flag: one", "Push-Flag"},
      {"Push-Flag: 4294967296", "Push-Flag"},
      {"Push-Flag: -1", "Push-Flag"},
      {"Push-Flag:", "Push-Flag"},
      {"Date: tomorrow", "Date"},
      {"Date:", "Date"},
      {"Date: 2106-02-07T06:28:16Z", "--header"},
      {"Encoding-Version: 8.1", "--header"},
      {"Encoding-Version: 1.15", "--header"},
      {"Encoding-Version: 1.", "--header"},
      {"Encoding-Version: a", "--header"},
      {"Cache-Control: no-cache", "Cache-Control"},
      {"Content-Type: text/plain", "--type"},
      {"x-wap-application-id: 4", "--application-id"},
      {"X-Trial: a\nb", "control"},
  };
  for (const auto& [header, named] : wrong) {
    Words line = good("push");
    line.insert(line.end(), {"--header", header});
    const Ran ran = encode(line);
    EXPECT_EQ(ran.status, kUsage) << header;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(named)) << header;
  }
}

TEST(Encode, GivesTheCodeOfUserpinmacOnlyToThePersonAndToJson) {
  EncodeCommand command = netwpin("push");
  command.security = {"userpinmac", "", "", "", ""};
  const Ran made = encode(command);
  EXPECT_EQ(made.status, kDone);
  EXPECT_THAT(made.err, HasSubstr("code for the user: "));
  command.to = "json";
  const Ran json = encode(command);
  EXPECT_THAT(json.out, HasSubstr(R"("code":")"));
  EXPECT_EQ(json.err, "");
}

}  // namespace
}  // namespace cpgw::gateway::cli
