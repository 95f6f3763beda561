#include "wbxml/decoder.h"

#include <gtest/gtest.h>

#include "vectors.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using test::read_vectors;
using test::Vector;

Octets octets(std::string_view hex) { return from_hex(hex).value(); }
Result<Document> decode_hex(std::string_view hex) { return decode(octets(hex)); }

constexpr const char* kReadVectors[] = {"prov.vectors", "prov_read.vectors", "push.vectors",
                                        "push_read.vectors", "ota.vectors"};

/// The document on one line, without its head.
std::string body(const Result<Document>& document) {
  if (!document) return to_string(document.error());
  const std::string xml = write_xml(*document, 0);
  return xml.substr(xml.find("<wap-"));
}

TEST(WbxmlDecoder, ReadsEveryFormOfEveryVector) {
  for (const char* file : kReadVectors) {
    for (const Vector& v : read_vectors(file)) {
      if (v.name.starts_with("dec-literal-")) continue;  // their names are not in our XML
      for (const auto& [kind, form] : v.forms) {
        SCOPED_TRACE(v.name + " " + kind);
        const auto from_xml = read_xml(v.xml, v.name);
        ASSERT_TRUE(from_xml) << to_string(from_xml.error());
        const auto from_wbxml = decode(form);
        ASSERT_TRUE(from_wbxml) << to_string(from_wbxml.error());
        EXPECT_EQ(write_xml(*from_wbxml), write_xml(*from_xml));
        EXPECT_EQ(*from_wbxml, *from_xml);
      }
    }
  }
}

TEST(WbxmlDecoder, KeepsLiteralElementsAndAttributes) {
  int seen = 0;
  for (const Vector& v : read_vectors("prov_read.vectors")) {
    if (!v.name.starts_with("dec-literal-")) continue;
    ++seen;
    const std::string xml = v.xml.substr(v.xml.find("<wap-"));
    EXPECT_EQ(body(decode(v.octets())) + "\n", xml) << v.name;
  }
  EXPECT_EQ(seen, 2);
}

TEST(WbxmlDecoder, RefusesEveryMalformedVectorWithItsOffset) {
  for (const Vector& v : read_vectors("prov_refused.vectors")) {
    const auto document = decode(v.octets());
    ASSERT_FALSE(document) << v.name;
    ASSERT_TRUE(document.error().at.offset) << v.name;
    EXPECT_LE(*document.error().at.offset, v.octets().size()) << v.name;
  }
}

TEST(WbxmlDecoder, StopsAtItsDepthInAPileOfOpenElements) {
  Octets deep = octets("030b6a0045");
  deep.resize(deep.size() + 200'000, std::byte{0x46});
  EXPECT_EQ(decode(deep).error().code, Code(Errc::limit));
  const auto document = decode(deep, {.octets = deep.size()});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Code(Errc::limit));
  EXPECT_EQ(document.error().at.offset, 4u + 64u);
}

struct Refused {
  const char* hex;
  Errc code;
  std::size_t offset;
  const char* why;
};

