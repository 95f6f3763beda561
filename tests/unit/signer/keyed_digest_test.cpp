#include "signer/keyed_digest.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "tests/unit/signer/chosen_random.h"

namespace cpgw::signer {
namespace {

/// HMAC-SHA256 by OpenSSL's own one-shot function.
KeyedDigest::Digest judge(OctetView key, OctetView data) {
  KeyedDigest::Digest out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(),
       reinterpret_cast<unsigned char*>(out.data()), &size);
  return out;
}

TEST(KeyedDigest, IsHmacSha256UnderAKeyMadeForThePurpose) {
  test::ChosenRandom random;
  const Keyring keyring = Keyring::ephemeral(random);
  const auto derived = judge(keyring.key(1)->expose(), as_octets("purpose 1"));
  KeyedDigest digest(keyring, "purpose 1");
  for (const std::size_t size : {0, 1, 55, 56, 63, 64, 65, 127, 128, 1400}) {
    const Octets octets(size, std::byte{0x5A});
    EXPECT_EQ(*digest.of(octets), judge(derived, octets)) << size;
  }
}

TEST(KeyedDigest, DiffersByPurposeAndByKeyring) {
  test::ChosenRandom random;
  const Keyring one = Keyring::ephemeral(random), other = Keyring::ephemeral(random);
  const Octets octets(9, std::byte{1});
  EXPECT_NE(*KeyedDigest(one, "a").of(octets), *KeyedDigest(one, "b").of(octets));
  EXPECT_NE(*KeyedDigest(one, "a").of(octets), *KeyedDigest(other, "a").of(octets));
}

}  // namespace
}  // namespace cpgw::signer
