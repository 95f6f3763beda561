// What has no meaning in a document type is kept and shown, and never written.
#include <gtest/gtest.h>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml {
namespace {

std::string hex_text(std::string_view text) { return to_hex(as_octets(text)) + "00"; }
Result<Document> decode_hex(const std::string& hex) { return decode(from_hex(hex).value()); }

/// The document on one line from its root on.
std::string shown(const Result<Document>& document) {
  if (!document) return to_string(document.error());
  const std::string xml = write_xml(*document, 0);
  return xml.substr(xml.rfind("<wap-"));
}

std::vector<std::string> notes(const Document& document) {
  std::vector<std::string> all;
  for (const Note& note : document.notes) {
    all.push_back(std::to_string(note.at.offset) + ": " + note.text);
  }
  return all;
}

struct Kept {
  std::string hex;
  std::string xml;
  std::string note;
};

TEST(UnknownTokens, AreKeptInTheirPlaceAndNoted) {
  const Kept cases[] = {
      {"030b6a004500c82f01", "<wap-provisioningdoc><_tag.C8.2F/></wap-provisioningdoc>",
       "7: tag token 2F is not assigned on page 200"},
      {"030b6a00854d01", "<wap-provisioningdoc _attribute.00.4D=\"\"/>",
       "5: attribute token 4D is not assigned on page 0"},
      {"030b6a0085450361009903620001", "<wap-provisioningdoc version=\"a_value.00.99b\"/>",
       "9: attribute value token 99 is not assigned on page 0"},
      {"030b6a00854540" + hex_text("x") + "01", "<wap-provisioningdoc version=\"_ext_i.0(x)\"/>",
       "6: token 40 (extension) has no meaning in PROV 1.0"},
      {"030b6a008545818105"
       "01",
       "<wap-provisioningdoc version=\"_ext_t.1(133)\"/>",
       "6: token 81 (extension) has no meaning in PROV 1.0"},
      {"030b6a008545c201", "<wap-provisioningdoc version=\"_ext.2\"/>",
       "6: token C2 (extension) has no meaning in PROV 1.0"},
      {"030b6a0045c001", "<wap-provisioningdoc>_ext.0</wap-provisioningdoc>",
       "5: token C0 (extension) has no meaning in PROV 1.0"},
      {"030b6a008545c302ff0001", "<wap-provisioningdoc version=\"_opaque(FF00)\"/>",
       "8: opaque data that is no text"},
  };
  for (const Kept& c : cases) {
    SCOPED_TRACE(c.hex);
    const auto document = decode_hex(c.hex);
    ASSERT_TRUE(document) << to_string(document.error());
    EXPECT_EQ(shown(document), c.xml);
    EXPECT_EQ(notes(*document), std::vector<std::string>{c.note});
    EXPECT_EQ(encode(*document, {.literals = true}).error().code, Code(Errc::unknown_name));
    EXPECT_FALSE(decode(from_hex(c.hex).value(), {.unknown = 0}));
  }
}

TEST(UnknownTokens, OfTwoKindsInOneElementAreTwoAttributes) {
  EXPECT_EQ(shown(decode_hex("030b6a00854d5f01")),
            "<wap-provisioningdoc _attribute.00.4D=\"\" _attribute.00.5F=\"\"/>");
  EXPECT_EQ(decode_hex("030b6a00854d4d01").error().code, Code(Errc::malformed));
}

TEST(UnknownTokens, AreOnlySoManyInADocument) {
  Octets many = from_hex("030b6a0045").value();
  many.resize(many.size() + 300, std::byte{0x3F});
  many.push_back(std::byte{0x01});
  EXPECT_EQ(decode(many).error().code, Code(Errc::limit));
  EXPECT_TRUE(decode(many, {.unknown = 300}));
}

TEST(UnknownTokens, GrowNoMoreThanAValueMay) {
  // 9,000 octets that are no text would be shown in 18,000 digits.
  Octets many = from_hex("030b6a008545c3c628").value();
  many.resize(many.size() + 9000, std::byte{0xFF});
  many.push_back(std::byte{0x01});
  EXPECT_EQ(decode(many).error().code, Code(Errc::limit));
  EXPECT_TRUE(decode(many, {.value_octets = 32 * 1024}));
}

TEST(UnknownTypes, AreShownByTheirTokens) {
  const auto by_number = decode_hex(
      "03a0426a00c5060378000145034100"
      "0101");
  ASSERT_TRUE(by_number) << to_string(by_number.error());
  EXPECT_EQ(by_number->type, &unknown_type());
  EXPECT_EQ(by_number->public_id, "1042");
  const std::string xml = write_xml(*by_number, 0);
  EXPECT_NE(xml.find("<!-- WBXML public identifier 1042 -->"), std::string::npos) << xml;
  EXPECT_NE(xml.find("<_tag.00.05 _attribute.00.06=\"x\"><_tag.00.05>A</_tag.00.05></_tag.00.05>"),
            std::string::npos)
      << xml;
  EXPECT_EQ(encode(*by_number).error().code, Code(Errc::unknown_document));

  const auto by_name = decode_hex("0300006a07" + hex_text("-//X--") + "05");
  ASSERT_TRUE(by_name) << to_string(by_name.error());
  EXPECT_EQ(by_name->public_id, "-//X--");
  EXPECT_NE(write_xml(*by_name, 0).find("identifier -//X-? -->"), std::string::npos);

  const auto unsaid = decode_hex("03016a0009");
  ASSERT_TRUE(unsaid) << to_string(unsaid.error());
  EXPECT_EQ(unsaid->public_id, "01");
}

TEST(ProcessingInstructions, AreNotedAndNoContent) {
  const auto with = decode_hex(
      "030b6a04666f6f00"
      "43040003700001"
      "45"
      "43050361000101");
  ASSERT_TRUE(with) << to_string(with.error());
  EXPECT_EQ(notes(*with), (std::vector<std::string>{"8: processing instruction foo=\"p\"",
                                                    "16: processing instruction name=\"a\""}));
  EXPECT_EQ(*with, decode_hex("030b6a0005").value());
  EXPECT_EQ(to_hex(encode(*with).value()), "030b6a0005");
}

TEST(Charsets, AreConverted) {
  const std::pair<const char*, const char*> cases[] = {
      // The version of the root in UTF-16: big-endian as such, with either mark, by name, as UCS-2.
      {"030b877700854503"
       "00e920acd83dde000000"
       "01",
       "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"030b877700854503"
       "feff00e90000"
       "01",
       "\xC3\xA9"},
      {"030b877700854503"
       "fffee9000000"
       "01",
       "\xC3\xA9"},
      {"030b877500854503"
       "00e90000"
       "01",
       "\xC3\xA9"},
      {"030b877600854503"
       "e9000000"
       "01",
       "\xC3\xA9"},
      {"030b876800854503"
       "00e90000"
       "01",
       "\xC3\xA9"},
      {"030b8777"
       "08"
       "000000e900650000"
       "85458302"
       "01",
       "\xC3\xA9"
       "e"},
      {"030b0400854503"
       "e900"
       "01",
       "\xC3\xA9"},
      {"030b0000854503"
       "c3a900"
       "01",
       "\xC3\xA9"},
  };
  for (const auto& [hex, text] : cases) {
    const auto document = decode_hex(hex);
    ASSERT_TRUE(document) << hex << " " << to_string(document.error());
    EXPECT_EQ(document->root.attribute("version")->value, text) << hex;
  }
}

TEST(Charsets, OfTheTransportCountMore) {
  const auto octets = from_hex("030b6a00854503e90001").value();
  EXPECT_EQ(decode(octets).error().code, Code(Errc::bad_value));
  EXPECT_EQ(decode(octets, {}, {.charset = 4}).value().root.attributes[0].value, "\xC3\xA9");
  EXPECT_EQ(decode(octets, {}, {.charset = 17}).error().code, Code(Errc::unsupported));
}

TEST(Charsets, ThatAreNotReadAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"030b110005", "Shift_JIS (MIBenum 17)"},
      {"030b8f690005", "GB2312 (MIBenum 2025)"},
      {"030b8f6a0005", "Big5 (MIBenum 2026)"},
      {"030b63"
       "0005",
       "MIBenum 99 "},
  };
  for (const auto& [hex, name] : cases) {
    const auto document = decode_hex(hex);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Code(Errc::unsupported));
    EXPECT_NE(document.error().message.find(name), std::string::npos) << document.error().message;
  }
}

TEST(Charsets, RefuseWhatIsNoCharacterAtItsOctet) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"030b877700854503"
       "0041d83d0000"
       "01",
       10},  // half a pair
      {"030b877700854503"
       "de000000"
       "01",
       8},
      {"030b877700854503"
       "00010000"
       "01",
       8},
      {"030b876800854503"
       "d83dde000000"
       "01",
       8},  // UCS-2 has no pairs
  };
  for (const auto& [hex, offset] : cases) {
    const auto document = decode_hex(hex);
    ASSERT_FALSE(document) << hex;
    EXPECT_EQ(document.error().code, Code(Errc::bad_value)) << hex;
    EXPECT_EQ(document.error().at.offset, offset) << hex;
  }
  // Half a code unit, and no room for the 16-bit zero.
  EXPECT_EQ(decode_hex("030b877700854503004100").error().code, Code(Errc::truncated));
}

}  // namespace
}  // namespace cpgw::wbxml
