// Settings of the Over The Air Settings Specification: types that octets do not name.
#include <gtest/gtest.h>

#include <algorithm>

#include "vectors.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/template.h"
#include "wbxml/token_lookup.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

std::string hex_of(std::string_view xml) {
  const auto document = read_xml(xml);
  if (!document) return to_string(document.error());
  const auto octets = encode(*document, {.version = document->type->version});
  return octets ? to_hex(*octets) : std::string(octets.error().code.name());
}

const Octets* form_of(const test::Vector& v, std::string_view kind) {
  for (const auto& [name, octets] : v.forms) {
    if (name == kind) return &octets;
  }
  return nullptr;
}

TEST(OtaSettings, AreTheOctetsThatKannelWrites) {
  int seen = 0;
  for (const test::Vector& v : test::read_vectors("ota.vectors")) {
    const Octets* const kannel = form_of(v, "kannel");
    if (kannel == nullptr || v.name == "ota-empty-value") continue;
    EXPECT_EQ(hex_of(v.xml), to_hex(*kannel)) << v.name;
    ++seen;
  }
  EXPECT_GE(seen, 15);
}

/// What Kannel was recorded with leaves out no token of the tables.
TEST(OtaSettings, OfKannelHoldEveryTokenOfTheTables) {
  std::vector<Octets> recorded;
  for (const test::Vector& v : test::read_vectors("ota.vectors")) {
    if (const Octets* const kannel = form_of(v, "kannel")) recorded.push_back(*kannel);
  }
  const auto stands_in = [&](const DocumentType& type, const auto& holds) {
    return std::any_of(recorded.begin(), recorded.end(), [&](const Octets& o) {
      const auto document = decode(o);
      return document && document->type == &type && holds(holds, document->root);
    });
  };
  for (const AttributeToken& row : ota_settings().attributes) {
    const auto holds = [&](const auto& self, const Node& node) -> bool {
      const Attribute* const a = node.attribute(row.name);
      return (a != nullptr &&
              (row.value_prefix.empty()
                   ? detail::find_start(ota_settings(), a->name, a->value) == nullptr
                   : a->value == row.value_prefix)) ||
             std::any_of(node.children.begin(), node.children.end(),
                         [&](const Node& child) { return self(self, child); });
    };
    EXPECT_TRUE(stands_in(ota_settings(), holds)) << row.name << "=" << row.value_prefix;
  }
  for (const DocumentType* type : {&ota_settings(), &sync_settings()}) {
    for (const TagToken& row : type->tags) {
      const auto holds = [&](const auto& self, const Node& node) -> bool {
        return node.name == row.name || std::any_of(node.children.begin(), node.children.end(),
                                                    [&](const Node& n) { return self(self, n); });
      };
      EXPECT_TRUE(stands_in(*type, holds)) << row.name;
    }
  }
}

TEST(OtaSettings, AreKnownByTheirRootWithAnyDoctypeOrNone) {
  for (const char* doctype :
       {"", "<!DOCTYPE CHARACTERISTIC-LIST SYSTEM \"/DTD/characteristic_list.xml\">",
        "<!DOCTYPE CHARACTERISTIC-LIST PUBLIC \"-//X//DTD Y//EN\" \"y.dtd\">"}) {
    const auto document = read_xml(std::string(doctype) + "<CHARACTERISTIC-LIST/>");
    ASSERT_TRUE(document) << to_string(document.error());
    EXPECT_EQ(document->type, &ota_settings());
    EXPECT_EQ(read_xml(write_xml(*document)), document);
  }
  EXPECT_EQ(hex_of("<SyncSettings/>"), "01016a0015");
  EXPECT_EQ(write_xml(*read_xml("<SyncSettings/>"), 0),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SyncSettings/>");
}

TEST(OtaSettings, RefuseWhatKannelDropsOrWritesRaw) {
  EXPECT_EQ(hex_of("<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='VENDOR'/></CHARACTERISTIC-LIST>"),
            "wbxml/bad-value");
  EXPECT_EQ(hex_of("<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='address'/></CHARACTERISTIC-LIST>"),
            "wbxml/bad-value");
  for (const char* xml :
       {"<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='URL' NOTE='x'/></CHARACTERISTIC-LIST>",
        "<CHARACTERISTIC-LIST><EXTRA/></CHARACTERISTIC-LIST>", "<characteristic-list/>",
        "<SyncSettings><version>1.0</version></SyncSettings>", "<SyncSettings Version='1'/>"}) {
    EXPECT_FALSE(read_xml(xml)) << xml;
  }
}

TEST(OtaSettings, WithoutAPublicIdentifierAreWhatTheTransportSaysElseWhatTheRootTells) {
  const auto type_of = [](std::string_view hex, const DocumentType* said) {
    const auto document = decode(from_hex(hex).value(), {}, {.type = said});
    EXPECT_TRUE(document) << to_string(document.error());
    return document->type;
  };
  EXPECT_EQ(type_of("01016a0005", nullptr), &ota_settings());
  EXPECT_EQ(type_of("03016a0015", nullptr), &sync_settings());
  EXPECT_EQ(type_of("01016a0005", &prov()), &prov());
  EXPECT_EQ(type_of("030b6a0005", &ota_settings()), &prov());  // it says so itself
  EXPECT_EQ(type_of("01016a0008", nullptr), &unknown_type());
  EXPECT_EQ(type_of("01016a0261000400", nullptr), &unknown_type());
  EXPECT_EQ(decode(from_hex("01016a00").value()).error().code, Code(Errc::truncated));
  // An empty text is no formal public identifier, though these types have none.
  EXPECT_EQ(type_of("0100006a010005", nullptr), &unknown_type());
}

TEST(OtaSettings, FillSlotsWithTextWhateverItSpells) {
  const Document d = read_xml(
                         "<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE='ADDRESS'>"
                         "<PARM NAME='PPP_AUTHSECRET' VALUE='${pw}'/></CHARACTERISTIC>"
                         "</CHARACTERISTIC-LIST>")
                         .value();
  const std::vector<SlotSpec> slots = {{"pw", SlotType::text, 20}};
  const auto form = Template::compile(d, slots, {.version = d.type->version});
  ASSERT_TRUE(form) << to_string(form.error());
  Octets out;
  ASSERT_TRUE(form->fill(std::vector<std::string_view>{"CHAP"}, out));
  EXPECT_EQ(to_hex(out),
            "01016a0045c606018724110343484150"
            "00010101");
}

TEST(OtaSettings, OfTheOtherKindAreRefusedWhereTheTransportSaysTheKind) {
  const auto document = decode(from_hex("01016a0005").value(), {}, {.type = &sync_settings()});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Code(Errc::unknown_document));
  EXPECT_EQ(document.error().at.offset, 4u);
}

}  // namespace
}  // namespace cpgw::wbxml
