// Every rule has a document that fires it; a document without a fault fires none.
#include "gateway/provisioning/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "gateway/provisioning/provider_document.h"
#include "gateway/provisioning/providers.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::provisioning {
namespace {

std::string p(const std::string& name, const std::string& value) {
  return "<parm name=\"" + name + "\" value=\"" + value + "\"/>";
}
std::string flag(const std::string& name) { return "<parm name=\"" + name + "\"/>"; }
std::string c(const std::string& type, const std::string& inside) {
  return "<characteristic type=\"" + type + "\">" + inside + "</characteristic>";
}
std::string doc(const std::string& inside) {
  return "<wap-provisioningdoc version=\"1.1\">" + inside + "</wap-provisioningdoc>";
}
std::string nap(const std::string& more = {}, const std::string& id = "I") {
  return c("NAPDEF", p("NAPID", id) + p("NAME", "Net") + p("BEARER", "GSM-GPRS") +
                         p("NAP-ADDRESS", "internet.example") + p("NAP-ADDRTYPE", "APN") + more);
}
std::string proxy(const std::string& more = {}, const std::string& physical = {}) {
  return c("PXLOGICAL", p("PROXY-ID", "P") + p("NAME", "Proxy") + more +
                            c("PXPHYSICAL", p("PHYSICAL-PROXY-ID", "H") + p("PXADDR", "10.1.2.3") +
                                                p("TO-NAPID", "I") + physical));
}
std::string app(const std::string& more = p("TO-NAPID", "I"), const std::string& id = "w2") {
  return c("APPLICATION", p("APPID", id) + more);
}

std::vector<Finding> lint_of(const std::string& xml, const LintOptions& options = {}) {
  const auto document = wbxml::read_xml(xml);
  EXPECT_TRUE(document) << to_string(document.error()) << xml;
  return document ? lint(*document, options) : std::vector<Finding>();
}
std::string ids(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings)
    text += std::string(text.empty() ? "" : " ") + std::string(f.rule->id) +
            (f.severity == Severity::error ? "E" : "W");
  return text;
}

struct Case {
  std::string rule;  ///< with E or W: the only finding, or the one named among others
  std::string xml;
  bool alone = true;
  LintOptions options = {};
};