TEST(WbxmlDecoder, SaysWhatIsWrongAndWhere) {
  const Refused cases[] = {
      {"", Errc::truncated, 0, "nothing"},
      {"04", Errc::unsupported, 0, "version 1.4"},
      {"030b6a", Errc::truncated, 3, "no string table length"},
      {"03036a0005", Errc::unknown_document, 1, "another document type"},
      {"03016a0009", Errc::unknown_document, 1, "type not said"},
      {"0300006a0005", Errc::malformed, 1, "type in an empty string table"},
      {"0300006a0261000"
       "5",
       Errc::unknown_document, 5, "type not known by name"},
      {"030b110005", Errc::unsupported, 2, "Shift_JIS"},
      {"030b6a0006", Errc::unknown_document, 4, "a root that is none"},
      {"030b6a0008", Errc::unknown_name, 4, "tag 08"},
      {"030b6a0000020"
       "5",
       Errc::unknown_name, 6, "tag on a page without tags"},
      {"030b6a0000010"
       "5",
       Errc::unknown_name, 6, "no root on tag page 1"},
      {"030b6a0001", Errc::malformed, 4, "END before the root"},
      {"030b6a00037800", Errc::malformed, 4, "text before the root"},
      {"030b6a000501", Errc::malformed, 5, "octets after the end"},
      {"030b6a000505", Errc::malformed, 5, "two roots"},
      {"030b6a00450378000"
       "1",
       Errc::bad_value, 5, "text in the root"},
      {"030b6a00454001", Errc::unsupported, 5, "extension in content"},
      {"030b6a008501", Errc::malformed, 5, "attribute list without attribute"},
      {"030b6a00859a01", Errc::malformed, 5, "value before attribute"},
      {"030b6a00854d01", Errc::unknown_name, 5, "attribute 4D"},
      {"030b6a0085459901", Errc::unknown_name, 6, "value 99"},
      {"030b6a0085458001", Errc::unsupported, 6, "EXT_T_0"},
      {"030b6a0085454301", Errc::malformed, 6, "PI in a value"},
      {"030b6a0085464601", Errc::malformed, 6, "the same attribute twice"},
      {"030b6a00854503c3280001", Errc::bad_value, 7, "not UTF-8"},
      {"030b6a0085450361010001", Errc::bad_value, 8, "a control character"},
      {"030b6a0085450200"
       "01",
       Errc::bad_value, 6, "entity 0"},
      {"030b6a00854502838080"
       "0001",
       Errc::bad_value, 6, "an entity that is a surrogate or above"},
      {"030b03008545036180000"
       "1",
       Errc::bad_value, 8, "US-ASCII above 7F"},
      {"030b6a0085458300"
       "01",
       Errc::malformed, 6, "empty string table"},
      {"030b6a026100850400", Errc::truncated, 9, "a literal attribute and no END"},
      {"030b6a02300085040001", Errc::bad_value, 4, "a literal that is no name"},
      {"030b8080808080008505", Errc::malformed, 2, "five octets and a sixth"},
  };
  for (const Refused& c : cases) {
    SCOPED_TRACE(std::string(c.hex) + " " + c.why);
    const auto document = decode(octets(c.hex), {.unknown = 0});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Code(c.code)) << to_string(document.error());
    EXPECT_EQ(document.error().at.offset, c.offset) << to_string(document.error());
  }
}

TEST(WbxmlDecoder, KeepsItsLimits) {
  const Octets two = octets(
      "030b6a004587110603616263640001870700"
      "01068d01"
      "01");
  EXPECT_TRUE(decode(two)) << to_string(decode(two).error());
  EXPECT_EQ(decode(two, {.octets = 10}).error().code, Code(Errc::limit));
  EXPECT_EQ(decode(two, {.depth = 0}).error().code, Code(Errc::limit));
  EXPECT_EQ(decode(two, {.nodes = 2}).error().code, Code(Errc::limit));
  EXPECT_EQ(decode(two, {.value_octets = 3}).error().code, Code(Errc::limit));
  EXPECT_EQ(decode(two, {.text_octets = 9}).error().code, Code(Errc::limit));
  EXPECT_TRUE(decode(two, {.text_octets = 10}));
}

TEST(WbxmlDecoder, DoesNotGrowAStringTableEntryIntoAFlood) {
  // One entry of 10,000 octets, named by every one of 16,000 attribute values.
  Octets flood = octets("030b6aCE11");
  flood.resize(flood.size() + 10000, std::byte{'a'});
  flood.push_back(std::byte{0});
  flood.push_back(std::byte{0x45});
  for (int i = 0; i < 8000; ++i) {
    for (const std::byte b : octets("8706830001")) flood.push_back(b);
  }
  flood.push_back(std::byte{0x01});
  EXPECT_EQ(decode(flood).error().code, Code(Errc::limit)) << to_string(decode(flood).error());
}

