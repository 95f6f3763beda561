#include "gateway/provisioning/providers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace cpgw::gateway::provisioning {
namespace {

using testing::HasSubstr;

std::string database(std::string_view countries) {
  return R"(<?xml version="1.0"?><!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0">)" +
         std::string(countries) + "</serviceproviders>";
}

const std::vector<Provider>& packaged() {
  static const auto kAll = read_providers(std::string(kProviderDatabase));
  if (!kAll) ADD_FAILURE() << to_string(kAll.error());
  return *kAll;
}

TEST(Providers, ReadsEveryElementOfAnEntry) {
  const auto read = parse_providers(database(R"(
<country code="fi"><name>Finland</name><name xml:lang="fi">Suomi</name>
 <provider primary="true"><name>A &amp; B</name><name>Second</name>
  <gsm><network-id mcc="244" mnc="91"/><voicemail>1</voicemail>
   <apn value="net"><plan type="prepaid"/><plan type="postpaid"/><usage type="internet"/><name>N</name><name>M</name>
    <gateway>1.2.3.4</gateway><username>u</username><password>p</password><authentication method="chap"/>
    <dns>1.1.1.1</dns><dns>2.2.2.2</dns><mmsc>http://m/</mmsc><mmsproxy>9.9.9.9:80</mmsproxy></apn>
   <apn value="bare"/></gsm>
  <cdma><name>C</name><username>x</username></cdma></provider></country>)"),
                                    "db.xml");
  ASSERT_TRUE(read) << to_string(read.error());
  Provider wanted;
  wanted.country = "fi";
  wanted.country_name = "Finland";
  wanted.names = {"A & B", "Second"};
  wanted.primary = wanted.gsm = wanted.cdma = true;
  wanted.networks = {{"244", "91"}};
  wanted.line = 4;
  ApnEntry net;
  net.value = "net";
  net.usage = "internet";
  net.plans = {"prepaid", "postpaid"};
  net.name = "N";
  net.username = "u";
  net.password = "p";
  net.authentication = "chap";
  net.gateway = "1.2.3.4";
  net.dns = {"1.1.1.1", "2.2.2.2"};
  net.mmsc = "http://m/";
  net.mmsproxy = "9.9.9.9:80";
  net.line = 6;
  ApnEntry bare;
  bare.value = "bare";
  bare.line = 9;
  wanted.apns = {net, bare};
  EXPECT_THAT(*read, testing::ElementsAre(wanted));
}

TEST(Providers, ReadsThePackagedDatabaseWhole) {
  const auto& all = packaged();
  EXPECT_EQ(all.size(), 700U);
  std::set<std::string> countries;
  std::size_t gsm = 0, cdma = 0, apns = 0, networks = 0;
  for (const Provider& p : all) {
    countries.insert(p.country);
    gsm += p.gsm;
    cdma += p.cdma;
    apns += p.apns.size();
    networks += p.networks.size();
  }
  EXPECT_EQ(countries.size(), 153U);
  EXPECT_EQ(gsm, 654U);
  EXPECT_EQ(cdma, 66U);
  EXPECT_EQ(apns, 1304U);
  EXPECT_EQ(networks, 984U);
}

TEST(Providers, RefusesWhatIsNoDatabaseWithItsPlace) {
  const struct {
    std::string xml, why;
    Code code;
  } cases[] = {
      {"", "not well-formed", Errc::bad_database},
      {"<a/>", "not serviceproviders", Errc::bad_database},
      {"<serviceproviders format=\"1.0\"/>", "only format 2.0", Errc::bad_database},
      {database("<country>"), "not well-formed", Errc::bad_database},
      {"<!DOCTYPE serviceproviders [<!ENTITY a \"b\">]><serviceproviders format=\"2.0\"/>",
       "entity declarations", Errc::bad_database},
      {database("<country code=\"&x;\"/>"), "entity", Errc::bad_database},
      {database("<country><name>&x;</name></country>"), "entity", Errc::bad_database},
      {"<!DOCTYPE serviceproviders [<!ENTITY % a SYSTEM \"file:///etc/passwd\"> %a;]>"
       "<serviceproviders format=\"2.0\"/>",
       "", Errc::bad_database},
      {database("<country><name>" + std::string(5000, 'x') + "</name></country>"), "too long",
       Errc::limit},
      {database("<country code=\"" + std::string(5000, 'x') + "\"/>"), "too long", Errc::limit},
      {database([] {
         std::string deep;
         for (int i = 0; i < 20; ++i) deep += "<x>";
         return deep;
       }()),
       "too deep", Errc::limit},
  };
  for (const auto& c : cases) {
    const auto read = parse_providers(c.xml, "db.xml");
    ASSERT_FALSE(read) << c.xml.substr(0, 200);
    EXPECT_EQ(read.error().code, c.code) << to_string(read.error());
    EXPECT_THAT(read.error().message, HasSubstr(c.why));
    EXPECT_EQ(read.error().at.file, "db.xml");
  }
  ProviderLimits small;
  small.octets = 10;
  EXPECT_EQ(parse_providers(database(""), "db.xml", small).error().code, Code(Errc::limit));
  small = {};
  small.providers = 1;
  EXPECT_EQ(parse_providers(database("<country><provider/><provider/></country>"), "", small)
                .error()
                .code,
            Code(Errc::limit));
  EXPECT_EQ(read_providers("/nonexistent/db.xml").error().code, Code(cpgw::Errc::io));
}

