#include "wbxml/xml_reader.h"

#include <gtest/gtest.h>

#include "vectors.h"
#include "wbxml/token_table.h"

namespace cpgw::wbxml {
namespace {

constexpr std::string_view kDoctype =
    "<!DOCTYPE wap-provisioningdoc PUBLIC \"-//WAPFORUM//DTD PROV 1.0//EN\" "
    "\"http://www.wapforum.org/DTD/prov.dtd\">";

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string value_of(const Result<Document>& document) {
  if (!document) return to_string(document.error());
  const Attribute* value = document->root.children.at(0).attribute("value");
  return value != nullptr ? value->value : "no value";
}

std::string parm(std::string_view value) {
  return "<wap-provisioningdoc><parm name=\"N\" value=\"" + std::string(value) +
         "\"/></wap-provisioningdoc>";
}

TEST(XmlReader, ReadsATreeWithThePlaceOfEveryNode) {
  const auto d = read_xml(
      "<?xml version=\"1.0\"?>\n"
      "<wap-provisioningdoc version=\"1.1\">\n"
      "  <characteristic\n"
      "      type = 'NAPDEF' >\n"
      "    <!-- \xC3\xA4 --><parm name=\"NAME\" value=\"\xC3\xA5\xC3\xA4\"/> <parm/>\n"
      "  </characteristic>\n"
      "</wap-provisioningdoc>\n");
  ASSERT_TRUE(d) << to_string(d.error());
  EXPECT_EQ(d->type, &prov());
  EXPECT_EQ(d->root.name, "wap-provisioningdoc");
  EXPECT_EQ(d->root.at.line, 2u);
  EXPECT_EQ(d->root.at.column, 1u);
  const Node& c = d->root.children.at(0);
  EXPECT_EQ(c.at.line, 3u);
  EXPECT_EQ(c.at.column, 3u);
  EXPECT_EQ(c.attributes.at(0).at.line, 4u);
  EXPECT_EQ(c.attributes.at(0).at.column, 7u);
  const Node& p = c.children.at(0);
  EXPECT_EQ(p.at.line, 5u);
  EXPECT_EQ(p.at.column, 15u);
  EXPECT_EQ(p.attributes.at(1).at.column, 33u);
  EXPECT_EQ(p.attribute("value")->value, "\xC3\xA5\xC3\xA4");
  EXPECT_EQ(p.attribute("type"), nullptr);
  ASSERT_EQ(c.children.size(), 2u);
  EXPECT_EQ(c.children[1].at.column, 46u);
}

TEST(XmlReader, DeliversValuesAsXmlDefinesThem) {
  const std::pair<const char*, std::string> cases[] = {
      {"", ""},
      {"  a   b  ", "  a   b  "},
      {"a\tb\nc\r\nd", "a b c d"},
      {"&#9;&#10;&#13;", "\t\n\r"},
      {"&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
      {"&#38;&#x26;&#60;", "&&<"},
      {"&amp;#38;", "&#38;"},
      {"&amp;amp;#38;&#38;#38;", "&amp;#38;&#38;"},
      {"&#x20AC;&#x1F4F6;", "\xE2\x82\xAC\xF0\x9F\x93\xB6"},
      {"<![CDATA[", ""},
      {"a>b'c", "a>b'c"},
  };
  for (const auto& [written, wanted] : cases) {
    const auto document = read_xml(parm(written));
    if (std::string_view(written).starts_with("<!")) {
      EXPECT_FALSE(document);
    } else {
      EXPECT_EQ(value_of(document), wanted) << written;
    }
  }
}

TEST(XmlReader, KeepsPrefixesAndDeclarationsInTheOrderOfTheText) {
  const auto d = read_xml(
      "<o-ex:rights xmlns:o-dd='http://odrl.net/1.1/ODRL-DD' "
      "xmlns:o-ex='http://odrl.net/1.1/ODRL-EX'>\n"
      "<o-ex:context><o-dd:version>1.0</o-dd:version></o-ex:context></o-ex:rights>");
  ASSERT_TRUE(d) << to_string(d.error());
  EXPECT_EQ(d->type, &drmrel());
  ASSERT_EQ(d->root.attributes.size(), 2u);
  EXPECT_EQ(d->root.attributes[0].name, "xmlns:o-dd");
  EXPECT_EQ(d->root.attributes[0].at.column, 14u);
  EXPECT_EQ(d->root.attributes[1].name, "xmlns:o-ex");
  EXPECT_EQ(d->root.attributes[1].at.column, 55u);
  EXPECT_EQ(d->root.children.at(0).children.at(0).name, "o-dd:version");
}

TEST(XmlReader, KeepsBlanksOnlyWhereTextStands) {
  const auto d = read_xml("<si>\n  <indication href='x'>\n  <![CDATA[a&b]]> </indication>\n</si>");
  ASSERT_TRUE(d) << to_string(d.error());
  ASSERT_EQ(d->root.children.size(), 1u);
  ASSERT_EQ(d->root.children[0].children.size(), 1u);
  EXPECT_EQ(d->root.children[0].children[0].text, "\n  a&b ");

  const auto key = read_xml("<o-ex:rights><ds:KeyValue>\n AQ\n ID </ds:KeyValue></o-ex:rights>");
  ASSERT_TRUE(key) << to_string(key.error());
  EXPECT_EQ(key->root.children[0].children[0].text, "AQID");
}

struct Refused {
  std::string xml;
  Errc code;
  std::uint32_t line, column;  ///< 0: not compared
};

TEST(XmlReader, RefusesWithCodeLineAndColumn) {
  using namespace std::string_literals;
  const std::string head = std::string(kDoctype);
  const Refused cases[] = {
      {"", Errc::xml_syntax, 1, 1},
      {"   ", Errc::xml_syntax, 1, 0},
      {"hello", Errc::xml_syntax, 1, 1},
      {"<wap-provisioningdoc>", Errc::xml_syntax, 1, 22},
      {"<wap-provisioningdoc>\n <parm>\n</wap-provisioningdoc>", Errc::xml_syntax, 3, 0},
      {"<wap-provisioningdoc/><wap-provisioningdoc/>", Errc::xml_syntax, 1, 23},
      {"<wap-provisioningdoc/>\ntext", Errc::xml_syntax, 2, 1},
      {"<wap-provisioningdoc version=1.0/>", Errc::xml_syntax, 1, 30},
      {"<wap-provisioningdoc version='1' version='2'/>", Errc::xml_syntax, 1, 0},
      {"<wap-provisioningdoc version/>", Errc::xml_syntax, 1, 0},
      {parm("a<b"), Errc::xml_syntax, 1, 0},
      {parm("a & b"), Errc::xml_syntax, 1, 0},
      {parm("&#0;"), Errc::xml_syntax, 1, 0},
      {parm("&#xD800;"), Errc::xml_syntax, 1, 0},
      {parm("\x01"), Errc::xml_syntax, 1, 0},
      {parm("\xC3("), Errc::xml_syntax, 1, 0},
      {parm("\xED\xA0\x80"), Errc::xml_syntax, 1, 0},
      {"<wap-provisioningdoc/>\n\0hidden"s, Errc::xml_syntax, 2, 1},
      {"<wap-provisioning\0doc/>"s, Errc::xml_syntax, 1, 18},
      // names
      {"<html/>", Errc::unknown_document, 1, 1},
      {"\n <characteristic/>", Errc::unknown_document, 2, 2},
      {head + "\n<characteristic/>", Errc::unknown_document, 2, 1},
      {"<wap-provisioningdoc>\n  <item/></wap-provisioningdoc>", Errc::unknown_name, 2, 3},
      {"<wap-provisioningdoc>\n  <Parm/></wap-provisioningdoc>", Errc::unknown_name, 2, 3},
      {"<wap-provisioningdoc version='1.0'\n colour='red'/>", Errc::unknown_name, 2, 2},
      {"<p:wap-provisioningdoc xmlns:p='urn:x'/>", Errc::unknown_document, 1, 1},
      {"<wap-provisioningdoc xmlns='urn:x'/>", Errc::unknown_name, 1, 22},
      {"<wap-provisioningdoc version='1' xmlns:p='urn:x'/>", Errc::unknown_name, 1, 34},
      {"<wap-provisioningdoc><p:parm/></wap-provisioningdoc>", Errc::unknown_name, 1, 22},
      {"<wap-provisioningdoc p:version='1'/>", Errc::unknown_name, 1, 0},
      {"<wap-provisioningdoc xml:lang='en'/>", Errc::unknown_name, 1, 22},
      {"<wap-provisioningdoc xmlns:p=''/>", Errc::unknown_name, 1, 0},
      {"<p:wap-provisioningdoc/>", Errc::unknown_document, 1, 1},
      // other document types
      {"<si>\n <indication/>x</si>", Errc::bad_value, 2, 15},
      {"<o-ex:rights xmlns:o-ex='a b'/>", Errc::unknown_name, 1, 0},
      {"<o-ex:rights xmlns:o-ex='http://odrl.net/1.1/ODRL-EX'\n o-dd:uid='x'/>", Errc::unknown_name,
       2, 2},
      // text
      {"<wap-provisioningdoc>\n  x</wap-provisioningdoc>", Errc::bad_value, 2, 3},
      {"<wap-provisioningdoc><![CDATA[x]]></wap-provisioningdoc>", Errc::bad_value, 1, 0},
      {"<wap-provisioningdoc>&amp;</wap-provisioningdoc>", Errc::bad_value, 1, 0},
      {"<wap-provisioningdoc>&#120;</wap-provisioningdoc>", Errc::bad_value, 1, 0},
      // what could be expanded or fetched
      {"<!DOCTYPE wap-provisioningdoc [\n<!ENTITY a 'b'>]><wap-provisioningdoc/>",
       Errc::xml_forbidden, 2, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + parm("&a;"),
       Errc::xml_forbidden, 1, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ENTITY % a SYSTEM 'http://127.0.0.1/x.dtd'> %a;]>" +
           parm("x"),
       Errc::xml_forbidden, 1, 0},
      {"<!DOCTYPE wap-provisioningdoc [%a;]>" + parm("x"), Errc::xml_forbidden, 1, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ATTLIST parm value CDATA 'evil'>]>" + parm("x"),
       Errc::xml_forbidden, 1, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ATTLIST parm value (a|b) 'a'>]>" + parm("x"),
       Errc::xml_forbidden, 1, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ELEMENT parm (a,b)>]>" + parm("x"), Errc::xml_forbidden, 1,
       0},
      {"<!DOCTYPE wap-provisioningdoc [<!NOTATION n SYSTEM 'x'>]>" + parm("x"), Errc::xml_forbidden,
       1, 0},
      {"<!DOCTYPE wap-provisioningdoc [<!ENTITY p SYSTEM 'x' NDATA n>]>" + parm("x"),
       Errc::xml_forbidden, 1, 0},
      {parm("&secret;"), Errc::xml_forbidden, 1, 0},
      {head + parm("&secret;"), Errc::xml_forbidden, 1, 0},
      {"<wap-provisioningdoc>\n&secret;</wap-provisioningdoc>", Errc::xml_forbidden, 2, 0},
      {"<!DOCTYPE lolz [<!ENTITY lol 'lol'>" +
           repeated("<!ENTITY lol1 '&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;'>", 20) +
           "]><wap-provisioningdoc/>",
       Errc::xml_forbidden, 1, 0},
      // sizes
      {repeated("<characteristic>", 33).insert(0, "<wap-provisioningdoc>"), Errc::limit, 1, 518},
      {"<wap-provisioningdoc>" + repeated("<parm/>", 4096), Errc::limit, 1, 0},
      {parm(std::string(8193, 'x')), Errc::limit, 1, 37},
      {"<wap-provisioningdoc>" + std::string(70000, ' '), Errc::limit, 1, 65537},
      // encodings
      {"<?xml version='1.0' encoding='UTF-7'?><wap-provisioningdoc/>", Errc::unsupported, 1, 0},
      {"<?xml version='1.0' encoding='windows-1252'?><wap-provisioningdoc/>", Errc::unsupported, 1,
       0},
      {"<?xml version='1.0' encoding='no-such'?><wap-provisioningdoc/>", Errc::unsupported, 1, 0},
      {"<?xml version='1.0' encoding='US-ASCII'?>" + parm("\xC3\xA4"), Errc::xml_syntax, 1, 0},
  };
  XmlReader reader;
  for (const Refused& c : cases) {
    SCOPED_TRACE(c.xml.substr(0, 120));
    const auto document = reader.read(c.xml, "a.xml");
    ASSERT_FALSE(document);
    const Error& e = document.error();
    EXPECT_EQ(e.code, Code(c.code)) << to_string(e);
    EXPECT_EQ(e.at.file, "a.xml");
    EXPECT_EQ(e.at.line, c.line) << to_string(e);
    if (c.column != 0) {
      EXPECT_EQ(e.at.column, c.column) << to_string(e);
    } else {
      EXPECT_GT(e.at.column, 0u) << to_string(e);
    }
    EXPECT_EQ(e.message.find("secret"), std::string::npos) << e.message;
    EXPECT_EQ(e.message.find('\n'), std::string::npos) << e.message;
    // The reader is as good as new afterwards.
    EXPECT_EQ(value_of(reader.read(parm("next"))), "next");
  }
}

