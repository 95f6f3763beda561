// The ways to write that a caller can ask for.
#include <gtest/gtest.h>

#include "vectors.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/template.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using test::read_vectors;
using test::Vector;

Document read(std::string_view xml) { return read_xml(xml).value(); }

std::string hex_of(const Document& d, const EncodeOptions& options) {
  const auto octets = encode(d, options);
  return octets ? to_hex(*octets) : to_string(octets.error());
}

TEST(WbxmlEncoderOptions, StayOnThePageAsTheVectorsDo) {
  int seen = 0;
  for (const Vector& v : read_vectors("prov.vectors")) {
    for (const auto& [kind, form] : v.forms) {
      if (kind != "stay_on_page") continue;
      ++seen;
      EXPECT_EQ(hex_of(read(v.xml), {.stay_on_page = true}), to_hex(form)) << v.name;
    }
  }
  EXPECT_GE(seen, 12);
}

TEST(WbxmlEncoderOptions, PutAStringIntoTheTableWhereThatIsShorter) {
  const Document twice = read(
      "<wap-provisioningdoc><parm name='abcdef' value='abcdef'/><parm value='xy'/>"
      "</wap-provisioningdoc>");
  EXPECT_EQ(hex_of(twice, {.string_table = true}),
            "030b6a07"
            "61626364656600"
            "45"
            "870583000683000187060378790001"
            "01");
  // Two octets twice: 2 x 4 in line, 3 + 2 x 2 and nothing gained in the table.
  const Document brief =
      read("<wap-provisioningdoc><parm name='a' value='a'/></wap-provisioningdoc>");
  EXPECT_EQ(hex_of(brief, {.string_table = true}), hex_of(brief, {}));
}

TEST(WbxmlEncoderOptions, NeverGrowADocumentByItsStringTable) {
  std::size_t in_line = 0, with_table = 0;
  for (const char* file : {"prov.vectors", "push.vectors", "ota.vectors"}) {
    for (const Vector& v : read_vectors(file)) {
      const Document document = read(v.xml);
      const auto short_form = encode(document, {.string_table = true});
      ASSERT_TRUE(short_form);
      const std::size_t long_size = encode(document).value().size();
      EXPECT_LE(short_form->size(), long_size) << v.name;
      EXPECT_EQ(decode(*short_form).value(), document) << v.name;
      in_line += long_size;
      with_table += short_form->size();
    }
  }
  EXPECT_LT(with_table, in_line);
}

TEST(WbxmlEncoderOptions, WriteNamesWithoutATokenAsLiterals) {
  Document d = read("<wap-provisioningdoc><parm name='NAME'/></wap-provisioningdoc>");
  d.root.children[0].attributes.push_back({"datatype", "integer", {}});
  EXPECT_EQ(encode(d).error().code, Code(Errc::unknown_name));
  EXPECT_EQ(hex_of(d, {.literals = true}),
            "030b6a09"
            "646174617479706500"
            "45"
            "8707040003696e746567657200"
            "01"
            "01");
  d.root.children[0].name = "foo";
  EXPECT_EQ(decode(encode(d, {.literals = true}).value()).value(), d);
  d.root.children[0].name = "no name";
  EXPECT_EQ(encode(d, {.literals = true}).error().code, Code(Errc::unknown_name));
}

TEST(WbxmlEncoderOptions, HoldForTemplates) {
  const Document d = read(
      "<wap-provisioningdoc><parm name='abcdef' value='abcdef'/><parm name='x' value='${slot}'/>"
      "</wap-provisioningdoc>");
  const std::vector<SlotSpec> slots = {{"slot", SlotType::text, 10}};
  const auto form = Template::compile(d, slots, {.stay_on_page = true, .string_table = true});
  ASSERT_TRUE(form) << to_string(form.error());
  Octets out;
  ASSERT_TRUE(form->fill(std::vector<std::string_view>{"abcdef"}, out));
  EXPECT_EQ(to_hex(out),
            "030b6a07"
            "61626364656600"
            "45"
            "8705830006830001"
            "8705037800060361626364656600"
            "01"
            "01");
}

TEST(WbxmlEncoderOptions, RefuseADateInTheVersionThatCannotCarryOne) {
  const Document d = read("<emn timestamp='2024-06-25T06:40:00Z'/>");
  EXPECT_EQ(encode(d, {.version = 1}).error().code, Code(Errc::unsupported));
  EXPECT_EQ(hex_of(d, {.version = 2}), "020d6a008505c30620240625064001");
}

}  // namespace
}  // namespace cpgw::wbxml
