// OMA DM notifications and the bootstrap of the account they need.
#include "si_sl/contents_dm.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "signer/dm_digest.h"
#include "vector_file.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::si_sl {
namespace {

const Secret kPassword{std::string_view("srvpw")};
const Secret kNonce{std::string_view("nonce-01")};
const signer::DmCredentials kServer{"srv.example", kPassword, kNonce};

DmTrigger trigger_of_the_vector() {
  DmTrigger trigger;
  trigger.ui_mode = DmUiMode::background;
  trigger.session_id = 0x01F4;
  trigger.server_id = "srv.example";
  return trigger;
}

test::Vector recorded(const std::string& id) {
  for (const test::Vector& v : test::read_vectors("wsp/pushes.txt")) {
    if (v.text("id") == id) return v;
  }
  ADD_FAILURE() << id;
  return {};
}

TEST(DmNotification, IsTheOctetsOfTheVector) {
  Octets trigger;
  ASSERT_TRUE(write_dm_trigger(trigger_of_the_vector(), trigger));
  const auto digest = signer::dm_digest(kServer, trigger);
  ASSERT_TRUE(digest);
  const PushContent content = dm_notification(*digest, trigger);
  EXPECT_EQ(content.destination_port, 2948);
  Octets push;
  ASSERT_TRUE(write_push(0x31, push_headers(content), content.body, push));
  EXPECT_EQ(to_hex(push), to_hex(recorded("dm-notification").octets("push")));
  // WSP headers and user data header together: at most 48 octets (6.3).
  EXPECT_EQ(push.size() - content.body.size(), 6u);
}

TEST(DmNotification, IsReadAndVerifiedInEitherFormOfItsContentType) {
  for (const char* id : {"dm-notification", "dm-notification-value-length"}) {
    const Octets pdu = recorded(id).octets("push");
    const auto push = read_push(pdu);
    ASSERT_TRUE(push) << to_string(push.error());
    EXPECT_EQ(push->content_type, kDmNotification);
    const auto view = read_dm_notification(push->body);
    ASSERT_TRUE(view) << to_string(view.error());
    EXPECT_EQ(view->trigger.version, 11);
    EXPECT_EQ(view->trigger.ui_mode, DmUiMode::background);
    EXPECT_EQ(view->trigger.initiator, DmInitiator::server);
    EXPECT_EQ(view->trigger.future_use, 0u);
    EXPECT_EQ(view->trigger.session_id, 0x01F4);
    EXPECT_EQ(view->trigger.server_id, "srv.example");
    EXPECT_TRUE(view->trigger.vendor.empty());
    EXPECT_EQ(signer::verify_dm_digest(kServer, view->trigger_octets, view->digest), true);
  }
}

TEST(DmNotification, HasEveryFieldInItsBits) {
  struct Bits {
    std::uint16_t version;
    DmUiMode ui_mode;
    DmInitiator initiator;
    std::uint32_t future_use;
    const char* hex;
  };
  const Bits cases[] = {
      {10, DmUiMode::not_specified, DmInitiator::user, 0, "0280000000"},
      {11, DmUiMode::informative, DmInitiator::user, 0, "02e0000000"},
      {11, DmUiMode::user_interaction, DmInitiator::server, 0, "02f8000000"},
      {1023, DmUiMode::not_specified, DmInitiator::user, 0, "ffc0000000"},
      {0, DmUiMode::user_interaction, DmInitiator::user, 0, "0030000000"},
      {0, DmUiMode::not_specified, DmInitiator::server, 0, "0008000000"},
      {0, DmUiMode::not_specified, DmInitiator::user, 0x7FFFFFF, "0007ffffff"},
  };
  for (const Bits& c : cases) {
    const DmTrigger trigger{c.version, c.ui_mode, c.initiator, c.future_use, 0x9E72, "A", {}};
    Octets out;
    ASSERT_TRUE(write_dm_trigger(trigger, out));
    EXPECT_EQ(to_hex(out), std::string(c.hex) + "9e720141");
  }
}

RC_GTEST_PROP(DmNotification, IsReadAsItWasWritten,
              (std::uint16_t version, std::uint8_t bits, std::uint32_t future_use,
               std::uint16_t session_id, std::uint8_t length,
               const std::vector<std::uint8_t>& vendor)) {
  const std::string server_id(std::max<std::size_t>(1, length), 'x');
  DmTrigger trigger;
  trigger.version = version & 0x3FF;
  trigger.ui_mode = static_cast<DmUiMode>(bits & 3);
  trigger.initiator = static_cast<DmInitiator>(bits >> 2 & 1);
  trigger.future_use = future_use & 0x7FFFFFF;
  trigger.session_id = std::max<std::uint16_t>(1, session_id);
  trigger.server_id = server_id;
  trigger.vendor = std::as_bytes(std::span(vendor));
  Octets out;
  RC_ASSERT(write_dm_trigger(trigger, out).has_value());
  const std::array<std::byte, kDmDigestOctets> digest{};
  const PushContent content = dm_notification(digest, out);
  const auto view = read_dm_notification(content.body);
  RC_ASSERT(view.has_value());
  RC_ASSERT(view->trigger.version == trigger.version);
  RC_ASSERT(view->trigger.ui_mode == trigger.ui_mode);
  RC_ASSERT(view->trigger.initiator == trigger.initiator);
  RC_ASSERT(view->trigger.future_use == trigger.future_use);
  RC_ASSERT(view->trigger.session_id == trigger.session_id);
  RC_ASSERT(view->trigger.server_id == trigger.server_id);
  RC_ASSERT(to_hex(view->trigger.vendor) == to_hex(trigger.vendor));
  RC_ASSERT(to_hex(view->trigger_octets) == to_hex(out));
}

TEST(DmNotification, RefusesFieldsItCannotHold) {
  const auto refused = [](auto change, const char* field, Errc code = Errc::bad_value) {
    DmTrigger trigger = trigger_of_the_vector();
    change(trigger);
    Octets out;
    const auto done = write_dm_trigger(trigger, out);
    ASSERT_FALSE(done) << field;
    EXPECT_EQ(done.error().code, Code(code));
    EXPECT_EQ(done.error().at.field, field);
    EXPECT_TRUE(out.empty());
  };
  const std::string big(256, 'x');
  refused([](DmTrigger& t) { t.version = 1024; }, "version");
  refused([](DmTrigger& t) { t.ui_mode = static_cast<DmUiMode>(4); }, "ui-mode");
  refused([](DmTrigger& t) { t.initiator = static_cast<DmInitiator>(2); }, "initiator");
  refused([](DmTrigger& t) { t.future_use = 1u << 27; }, "future-use");
  refused([](DmTrigger& t) { t.session_id = 0; }, "sessionid");
  refused([](DmTrigger& t) { t.server_id = {}; }, "server-identifier");
  refused([](DmTrigger& t) { t.server_id = "\xFF"; }, "server-identifier");
  refused([&](DmTrigger& t) { t.server_id = big; }, "server-identifier", Errc::too_long);
}

TEST(DmNotification, IsReadOrRefusedAtEveryTruncationAndCorruption) {
  const Octets body = recorded("dm-notification").octets("body");
  for (std::size_t n = 0; n < body.size(); ++n) {
    const auto view = read_dm_notification(OctetView(body).first(n));
    ASSERT_FALSE(view) << n;
    EXPECT_EQ(view.error().code, Code(Errc::truncated));
    EXPECT_LE(view.error().at.offset.value(), n);
  }
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      Octets changed = body;
      changed[i] = static_cast<std::byte>(value);
      const auto view = read_dm_notification(changed);
      if (!view) {
        EXPECT_LE(view.error().at.offset.value(), body.size());
        continue;
      }
      EXPECT_EQ(signer::verify_dm_digest(kServer, view->trigger_octets, view->digest),
                changed == body);
    }
  }
  Octets nobody = from_hex(
                      "00000000000000000000000000000000"
                      "02d8000000"
                      "0001"
                      "00")
                      .value();
  EXPECT_EQ(read_dm_notification(nobody).error().at.offset, 23u);
  nobody[22] = std::byte{0};
  EXPECT_EQ(read_dm_notification(nobody).error().at.offset, 21u);
}