TEST(XmlReader, NeverShowsAPieceOfAValueInAnError) {
  for (const char* value :
       {"s3cret\" s3cret=\"", "x\" s3cret:s3cret=\"", "x\" s3cret", "&s3cret;", "&s3cret",
        "s3cret<s3cret", "s3cret&", "\xE9s3cret", "s3cret\x02", "&#s3cret;", "&#xs3cret;",
        "x\"s3cret=\"y", "x\" xmlns:a=\"s3cret {}"}) {
    const auto document = read_xml(parm(value));
    if (!document) {
      const std::string_view text = document.error().message;
      // The name of an unknown attribute is shown: a quote that ends the value early makes one.
      if (document.error().code == Code(Errc::unknown_name)) continue;
      EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
    } else {
      ADD_FAILURE() << "read: " << value;
    }
  }
}

TEST(XmlReader, AcceptsTheEdgesOfItsLimits) {
  const XmlLimits limits{};
  std::string deep = "<wap-provisioningdoc>" + repeated("<characteristic>", 31) +
                     repeated("</characteristic>", 31) + "</wap-provisioningdoc>";
  EXPECT_TRUE(read_xml(deep));
  EXPECT_EQ(value_of(read_xml(parm(std::string(8192, 'x')))), std::string(8192, 'x'));
  EXPECT_TRUE(
      read_xml("<wap-provisioningdoc>" + repeated("<parm/>", 4095) + "</wap-provisioningdoc>"));
  std::string padded = parm("x");
  padded.resize(limits.octets, ' ');
  EXPECT_TRUE(read_xml(padded));
  EXPECT_EQ(
      read_xml("<wap-provisioningdoc version='1' name='2'/>", {}, {.attributes = 1}).error().code,
      Code(Errc::limit));
}

