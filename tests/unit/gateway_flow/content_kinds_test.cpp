// Contents that are no provisioning document: compiled, stored, composed.
#include <gtest/gtest.h>

#include "gateway/flow/compose.h"
#include "si_sl/contents.h"
#include "si_sl/contents_dm.h"
#include "si_sl/text.h"
#include "tests/unit/gateway_flow/documents.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::string_view kSi =
    "<si><indication href=\"http://www.example.com/${page}\" si-id=\"1\">News for "
    "${user}</indication></si>";
constexpr std::string_view kSettings =
    "<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE=\"ADDRESS\"><PARM NAME=\"BEARER\" VALUE=\"GPRS\"/>"
    "</CHARACTERISTIC></CHARACTERISTIC-LIST>";
constexpr queue::Drawn kDrawn{.reference = 0x2A, .transaction_id = 0x01, .composer_version = 1};

Result<CompiledContent> made(std::string_view type, std::string_view source,
                             std::span<const wbxml::SlotSpec> slots = {},
                             signer::Security security = signer::Security::none) {
  return compile_content(
      {.type = *content_type(type), .source = source, .security = security, .slots = slots}, {});
}

/// What a phone puts together.
si_sl::Reassembler::Message sent(const CompiledContent& content, const SealedInputs& inputs = {}) {
  static SystemRandom random;
  static const signer::Keyring keyring = signer::Keyring::ephemeral(random);
  // As a job finds it: through the store.
  const auto stored = load_content(store_content(content, "source"));
  if (!stored) {
    ADD_FAILURE() << to_string(stored.error());
    return {};
  }
  Composer composer(keyring);
  Composed out;
  if (auto done = composer.compose(*stored, inputs, kDrawn, out); !done) {
    ADD_FAILURE() << to_string(done.error());
    return {};
  }
  EXPECT_LE(out.parts.size(), *parts_estimate(content));
  si_sl::Reassembler reassembler;
  for (const si_sl::Part& part : out.parts) {
    const auto data = si_sl::unpack_user_data(part.whole(), part.user_data_length(),
                                              part.udh_octets != 0, part.data_coding);
    auto message = reassembler.add("1", *data, part.udh_octets != 0, SteadyTime{});
    if (message && *message) return **std::move(message);
  }
  ADD_FAILURE() << "not whole";
  return {};
}

TEST(ContentKinds, AnIndicationIsFilledAndGoesWithItsContentTypeUnsigned) {
  const std::vector<wbxml::SlotSpec> slots = {
      {.name = "page", .type = wbxml::SlotType::digits, .max_octets = 4},
      {.name = "user", .type = wbxml::SlotType::text, .max_octets = 20}};
  const auto content = made("text/vnd.wap.si", kSi, slots);
  ASSERT_TRUE(content) << to_string(content.error());
  EXPECT_EQ(content->kind, ContentKind::push);
  SealedInputs in;
  in.slots = {Secret("17"), Secret("Zoë")};
  const auto message = sent(*content, in);
  EXPECT_EQ(message.destination_port, 2948);
  const auto push = si_sl::read_push(message.data);
  ASSERT_TRUE(push) << to_string(push.error());
  EXPECT_EQ(push->content_type, 0x2E);
  EXPECT_FALSE(push->SEC);
  const auto document = wbxml::decode(push->body);
  ASSERT_TRUE(document) << to_string(document.error());
  EXPECT_EQ(wbxml::write_xml(*document, 0).find("http://www.example.com/17") != std::string::npos,
            true);
  EXPECT_NE(wbxml::write_xml(*document, 0).find("News for Zoë"), std::string::npos);
}

TEST(ContentKinds, EveryDocumentTravelsWithThePortsOfItsKind) {
  const struct {
    std::string_view type, xml;
    std::uint16_t code;
    std::string_view text;
    std::uint16_t port;
  } kinds[] = {
      {"text/vnd.wap.sl", "<sl href=\"http://example.com/\"/>", 0x30, "", 2948},
      {"text/vnd.wap.co", "<co><invalidate-object uri=\"http://example.com/\"/></co>", 0x32, "",
       2948},
      {"text/vnd.wap.emn+xml", "<emn mailbox=\"mailat:u@example.com\"/>", 0x030A, "", 2948},
      {"text/x-wap-prov.browser-settings", kSettings, 0, "application/x-wap-prov.browser-settings",
       49999},
  };
  for (const auto& kind : kinds) {
    const auto content = made(kind.type, kind.xml);
    ASSERT_TRUE(content) << kind.type << ": " << to_string(content.error());
    const auto message = sent(*content);
    EXPECT_EQ(message.destination_port, kind.port) << kind.type;
    const auto push = si_sl::read_push(message.data);
    ASSERT_TRUE(push) << kind.type;
    EXPECT_EQ(push->content_type.value_or(0), kind.code) << kind.type;
    EXPECT_EQ(push->content_type_text, kind.text);
    EXPECT_EQ(push->charset.has_value(), !kind.text.empty());
  }
}