DmAccount account() {
  DmAccount a;
  a.provider_id = "com.example.dm";
  a.name = "Example";
  a.addr = "https://dm.example/";
  a.to_napid = {"INTERNET"};
  a.init = true;
  a.auth = {{DmAuth::Level::APPSRV, "DIGEST", "user", Secret(std::string_view("phonepw")),
             Secret(std::string_view("nonce-02"))},
            {DmAuth::Level::CLIENT, "DIGEST", "srv", Secret(std::string_view("srvpw")), {}}};
  return a;
}

TEST(DmBootstrap, IsAProvisioningDocumentOfW7) {
  const auto document = document_of(account());
  ASSERT_TRUE(document) << to_string(document.error());
  EXPECT_EQ(*document, *wbxml::read_xml(R"(<wap-provisioningdoc version="1.1">
    <characteristic type="APPLICATION">
      <parm name="APPID" value="w7"/><parm name="PROVIDER-ID" value="com.example.dm"/>
      <parm name="NAME" value="Example"/><parm name="TO-NAPID" value="INTERNET"/>
      <parm name="INIT"/><parm name="ADDR" value="https://dm.example/"/>
      <characteristic type="APPAUTH"><parm name="AAUTHLEVEL" value="APPSRV"/>
        <parm name="AAUTHTYPE" value="DIGEST"/><parm name="AAUTHNAME" value="user"/>
        <parm name="AAUTHSECRET" value="phonepw"/><parm name="AAUTHDATA" value="bm9uY2UtMDI="/>
      </characteristic>
      <characteristic type="APPAUTH"><parm name="AAUTHLEVEL" value="CLIENT"/>
        <parm name="AAUTHTYPE" value="DIGEST"/><parm name="AAUTHNAME" value="srv"/>
        <parm name="AAUTHSECRET" value="srvpw"/></characteristic>
    </characteristic></wap-provisioningdoc>)"));
}

TEST(DmBootstrap, PutsAPortAndATypeIntoAnAddressOfItsOwn) {
  DmAccount a = account();
  a.port = 8443;
  a.addr_type = "ALPHA";
  a.init = false;
  a.to_napid = {};
  a.to_proxy = {"P1", "P2"};
  a.name = {};
  a.further = {{"PREF-CONREF", "N1"}, {"USEHWDEVID", ""}};
  a.auth.pop_back();
  a.auth[0] = {};
  const auto document = document_of(a);
  ASSERT_TRUE(document) << to_string(document.error());
  EXPECT_EQ(*document, *wbxml::read_xml(R"(<wap-provisioningdoc version="1.1">
    <characteristic type="APPLICATION">
      <parm name="APPID" value="w7"/><parm name="PROVIDER-ID" value="com.example.dm"/>
      <parm name="TO-PROXY" value="P1"/><parm name="TO-PROXY" value="P2"/>
      <parm name="PREF-CONREF" value="N1"/><parm name="USEHWDEVID"/>
      <characteristic type="APPADDR"><parm name="ADDR" value="https://dm.example/"/>
        <parm name="ADDRTYPE" value="ALPHA"/>
        <characteristic type="PORT"><parm name="PORTNBR" value="8443"/></characteristic>
      </characteristic>
      <characteristic type="APPAUTH"><parm name="AAUTHLEVEL" value="APPSRV"/></characteristic>
    </characteristic></wap-provisioningdoc>)"));
  EXPECT_TRUE(wbxml::encode(*document));
}

TEST(DmBootstrap, RefusesAnAccountAPhoneCouldNotUseAndNamesTheFieldAlone) {
  const auto refused = [](auto change, const char* field, Errc code = Errc::bad_value) {
    DmAccount a = account();
    change(a);
    const auto document = document_of(a);
    ASSERT_FALSE(document) << field;
    EXPECT_EQ(document.error().code, Code(code));
    EXPECT_EQ(document.error().at.field, field);
    EXPECT_EQ(to_string(document.error()).find("phonepw"), std::string::npos);
  };
  refused([](DmAccount& a) { a.provider_id.clear(); }, "PROVIDER-ID");
  refused([](DmAccount& a) { a.provider_id = "\x01"; }, "PROVIDER-ID");
  refused([](DmAccount& a) { a.name.assign(4097, 'x'); }, "NAME", Errc::too_long);
  refused([](DmAccount& a) { a.addr.clear(); }, "ADDR");
  refused([](DmAccount& a) { a.addr = "dm.example"; }, "ADDR");
  refused([](DmAccount& a) { a.addr_type = "\xFF"; }, "ADDRTYPE");
  refused([](DmAccount& a) { a.to_napid = {"\x01"}; }, "TO-NAPID");
  refused([](DmAccount& a) { a.to_proxy = {"\x01"}; }, "TO-PROXY");
  refused([](DmAccount& a) { a.auth.clear(); }, "APPAUTH");
  refused([](DmAccount& a) { a.auth[1].level = DmAuth::Level::APPSRV; }, "APPAUTH");
  refused([](DmAccount& a) { a.auth[0].level = DmAuth::Level::CLIENT; }, "APPAUTH");
  refused([](DmAccount& a) { a.auth[0].type = "\x01"; }, "AAUTHTYPE");
  refused([](DmAccount& a) { a.auth[0].name = "\x01"; }, "AAUTHNAME");
  refused([](DmAccount& a) { a.auth[0].secret = Secret(std::string_view("phonepw\x01")); },
          "AAUTHSECRET");
  refused([](DmAccount& a) { a.further = {{"", "x"}}; }, "further");
  refused([](DmAccount& a) { a.further = {{"APPID", "x"}}; }, "further");
  refused(
      [](DmAccount& a) {
        a.addr_type.clear();
        a.port = 0;
        a.further = {{"ADDR", "x"}};
      },
      "further");
  refused([](DmAccount& a) { a.further = {{"X", "1"}, {"X", "2"}}; }, "further");
  refused([](DmAccount& a) { a.further = {{"X", "\x01"}}; }, "further");
  refused([](DmAccount& a) { a.further = {{"X\x01", ""}}; }, "further");
}

}  // namespace
}  // namespace cpgw::si_sl