TEST(XmlReader, TakesTheTypeFromTheRootWhenTheDoctypeIsMissingOrUnknown) {
  for (const char* head :
       {"", "<!DOCTYPE wap-provisioningdoc>", "<!DOCTYPE wap-provisioningdoc SYSTEM 'x.dtd'>",
        "<!DOCTYPE wap-provisioningdoc PUBLIC '-//OMA//DTD PROV 1.1//EN' 'http://127.0.0.1/x'>",
        "<!DOCTYPE wap-provisioningdoc []>", "<!-- c --><?pi x?>", "\xEF\xBB\xBF"}) {
    const auto document = read_xml(head + parm("v"));
    EXPECT_EQ(value_of(document), "v") << head;
    if (document) {
      EXPECT_EQ(document->type, &prov());
    }
  }
}

TEST(XmlReader, ReadsTheEncodingsItPromises) {
  const std::string utf8 = parm("Op\xC3\xA9ra");
  EXPECT_EQ(value_of(read_xml("<?xml version='1.0' encoding='utf-8'?>" + utf8)), "Op\xC3\xA9ra");
  EXPECT_EQ(value_of(read_xml("<?xml version='1.0' encoding='iso-8859-1'?>" + parm("Op\xE9ra"))),
            "Op\xC3\xA9ra");
  EXPECT_EQ(value_of(read_xml("<?xml version='1.0' encoding='US-ASCII'?>" + parm("Op&#233;ra"))),
            "Op\xC3\xA9ra");
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (const char c : "<?xml version='1.0' encoding='UTF-16'?>" + parm("a")) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  EXPECT_EQ(value_of(read_xml(little)), "a");
  EXPECT_EQ(value_of(read_xml(big)), "a");
  const auto cut = read_xml(big.substr(0, big.size() - 8));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, Code(Errc::xml_syntax));
  big += std::string("\0\0\0x", 4);
  EXPECT_EQ(read_xml(big).error().code, Code(Errc::xml_syntax));
}

