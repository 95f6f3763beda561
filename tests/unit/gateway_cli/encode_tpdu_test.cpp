// cpgw encode --as tpdu, deliver and at-cmgs: what a TPDU says besides its part.
#include <gmock/gmock.h>

#include <algorithm>

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

TEST(EncodeTpdu, DeliversFromWhoeverAtAnyTime) {
  struct Case {
    Words options;
    std::string originator, seven;  ///< as decode tells it; TP-SCTS
    std::string time;
  };
  const Case cases[] = {
      {{"--from", kNumber, "--at", "2026-01-31T23:59:59Z"},
       "12025550123",
       "62101332959500",
       "2026-01-31T23:59:59.000Z"},
      {{"--from", "12345", "--at", "2026-01-31T23:59:59Z", "--zone", "+02:00"},
       "12345",
       "62201010959580",
       "2026-01-31T23:59:59.000Z"},
      {{"--from", "Operator", "--at", "2099-12-31T23:59:59Z", "--zone", "-05:30"},
       "Operator",
       "9921138192952a",
       "2099-12-31T23:59:59.000Z"},
  };
  for (const Case& one : cases) {
    Words line{kDocument, "--as", "deliver", "--sec", "none"};
    line.insert(line.end(), one.options.begin(), one.options.end());
    const Ran ran = encode(line);
    ASSERT_EQ(ran.status, kDone) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("04" + one.seven)) << "after TP-DCS";
    const Ran json = run_line({"decode", "-", "--to", "json"}, ran.out);
    EXPECT_THAT(json.out, AllOf(HasSubstr("\"type\":\"SMS-DELIVER\",\"originator\":\"" +
                                          one.originator + "\""),
                                HasSubstr("\"timestamp\":\"" + one.time + "\"")));
    EXPECT_EQ(run_line({"decode", "-"}, ran.out).out, document());
  }
}

TEST(EncodeTpdu, DeliversNowWhereNoTimeIsGiven) {
  Words line = good("deliver");
  const Ran ran = encode(line);
  ASSERT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(run_line({"decode", "-"}, ran.out).out, document());
  const Ran text = encode({"--text", "hello", "--as", "deliver", "--from", "12345"});
  EXPECT_EQ(run_line({"decode", "-"}, text.out).out, "hello\n");
}

TEST(EncodeTpdu, NamesWhatIsWrongWithADelivery) {
  const Words wrong[] = {{"--from", "+"},
                         {"--from", "1234567890123456"},
                         {"--from", "twelve chars"},
                         {"--from", "Привет"},
                         {"--at", "1999-12-31T23:59:59Z"},
                         {"--at", "2100-01-01T00:00:00Z"},
                         {"--at", "tomorrow"},
                         {"--at", "2026-01-31T23:59:59.500Z"},
                         {"--zone", "+02:10"},
                         {"--zone", "+14:15"},
                         {"--zone", "02:00"},
                         {"--zone", "+2:00"},
                         {"--zone", "+00:75"},
                         {"--zone", "+aa:00"}};
  for (const Words& option : wrong) {
    Words line{kDocument, "--as", "deliver", "--sec", "none"};
    if (option[0] != "--from") line.insert(line.end(), {"--from", "12345"});
    line.insert(line.end(), option.begin(), option.end());
    const Ran ran = encode(line);
    EXPECT_EQ(ran.status, kUsage) << option[1];
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(option[0]));
  }
  EXPECT_THAT(encode({kDocument, "--as", "deliver", "--sec", "none"}).err,
              HasSubstr("--from is needed"));
}

TEST(EncodeTpdu, SubmitsWithEveryFormOfValidity) {
  struct Case {
    Words options;
    const char* first;     ///< octet of the TPDU
    const char* validity;  ///< after TP-DCS 04
  };
  const Case cases[] = {
      {{}, "41", ""},
      {{"--status-report"}, "61", ""},
      {{"--validity", "1"}, "51", "00"},
      {{"--validity", "300s"}, "51", "00"},
      {{"--validity", "301"}, "51", "01"},
      {{"--validity", "12h", "--validity-form", "relative"}, "51", "8f"},
      {{"--validity", "2d", "--status-report"}, "71", "a8"},
      {{"--validity", "63w"}, "51", "ff"},
      {{"--validity", "90m", "--validity-form", "enhanced"}, "49", "03100300000000"},
      {{"--validity", "255", "--validity-form", "enhanced"}, "49", "02ff0000000000"},
      {{"--validity", "255", "--single-shot"}, "49", "42ff0000000000"},
      {{"--validity", "7d", "--single-shot", "--validity-form", "enhanced"},
       "49",
       "41ad0000000000"},
      {{"--validity", "2026-01-31T23:59:59Z"}, "59", "62101332959500"},
      {{"--validity", "2026-01-31T23:59:59Z", "--validity-form", "absolute"},
       "59",
       "62101332959500"},
  };
  const std::string address = "0b912120550521f3";  // of --to-number
  for (const Case& one : cases) {
    SCOPED_TRACE(testing::PrintToString(one.options));
    Words line = good("tpdu");
    line.insert(line.end(), one.options.begin(), one.options.end());
    const Ran tpdu = encode(line);
    ASSERT_EQ(tpdu.status, kDone) << tpdu.err;
    EXPECT_TRUE(tpdu.out.starts_with(one.first + ("00" + address) + "0004" + one.validity + "8c"))
        << tpdu.out;
    EXPECT_EQ(run_line({"decode", "-"}, tpdu.out).out, document());
    std::replace(line.begin(), line.end(), std::string("tpdu"), std::string("at-cmgs"));
    const Ran modem = encode(line);
    EXPECT_THAT(modem.out, HasSubstr("\n00" + tpdu.out.substr(0, tpdu.out.find('\n')) + "\x1A"));
  }
}

