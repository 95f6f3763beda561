// cpgw verify as the shell calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/unit/gateway_cli/encode_lines.h"

namespace cpgw::gateway::cli {
namespace {

using test::run_line;
using test::Words;
using testing::HasSubstr;

const std::string kImsi = "001010123456789";

std::string signed_push(const Words& security, const std::string& as = "sms") {
  Words words{test::kDocument, "--as", as, "--part-limit", "20"};
  words.insert(words.end(), security.begin(), security.end());
  const auto ran = test::encode(words);
  EXPECT_EQ(ran.status, kDone) << ran.err;
  return ran.out;
}
test::Ran verify(Words words, const std::string& input) {
  words.insert(words.begin(), {"verify", "-"});
  return run_line(words, input);
}

TEST(Verify, SaysByWhichMethodAMacHolds) {
  const auto user = signed_push({"--sec", "userpin", "--pin", "1234"});
  const auto ran = verify({"--pin", "1234"}, user);
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(ran.out, "the MAC holds: userpin\n");
  const auto net = signed_push({"--sec", "netwpin", "--imsi", kImsi}, "push");
  const auto json = verify({"--imsi", kImsi, "--json"}, net);
  EXPECT_EQ(json.status, kDone) << json.err;
  const auto told = boost::json::parse(json.out).as_object();
  EXPECT_EQ(told.at("holds"), true);
  EXPECT_EQ(told.at("method"), "netwpin");
  EXPECT_TRUE(told.at("mistakes").as_array().empty());
}

TEST(Verify, NamesTheMistakeAndItsRemedyWithStatusOne) {
  const auto push = signed_push({"--sec", "userpin", "--pin", "1234"}, "push");
  const auto wrong = verify({"--pin", "4321"}, push);
  EXPECT_EQ(wrong.status, kNo);
  EXPECT_THAT(wrong.out, HasSubstr("none of the"));
  EXPECT_THAT(wrong.out, testing::Not(HasSubstr("4321")));
  std::string lower = push;  // of the MAC's text: the digits A to F are 41 to 46
  const auto at = lower.find("92");
  for (std::size_t i = at + 2; i < at + 82; i += 2) {
    if (lower[i] == '4') lower[i] = '6';
  }
  const auto named = verify({"--pin", "1234"}, lower);
  EXPECT_EQ(named.status, kNo);
  EXPECT_THAT(named.out, HasSubstr("lower-case: "));
  EXPECT_THAT(named.out, HasSubstr("mend: write them in upper case"));
}

TEST(Verify, ChecksTheCodeOfUserpinmac) {
  const Words words{test::kDocument, "--as", "push", "--sec", "userpinmac"};
  const auto made = test::encode(words);
  ASSERT_EQ(made.status, kDone) << made.err;
  const std::string code = made.err.substr(made.err.find(": ") + 2, 16);
  EXPECT_EQ(verify({"--code", code}, made.out).status, kDone);
  EXPECT_EQ(verify({"--code", "1234567812345678"}, made.out).status, kNo);
  EXPECT_EQ(verify({}, made.out).status, kUsage);
}

TEST(Verify, TakesABodyAloneWithSecAndMac) {
  const auto body = test::encode({test::kDocument, "--as", "wbxml"}).out;
  const auto json = test::encode(
      {test::kDocument, "--as", "push", "--to", "json", "--sec", "userpin", "--pin", "1234"});
  const auto mac = boost::json::parse(json.out).at("mac").as_string();
  EXPECT_EQ(verify({"--sec", "userpin", "--mac", std::string(mac), "--pin", "1234"}, body).status,
            kDone);
  EXPECT_EQ(verify({"--pin", "1234"}, body).status, kUsage);
  EXPECT_EQ(verify({"--mac", std::string(mac)}, signed_push({"--sec", "none"})).status, kUsage);
}

TEST(Verify, TellsAMissingKeyFromAMissingMac) {
  const auto push = signed_push({"--sec", "netwpin", "--imsi", kImsi});
  const auto ran = verify({"--pin", "1234"}, push);
  EXPECT_EQ(ran.status, kUsage);
  EXPECT_THAT(ran.err, HasSubstr("--imsi"));
  const auto none = verify({"--pin", "1234"}, signed_push({"--sec", "none"}));
  EXPECT_EQ(none.status, kNo);
  EXPECT_THAT(none.out, HasSubstr("unsigned: "));
  EXPECT_EQ(verify({"--pin", "1234"}, "").status, kMalformed);
  EXPECT_EQ(verify({"--pin", "12x4"}, push).status, kUsage);
}

TEST(Verify, ChecksTheDigestOfADmNotification) {
  test::CommandIo made;
  made.environment["CPGW_DM_PASSWORD"] = "hush";
  made.environment["CPGW_DM_NONCE"] = "bm9uY2UtMDE=";
  ASSERT_EQ(
      run_command_line(
          {"new", "dm-notification", "--server-id", "srv.example", "--session-id", "5"}, made.io),
      kDone)
      << made.err.str();
  const auto push = test::encode(
      {"-", "--as", "push", "--type", "application/vnd.syncml.notification"}, made.out.str());
  ASSERT_EQ(push.status, kDone) << push.err;
  for (const auto& [password, status] : {std::pair("hush", kDone), std::pair("hash", kNo)}) {
    test::CommandIo io(push.out);
    io.environment["CPGW_DM_PASSWORD"] = password;
    io.environment["CPGW_DM_NONCE"] = "bm9uY2UtMDE=";
    EXPECT_EQ(run_command_line({"verify"}, io.io), status) << io.err.str();
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
