// What our encoder writes, read by libwbxml, and what it writes, read by our decoder: the same
// elements, attributes, values, text and order, of every document type.
#include "tests/conformance/wbxml/libwbxml.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/conformance/wbxml/libwbxml_faults.h"
#include "tests/unit/wbxml/documents.h"
#include "tests/unit/wbxml/replay.h"
#include "tests/unit/wbxml/vectors.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/xml_reader.h"

extern "C" int fuzz_libwbxml(const std::uint8_t* data, std::size_t size);

namespace cpgw::wbxml {
namespace {

/// Random documents of one run; all 10,000 with CPGW_CONFORMANCE_DOCUMENTS=10000.
std::uint64_t documents() {
  const char* const wanted = std::getenv("CPGW_CONFORMANCE_DOCUMENTS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 1000;
}

std::string shown(const Document& of, Node root) {
  return write_xml({of.type, test::normal(std::move(root))});
}

void expect_read_alike(const Document& document, const EncodeOptions& options) {
  if (!test::libwbxml_knows(*document.type)) return;
  const auto octets = encode(document, options);
  ASSERT_TRUE(octets) << to_string(octets.error());
  std::string error;
  const auto xml = test::peer_xml(*octets, error, test::language_of(*document.type));
  ASSERT_TRUE(xml) << error << "\n" << to_hex(*octets);
  auto read = test::tree_of(*xml);
  ASSERT_TRUE(read) << to_hex(*octets) << "\n" << *xml;
  EXPECT_EQ(shown(document, std::move(*read)),
            shown(document, test::as_libwbxml_reads(document).root))
      << to_hex(*octets);
}

void expect_written_alike(const Document& document, bool string_table, bool doctype) {
  if (test::libwbxml_cannot_write(document, string_table)) return;
  std::string xml = write_xml(document, 0);
  if (!doctype) {
    const std::size_t begin = xml.find("<!DOCTYPE");
    ASSERT_NE(begin, std::string::npos);
    xml.erase(begin, xml.find('>', begin) + 1 - begin);
  }
  std::string error;
  const auto octets = test::peer_wbxml(xml, WBXML_VERSION_12, string_table, error);
  ASSERT_TRUE(octets) << error;
  const auto read = decode(*octets, {.octets = 1 << 20, .text_octets = 1 << 20});
  ASSERT_TRUE(read) << to_string(read.error()) << "\n" << to_hex(*octets);
  EXPECT_EQ(read->type, document.type);
  EXPECT_EQ(shown(document, read->root), shown(document, document.root)) << to_hex(*octets);
}

TEST(Libwbxml, ReadsEveryVectorAsWeMeantIt) {
  for (const char* file : {"prov.vectors", "push.vectors", "ota.vectors"}) {
    for (const test::Vector& v : test::read_vectors(file)) {
      SCOPED_TRACE(v.name);
      const Document document = read_xml(v.xml, v.name).value();
      expect_read_alike(document, {});
      expect_read_alike(document, {.stay_on_page = true, .string_table = true});
    }
  }
}

TEST(Libwbxml, ReadsRandomDocumentsAsWeMeantThem) {
  for (std::uint64_t seed = 1; seed <= documents() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_read_alike(test::random_document_of_any_type(seed),
                      {.version = static_cast<std::uint8_t>(2 + seed % 2),
                       .stay_on_page = seed % 3 == 1,
                       .string_table = seed % 3 == 2});
  }
}

TEST(Libwbxml, WritesRandomDocumentsThatWeReadAsTheyWere) {
  for (std::uint64_t seed = 1; seed <= documents() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_written_alike(test::random_document_of_any_type(seed), seed % 2 == 0, seed % 3 != 0);
  }
}

TEST(Libwbxml, ReadsTheCorpusOfItsFuzzTargetAsWeDo) {
  EXPECT_GE(test::replay("corpus_libwbxml", fuzz_libwbxml), 15u);
}

/// A rule that no longer explains anything is to be removed, and so has to be seen.
TEST(Libwbxml, StillHasTheFaultsTheRulesName) {
  for (const test::LibwbxmlFault& fault : test::kLibwbxmlFaults) {
    SCOPED_TRACE(fault.name);
    std::string error;
    const auto xml = test::peer_xml(from_hex(fault.hex).value(), error);
    EXPECT_EQ(xml ? (xml->find(fault.shows) != std::string::npos ? fault.shows : *xml)
                  : "error: " + error,
              fault.shows);
    const auto ours = decode(from_hex(fault.hex).value());
    EXPECT_EQ(ours ? write_xml(*ours, 0).find(fault.ours) != std::string::npos
                   : ours.error().code.name() == fault.ours,
              true)
        << (ours ? write_xml(*ours, 0) : to_string(ours.error()));
  }
}

}  // namespace
}  // namespace cpgw::wbxml
