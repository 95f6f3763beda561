// cpgw lint as the shell calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/unit/gateway_cli/encode_lines.h"

namespace cpgw::gateway::cli {
namespace {

using test::run_line;
using testing::HasSubstr;
namespace json = boost::json;

const std::string kLost =
    "<wap-provisioningdoc version=\"1.0\">\n"
    "  <characteristic type=\"APPLICATION\"><parm name=\"APPID\" value=\"w2\"/>\n"
    "    <parm name=\"TO-NAPID\" value=\"X\"/></characteristic>\n</wap-provisioningdoc>";

TEST(LintCommand, TellsPlaceCauseAndRemedyWithStatusOne) {
  const auto ran = run_line({"lint", "-"}, kLost);
  EXPECT_EQ(ran.status, kNo);
  EXPECT_THAT(ran.out, HasSubstr("standard input:3:"));
  EXPECT_THAT(ran.out, HasSubstr("error: TO-NAPID names nothing in this document "
                                 "(APPLICATION/TO-NAPID) [PC022]"));
  EXPECT_THAT(ran.out, HasSubstr("mend: name a NAPID of this document, or INTERNET"));
  const auto good = run_line({"lint", test::kDocument});
  EXPECT_NE(good.status, kMalformed) << good.err;
}

TEST(LintCommand, GivesJsonAndSarif) {
  const auto ran = run_line({"lint", "-", "--json"}, kLost);
  EXPECT_EQ(ran.status, kNo);
  const auto told = json::parse(ran.out).as_array()[0].as_object();
  EXPECT_EQ(told.at("file"), "standard input");
  const auto& finding = told.at("findings").as_array()[0].as_object();
  EXPECT_EQ(finding.at("rule"), "PC022");
  EXPECT_EQ(finding.at("line"), 3);
  const auto sarif = json::parse(run_line({"lint", "-", "--sarif"}, kLost).out).as_object();
  EXPECT_EQ(sarif.at("version"), "2.1.0");
  const auto& result = sarif.at("runs").as_array()[0].at("results").as_array()[0].as_object();
  EXPECT_EQ(result.at("ruleId"), "PC022");
  EXPECT_EQ(
      result.at("locations").as_array()[0].at("physicalLocation").at("region").at("startLine"), 3);
}

TEST(LintCommand, ReadsOctetsOfAnyStage) {
  const auto push = test::encode({"-", "--as", "sms", "--sec", "userpin", "--pin", "1234"}, kLost);
  ASSERT_EQ(push.status, kDone) << push.err;
  const auto ran = run_line({"lint", "-"}, push.out);
  EXPECT_EQ(ran.status, kNo);
  EXPECT_THAT(ran.out, HasSubstr("octet "));
  EXPECT_EQ(run_line({"lint", "-"}, "<wap-provisioningdoc>").status, kMalformed);
  EXPECT_EQ(run_line({"lint"}).status, kUsage);
}

TEST(LintCommand, ListsItsRules) {
  const auto ran = run_line({"lint", "--rules"});
  EXPECT_EQ(ran.status, kDone);
  EXPECT_THAT(ran.out, HasSubstr("PC044"));
}

}  // namespace
}  // namespace cpgw::gateway::cli
