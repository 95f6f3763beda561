#include "wbxml/encoder.h"

#include <gtest/gtest.h>

#include "vectors.h"
#include "wbxml/decoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using test::read_vectors;
using test::Vector;

Document prov_document(std::vector<Node> children = {}) {
  Document d;
  d.type = &prov();
  d.root.name = "wap-provisioningdoc";
  d.root.children = std::move(children);
  return d;
}

Node parm(std::string name, std::string value) {
  Node n;
  n.name = "parm";
  n.attributes = {{"name", std::move(name), {}}, {"value", std::move(value), {}}};
  return n;
}

std::string hex_of(const Document& d) {
  const auto octets = encode(d);
  return octets ? to_hex(*octets) : to_string(octets.error());
}

TEST(WbxmlEncoder, WritesEveryVectorToTheOctet) {
  for (const char* file : {"prov.vectors", "push.vectors", "ota.vectors"}) {
    for (const Vector& v : read_vectors(file)) {
      SCOPED_TRACE(v.name);
      const auto document = read_xml(v.xml, v.name);
      ASSERT_TRUE(document) << to_string(document.error());
      const auto octets = encode(*document, {.version = to_u8(v.octets()[0])});
      ASSERT_TRUE(octets) << to_string(octets.error());
      EXPECT_EQ(to_hex(*octets), to_hex(v.octets()));
    }
  }
}

TEST(WbxmlEncoder, WritesTheVersionThatIsAskedFor) {
  for (std::uint8_t version = 1; version <= 3; ++version) {
    EXPECT_EQ(encode(prov_document(), {version}).value()[0], std::byte{version});
  }
  EXPECT_EQ(encode(prov_document(), {0}).error().code, Code(Errc::unsupported));
  EXPECT_EQ(encode(prov_document(), {4}).error().code, Code(Errc::unsupported));
}

TEST(WbxmlEncoder, TakesATokenOnlyForTheCompleteNameInItsExactCase) {
  EXPECT_EQ(hex_of(prov_document({parm("NAPID", "x")})),
            "030b6a004587110603780001"
            "01");
  EXPECT_EQ(hex_of(prov_document({parm("napid", "x")})),
            "030b6a00458705036e61706964000603780001"
            "01");
  EXPECT_EQ(hex_of(prov_document({parm("NAPIDX", "x")})),
            "030b6a00458705034e41504944580006"
            "0378000101");
}

TEST(WbxmlEncoder, UsesValueTokensInTheValueAttributeOnly) {
  EXPECT_EQ(hex_of(prov_document({parm("PAP", "PAP")})),
            "030b6a0045870503504150"
            "00069a0101");
}

TEST(WbxmlEncoder, NeverWritesTokensThatAreForReadingOnly) {
  EXPECT_EQ(hex_of(prov_document({parm("APPREF", "WLAN")})),
            "030b6a0045870503415050524546000603574c414e000101");
}

TEST(WbxmlEncoder, SwitchesThePageInFrontOfTheStartAndNotBeforeTheValue) {
  EXPECT_EQ(hex_of(prov_document({parm("NAME", "APPSRV")})),
            "030b6a0045870700010"
            "68d0101");
  EXPECT_EQ(hex_of(prov_document({parm("AAUTHTYPE", ",")})),
            "030b6a004587000133069"
            "00101");
}

TEST(WbxmlEncoder, WritesAnUnknownNameOfAHandBuiltDocumentAsAnErrorWithItsField) {
  Node node = parm("NAPID", "x");
  node.attributes.push_back({"colour", "red", {.line = 7, .column = 3}});
  const auto wrong = encode(prov_document({node}));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code(Errc::unknown_name));
  EXPECT_EQ(wrong.error().at.line, 7u);
  EXPECT_EQ(wrong.error().at.column, 3u);
  EXPECT_EQ(wrong.error().at.field, "parm@colour");

  Node element;
  element.name = "item";
  EXPECT_EQ(encode(prov_document({element})).error().code, Code(Errc::unknown_name));
}

TEST(WbxmlEncoder, RefusesWhatAStringCannotCarryAndDoesNotShowTheValue) {
  using namespace std::string_literals;
  for (const std::string& bad :
       {"secr\0et"s, "\xC0\x80"s, "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xE2\x82"s, "\x80"s,
        "\x01"s, "\xEF\xBF\xBF"s, "\xF5\x80\x80\x80"s}) {
    const auto wrong = encode(prov_document({parm("AUTHSECRET", bad)}));
    ASSERT_FALSE(wrong) << to_hex(as_octets(bad));
    EXPECT_EQ(wrong.error().code, Code(Errc::bad_value));
    EXPECT_EQ(wrong.error().message.find("secr"), std::string::npos);
  }
  for (const std::string& good :
       {"\xC2\x80"s, "\xEE\x80\x80"s, "\xEF\xBF\xBD"s, "\xF4\x8F\xBF\xBF"s, "\t\r\n"s}) {
    EXPECT_TRUE(encode(prov_document({parm("NAME", good)}))) << to_hex(as_octets(good));
  }
}

TEST(WbxmlEncoder, RefusesTextAndDepthWithoutEnd) {
  Node text;
  text.kind = Node::Kind::text;
  text.text = "hello";
  EXPECT_EQ(encode(prov_document({text})).error().code, Code(Errc::bad_value));

  Node deep;
  deep.name = "characteristic";
  for (int i = 0; i < 80; ++i) {
    Node outer;
    outer.name = "characteristic";
    outer.children.push_back(std::move(deep));
    deep = std::move(outer);
  }
  EXPECT_EQ(encode(prov_document({deep})).error().code, Code(Errc::limit));
  EXPECT_EQ(encode(Document{}).error().code, Code(Errc::unknown_document));
}

TEST(WbxmlEncoder, LeavesOutAnEmptyRunOfText) {
  Node text;
  text.kind = Node::Kind::text;
  EXPECT_EQ(hex_of(prov_document({text})), "030b6a0005");
}

}  // namespace
}  // namespace cpgw::wbxml