std::vector<Case> cases() {
  const std::string dm_address = p("ADDR", "https://dm.example/");
  const auto auth = [](const char* level) { return c("APPAUTH", p("AAUTHLEVEL", level)); };
  return {
      {"PC001E", "<si><indication href=\"http://a/\"/></si>"},
      {"PC002W",
       "<wap-provisioningdoc version=\"2.0\">" + nap() + app() + "</wap-provisioningdoc>"},
      {"PC002W", "<wap-provisioningdoc>" + nap() + app() + "</wap-provisioningdoc>"},
      {"PC003E", doc(nap() + app() + "<characteristic/>")},
      {"PC003E", doc(nap("<parm value=\"1\"/>") + app())},
      {"PC004E", doc("")},
      {"PC005W", doc(nap() + app() + c("Bootstrap", ""))},
      {"PC005W", doc(nap(p("Dns-Addr", "10.0.0.1")) + app())},
      {"PC006W", doc(nap() + app() + c("FOO", ""))},
      {"PC006W", doc(nap(p("FOO", "1")) + app())},
      {"PC007E", doc(nap() + app() + c("NAPAUTHINFO", p("AUTHTYPE", "PAP")))},
      {"PC010E", doc(nap(c("NAPAUTHINFO", p("AUTHNAME", "u"))) + app())},
      {"PC010W", doc(c("NAPDEF", p("NAPID", "I") + p("NAP-ADDRESS", "a.example")) + app())},
      {"PC010E", doc(nap() + app() + app("", ""))},
      {"PC011E", doc(nap(p("NAME", "Again")) + app())},
      {"PC012E", doc(nap(p("INTERNET", "yes")) + app())},
      {"PC012W", doc(nap(p("INTERNET", "1")) + app())},
      {"PC013W", doc(nap({}, "IIIIIIIIIIIIIIIII") + app(p("TO-NAPID", "IIIIIIIIIIIIIIIII"))),
       false},
      {"PC014E", doc(nap(c("NAPAUTHINFO", p("AUTHTYPE", "pap"))) + app())},
      {"PC014W", doc(nap(p("BEARER", "5G")) + app())},
      {"PC015E",
       doc(proxy({}, c("PORT", p("PORTNBR", "70000"))) + nap() + app(p("TO-PROXY", "P")))},
      {"PC015E", doc(nap(p("LINGER", "soon")) + app())},
      {"PC015E", doc(nap(p("MAX-NUM-RETRY", "4")) + app())},
      {"PC016E", doc(nap(p("DNS-ADDR", "10.0.0.256")) + app())},
      {"PC016E", doc(nap(p("DNS-ADDR", "10.0.0.1.5")) + app())},
      {"PC016W", doc(nap(p("DNS-ADDR", "192.168.094.023")) + app())},
      {"PC016E", doc(c("NAPDEF", p("NAPID", "I") + p("NAME", "N") + p("NAP-ADDRESS", "in_ternet") +
                                     p("NAP-ADDRTYPE", "APN")) +
                     app())},
      {"PC020E", doc(nap() + nap() + app())},
      {"PC021E", doc(nap(flag("INTERNET"), "INTERNET") + app(p("TO-NAPID", "INTERNET")))},
      {"PC022E", doc(nap() + app() + app(p("TO-NAPID", "X")))},
      {"PC023W", doc(nap() + app() + app(p("TO-NAPID", "INTERNET")))},
      {"PC024E", doc(nap() + app() + app(p("TO-PROXY", "X")))},
      {"PC025E", doc(nap() + app() + c("BOOTSTRAP", p("PROXY-ID", "X")))},
      {"PC026E", doc(nap() + app(p("TO-NAPID", "I") + p("APPREF", "A") + p("TO-APPREF", "A")))},
      {"PC026E", doc(nap() + app(p("TO-NAPID", "I") + p("TO-APPREF", "A")))},
      {"PC027W", doc(nap() + nap({}, "M") + app())},
      {"PC027W", doc(nap() + proxy() + app())},
      {"PC030E", doc(c("NAPDEF", p("NAPID", "I") + p("NAME", "N") + p("BEARER", "GSM-CSD") +
                                     p("NAP-ADDRESS", "a.example") + p("NAP-ADDRTYPE", "APN")) +
                     app())},
      {"PC030E", doc(c("NAPDEF", p("NAPID", "I") + p("NAME", "N") + p("BEARER", "GSM-GPRS") +
                                     p("NAP-ADDRESS", "+358401") + p("NAP-ADDRTYPE", "E164")) +
                     app())},
      {"PC031W", doc(nap(p("CALLTYPE", "V.110")) + app())},
      {"PC032W", doc(nap() + app(p("TO-NAPID", "I") + p("ADDR", "http://a.example/") +
                                 c("APPADDR", p("ADDR", "http://b.example/"))))},
      {"PC033E",
       doc(nap() + app(p("TO-NAPID", "I") + dm_address + auth("APPSRV") + auth("CLIENT"), "w7"))},
      {"PC033E", doc(nap() + app(p("TO-NAPID", "I") + p("PROVIDER-ID", "s") + dm_address, "w7"))},
      {"PC033W",
       doc(nap() +
           app(p("TO-NAPID", "I") + p("PROVIDER-ID", "s") + dm_address + auth("APPSRV"), "w7"))},
      {"PC034W", doc(nap() + app(p("TO-NAPID", "I"), "w4"))},
      {"PC034W", doc(nap() + app(p("TO-NAPID", "I") + p("ADDR", "mms.example"), "w4"))},
      {"PC035W", doc(nap() + app(p("TO-NAPID", "I") + p("PROVIDER-ID", "m"), "25") +
                     app(p("TO-NAPID", "I") + p("PROVIDER-ID", "m"), "110"))},
      {"PC035W",
       doc(nap() + app(p("TO-NAPID", "I") + p("PROVIDER-ID", "m") + p("FROM", "a@b"), "25"))},
      {"PC037W", doc(nap(c("VALIDITY", "")) + app())},
      {"PC037W",
       doc(nap(c("VALIDITY", p("VALIDUNTIL", "20200101"))) + app()),
       true,
       {.today = "20261125"}},
      {"PC038E", doc(nap() + app() + c("BOOTSTRAP", p("PROVURL", "tps.example")))},
      {"PC038E", doc(nap() + app() + c("BOOTSTRAP", p("PROVURL", "http://t.example/")) +
                     c("BOOTSTRAP", p("PROVURL", "http://t.example/")))},
      {"PC039W", doc(nap() + proxy(flag("TRUST")) + app(p("TO-PROXY", "P")))},
      {"PC040W",
       doc(nap(c("NAPAUTHINFO", p("AUTHTYPE", "PAP") + p("AUTHSECRET", "s"))) + app()),
       true,
       {.pin_digits = 4}},
      {"PC042W", doc(nap() + app()), true, {.octets = 600, .parts = 5}},
      {"PC043W", doc(nap() + app() + c("VENDORCONFIG", p("NAME", "V") + c("ANY", p("X", "1"))))},
      {"PC044W", doc(nap(flag("INTERNET"))), false},
  };
}

