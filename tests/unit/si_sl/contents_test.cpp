// What is pushed besides provisioning, and how each kind travels.
#include "si_sl/contents.h"

#include <gtest/gtest.h>

#include "si_sl/segmentation.h"
#include "signer/bootstrap_mac.h"
#include "vector_file.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::si_sl {
namespace {

PushContent content_of(std::string_view xml) {
  const auto document = wbxml::read_xml(xml);
  EXPECT_TRUE(document) << to_string(document.error());
  if (!document) return {};
  auto content = push_content(*document);
  EXPECT_TRUE(content) << to_string(content.error());
  return content.value_or(PushContent{});
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

/// A recorded message put together again.
Reassembler::Message message_of(const test::Vector& v) {
  Reassembler reassembler;
  for (const std::string& part : v.all("part")) {
    auto message = reassembler.add("1", test::Vector::hex(part), true, SteadyTime{});
    EXPECT_TRUE(message) << to_string(message.error());
    if (message && *message) return **message;
  }
  ADD_FAILURE() << v.text("id");
  return {};
}

TEST(PushContents, HaveTheContentTypeAndPortsOfTheirKind) {
  struct Kind {
    const char* xml;
    std::uint16_t code;
    const char* text;
    std::uint16_t charset, port, source;
    std::uint32_t application;  ///< 0: none
    std::uint8_t version;
  };
  const char* const settings = "application/x-wap-prov.browser-settings";
  const Kind kinds[] = {
      {"<wap-provisioningdoc/>", 0x36, "", 0, 2948, 9200, 0, 3},
      {"<si><indication/></si>", 0x2E, "", 0, 2948, 9200, 0, 2},
      {"<sl href='http://a'/>", 0x30, "", 0, 2948, 9200, 0, 2},
      {"<co/>", 0x32, "", 0, 2948, 9200, 0, 2},
      {"<emn mailbox='mailat:a'/>", 0x030A, "", 0, 2948, 9200, 9, 2},
      {"<o-ex:rights/>", 0x4B, "", 0, 2948, 9200, 0, 3},
      {"<CHARACTERISTIC-LIST/>", 0, settings, 106, 49999, 49154, 0, 1},
      {"<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='BOOKMARK'/><CHARACTERISTIC TYPE='URL'/>"
       "</CHARACTERISTIC-LIST>",
       0, settings, 106, 49999, 49154, 0, 1},
      {"<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='BOOKMARK'/></CHARACTERISTIC-LIST>", 0,
       "application/x-wap-prov.browser-bookmarks", 106, 49999, 49154, 0, 1},
      {"<SyncSettings/>", 0x020B, "", 106, 49996, 49154, 0, 1},
  };
  for (const Kind& k : kinds) {
    SCOPED_TRACE(k.xml);
    const PushContent c = content_of(k.xml);
    EXPECT_EQ(c.content_type, k.code);
    EXPECT_EQ(c.content_type_text, k.text);
    EXPECT_EQ(c.charset.value_or(0), k.charset);
    EXPECT_EQ(c.destination_port, k.port);
    EXPECT_EQ(c.source_port, k.source);
    EXPECT_EQ(c.application_id.value_or(0), k.application);
    ASSERT_FALSE(c.body.empty());
    EXPECT_EQ(c.body[0], std::byte{k.version});
    const wbxml::DocumentType* const type =
        k.code != 0 ? document_type_of(k.code) : document_type_of(std::string_view(k.text));
    ASSERT_NE(type, nullptr);
    EXPECT_EQ(wbxml::decode(c.body, {}, {.type = type})->type, type);
  }
  EXPECT_FALSE(push_content(wbxml::Document{}));
  EXPECT_FALSE(push_content(wbxml::Document{&wbxml::unknown_type(), {}}));
}

TEST(PushContents, AreRecognisedByEveryNameOfTheirContentType) {
  const auto type_of = [](std::string_view text) { return document_type_of(text); };
  EXPECT_EQ(type_of("application/vnd.wap.SIC"), &wbxml::si());
  EXPECT_EQ(type_of("application/x-prov.syncset+wbxml"), &wbxml::sync_settings());
  EXPECT_EQ(type_of("application/x-wap-prov.syncset+wbxml"), &wbxml::sync_settings());
  EXPECT_EQ(type_of("application/vnd.nokia.syncset+wbxml"), &wbxml::sync_settings());
  EXPECT_EQ(type_of("application/vnd.wap.si"), nullptr);
  EXPECT_EQ(type_of(""), nullptr);
  EXPECT_EQ(document_type_of(std::uint16_t{0}), nullptr);
  EXPECT_EQ(document_type_of(std::uint16_t{0x44}), nullptr);
}

TEST(PushContents, AreWhatKannelSends) {
  int seen = 0;
  for (const test::Vector& v : test::read_vectors("kannel/sendota.txt")) {
    if (v.has("fault")) continue;
    SCOPED_TRACE(v.text("id"));
    const PushContent ours = content_of(joined(v.all("text")));
    const auto message = message_of(v);
    const auto theirs = read_push(message.data);
    ASSERT_TRUE(theirs) << to_string(theirs.error());
    EXPECT_EQ(theirs->content_type.value_or(0), ours.content_type);
    EXPECT_EQ(theirs->content_type_text, ours.content_type_text);
    EXPECT_EQ(theirs->further_headers.size(), 0u);
    EXPECT_EQ(theirs->charset, ours.charset);
    EXPECT_EQ(to_hex(theirs->body), to_hex(ours.body));
    Octets push;
    ASSERT_TRUE(write_push(theirs->transaction_id, push_headers(ours), ours.body, push));
    EXPECT_EQ(to_hex(push), to_hex(message.data));
    EXPECT_EQ(message.destination_port, ours.destination_port);
    EXPECT_EQ(message.source_port, ours.source_port);
    EXPECT_EQ(document_type_of(*theirs), wbxml::read_xml(joined(v.all("text")))->type);
    ++seen;
  }
  EXPECT_GE(seen, 15);
}

/// Kannel's PPG adds Content-Length, Encoding-Version and what the client's HTTP request had, names
/// a content type in text though it has a code, and strips SEC and MAC.
TEST(PushContents, CarryTheCodeOfTheirContentTypeAndNoFurtherHeader) {
  const auto front = [](const PushContent& c, std::size_t octets, PushHeaders headers) {
    Octets push;
    EXPECT_TRUE(write_push(0, headers, c.body, push));
    return to_hex(OctetView(push).first(octets));
  };
  const std::pair<const char*, const char*> constrained[] = {
      {"<si><indication/></si>", "000601ae02056a00"},
      {"<sl href='http://a'/>", "000601b002066a00"},
      {"<co/>", "000601b202076a00"},
      {"<wap-provisioningdoc/>", "000601b6030b6a00"},
      {"<o-ex:rights/>", "000601cb030e6a00"}};
  for (const auto& [xml, octets] : constrained) {
    const PushContent c = content_of(xml);
    EXPECT_EQ(front(c, 8, push_headers(c)), octets);
  }
  const PushContent signed_one = content_of("<wap-provisioningdoc/>");
  PushHeaders headers = push_headers(signed_one);
  headers.SEC = 1;
  headers.MAC = "0123456789ABCDEF0123456789ABCDEF01234567";
  EXPECT_EQ(front(signed_one, 9, headers), "00062f1f2db6918192");
}

/// Kannel drops the PIN of settings; the MAC is that of provisioning, over the body.
TEST(PushContents, OfSettingsAreSignedWhenAsked) {
  const PushContent c = content_of(
      "<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='ADDRESS'><PARM NAME='BEARER' VALUE='GPRS'/>"
      "</CHARACTERISTIC></CHARACTERISTIC-LIST>");
  EXPECT_EQ(to_hex(c.body),
            "01016a0045c6060187124901"
            "0101");
  const UserPin pin = *UserPin::parse("1234");
  const auto mac = signer::BootstrapSigner().mac(signer::Security::USERPIN, nullptr, &pin, c.body);
  ASSERT_TRUE(mac);
  PushHeaders headers = push_headers(c);
  headers.SEC = 1;
  headers.MAC = {mac->data(), mac->size()};
  Octets push;
  ASSERT_TRUE(write_push(1, headers, c.body, push));
  const auto read = read_push(push);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->SEC, 1);
  // openssl dgst -sha1 -hmac 1234 over the 14 octets.
  EXPECT_EQ(read->MAC, "13E3D89E418D73FC61AB0DF9CD9256953F34EA2F");
  EXPECT_EQ(read->content_type_text, c.content_type_text);
}

}  // namespace
}  // namespace cpgw::si_sl