TEST(ContentKinds, SettingsAreSignedWhenTheirSecuritySaysSo) {
  const auto content =
      made("text/x-wap-prov.browser-settings", kSettings, {}, signer::Security::USERPIN);
  ASSERT_TRUE(content);
  SealedInputs in;
  in.pin = *UserPin::parse("1234");
  const auto push_message = sent(*content, in);
  const auto push = si_sl::read_push(push_message.data);
  ASSERT_TRUE(push);
  EXPECT_EQ(push->SEC, 1);
  EXPECT_EQ(push->MAC, "13E3D89E418D73FC61AB0DF9CD9256953F34EA2F");  // openssl dgst -sha1 -hmac
}

TEST(ContentKinds, ReadyOctetsPassUnchanged) {
  const std::string hex = "030b6a0045c65601870706034100010101";
  const auto content = made("application/vnd.wap.connectivity-wbxml", hex);
  ASSERT_TRUE(content) << to_string(content.error());
  const auto message = sent(*content);
  EXPECT_EQ(to_hex(si_sl::read_push(message.data)->body), hex);
  const std::string notification =
      "7776a72345ec5a69f6c9b13d7e0e54ed"
      "02d800000001f40b7372762e6578616d706c65";
  const auto dm = made("application/vnd.syncml.notification", notification);
  ASSERT_TRUE(dm) << to_string(dm.error());
  const auto dm_message = sent(*dm);
  const auto push = si_sl::read_push(dm_message.data);
  EXPECT_EQ(push->content_type, si_sl::kDmNotification);
  EXPECT_EQ(to_hex(push->further_headers), "af87");
  EXPECT_EQ(to_hex(push->body), notification);
}

TEST(ContentKinds, AnApplicationIdIsAddedWhereAsked) {
  const auto content = compile_content({.type = *content_type("text/vnd.wap.connectivity-xml"),
                                        .source = "<wap-provisioningdoc version=\"1.1\"/>",
                                        .application_id = 7},
                                       {});
  ASSERT_TRUE(content) << to_string(content.error());
  const auto message = sent(*content);
  EXPECT_EQ(to_hex(si_sl::read_push(message.data)->further_headers), "af87");
}

TEST(ContentKinds, ATextIsFilledAndCutInItsShortestAlphabet) {
  const std::vector<wbxml::SlotSpec> pin = {
      {.name = "pin", .type = wbxml::SlotType::digits, .max_octets = 8}};
  const auto content = made("text/plain", "Your PIN is ${pin}. {keep it}", pin);
  ASSERT_TRUE(content) << to_string(content.error());
  EXPECT_EQ(content->kind, ContentKind::text);
  EXPECT_EQ(*parts_estimate(*content), 1);
  SealedInputs in;
  in.slots = {Secret("12345678")};
  const auto message = sent(*content, in);
  EXPECT_EQ(message.destination_port, 0);
  EXPECT_EQ(*si_sl::read_text(message.data, si_sl::Alphabet::gsm7),
            "Your PIN is 12345678. {keep it}");
}

TEST(ContentKinds, ATextsEstimateHoldsForTheWorstValues) {
  const std::vector<wbxml::SlotSpec> name = {
      {.name = "name", .type = wbxml::SlotType::text, .max_octets = 60}};
  const std::string constant(100, 'x');
  const auto content = made("text/plain", constant + "${name}", name);
  ASSERT_TRUE(content);
  EXPECT_EQ(*parts_estimate(*content), 3);
  for (const std::string& value :
       {std::string(60, 'a'), std::string(60, '{'), std::string("Ж") + std::string(58, 'a')}) {
    SealedInputs in;
    in.slots = {Secret(value)};
    sent(*content, in);  // holds the parts against the estimate
  }
}