TEST(Lint, FindsNothingInADocumentThatIsRight) {
  EXPECT_EQ(ids(lint_of(doc(nap() + app()))), "");
  EXPECT_EQ(
      ids(lint_of(doc(proxy(flag("TRUST"), c("PORT", p("PORTNBR", "8080") + p("SERVICE", "CO-WSP") +
                                                         p("SERVICE", "5060"))) +
                      nap(p("DNS-ADDR", "2001:db8::1") + c("NAPAUTHINFO", p("AUTHTYPE", "CHAP"))) +
                      app(p("TO-PROXY", "P") + p("ADDR", "http://mms.example/"), "w4") +
                      c("BOOTSTRAP", p("PROXY-ID", "P") + p("PROVURL", "http://t.example/")) +
                      c("ACCESS", "")),
                  {.octets = 300, .parts = 3, .pin_digits = 8, .today = "20261125"})),
      "");
}

TEST(Lint, HasADocumentThatFiresEachRule) {
  std::set<std::string> fired;
  for (const Case& k : cases()) {
    SCOPED_TRACE(k.xml);
    const auto findings = lint_of(k.xml, k.options);
    if (k.alone) {
      EXPECT_EQ(ids(findings), k.rule);
    } else {
      EXPECT_THAT(ids(findings), testing::HasSubstr(k.rule));
    }
    fired.insert(k.rule.substr(0, 5));
  }
  std::set<std::string> all;
  for (const LintRule& rule : lint_rules()) all.insert(std::string(rule.id));
  all.erase("PC041");  // neither XML nor a token can hold a zero octet; read from OPAQUE alone
  EXPECT_EQ(fired, all);
}

TEST(Lint, SaysWhereAndWhatToDo) {
  const auto findings = lint_of("<wap-provisioningdoc version=\"1.0\">\n" + nap() + "\n" + app() +
                                "\n" + app(p("TO-NAPID", "hush")) + "</wap-provisioningdoc>");
  ASSERT_EQ(ids(findings), "PC022E");
  EXPECT_EQ(findings[0].path, "APPLICATION[2]/TO-NAPID");
  EXPECT_EQ(findings[0].at.line, 4U);
  EXPECT_EQ(findings[0].message.find("hush"), std::string::npos);
  for (const LintRule& rule : lint_rules()) {
    EXPECT_EQ(find_rule(rule.id), &rule);
    EXPECT_FALSE(rule.about.empty() || rule.cause.empty() || rule.fix.empty() ||
                 rule.source.empty());
  }
  EXPECT_EQ(find_rule("PC999"), nullptr);
}

TEST(Lint, FindsNoErrorInTheDocumentsOfRealProviders) {
  const auto providers = read_providers(std::string(kProviderDatabase));
  ASSERT_TRUE(providers) << to_string(providers.error());
  std::size_t documents = 0;
  std::map<std::string, std::size_t> seen;
  for (const Provider& provider : *providers) {
    const auto made = provider_document(provider);
    if (!made.document) continue;
    ++documents;
    for (const Finding& f : lint(*made.document)) {
      ++seen[std::string(f.rule->id)];
      EXPECT_NE(f.severity, Severity::error)
          << provider.display_name() << ": " << f.rule->id << " " << f.path << ": " << f.message;
    }
  }
  EXPECT_EQ(documents, 653U);
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
