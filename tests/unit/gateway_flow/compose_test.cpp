#include "gateway/flow/compose.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "si_sl/wsp_push.h"
#include "tests/unit/gateway_flow/documents.h"
#include "wbxml/decoder.h"

namespace {
thread_local bool counting = false;
thread_local std::size_t allocations = 0;
}  // namespace

// The whole program's: counts only while a test asks. Never inlined: the compiler pairs them by
// name.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace cpgw::gateway::flow {
namespace {

SealedInputs inputs(signer::Security security, std::string_view name = "My operator") {
  SealedInputs in;
  in.slots = {Secret(name), Secret("internet.example")};
  if (signer::needs_imsi(security)) in.imsi = *Imsi::parse("244070000000017");
  if (signer::needs_pin(security)) in.pin = *UserPin::parse("1234");
  if (security == signer::Security::USERPINMAC) in.pin = *UserPin::parse("58203991");
  return in;
}
const signer::Keyring& keyring() {
  static SystemRandom random;
  static const signer::Keyring ring = signer::Keyring::ephemeral(random);
  return ring;
}
constexpr queue::Drawn kDrawn{.reference = 0x2A, .transaction_id = 0x01, .composer_version = 1};

TEST(Compose, PartsPutTogetherAreThePushWithAMacThatHolds) {
  for (const auto security :
       {signer::Security::NETWPIN, signer::Security::USERPIN, signer::Security::USERNETWPIN}) {
    const auto content = compiled(security, 180);
    const auto in = inputs(security, std::string(170, 'n'));
    Composer composer(keyring());
    Composed out;
    const auto done = composer.compose(content, in, kDrawn, out);
    ASSERT_TRUE(done) << to_string(done.error());
    EXPECT_EQ(out.parts.size(), 3u);

    si_sl::Reassembler reassembler;
    std::optional<si_sl::Reassembler::Message> message;
    for (const si_sl::Part& part : out.parts) {
      EXPECT_LE(part.octets, si_sl::kUserDataOctets);
      auto added = reassembler.add("1", part.whole(), true, SteadyTime{});
      ASSERT_TRUE(added);
      if (*added) message = **added;
    }
    ASSERT_TRUE(message);
    EXPECT_EQ(message->destination_port, 2948);
    EXPECT_TRUE(std::ranges::equal(message->data, composer.last_push()));
    EXPECT_EQ(out.push_digest,
              *signer::KeyedDigest(keyring(), kPushDigestPurpose).of(message->data));

    const auto push = si_sl::read_push(message->data);
    ASSERT_TRUE(push);
    EXPECT_EQ(push->transaction_id, 0x01);
    EXPECT_EQ(push->SEC, static_cast<std::uint8_t>(security));
    EXPECT_TRUE(signer::verify_mac(security, in.imsi ? &*in.imsi : nullptr,
                                   in.pin ? &*in.pin : nullptr, push->body, push->MAC)
                    .value_or(false));
    const auto document = wbxml::decode(push->body);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root.children[0].children[3].attribute("value")->value, "internet.example");
  }
}

TEST(Compose, UserpinmacGivesTheCodeAndNoMac) {
  const auto content = compiled(signer::Security::USERPINMAC);
  Composer composer(keyring());
  Composed out;
  ASSERT_TRUE(composer.compose(content, inputs(signer::Security::USERPINMAC), kDrawn, out));
  const auto push = si_sl::read_push(composer.last_push());
  ASSERT_TRUE(push);
  EXPECT_EQ(push->SEC, 3);
  EXPECT_TRUE(push->MAC.empty());
  EXPECT_EQ(out.code.size(), 16u);
  EXPECT_TRUE(signer::verify_userpinmac(out.code, push->body).value_or(false));
  // The next push has no code of this one.
  ASSERT_TRUE(composer.compose(compiled(), inputs(signer::Security::NETWPIN), kDrawn, out));
  EXPECT_TRUE(out.code.empty());
}

TEST(Compose, UnsignedPushHasNoSecurityParameters) {
  Composer composer(keyring());
  Composed out;
  ASSERT_TRUE(composer.compose(compiled(signer::Security::none), inputs(signer::Security::none),
                               kDrawn, out));
  const auto push = si_sl::read_push(composer.last_push());
  ASSERT_TRUE(push);
  EXPECT_FALSE(push->SEC);
  EXPECT_TRUE(push->MAC.empty());
}

TEST(Compose, SameRecordGivesTheSameOctetsAlsoFromAnotherComposer) {
  const auto content = compiled();
  const auto stored = load_content(store_content(content, ""));
  ASSERT_TRUE(stored);
  Composer one(keyring()), two(keyring());
  Composed a, b, c;
  ASSERT_TRUE(one.compose(content, inputs(signer::Security::NETWPIN), kDrawn, a));
  ASSERT_TRUE(one.compose(content, inputs(signer::Security::NETWPIN, "x"), kDrawn, c));
  ASSERT_TRUE(two.compose(*stored, inputs(signer::Security::NETWPIN), kDrawn, b));
  EXPECT_EQ(a.parts, b.parts);
  EXPECT_EQ(a.push_digest, b.push_digest);
  EXPECT_NE(a.push_digest, c.push_digest);
}

TEST(Compose, NeverTakesMorePartsThanEstimated) {
  for (const std::uint16_t octets :
       std::initializer_list<std::uint16_t>{1, 40, 64, 100, 250, 600}) {
    const auto content = compiled(signer::Security::USERNETWPIN, octets);
    Composer composer(keyring());
    Composed out;
    ASSERT_TRUE(composer.compose(
        content, inputs(signer::Security::USERNETWPIN, std::string(octets, 'm')), kDrawn, out));
    EXPECT_LE(out.parts.size(), *parts_estimate(content));
  }
}

TEST(Compose, WrongInputsAreErrorsThatShowNoValue) {
  const auto content = compiled();
  Composer composer(keyring());
  Composed out;
  std::vector<SealedInputs> wrong(4, inputs(signer::Security::NETWPIN));
  wrong[0].slots.pop_back();
  wrong[1].imsi.reset();
  wrong[2].slots[1] = Secret("not a host!");
  wrong[3].pin = *UserPin::parse("98765432");
  for (const SealedInputs& in : wrong) {
    const auto done = composer.compose(content, in, kDrawn, out);
    ASSERT_FALSE(done);
    for (const char* secret : {"not a host!", "98765432", "244070000000017"}) {
      EXPECT_EQ(to_string(done.error()).find(secret), std::string::npos);
    }
  }
  queue::Drawn later = kDrawn;
  later.composer_version = kComposerVersion + 1;
  EXPECT_FALSE(composer.compose(content, inputs(signer::Security::NETWPIN), later, out));
  // And the composer still works.
  EXPECT_TRUE(composer.compose(content, inputs(signer::Security::NETWPIN), kDrawn, out));
}

TEST(Compose, AllocatesNothingOnceWarm) {
  const auto content = compiled(signer::Security::NETWPIN, 180);
  const auto in = inputs(signer::Security::NETWPIN, std::string(170, 'n'));
  Composer composer(keyring());
  Composed out;
  ASSERT_TRUE(composer.compose(content, in, kDrawn, out));
  allocations = 0;
  counting = true;
  for (int i = 0; i < 100; ++i) (void)composer.compose(content, in, kDrawn, out);
  counting = false;
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace cpgw::gateway::flow