TEST(Providers, EveryTruncationIsAnErrorNotACrash) {
  const std::string whole = database(
      "<country code=\"fi\"><name>Finland</name><provider><name>A</name><gsm><apn value=\"x\"/>"
      "</gsm></provider></country>");
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(parse_providers(whole.substr(0, n))) << n;
  EXPECT_TRUE(parse_providers(whole));
}

TEST(FindProvider, FindsByAnyNameAndFoldsCaseOnlyWhenItMust) {
  const auto read = parse_providers(database(
      "<country code=\"us\"><provider><name>Acme</name></provider><provider><name>ACME</name>"
      "</provider><provider><name> Two </name><name>Zwei</name></provider><provider><name>A#2"
      "</name></provider><provider><name>T / M</name></provider><provider><name>T / M</name>"
      "</provider></country>"));
  ASSERT_TRUE(read);
  EXPECT_EQ(find_provider(*read, "us/Acme"), 0U);
  EXPECT_EQ(find_provider(*read, "US/ACME"), 1U);
  EXPECT_EQ(find_provider(*read, "us/acme").error().code, Code(Errc::ambiguous_provider));
  EXPECT_EQ(find_provider(*read, "us/acme#2"), 1U);
  EXPECT_EQ(find_provider(*read, "us/zwei"), 2U);
  EXPECT_EQ(find_provider(*read, "us/two"), 2U);
  EXPECT_EQ(find_provider(*read, "us/A#2"), 3U);
  EXPECT_EQ(find_provider(*read, "us/T / M#1"), 4U);
  EXPECT_EQ(find_provider(*read, "us/T / M#3").error().code, Code(Errc::bad_name));
  for (const auto* wrong : {"Acme", "/Acme", "us/", ""})
    EXPECT_EQ(find_provider(*read, wrong).error().code, Code(Errc::bad_name)) << wrong;
}

TEST(FindProvider, ListsTheMatchesAndSuggestsNearNames) {
  const auto& all = packaged();
  std::size_t ambiguous = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto found = find_provider(all, provider_reference(all, i));
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_EQ(*found, i);
    if (provider_reference(all, i).ends_with("#2")) {
      ++ambiguous;
      const std::string plain = all[i].country + "/" + all[i].display_name();
      const auto which = find_provider(all, plain);
      ASSERT_FALSE(which);
      EXPECT_THAT(which.error().message, HasSubstr(plain + "#1 ("));
      EXPECT_THAT(which.error().message, HasSubstr(plain + "#2 ("));
    }
  }
  EXPECT_GT(ambiguous, 0U);
  EXPECT_THAT(find_provider(all, "fi/Elisaa").error().message, HasSubstr("near: fi/Elisa"));
  EXPECT_THAT(find_provider(all, "zz/Elisa").error().message,
              HasSubstr("no provider has country code \"zz\""));
  EXPECT_EQ(find_provider(all, "zz/Elisa").error().code, Code(Errc::unknown_provider));
}

TEST(ProviderSlugs, AreUniqueShortAndSafe) {
  const auto slugs = provider_slugs(packaged());
  ASSERT_EQ(slugs.size(), packaged().size());
  EXPECT_EQ(std::set<std::string>(slugs.begin(), slugs.end()).size(), slugs.size());
  for (const std::string& slug : slugs) {
    EXPECT_LE(slug.size(), 64U);
    EXPECT_EQ(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos)
        << slug;
  }
  EXPECT_EQ(slugs[0], "ad-andorra-telecom-mobiland");
  std::vector<Provider> odd(3);
  for (Provider& p : odd) p.country = "../x";
  odd[0].names = odd[1].names = {"\xD0\x9C\xD0\xA2\xD0\xA1"};
  EXPECT_THAT(provider_slugs(odd),
              testing::ElementsAre("x-xd09cd0a2d0a1", "x-xd09cd0a2d0a1-2", "x-x"));
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