TEST(XmlReader, StaysSmallOverManyDocumentsOfManyNames) {
  XmlReader reader;
  for (int i = 0; i < 20000; ++i) {
    const std::string xml = "<n" + std::to_string(i) + " a" + std::to_string(i) + "='x'/>";
    ASSERT_FALSE(reader.read(xml));
  }
  EXPECT_EQ(value_of(reader.read(parm("still here"))), "still here");
}

std::vector<test::Vector> prov_and_ota_vectors() {
  std::vector<test::Vector> all = test::read_vectors("prov.vectors");
  for (test::Vector& v : test::read_vectors("ota.vectors")) all.push_back(std::move(v));
  return all;
}

TEST(XmlReader, ReadsOrRefusesEveryTruncationAndCorruption) {
  XmlReader reader;
  for (const test::Vector& v : prov_and_ota_vectors()) {
    std::string_view whole = v.xml;
    whole.remove_suffix(1);  // the final line end is no part of the document
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const auto cut = reader.read(whole.substr(0, n), "cut");
      ASSERT_FALSE(cut) << v.name << " cut to " << n;
      ASSERT_TRUE(cut.error().at.line > 0 && cut.error().at.column > 0) << v.name << " " << n;
    }
    std::string changed(whole);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      changed[i] = static_cast<char>(whole[i] ^ (i % 2 == 0 ? 0x01 : 0x80));
      const auto document = reader.read(changed);
      if (!document) {
        ASSERT_GT(document.error().at.line, 0u) << v.name << " " << i;
      }
      changed[i] = whole[i];
    }
  }
}

