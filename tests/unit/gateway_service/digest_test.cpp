#include <gtest/gtest.h>

#include <set>

#include "gateway/service/request_digest.h"
#include "harness.h"

namespace cpgw::gateway::service {
namespace {

Submission sample() {
  Submission s;
  s.content.type = "t";
  s.content.source = "<x/>";
  s.content.security = "netwpin";
  s.content.slots = {{"a", wbxml::SlotType::text, 5}, {"b", wbxml::SlotType::host, 6}};
  s.recipients.push_back(
      {"+358401", Secret("244051234567890"), Secret(), {{"a", Secret("1")}, {"b", Secret("2")}}});
  return s;
}

TEST(RequestDigest, DoesNotDependOnTheOrderOfNames) {
  CountingRandom random;
  const auto keyring = signer::Keyring::ephemeral(random);
  RequestDigest digest(keyring);
  Submission turned = sample();
  std::swap(turned.content.slots[0], turned.content.slots[1]);
  std::swap(turned.recipients[0].slots[0], turned.recipients[0].slots[1]);
  turned.key = "any";
  EXPECT_EQ(*digest.of(turned), *digest.of(sample()));
}

TEST(RequestDigest, DependsOnEverythingElse) {
  CountingRandom random;
  const auto keyring = signer::Keyring::ephemeral(random);
  RequestDigest digest(keyring);
  std::set<queue::Digest> seen{*digest.of(sample())};
  const auto differs = [&](auto change) {
    Submission s = sample();
    change(s);
    EXPECT_TRUE(seen.insert(*digest.of(s)).second);
  };
  differs([](auto& s) { s.content.type = "u"; });
  differs([](auto& s) { s.content.source = "<y/>"; });
  differs([](auto& s) { s.content.security = "userpin"; });
  differs([](auto& s) { s.content.slots[0].max_octets = 7; });
  differs([](auto& s) { s.content.slots[0].type = wbxml::SlotType::ip; });
  differs([](auto& s) { s.content.slots.pop_back(); });
  differs([](auto& s) { s.recipients[0].number = "+358402"; });
  differs([](auto& s) { s.recipients[0].imsi = Secret("244051234567891"); });
  differs([](auto& s) { s.recipients[0].pin = Secret("1"); });
  differs([](auto& s) { s.recipients[0].slots[0].second = Secret("3"); });
  differs([](auto& s) { s.recipients.push_back(s.recipients[0]); });
  differs([](auto& s) { s.priority = 5; });
  differs([](auto& s) { s.not_before = WallTime{std::chrono::milliseconds(1)}; });
  differs([](auto& s) { s.expires_in = std::chrono::seconds(1); });
}

TEST(RequestDigest, IsOfNoUseWithoutTheKeyring) {
  CountingRandom random;
  const auto one = signer::Keyring::ephemeral(random);
  const auto other = signer::Keyring::ephemeral(random);
  EXPECT_NE(*RequestDigest(one).of(sample()), *RequestDigest(other).of(sample()));
}

}  // namespace
}  // namespace cpgw::gateway::service
