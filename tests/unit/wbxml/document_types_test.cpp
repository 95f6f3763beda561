// SI, SL, CO, EMN and DRMREL: what is theirs alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "vectors.h"
#include "wbxml/base64.h"
#include "wbxml/date.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/template.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using detail::date_octets;
using detail::date_text;
using detail::from_base64;
using detail::to_base64;

std::string hex_of(std::string_view xml) {
  const auto document = read_xml(xml);
  if (!document) return to_string(document.error());
  const auto octets = encode(*document, {.version = 2});
  return octets ? to_hex(*octets) : std::string(octets.error().code.name());
}

TEST(Dates, TravelAsDecimalOctetsWithoutTheZerosAtTheirEnd) {
  const std::pair<const char*, const char*> cases[] = {
      {"2024-06-25T15:23:15Z", "20240625152315"}, {"2024-06-30T10:20:00Z", "202406301020"},
      {"2024-06-30T10:00:00Z", "2024063010"},     {"2024-06-30T00:00:00Z", "20240630"},
      {"2024-07-10T00:20:00Z", "202407100020"},   {"2024-02-29T00:00:01Z", "20240229000001"},
      {"2000-02-29T00:00:00Z", "20000229"},       {"0000-01-01T00:00:00Z", "00000101"},
  };
  for (const auto& [text, hex] : cases) {
    const auto octets = date_octets(text);
    ASSERT_TRUE(octets) << text;
    EXPECT_EQ(to_hex(*octets), hex);
    EXPECT_EQ(date_text(*octets), text);
    Octets padded = *octets;
    padded.resize(7);
    EXPECT_EQ(date_text(padded), text);
  }
}

TEST(Dates, AreOfTheCalendarOrRefused) {
  for (const char* text :
       {"", "2024-06-25", "2024-06-25T15:23:15", "2024-06-25T15:23:15+00:00",
        "2024-99-25T15:23:15Z", "2024-00-25T15:23:15Z", "2024-06-31T15:23:15Z",
        "2023-02-29T15:23:15Z", "1900-02-29T00:00:00Z", "2024-06-00T15:23:15Z",
        "2024-06-25T24:00:00Z", "2024-06-25T15:60:00Z", "2024-06-25T15:23:60Z", "2024-06-25T1:2:3Z",
        "2024-06-25t15:23:15Z", "2024-06-25T15:23:15z", "2024/06/25T15:23:15Z",
        " 2024-06-25T15:23:15Z", "202a-06-25T15:23:15Z"}) {
    EXPECT_FALSE(date_octets(text)) << text;
  }
  for (const char* hex : {"", "202406", "2024062515231500", "20249925", "2024062A", "20240632",
                          "2024062524", "202406250060", "2024020030"}) {
    EXPECT_FALSE(date_text(from_hex(hex).value())) << hex;
  }
}

TEST(Base64, IsReadAndWrittenBothWays) {
  const std::pair<const char*, const char*> cases[] = {// RFC 4648, 10
                                                       {"", ""},
                                                       {"66", "Zg=="},
                                                       {"666f", "Zm8="},
                                                       {"666f6f", "Zm9v"},
                                                       {"666f6f62", "Zm9vYg=="},
                                                       {"666f6f6261", "Zm9vYmE="},
                                                       {"666f6f626172", "Zm9vYmFy"}};
  for (const auto& [hex, text] : cases) {
    EXPECT_EQ(to_base64(from_hex(hex).value()), text);
    EXPECT_EQ(to_hex(from_base64(text).value()), hex);
  }
  EXPECT_EQ(to_hex(from_base64(" Zm9v\n\tYg = =").value()), "666f6f62");
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=Zg=", "Zm9v====", "Zm-v",
                          "Zg==Zg==", "===="}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
}

TEST(DocumentTypes, WriteTheLongestBeginningOfAUrlAndEveryEnding) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://www.", "0d"},
      {"http://ww.", "0c0377772e00"},
      {"https://www.a.com/b.org/",
       "0f03610085036200"
       "88"},
      {"HTTP://a", "0b03485454503a2f2f6100"},
      {"", "0b"},
      {"a.com", "0b03612e636f6d00"},
      {".com/.com/", "0b8585"},
  };
  for (const auto& [url, hex] : cases) {
    EXPECT_EQ(hex_of("<si><indication href='" + std::string(url) + "'/></si>"),
              "02056a004586" + std::string(hex) + "0101")
        << url;
  }
  // EMN's endings have no slash, and its scheme for a mailbox no o.
  EXPECT_EQ(hex_of("<emn mailbox='mailat:x.com'/>"),
            "020d6a00850703780085"
            "01");
  EXPECT_EQ(hex_of("<emn mailbox='mailto:x.com/'/>"), "020d6a008506036d61696c746f3a780085032f0001");
}

TEST(DocumentTypes, RefuseValuesTheyCannotHave) {
  EXPECT_EQ(hex_of("<si><indication action='signal-loud'/></si>"), "wbxml/bad-value");
  EXPECT_EQ(hex_of("<si><indication action=''/></si>"), "wbxml/bad-value");
  EXPECT_EQ(hex_of("<sl action='Cache'/>"), "wbxml/bad-value");
  EXPECT_EQ(hex_of("<si><indication created='2024-99-01T00:00:00Z'/></si>"), "wbxml/bad-value");
  EXPECT_EQ(hex_of("<si><indication created=''/></si>"), "wbxml/bad-value");
  EXPECT_EQ(hex_of("<o-ex:rights><ds:KeyValue>no base64!</ds:KeyValue></o-ex:rights>"),
            "wbxml/bad-value");
}

