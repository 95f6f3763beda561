// Every document of the packaged provider database through another implementation of WBXML, in
// both directions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <wbxml/wbxml.h>

#include <algorithm>

#include "gateway/provisioning/provider_document.h"
#include "si_sl/segmentation.h"
#include "si_sl/wsp_push.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/xml_reader.h"

// In the library, but in none of its installed headers.
extern "C" void wbxml_free(void* memory);

namespace cpgw::gateway::provisioning {
namespace {

struct Mapped {
  std::string name;
  wbxml::Document document;
};

const std::vector<Mapped>& documents() {
  static const std::vector<Mapped> kAll = [] {
    std::vector<Mapped> made;
    const auto providers = read_providers(std::string(kProviderDatabase));
    if (!providers) {
      ADD_FAILURE() << to_string(providers.error());
      return made;
    }
    for (std::size_t i = 0; i < providers->size(); ++i) {
      auto one = provider_document((*providers)[i]);
      if (one.document)
        made.push_back({provider_reference(*providers, i), std::move(*one.document)});
    }
    return made;
  }();
  return kAll;
}

// libwbxml 0.11.8 spells two bearers TRETRA-SDS and TRETRA-PACKET, which changes the content of
// documents that name TETRA; the database has none.
bool known_fault(const std::string& xml) { return xml.find("TETRA-") != std::string::npos; }

std::string their_xml(const Octets& octets) {
  WBXMLConvWBXML2XML* conversion = nullptr;
  EXPECT_EQ(wbxml_conv_wbxml2xml_create(&conversion), WBXML_OK);
  wbxml_conv_wbxml2xml_set_gen_type(conversion, WBXML_GEN_XML_COMPACT);
  Octets input = octets;
  WB_UTINY* xml = nullptr;
  WB_ULONG length = 0;
  const WBXMLError error =
      wbxml_conv_wbxml2xml_run(conversion, reinterpret_cast<WB_UTINY*>(input.data()),
                               static_cast<WB_ULONG>(input.size()), &xml, &length);
  wbxml_conv_wbxml2xml_destroy(conversion);
  if (error != WBXML_OK) return reinterpret_cast<const char*>(wbxml_errors_string(error));
  std::string text(reinterpret_cast<const char*>(xml), length);
  wbxml_free(xml);
  return text;
}

Octets their_wbxml(std::string xml) {
  WBXMLConvXML2WBXML* conversion = nullptr;
  EXPECT_EQ(wbxml_conv_xml2wbxml_create(&conversion), WBXML_OK);
  wbxml_conv_xml2wbxml_set_version(conversion, WBXML_VERSION_13);
  wbxml_conv_xml2wbxml_disable_string_table(conversion);
  WB_UTINY* wbxml = nullptr;
  WB_ULONG length = 0;
  const WBXMLError error =
      wbxml_conv_xml2wbxml_run(conversion, reinterpret_cast<WB_UTINY*>(xml.data()),
                               static_cast<WB_ULONG>(xml.size()), &wbxml, &length);
  wbxml_conv_xml2wbxml_destroy(conversion);
  if (error != WBXML_OK) return {};
  const auto* first = reinterpret_cast<const std::byte*>(wbxml);
  Octets out(first, first + length);
  wbxml_free(wbxml);
  return out;
}

TEST(ProviderDocuments, AreAllThere) {
  EXPECT_EQ(documents().size(), 653U);
  EXPECT_EQ(
      std::ranges::count_if(
          documents(), [](const Mapped& m) { return known_fault(wbxml::write_xml(m.document)); }),
      0);
}

TEST(ProviderDocuments, ComeBackEqualFromOurOwnDecoderAndReader) {
  for (const Mapped& one : documents()) {
    const auto octets = wbxml::encode(one.document);
    ASSERT_TRUE(octets) << one.name << ": " << to_string(octets.error());
    const auto decoded = wbxml::decode(*octets);
    ASSERT_TRUE(decoded) << one.name << ": " << to_string(decoded.error());
    EXPECT_EQ(*decoded, one.document) << one.name;
    const auto read = wbxml::read_xml(wbxml::write_xml(one.document));
    ASSERT_TRUE(read) << one.name << ": " << to_string(read.error());
    EXPECT_EQ(*read, one.document) << one.name;
  }
}

TEST(ProviderDocuments, AreReadEqualByLibwbxml) {
  for (const Mapped& one : documents()) {
    const std::string xml = their_xml(wbxml::encode(one.document).value());
    const auto read = wbxml::read_xml(xml);
    ASSERT_TRUE(read) << one.name << ": " << to_string(read.error()) << "\n" << xml;
    EXPECT_EQ(*read, one.document) << one.name << "\n" << xml;
  }
}

TEST(ProviderDocuments, AsLibwbxmlWritesThemAreReadEqualByUs) {
  for (const Mapped& one : documents()) {
    const Octets octets = their_wbxml(wbxml::write_xml(one.document));
    const auto decoded = wbxml::decode(octets);
    ASSERT_TRUE(decoded) << one.name << ": " << to_string(decoded.error());
    EXPECT_EQ(*decoded, one.document) << one.name;
    EXPECT_LE(wbxml::encode(one.document).value().size(), octets.size()) << one.name;
  }
}

// A change of these figures changes what a campaign costs.
TEST(ProviderDocuments, NeedTwoToFiveMessages) {
  std::vector<std::size_t> sizes;
  std::vector<std::size_t> parts(6);
  const std::string mac(40, '0');
  si_sl::PushHeaders headers;
  headers.SEC = 0;
  headers.MAC = mac;
  for (const Mapped& one : documents()) {
    const std::size_t octets =
        si_sl::push_octets(headers, wbxml::encode(one.document).value().size());
    sizes.push_back(octets);
    const auto count = si_sl::part_count(octets, {});
    ASSERT_TRUE(count);
    ASSERT_LT(*count, parts.size());
    ++parts[*count];
  }
  std::ranges::sort(sizes);
  EXPECT_EQ(sizes.front(), 142U);
  EXPECT_EQ(sizes[sizes.size() / 2], 210U);
  EXPECT_EQ(sizes.back(), 515U);
  EXPECT_THAT(parts, ::testing::ElementsAre(0, 0, 369, 130, 152, 2));
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
