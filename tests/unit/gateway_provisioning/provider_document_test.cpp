#include "gateway/provisioning/provider_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cpgw::gateway::provisioning {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Provider>& packaged() {
  static const auto kAll = read_providers(std::string(kProviderDatabase));
  if (!kAll) ADD_FAILURE() << to_string(kAll.error());
  return *kAll;
}

Provider gsm(std::vector<ApnEntry> apns) {
  Provider p;
  p.country = "fi";
  p.names = {"Acme"};
  p.gsm = true;
  p.apns = std::move(apns);
  p.line = 10;
  return p;
}

ApnEntry apn(std::string value, std::string usage) {
  ApnEntry made;
  made.value = std::move(value);
  made.usage = std::move(usage);
  made.line = 20;
  return made;
}

std::string body(const ProviderDocument& made) {
  const std::string xml = wbxml::write_xml(made.document.value(), 0);
  return xml.substr(xml.find("<wap-provisioningdoc"));
}

std::vector<std::string> kinds(const ProviderDocument& made) {
  std::vector<std::string> out;
  for (const DataFault& f : made.faults) out.emplace_back(to_string(f.kind));
  return out;
}

TEST(ProviderDocument, HoldsInternetAndMms) {
  ApnEntry net = apn("internet", "");
  net.username = "u";
  net.password = "p";
  net.authentication = "chap";
  net.dns = {"1.1.1.1"};
  ApnEntry mms = apn("mms", "mms");
  mms.mmsc = "http://mmsc/";
  mms.mmsproxy = "010.1.2.3:8080";
  const auto made =
      provider_document(gsm({apn("wap", "wap"), net, apn("second", "internet"), mms}));
  EXPECT_TRUE(made.internet && made.mms);
  EXPECT_THAT(made.faults, testing::IsEmpty());
  EXPECT_THAT(
      body(made),
      HasSubstr(
          R"(<characteristic type="NAPDEF"><parm name="NAPID" value="I"/><parm name="BEARER" value="GSM-GPRS"/><parm name="NAME" value="Acme"/><parm name="INTERNET"/><parm name="NAP-ADDRESS" value="internet"/><parm name="NAP-ADDRTYPE" value="APN"/><characteristic type="NAPAUTHINFO"><parm name="AUTHTYPE" value="CHAP"/><parm name="AUTHNAME" value="u"/><parm name="AUTHSECRET" value="p"/></characteristic></characteristic><characteristic type="APPLICATION"><parm name="APPID" value="w2"/><parm name="NAME" value="Acme"/><parm name="TO-NAPID" value="I"/></characteristic><characteristic type="NAPDEF"><parm name="NAPID" value="M"/><parm name="BEARER" value="GSM-GPRS"/><parm name="NAME" value="Acme"/><parm name="NAP-ADDRESS" value="mms"/><parm name="NAP-ADDRTYPE" value="APN"/></characteristic><characteristic type="PXLOGICAL"><parm name="PROXY-ID" value="P"/><parm name="NAME" value="Acme"/><characteristic type="PXPHYSICAL"><parm name="PHYSICAL-PROXY-ID" value="H"/><parm name="PXADDR" value="10.1.2.3"/><parm name="PXADDRTYPE" value="IPV4"/><parm name="TO-NAPID" value="M"/><characteristic type="PORT"><parm name="PORTNBR" value="8080"/></characteristic></characteristic></characteristic><characteristic type="APPLICATION"><parm name="APPID" value="w4"/><parm name="NAME" value="Acme"/><parm name="TO-PROXY" value="P"/><parm name="ADDR" value="http://mmsc/"/></characteristic></wap-provisioningdoc>)"));
}

TEST(ProviderDocument, SendsDnsOnlyWhenAsked) {
  ApnEntry net = apn("internet", "internet");
  net.dns = {"001.2.3.4", "x"};
  MappingOptions options;
  EXPECT_EQ(body(provider_document(gsm({net}), options)).find("DNS-ADDR"), std::string::npos);
  options.dns = true;
  const auto made = provider_document(gsm({net}), options);
  EXPECT_THAT(body(made), HasSubstr(R"(<parm name="DNS-ADDR" value="1.2.3.4"/></characteristic>)"));
  EXPECT_THAT(kinds(made), ElementsAre("dns-malformed"));
}

TEST(ProviderDocument, NormalisesMmscAndProxyAndSaysSo) {
  const struct {
    std::string mmsc, proxy, in_document, not_in_document;
    std::vector<std::string> faults;
  } cases[] = {
      {"http:/m.ex/x", "", "\"http://m.ex/x\"", "PXLOGICAL", {"mmsc-broken-scheme"}},
      {"http//m.ex", "", "\"http://m.ex\"", "", {"mmsc-broken-scheme"}},
      {"m.ex", "", "\"http://m.ex\"", "", {"mmsc-without-scheme"}},
      {"https://m.ex:8/", "", "\"https://m.ex:8/\"", "", {}},
      {"httpd.ex/x", "", "\"http://httpd.ex/x\"", "", {"mmsc-without-scheme"}},
      {"ftp://m.ex", "", "w4", "ftp", {"mmsc-malformed"}},
      {"http://", "", "w4", "http", {"mmsc-malformed"}},
      {"http://a b/", "", "w4", "http", {"mmsc-malformed"}},
      {"", "", "w4", "\"ADDR\"", {"mmsc-missing"}},
      {" http://m.ex ", "", "\"http://m.ex\"", "", {"blank-trimmed"}},
      {"http://m", "1.2.3.4", "\"8080\"", "", {"proxy-without-port"}},
      {"http://m", "p.ex:80", "\"ALPHA\"", "IPV4", {}},
      {"http://m", "193012040066:80", "\"193.12.40.66\"", "", {"proxy-groups"}},
      {"http://m", "999012040066:80", "TO-NAPID", "PXLOGICAL", {"proxy-malformed"}},
      {"http://m", "1.2.3:80", "TO-NAPID", "PXLOGICAL", {"proxy-malformed"}},
      {"http://m", "1.2.3.4:0", "TO-NAPID", "PXLOGICAL", {"proxy-malformed"}},
      {"http://m", "1.2.3.4:70000", "TO-NAPID", "PXLOGICAL", {"proxy-malformed"}},
      {"http://m", "1.2.3.4:", "TO-NAPID", "PXLOGICAL", {"proxy-malformed"}},
  };
  for (const auto& c : cases) {
    ApnEntry mms = apn("mms", "mms");
    mms.mmsc = c.mmsc;
    mms.mmsproxy = c.proxy;
    const auto made = provider_document(gsm({mms}));
    EXPECT_THAT(body(made), HasSubstr(c.in_document)) << c.mmsc << " " << c.proxy;
    if (!c.not_in_document.empty()) {
      EXPECT_EQ(body(made).find(c.not_in_document), std::string::npos) << c.mmsc << " " << c.proxy;
    }
    EXPECT_EQ(kinds(made), c.faults) << c.mmsc << " " << c.proxy;
    for (const DataFault& f : made.faults) EXPECT_EQ(f.line, 20U);
  }
}

TEST(ProviderDocument, PassesOverAccessPointsItCannotUse) {
  const auto made = provider_document(
      gsm({apn("a b", "internet"), apn("", "internet"), apn(" good.ex ", "internet")}));
  EXPECT_THAT(body(made), HasSubstr("\"good.ex\""));
  EXPECT_THAT(kinds(made), ElementsAre("apn-malformed", "apn-empty", "blank-trimmed"));
}

TEST(ProviderDocument, CutsNamesBetweenCharacters) {
  Provider p = gsm({apn("a", "")});
  p.names = {std::string(47, 'x') + "\xC3\xA4"};
  const auto made = provider_document(p);
  EXPECT_THAT(kinds(made), ElementsAre("name-cut"));
  EXPECT_THAT(body(made), HasSubstr("\"" + std::string(47, 'x') + "\""));
}

TEST(ProviderDocument, ExplainsWhyThereIsNone) {
  Provider cdma = gsm({});
  cdma.gsm = false;
  cdma.cdma = true;
  EXPECT_THAT(kinds(provider_document(cdma)), ElementsAre("no-gsm"));
  const auto made = provider_document(gsm({apn("w", "wap")}));
  EXPECT_FALSE(made.document);
  EXPECT_THAT(kinds(made), ElementsAre("no-apn"));
}

TEST(PackagedDatabase, GivesSixHundredFiftyThreeDocuments) {
  std::size_t documents = 0, internet = 0, mms = 0;
  std::map<std::string, std::size_t> faults;
  for (const Provider& p : packaged()) {
    const auto made = provider_document(p);
    documents += made.document.has_value();
    internet += made.internet;
    mms += made.mms;
    EXPECT_EQ(made.document.has_value(), made.internet || made.mms);
    for (const DataFault& f : made.faults) {
      ++faults[std::string(to_string(f.kind))];
      EXPECT_GT(f.line, 0U);
      EXPECT_FALSE(f.message.empty());
    }
  }
  EXPECT_EQ(documents, 653U);
  EXPECT_EQ(internet, 648U);
  EXPECT_EQ(mms, 289U);
  const std::map<std::string, std::size_t> golden{
      {"apn-is-url", 1},
      {"authentication-assumed", 329},
      {"blank-trimmed", 1},
      {"combined-usage", 1},
      {"mmsc-broken-scheme", 2},
      {"mmsc-missing", 15},
      {"mmsc-without-scheme", 2},
      {"no-apn", 1},
      {"no-gsm", 46},
      {"proxy-groups", 1},
      {"proxy-without-port", 7},
  };
  EXPECT_EQ(faults, golden);
}

TEST(PackagedDatabase, RepairsItsKnownFaults) {
  const struct {
    const char *provider, *fault, *in_document;
  } cases[] = {
      {"ug/+7Telecom", "blank-trimmed", "\"internet\""},
      {"bh/Zain BH", "apn-is-url", "\"NAP-ADDRESS\" value=\"172.18.83.129\""},
      {"ao/Unitel", "mmsc-broken-scheme", "\"http://mms.unitel.com\""},
      {"py/VOX", "mmsc-broken-scheme", "\"http://mms.vox.com.py/mmsc\""},
      {"il/Pelephone", "mmsc-without-scheme", "\"http://mmsu.pelephone.net.il\""},
      {"na/Leo", "mmsc-without-scheme", "\"http://mms.cellone.com.na\""},
      {"hr/CARNet Tele2", "proxy-groups", "\"193.12.40.66\""},
      {"fr/SFR", "proxy-without-port", "\"8080\""},
      {"fr/Free Mobile", "mmsc-missing", "w4"},
      {"us/AT&T", "combined-usage", "\"http://mmsc.mobile.att.net\""},
  };
  for (const auto& c : cases) {
    const auto found = find_provider(packaged(), c.provider);
    ASSERT_TRUE(found) << to_string(found.error());
    const auto made = provider_document(packaged()[*found]);
    EXPECT_THAT(kinds(made), testing::Contains(c.fault)) << c.provider;
    EXPECT_THAT(body(made), HasSubstr(c.in_document)) << c.provider;
  }
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