TEST(WriteXml, WritesWhatReadsBackAsTheSame) {
  XmlReader reader;
  for (const test::Vector& v : prov_and_ota_vectors()) {
    const auto document = reader.read(v.xml);
    ASSERT_TRUE(document) << v.name;
    for (const unsigned indent : {0u, 1u, 2u, 8u}) {
      const auto again = reader.read(write_xml(*document, indent));
      ASSERT_TRUE(again) << v.name << " " << to_string(again.error());
      EXPECT_EQ(*again, *document) << v.name;
    }
  }
}

TEST(WriteXml, EscapesWhatAnAttributeCannotHoldLiterally) {
  Document d;
  d.type = &prov();
  d.root.name = "wap-provisioningdoc";
  d.root.attributes = {{"version", "\t\n\r&<>\"' \xE2\x82\xAC", {}}};
  EXPECT_EQ(write_xml(d, 0), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + std::string(kDoctype) +
                                 "<wap-provisioningdoc "
                                 "version=\"&#9;&#10;&#13;&amp;&lt;&gt;&quot;' \xE2\x82\xAC\"/>");
  EXPECT_EQ(write_xml(d), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::string(kDoctype) +
                              "\n<wap-provisioningdoc "
                              "version=\"&#9;&#10;&#13;&amp;&lt;&gt;&quot;' \xE2\x82\xAC\"/>\n");
  EXPECT_EQ(read_xml(write_xml(d)).value(), d);
}

}  // namespace
}  // namespace cpgw::wbxml