TEST(DocumentTypes, CarryAKeyAsOctets) {
  const std::string xml =
      "<o-ex:rights><ds:KeyInfo><ds:KeyValue>AP8Q</ds:KeyValue></ds:KeyInfo></o-ex:rights>";
  EXPECT_EQ(hex_of(xml), "020e6a00454b4cc30300ff10010101");
  EXPECT_EQ(decode(from_hex("020e6a00454b4cc30300ff10010101").value()).value(),
            read_xml(xml).value());
}

TEST(DocumentTypes, RefuseADateInOctetsThatIsNone) {
  const auto document = decode(from_hex("020d6a008505c304202499250101").value());
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Code(Errc::bad_value));
  EXPECT_EQ(document.error().at.offset, 6u);
}

TEST(DocumentTypes, FillSlotsInTheTextAndTheUrlOfAnIndication) {
  const Document d =
      read_xml("<si><indication href='http://a.com/${id}'>Hello ${name}</indication></si>").value();
  const std::vector<SlotSpec> slots = {{"id", SlotType::digits, 9}, {"name", SlotType::text, 20}};
  const Template t = Template::compile(d, slots).value();
  Octets out;
  ASSERT_TRUE(t.fill(std::vector<std::string_view>{"42", "you"}, out));
  EXPECT_EQ(decode(out).value(),
            read_xml("<si><indication href='http://a.com/42'>Hello you</indication></si>").value());
  const Document date = read_xml("<emn timestamp='${id}'/>").value();
  EXPECT_EQ(Template::compile(date, {slots.data(), 1}).error().code, Code(Errc::bad_slot));
}

/// Every row of every type, read alone.
TEST(DocumentTypes, AreReadTokenByToken) {
  for (const DocumentType* type : document_types()) {
    const auto root = std::find_if(type->tags.begin(), type->tags.end(),
                                   [&](const TagToken& t) { return t.name == type->root; });
    ASSERT_NE(root, type->tags.end());
    const auto page = [](Octets& o, std::uint8_t number) {
      if (number != 0) OctetWriter(o).u8(0).u8(number);
    };
    for (const AttributeToken& row : type->attributes) {
      Octets o;
      OctetWriter w(o);
      w.u8(3).u8(static_cast<std::uint8_t>(type->public_id)).u8(0x6A).u8(0).u8(root->token | 0x80);
      page(o, row.page);
      w.u8(row.token).u8(1);
      const auto document = decode(o, {.unknown = 0});
      ASSERT_TRUE(document) << to_string(document.error());
      ASSERT_EQ(document->root.attributes.size(), 1u);
      EXPECT_EQ(document->root.attributes[0].name, row.name);
      EXPECT_EQ(document->root.attributes[0].value, row.value_prefix);
    }
    for (const ValueToken& row : type->values) {
      Octets o;
      OctetWriter w(o);
      w.u8(3).u8(static_cast<std::uint8_t>(type->public_id)).u8(0x6A).u8(0).u8(root->token | 0x80);
      w.u8(type->attributes[0].token);
      page(o, row.page);
      w.u8(row.token).u8(1);
      const auto document = decode(o, {.unknown = 0});
      ASSERT_TRUE(document) << to_string(document.error());
      EXPECT_EQ(document->root.attributes[0].value,
                std::string(type->attributes[0].value_prefix) + std::string(row.text));
    }
    for (const TagToken& row : type->tags) {
      if (row.name == type->root) continue;
      Octets o;
      OctetWriter w(o);
      w.u8(3).u8(static_cast<std::uint8_t>(type->public_id)).u8(0x6A).u8(0).u8(root->token | 0x40);
      page(o, row.page);
      w.u8(row.token).u8(1);
      const auto document = decode(o, {.unknown = 0});
      ASSERT_TRUE(document) << to_string(document.error());
      EXPECT_EQ(document->root.children.at(0).name, row.name);
    }
  }
}

TEST(DocumentTypes, ReadThePagesOfWindowsMobile) {
  // Tag page 200 and attribute pages 201 to 204 switch each for itself.
  const auto d = decode(from_hex("030b6a00c54503312e310001"
                                 "c600c90501"
                                 "870000050334313038000603323536000100c8"
                                 "a305033431313300010101")
                            .value());
  ASSERT_TRUE(d) << to_string(d.error());
  EXPECT_TRUE(d->notes.empty());
  const auto wanted = read_xml(
      "<wap-provisioningdoc version='1.1'><characteristic type='SecurityPolicy'>"
      "<parm name='4108' value='256'/><noparm name='4113'/></characteristic>"
      "</wap-provisioningdoc>");
  ASSERT_TRUE(wanted) << to_string(wanted.error());
  EXPECT_EQ(*d, *wanted);
  // Its elements are written on page 200, its attributes in line.
  EXPECT_EQ(to_hex(encode(*wanted).value()),
            "030b6a00c54503312e310001"
            "c650035365637572697479506f6c69637900018705033431303800060332353600"
            "0100c8a305033431313300010101");
}

}  // namespace
}  // namespace cpgw::wbxml
