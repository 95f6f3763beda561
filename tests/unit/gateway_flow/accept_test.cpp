#include "gateway/flow/accept.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/gateway_flow/documents.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::string_view kImsi = "244070000000017";
constexpr std::string_view kPin = "48151623";

class Accept : public testing::Test {
 protected:
  Accept() {
    settings.numbers.default_country = "358";
    settings.routes = {{"+358", "smsc-a"}, {"+35840", "smsc-b"}, {"+1", "smsc-c"}};
    terms.tenant = queue::TenantId{7};
    terms.tenant_name = "acme";
    terms.queue = queue::QueueId{9};
    terms.priority = 2;
    terms.due = WallTime(std::chrono::milliseconds(1000));
    terms.deadline = WallTime(std::chrono::milliseconds(9000));
    terms.trace.fill(std::byte{0xAB});
  }

  RecipientRequest recipient(std::string number = "0401234567") {
    return {.number = std::move(number),
            .imsi = Secret(kImsi),
            .pin = {},
            .slots = {{"apn", Secret("internet.example")}, {"name", Secret("My operator")}}};
  }
  auto job(const RecipientRequest& r, const CompiledContent& c) {
    return acceptor.job(r, c, digest, terms, [this](const std::string& name) {
      groups.push_back(name);
      return queue::RouteGroup{static_cast<std::uint16_t>(groups.size())};
    });
  }
  /// The one mistake of `field`; nothing when there is not exactly one.
  static std::string of_field(const std::vector<Error>& mistakes, std::string_view field) {
    std::string found;
    for (const Error& e : mistakes) {
      if (e.at.field == field) found += e.message;
    }
    return found;
  }

  FlowSettings settings;
  SeededRandom random{5};
  signer::Keyring keyring = signer::Keyring::ephemeral(random);
  signer::Sealer sealer{keyring, random};
  Acceptor acceptor{settings, sealer, random};
  JobTerms terms;
  queue::Digest digest{};
  std::vector<std::string> groups;
};

TEST_F(Accept, MakesAJobWithSealedInputs) {
  const auto made = job(recipient(), compiled());
  ASSERT_TRUE(made) << to_string(made.error().front());
  EXPECT_EQ(made->recipient.international(), "+358401234567");
  EXPECT_EQ(made->tenant, terms.tenant);
  EXPECT_EQ(made->queue, terms.queue);
  EXPECT_EQ(made->priority, 2);
  EXPECT_EQ(made->due, terms.due);
  EXPECT_EQ(made->deadline, terms.deadline);
  EXPECT_EQ(made->trace, terms.trace);
  EXPECT_EQ(made->parts_estimate, *parts_estimate(compiled()));
  EXPECT_EQ(groups, std::vector<std::string>{"smsc-b"});
  EXPECT_EQ(as_text(made->sealed).find(kImsi), std::string_view::npos);

  const std::string owner = seal_owner(made->recipient, digest);
  const auto plain = sealer.open(made->sealed, {.tenant = "acme", .owner = owner, .field = "job"});
  ASSERT_TRUE(plain);
  const auto inputs = read_sealed(plain->expose());
  ASSERT_TRUE(inputs);
  ASSERT_EQ(inputs->slots.size(), 2u);
  EXPECT_EQ(as_text(inputs->slots[0].expose()), "My operator");
  EXPECT_EQ(as_text(inputs->slots[1].expose()), "internet.example");
  EXPECT_EQ(as_text(inputs->imsi->expose()), kImsi);
  EXPECT_FALSE(inputs->pin);

  // Moved to another tenant or another number the record does not open.
  EXPECT_FALSE(sealer.open(made->sealed, {.tenant = "other", .owner = owner, .field = "job"}));
  const std::string stranger = seal_owner(*Msisdn::parse("358401234568"), digest);
  EXPECT_FALSE(sealer.open(made->sealed, {.tenant = "acme", .owner = stranger, .field = "job"}));
}

TEST_F(Accept, NamesEveryMistakeAtOnce) {
  settings.only_to = {*Msisdn::parse("358400000001")};
  settings.routes = {{"+1", "smsc-c"}};
  RecipientRequest r = recipient();
  r.imsi = Secret("12");
  r.pin = Secret(kPin);
  r.slots = {{"apn", Secret("not a host")}, {"apn", Secret("x")}, {"colour", Secret("red")}};
  const auto made = job(r, compiled());
  ASSERT_FALSE(made);
  const auto& mistakes = made.error();
  EXPECT_EQ(mistakes.size(), 8u);
  EXPECT_NE(of_field(mistakes, "number").find("only_to"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "number").find("[[route]]"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "imsi").find("6 to 15"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "pin").find("uses no PIN"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "slots.apn").find("twice"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "slots.colour").find("no slot"), std::string::npos);
  EXPECT_NE(of_field(mistakes, "slots.name").find("needs a value"), std::string::npos);
  EXPECT_TRUE(groups.empty());
}

