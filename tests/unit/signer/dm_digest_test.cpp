// The digest of OMA DM notifications.
#include "signer/dm_digest.h"

#include <gtest/gtest.h>

namespace cpgw::signer {
namespace {

struct Case {
  const char* server_id;
  const char* password;
  const char* nonce;    ///< hexadecimal
  const char* trigger;  ///< hexadecimal
  const char* digest;
};

/// The first is worked out step by step in tests/vectors/wsp/pushes.txt (dm-notification); the
/// others are from the openssl command: MD5 of the pieces, base64 between them.
constexpr Case kCases[] = {
    {"srv.example", "srvpw", "6e6f6e63652d3031", "02d800000001f40b7372762e6578616d706c65",
     "7776a72345ec5a69f6c9b13d7e0e54ed"},
    {"a", "", "", "", "3ba8c115d1e609525e57508432e3bd76"},
    {"com.example.dm", "p:w\303\244",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "02f8000000ffff0e636f6d2e6578616d706c652e646d00ff76656e646f72",
     "52f70ca146a16beb0e36574cf1f32b27"},
    {"srv.example", "srvpw", "00000000", "02d800000001f40b7372762e6578616d706c65",
     "0510cc6676db3696ce97b12d2ac07e7a"},
};

TEST(DmDigest, IsThatOfTheVectors) {
  for (const Case& c : kCases) {
    const Secret password{std::string_view(c.password)};
    const Secret nonce{OctetView(from_hex(c.nonce).value())};
    const Octets trigger = from_hex(c.trigger).value();
    const auto digest = dm_digest({c.server_id, password, nonce}, trigger);
    ASSERT_TRUE(digest) << to_string(digest.error());
    EXPECT_EQ(to_hex(*digest), c.digest);
    EXPECT_EQ(verify_dm_digest({c.server_id, password, nonce}, trigger, *digest), true);
  }
}

TEST(DmDigest, HoldsForNothingElse) {
  const Case& c = kCases[0];
  const Secret password{std::string_view(c.password)}, other{std::string_view("srvpx")};
  const Secret nonce{OctetView(from_hex(c.nonce).value())}, none;
  const Octets trigger = from_hex(c.trigger).value();
  const Octets digest = from_hex(c.digest).value();
  const auto holds = [&](const DmCredentials& with, OctetView over, OctetView value) {
    const auto result = verify_dm_digest(with, over, value);
    EXPECT_TRUE(result);
    return result.value_or(true);
  };
  EXPECT_FALSE(holds({"srv.example", other, nonce}, trigger, digest));
  EXPECT_FALSE(holds({"srv.exampl", password, nonce}, trigger, digest));
  EXPECT_FALSE(holds({"srv.example", password, none}, trigger, digest));
  EXPECT_FALSE(holds({"srv.example", password, nonce}, trigger, OctetView(digest).first(15)));
  EXPECT_FALSE(holds({"srv.example", password, nonce}, trigger, {}));
  for (std::size_t i = 0; i < trigger.size(); ++i) {
    Octets changed = trigger;
    changed[i] ^= std::byte{1};
    EXPECT_FALSE(holds({"srv.example", password, nonce}, changed, digest)) << i;
  }
  for (std::size_t i = 0; i < digest.size(); ++i) {
    Octets changed = digest;
    changed[i] ^= std::byte{0x80};
    EXPECT_FALSE(holds({"srv.example", password, nonce}, trigger, changed)) << i;
  }
}

}  // namespace
}  // namespace cpgw::signer
