#include "gateway/flow/content.h"

#include <gtest/gtest.h>

#include "si_sl/wsp_push.h"
#include "tests/unit/gateway_flow/documents.h"

namespace cpgw::gateway::flow {
namespace {

TEST(Content, IsTheSameAfterStoringAndLoading) {
  for (const auto security :
       {signer::Security::NETWPIN, signer::Security::USERPIN, signer::Security::USERNETWPIN,
        signer::Security::USERPINMAC, signer::Security::none}) {
    DeliveryProfile profile;
    profile.wbxml_version = 0x01;
    profile.segments = {.destination_port = 2949,
                        .source_port = 1,
                        .wide_reference = true,
                        .order = si_sl::ElementOrder::concatenation_first,
                        .part_limit = 7,
                        .data_coding = 0xF5};
    const auto content = compile_content(access_point(), security, slots(), profile);
    ASSERT_TRUE(content) << to_string(content.error());
    const queue::Content stored = store_content(*content, access_point());
    EXPECT_EQ(as_text(stored.source), access_point());
    const auto loaded = load_content(stored);
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    EXPECT_EQ(loaded->security, security);
    EXPECT_EQ(loaded->profile, profile);
    EXPECT_EQ(loaded->form.serialize(), content->form.serialize());
    const queue::Content again = store_content(*loaded, access_point());
    EXPECT_EQ(again.digest, stored.digest);
    EXPECT_EQ(again.body, stored.body);
  }
}

TEST(Content, DigestNamesSecurityAndProfileToo) {
  const auto a = store_content(compiled(signer::Security::NETWPIN), "");
  const auto b = store_content(compiled(signer::Security::USERPIN), "");
  auto other = compiled(signer::Security::NETWPIN);
  other.profile.segments.source_port = 1;
  EXPECT_NE(a.digest, b.digest);
  EXPECT_NE(a.digest, store_content(other, "").digest);
  EXPECT_EQ(a.digest, store_content(compiled(signer::Security::NETWPIN), "other source").digest);
}

TEST(Content, MistakesKeepTheirLineAndColumn) {
  const auto content =
      compile_content("<wap-provisioningdoc version=\"1.1\">\n  <oops/>\n</wap-provisioningdoc>",
                      signer::Security::none, {}, {});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().at.line, 2u);
  EXPECT_GT(content.error().at.column, 0u);
  EXPECT_FALSE(compile_content("", signer::Security::none, {}, {}));
  EXPECT_FALSE(compile_content("<a", signer::Security::none, {}, {}));
}

TEST(Content, UndeclaredAndUnusedSlotsAreRefused) {
  EXPECT_FALSE(compile_content(access_point(), signer::Security::none, {}, {}));
  auto more = slots();
  more.push_back({.name = "spare", .type = wbxml::SlotType::text, .max_octets = 8});
  EXPECT_FALSE(compile_content(access_point(), signer::Security::none, more, {}));
}

TEST(Content, WhatCanGrowOverThePartLimitIsRefusedNotCut) {
  DeliveryProfile profile;
  profile.segments.part_limit = 2;
  EXPECT_TRUE(compile_content(access_point(), signer::Security::NETWPIN, slots(20), profile));
  const auto content =
      compile_content(access_point(), signer::Security::NETWPIN, slots(1000), profile);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, Code(Errc::too_many_parts));
}

TEST(Content, EstimateIsTheLargestPush) {
  const auto content = compiled(signer::Security::NETWPIN, 200);
  const auto parts = parts_estimate(content);
  ASSERT_TRUE(parts);
  const std::string mac(40, '0');
  const auto octets = si_sl::push_octets({.SEC = 0, .MAC = mac}, content.form.max_octets());
  EXPECT_EQ(*parts, *si_sl::part_count(octets, content.profile.segments));
  EXPECT_GE(*parts, 3);
}

TEST(Content, AnyCutOrChangeOfARecordIsAnErrorAndNeverACrash) {
  const queue::Content good = store_content(compiled(), access_point());
  for (std::size_t n = 0; n < good.body.size(); ++n) {
    queue::Content cut = good;
    cut.body.resize(n);
    EXPECT_FALSE(load_content(cut)) << n;
    for (const int flip : {0x01, 0x80, 0xFF}) {
      queue::Content changed = good;
      changed.body[n] ^= static_cast<std::byte>(flip);
      EXPECT_FALSE(load_content(changed)) << n;
    }
  }
  queue::Content kind = good;
  kind.kind = 99;
  EXPECT_FALSE(load_content(kind));
}

TEST(Content, RecordsWithMatchingDigestAndHostileBodyAreErrorsNotCrashes) {
  // As if somebody who can write the store had made them: only the digest is right.
  const queue::Content good = store_content(compiled(), access_point());
  const auto redigest = [](queue::Content& c) {
    Octets input{static_cast<std::byte>(c.kind)};
    input.insert(input.end(), c.body.begin(), c.body.end());
    c.digest = sha256_for_tests(input);
  };
  unsigned loaded = 0;
  for (std::size_t n = 0; n < good.body.size(); ++n) {
    queue::Content cut = good;
    cut.body.resize(n);
    redigest(cut);
    EXPECT_FALSE(load_content(cut)) << n;
    for (unsigned flip = 1; flip < 256; flip <<= 1) {
      queue::Content changed = good;
      changed.body[n] ^= static_cast<std::byte>(flip);
      redigest(changed);
      if (const auto content = load_content(changed)) {
        ++loaded;
        EXPECT_LE(*parts_estimate(*content), queue::kMaxParts);
      }
    }
  }
  EXPECT_GT(loaded, 0u);  // a changed letter is still a content
}

TEST(Content, LiesSealedInTheStoreAndOpensOnlyUnderItsDigest) {
  SystemRandom random;
  const signer::Keyring keyring = signer::Keyring::ephemeral(random);
  signer::Sealer sealer(keyring, random);
  const queue::Content plain = store_content(compiled(), access_point());
  const auto sealed = seal_content(plain, sealer);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->digest, plain.digest);
  for (const OctetView lying : {OctetView(sealed->body), OctetView(sealed->source)}) {
    EXPECT_EQ(as_text(lying).find("internet"), std::string_view::npos);
  }
  const auto opened = open_content(*sealed, sealer);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->body, plain.body);
  EXPECT_EQ(opened->source, plain.source);
  queue::Content moved = *sealed;
  moved.digest[0] ^= std::byte{1};
  EXPECT_FALSE(open_content(moved, sealer));
}

}  // namespace
}  // namespace cpgw::gateway::flow