TEST_F(Accept, SecurityDecidesWhichIdentitiesAreNeeded) {
  struct Case {
    signer::Security security;
    bool imsi, pin;
  };
  for (const Case& c :
       {Case{signer::Security::NETWPIN, true, false}, Case{signer::Security::USERPIN, false, true},
        Case{signer::Security::USERNETWPIN, true, true},
        Case{signer::Security::USERPINMAC, false, false},
        Case{signer::Security::none, false, false}}) {
    const auto content = compiled(c.security);
    for (const bool imsi : {false, true}) {
      for (const bool pin : {false, true}) {
        RecipientRequest r = recipient();
        r.imsi = imsi ? Secret(kImsi) : Secret();
        r.pin = pin ? Secret(kPin) : Secret();
        const auto made = job(r, content);
        EXPECT_EQ(made.has_value(), imsi == c.imsi && pin == c.pin)
            << to_string(c.security) << " " << imsi << pin;
        if (!made) {
          EXPECT_EQ(of_field(made.error(), "imsi").empty(), imsi == c.imsi);
          EXPECT_EQ(of_field(made.error(), "pin").empty(), pin == c.pin);
        }
      }
    }
  }
}

TEST_F(Accept, DrawsEightDigitsForUserpinmac) {
  RecipientRequest r = recipient();
  r.imsi = Secret();
  const auto made = job(r, compiled(signer::Security::USERPINMAC));
  ASSERT_TRUE(made);
  const std::string owner = seal_owner(made->recipient, digest);
  const auto plain = sealer.open(made->sealed, {.tenant = "acme", .owner = owner, .field = "job"});
  ASSERT_TRUE(plain);
  const auto inputs = read_sealed(plain->expose());
  ASSERT_TRUE(inputs && inputs->pin);
  EXPECT_EQ(inputs->pin->expose().size(), 8u);
}

TEST_F(Accept, AJobThatNeedsNothingHasNoSealedRecord) {
  const auto content =
      compile_content("<wap-provisioningdoc version=\"1.1\"/>", signer::Security::none, {}, {});
  ASSERT_TRUE(content) << to_string(content.error());
  const auto made = job({.number = "+12025550101", .imsi = {}, .pin = {}, .slots = {}}, *content);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->sealed.empty());
  EXPECT_EQ(made->parts_estimate, 1);
}

TEST_F(Accept, TheLongestPrefixTakesTheNumber) {
  EXPECT_EQ(acceptor.route(*Msisdn::parse("358401")).value(), "smsc-b");
  EXPECT_EQ(acceptor.route(*Msisdn::parse("358501")).value(), "smsc-a");
  EXPECT_EQ(acceptor.route(*Msisdn::parse("4479")).error().code, Code(Errc::no_route));
  settings.routes.push_back({"+", "smsc-d"});
  EXPECT_EQ(acceptor.route(*Msisdn::parse("4479")).value(), "smsc-d");
}

TEST_F(Accept, MessagesHoldNoSecretWhateverIsWrong) {
  const std::vector<std::string> secrets = {"244070000000017", "48151623", "hunter2!",
                                            "12 34 hush"};
  for (const auto security : {signer::Security::NETWPIN, signer::Security::USERPIN,
                              signer::Security::USERNETWPIN, signer::Security::none}) {
    for (unsigned n = 0; n < 64; ++n) {
      RecipientRequest r;
      r.number = "bad";
      r.imsi = Secret((n & 1) != 0 ? secrets[0] : secrets[3]);
      r.pin = Secret((n & 2) != 0 ? secrets[1] : secrets[2]);
      if ((n & 4) != 0) r.slots.emplace_back("apn", Secret(secrets[3]));
      if ((n & 8) != 0) r.slots.emplace_back("name", Secret(std::string(300, 'z')));
      if ((n & 16) != 0) r.slots.emplace_back("apn", Secret(secrets[2]));
      if ((n & 32) != 0) r.slots.emplace_back("other", Secret(secrets[1]));
      const auto made = job(r, compiled(security));
      ASSERT_FALSE(made);
      for (const Error& e : made.error()) {
        for (const std::string& secret : secrets) {
          EXPECT_EQ(to_string(e).find(secret), std::string::npos) << to_string(e);
        }
        EXPECT_EQ(to_string(e).find("zzzz"), std::string::npos);
      }
    }
  }
}

TEST(SealedInputsRecord, ReadsBackWhatWasWritten) {
  for (unsigned n = 0; n < 8; ++n) {
    SealedInputs inputs;
    if ((n & 1) != 0) inputs.imsi = *Imsi::parse(kImsi);
    if ((n & 2) != 0) inputs.pin = *UserPin::parse(kPin);
    if ((n & 4) != 0) inputs.slots = {Secret("a"), Secret(), Secret(std::string(5000, 'b'))};
    const Octets plain = write_sealed(inputs);
    const auto read = read_sealed(plain);
    ASSERT_TRUE(read) << n;
    EXPECT_EQ(read->imsi, inputs.imsi);
    EXPECT_EQ(read->pin, inputs.pin);
    EXPECT_EQ(read->slots, inputs.slots);
    for (std::size_t cut = 1; cut < plain.size(); ++cut) {
      EXPECT_FALSE(read_sealed(OctetView(plain).first(cut))) << n << " " << cut;
    }
    Octets longer = plain;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(read_sealed(longer));
  }
  EXPECT_TRUE(read_sealed({}));
}

TEST(SealedInputsRecord, AnyChangedOctetIsReadOrRefused) {
  SealedInputs inputs;
  inputs.imsi = *Imsi::parse(kImsi);
  inputs.pin = *UserPin::parse(kPin);
  inputs.slots = {Secret("abc"), Secret("internet")};
  const Octets plain = write_sealed(inputs);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      Octets changed = plain;
      changed[i] = static_cast<std::byte>(value);
      if (const auto read = read_sealed(changed)) {
        EXPECT_EQ(write_sealed(*read), changed);
      }
    }
  }
}

}  // namespace
}  // namespace cpgw::gateway::flow
