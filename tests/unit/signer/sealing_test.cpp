#include "signer/sealing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/signer/chosen_random.h"

namespace cpgw::signer {
namespace {

constexpr SealContext kContext{"acme", "+3581:abcd", "job"};

class Sealing : public ::testing::Test {
 protected:
  test::ChosenRandom random_;
  Keyring ring_ = Keyring::ephemeral(random_);
  Sealer sealer_{ring_, random_};
};

TEST_F(Sealing, OpensWhatItSealed) {
  for (const std::size_t octets : {0U, 1U, 15U, 16U, 17U, 300U, 70000U}) {
    Octets plain(octets);
    random_.fill(plain);
    const auto sealed = sealer_.seal(plain, kContext);
    ASSERT_TRUE(sealed) << to_string(sealed.error());
    EXPECT_EQ(sealed->size(), octets + kSealOctets);
    const auto opened = sealer_.open(*sealed, kContext);
    ASSERT_TRUE(opened) << to_string(opened.error());
    EXPECT_EQ(*opened, Secret(OctetView(plain)));
  }
}

TEST_F(Sealing, NeverUsesANonceTwice) {
  const auto a = sealer_.seal(as_octets("same"), kContext);
  const auto b = sealer_.seal(as_octets("same"), kContext);
  EXPECT_NE(to_hex(OctetView(*a).subspan(4, 12)), to_hex(OctetView(*b).subspan(4, 12)));
  EXPECT_NE(*a, *b);
}

TEST_F(Sealing, EveryTruncationAndEveryChangedBitIsRefused) {
  const Octets sealed = *sealer_.seal(as_octets("imsi and pin"), kContext);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto opened = sealer_.open(OctetView(sealed).first(size), kContext);
    ASSERT_FALSE(opened) << size;
    EXPECT_EQ(opened.error().code, Code(Errc::bad_seal));
  }
  Octets longer = sealed;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(sealer_.open(longer, kContext));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Octets changed = sealed;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto opened = sealer_.open(changed, kContext);
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code, Code(bit < 32 ? Errc::unknown_key : Errc::bad_seal)) << bit;
  }
  EXPECT_TRUE(sealer_.open(sealed, kContext));
}

TEST_F(Sealing, OpensForNothingElse) {
  const Octets sealed = *sealer_.seal(as_octets("x"), kContext);
  for (const SealContext& other : {
           SealContext{"acm", "e+3581:abcd", "job"},
           SealContext{"acme+", "3581:abcd", "job"},
           SealContext{"acme", "+3581:abcdj", "ob"},
           SealContext{"acme", "+3581:abcdjob", ""},
           SealContext{"", "acme+3581:abcd", "job"},
           SealContext{"acme", "+3581:abce", "job"},
           SealContext{"acme", "+3581:abcd", "jobs"},
           SealContext{"job", "+3581:abcd", "acme"},
           SealContext{},
       }) {
    const auto opened = sealer_.open(sealed, other);
    ASSERT_FALSE(opened) << other.tenant << "|" << other.owner << "|" << other.field;
    EXPECT_EQ(opened.error().code, Code(Errc::bad_seal));
  }
}

TEST_F(Sealing, RefusesRecordsOverItsLimit) {
  EXPECT_EQ(sealer_.seal(Octets(kSealMost + 1), kContext).error().code, Code(Errc::too_long));
  EXPECT_TRUE(sealer_.seal(Octets(kSealMost), kContext));
  EXPECT_EQ(sealer_.open(Octets(kSealMost + kSealOctets + 1), kContext).error().code,
            Code(Errc::bad_seal));
}

TEST_F(Sealing, AnotherKeyOfTheSameNumberDoesNotOpen) {
  const Octets sealed = *sealer_.seal(as_octets("x"), kContext);
  const Keyring other = Keyring::ephemeral(random_);
  EXPECT_EQ(Sealer(other, random_).open(sealed, kContext).error().code, Code(Errc::bad_seal));
}

TEST_F(Sealing, WorksOnAfterARefusal) {
  const Octets sealed = *sealer_.seal(as_octets("x"), kContext);
  Octets changed = sealed;
  changed.back() ^= std::byte{1};
  EXPECT_FALSE(sealer_.open(changed, kContext));
  EXPECT_TRUE(sealer_.open(sealed, kContext));
}

RC_GTEST_PROP(SealingProperty, HostileRecordsNeverOpen, (const std::vector<std::uint8_t>& octets)) {
  test::ChosenRandom random;
  const Keyring ring = Keyring::ephemeral(random);
  Octets record{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};
  for (const std::uint8_t b : octets) record.push_back(std::byte{b});
  RC_ASSERT(!Sealer(ring, random).open(record, kContext));
}

// AES-256-GCM of OpenSSL against NIST's: one known answer pins the record's layout.
TEST(SealedRecord, HasTheDocumentedLayout) {
  test::ChosenRandom random(Octets(32 + 12, std::byte{0}));
  const Keyring ring = Keyring::ephemeral(random);
  Sealer sealer(ring, random);
  const Octets sealed = *sealer.seal(Octets(16), kContext);
  // Key, nonce and plain text of zeros: ciphertext of test case 14 of the GCM specification.
  EXPECT_EQ(to_hex(OctetView(sealed).first(32)),
            "00000001000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18");
}

}  // namespace
}  // namespace cpgw::signer