TEST(WbxmlDecoder, ReadsVersionOneZeroWithoutACharset) {
  EXPECT_EQ(body(decode_hex("000b008546"
                            "01")),
            "<wap-provisioningdoc version=\"1.0\"/>");
}

TEST(WbxmlDecoder, IgnoresProcessingInstructionsAndBlanksBetweenElements) {
  EXPECT_EQ(body(decode_hex("030b6a00"
                            "430503610001"
                            "45"
                            "03200a00"
                            "43050361000101"
                            "430503610001")),
            "<wap-provisioningdoc/>");
  // The attribute page a PI switches to stays.
  EXPECT_EQ(body(decode_hex("030b6a0045"
                            "43000105"
                            "0361000187360101")),
            "<wap-provisioningdoc><parm name=\"APPID\"/></wap-provisioningdoc>");
}

TEST(WbxmlDecoder, ReadsEveryFormOfALiteral) {
  // LITERAL, LITERAL_A, LITERAL_C, LITERAL_AC as elements; LITERAL as an attribute.
  EXPECT_EQ(body(decode_hex("030b6a06666f6f006200"
                            "45"
                            "0400"
                            "8400040403780001"
                            "4400040401"
                            "c400040401040401"
                            "01")),
            "<wap-provisioningdoc><foo/><foo b=\"x\"/><foo><b/></foo><foo b=\"\"><b/></foo>"
            "</wap-provisioningdoc>");
}

/// Every way to cut a vector short, and every octet of it changed.
TEST(WbxmlDecoder, ReadsOrRefusesEveryTruncationAndCorruption) {
  for (const char* file : kReadVectors) {
    for (const Vector& v : read_vectors(file)) {
      const Octets& whole = v.octets();
      for (std::size_t n = 0; n < whole.size(); ++n) {
        const auto cut = decode(OctetView(whole).first(n));
        ASSERT_FALSE(cut) << v.name << " cut to " << n;
        ASSERT_TRUE(cut.error().at.offset && *cut.error().at.offset <= n) << v.name << " " << n;
      }
      Octets changed = whole;
      for (std::size_t i = 0; i < whole.size(); ++i) {
        for (unsigned flip = 1; flip <= UINT8_MAX; ++flip) {
          changed[i] = whole[i] ^ std::byte(flip);
          const auto document = decode(changed);
          if (!document) {
            ASSERT_TRUE(document.error().at.offset) << v.name << " " << i;
            ASSERT_LE(*document.error().at.offset, whole.size()) << v.name << " " << i;
          }
        }
        changed[i] = whole[i];
      }
    }
  }
}

TEST(WbxmlDecoder, ReadsEveryTokenOfTheTables) {
  for (const AttributeToken& row : prov().attributes) {
    Octets wbxml = octets("030b6a0085");
    if (row.page != 0) wbxml.insert(wbxml.end(), {std::byte{0}, std::byte{row.page}});
    wbxml.push_back(std::byte{row.token});
    wbxml.push_back(std::byte{1});
    const auto document = decode(wbxml);
    ASSERT_TRUE(document) << to_string(document.error());
    ASSERT_EQ(document->root.attributes.size(), 1u);
    EXPECT_EQ(document->root.attributes[0].name, row.name);
    EXPECT_EQ(document->root.attributes[0].value, row.value_prefix);
  }
  for (const ValueToken& row : prov().values) {
    Octets wbxml = octets("030b6a008545");
    if (row.page != 0) wbxml.insert(wbxml.end(), {std::byte{0}, std::byte{row.page}});
    wbxml.push_back(std::byte{row.token});
    wbxml.push_back(std::byte{1});
    const auto document = decode(wbxml);
    ASSERT_TRUE(document) << to_string(document.error());
    EXPECT_EQ(document->root.attributes[0].value, row.text);
  }
}

}  // namespace
}  // namespace cpgw::wbxml