TEST(EncodeTpdu, NamesWhatIsWrongWithAValidity) {
  struct Case {
    Words options;
    const char* named;
  };
  const Case cases[] = {
      {{"--validity", "0"}, "--validity"},
      {{"--validity", "64w"}, "--validity"},
      {{"--validity", "4294967295w"}, "--validity"},
      {{"--validity", "99999999999"}, "--validity"},
      {{"--validity", "5y"}, "--validity"},
      {{"--validity", "h"}, "--validity"},
      {{"--validity", "1.5h"}, "--validity"},
      {{"--validity", "1 h"}, "--validity"},
      {{"--validity", "-5"}, "--validity"},
      {{"--validity", "2026-01-31"}, "--validity"},
      {{"--validity", "1999-01-31T00:00:00Z"}, "--validity"},
      {{"--validity", "1h", "--validity-form", "absolute"}, "--validity-form"},
      {{"--validity", "2026-01-31T23:59:59Z", "--validity-form", "relative"}, "--validity-form"},
      {{"--validity", "2026-01-31T23:59:59Z", "--single-shot"}, "--single-shot"},
      {{"--validity", "1h", "--validity-form", "relative", "--single-shot"}, "--single-shot"},
      {{"--validity-form", "relative"}, "--validity"},
      {{"--validity-form", "months", "--validity", "1h"}, "--validity-form"},
      {{"--single-shot"}, "--single-shot"}};
  for (const Case& one : cases) {
    for (const char* form : {"tpdu", "at-cmgs"}) {
      Words line = good(form);
      line.insert(line.end(), one.options.begin(), one.options.end());
      const Ran ran = encode(line);
      EXPECT_EQ(ran.status, kUsage) << testing::PrintToString(one.options);
      EXPECT_EQ(ran.out, "");
      EXPECT_THAT(ran.err, HasSubstr(one.named));
    }
  }
}

TEST(EncodeTpdu, PutsTheServiceCentreInFrontOfATpdu) {
  const std::string centre = "07912120550501f0";  // +12025550100
  for (const char* form : {"tpdu", "deliver"}) {
    Words line = good(form);
    if (line.back() == "12345") line.insert(line.end(), {"--at", "2026-01-31T23:59:59Z"});
    const Ran without = encode(line);
    line.insert(line.end(), {"--service-centre", "+12025550100"});
    const Ran with = encode(line);
    ASSERT_EQ(with.status, kDone) << with.err;
    EXPECT_EQ(with.out.substr(0, with.out.find('\n')),
              centre + without.out.substr(0, without.out.find('\n')));
    const Ran json = run_line({"decode", "-", "--to", "json"}, with.out);
    EXPECT_THAT(json.out, AllOf(HasSubstr("\"layer\":\"at-pdu\""),
                                HasSubstr("\"service_centre\":\"12025550100\"")));
    EXPECT_EQ(run_line({"decode", "-"}, with.out).out, document());
    line.insert(line.end(), {"--to", "json"});
    EXPECT_THAT(encode(line).out, HasSubstr("\"at_pdu\":\"" + centre));
    line.back() = "hex";
    *(line.end() - 3) = "0401234567";
    const Ran wrong = encode(line);
    EXPECT_EQ(wrong.status, kUsage);
    EXPECT_THAT(wrong.err, HasSubstr("--service-centre"));
  }
  Words line = good("at-cmgs");
  const std::string own = encode(line).out;
  line.insert(line.end(), {"--service-centre", "+12025550100"});
  const std::string other = encode(line).out;
  const auto second = [](const std::string& text) { return text.find('\n') + 1; };
  const std::string length = own.substr(second(own), own.find('\n', second(own)) - second(own));
  EXPECT_THAT(length, testing::StartsWith("AT+CMGS="));
  EXPECT_THAT(own, HasSubstr(length + "\n00"));
  EXPECT_THAT(other, HasSubstr(length + "\n" + centre)) << "the length leaves it out";
  EXPECT_EQ(run_line({"decode", "-"}, other).out, document());
}

}  // namespace
}  // namespace cpgw::gateway::cli