TEST(ContentKinds, ATextsEstimateCountsThePairsNoPartMayCut) {
  const std::vector<wbxml::SlotSpec> n = {
      {.name = "n", .type = wbxml::SlotType::digits, .max_octets = 5}};
  for (const std::string pair : {"\u20AC", "\U0001F600"}) {
    for (const std::size_t count : {60u, 300u, 328u, 700u, 759u}) {
      std::string text = "${n}";
      for (std::size_t i = 0; i < count; ++i) text += pair;
      const auto content = made("text/plain", text, n);
      if (!content) continue;  // refused at once is right too
      SealedInputs in;
      in.slots = {Secret("12345")};
      sent(*content, in);
    }
  }
}

TEST(ContentKinds, ATextThatCouldGrowWithoutEndIsRefusedAtOnce) {
  const std::vector<wbxml::SlotSpec> name = {
      {.name = "a", .type = wbxml::SlotType::text, .max_octets = 0xFFFF}};
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "${a}";
  const auto content = made("text/plain", text, name);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, Code(si_sl::Errc::too_many_parts));
}

TEST(ContentKinds, AFlashTextSaysSoInItsCoding) {
  const auto content = compile_content(
      {.type = *content_type("text/plain"), .source = "now", .message_class = 0}, {});
  ASSERT_TRUE(content);
  const auto stored = load_content(store_content(*content, "now"));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->message_class, 0);
}

TEST(ContentKinds, WhatDoesNotFitItsKindIsRefusedWithTheReason) {
  const auto refused = [](ContentSource source) {
    const auto content = compile_content(source, {});
    return content ? std::string("taken") : to_string(content.error());
  };
  const auto& si = *content_type("text/vnd.wap.si");
  const auto& text = *content_type("TEXT/Plain");
  const auto& wbxml = *content_type("application/vnd.wap.connectivity-wbxml");
  EXPECT_NE(refused({.type = si, .source = "<sl href=\"http://a/\"/>"}).find("text/vnd.wap.sl"),
            std::string::npos);
  EXPECT_NE(
      refused(
          {.type = si, .source = "<si><indication/></si>", .security = signer::Security::USERPIN})
          .find("security"),
      std::string::npos);
  EXPECT_NE(refused({.type = si, .source = "<si><indication/></si>", .message_class = 0})
                .find("message_class"),
            std::string::npos);
  EXPECT_NE(refused({.type = text, .source = "a", .application_id = 1}).find("application_id"),
            std::string::npos);
  EXPECT_NE(refused({.type = text, .source = "a", .message_class = 4}).find("0 to 3"),
            std::string::npos);
  EXPECT_NE(refused({.type = text, .source = "a\x01"}).find("UTF-8"), std::string::npos);
  EXPECT_NE(refused({.type = text, .source = std::string(5000, 'a')}), "taken");
  EXPECT_NE(refused({.type = wbxml, .source = "0305"}), "taken");
  EXPECT_NE(refused({.type = wbxml, .source = "zz"}), "taken");
  EXPECT_NE(refused({.type = wbxml, .source = ""}), "taken");
  EXPECT_NE(refused({.type = wbxml, .source = "01056a0045c6010101"}), "taken");
  EXPECT_NE(refused({.type = *content_type("application/vnd.syncml.notification"), .source = "00"}),
            "taken");
  EXPECT_EQ(content_type("text/html"), nullptr);
}

TEST(ContentKinds, AnyCutOrChangeOfARecordIsAnErrorAndNeverACrash) {
  const queue::Content records[] = {
      store_content(*made("text/x-wap-prov.browser-settings", kSettings), ""),
      store_content(*made("text/plain", "a text"), "")};
  for (const queue::Content& good : records) {
    ASSERT_TRUE(load_content(good));
    for (std::size_t n = 0; n < good.body.size(); ++n) {
      queue::Content bad = good;
      bad.body.resize(n);
      EXPECT_FALSE(load_content(bad));
      for (const unsigned flip : {0x01u, 0x80u, 0xFFu}) {
        bad = good;
        bad.body[n] ^= static_cast<std::byte>(flip);
        EXPECT_FALSE(load_content(bad));
      }
    }
  }
}

}  // namespace
}  // namespace cpgw::gateway::flow
