// Octets we read without anything unknown, libwbxml reads alike; a document made from the input it
// reads as we wrote it, and we read as it wrote it. A difference without a named fault is ours.
#include <cstdlib>
#include <cstring>

#include "tests/conformance/wbxml/libwbxml.h"
#include "tests/conformance/wbxml/libwbxml_faults.h"
#include "tests/unit/wbxml/documents.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"

namespace {

using namespace cpgw;

const wbxml::DecodeLimits kWide{.octets = 1 << 20, .text_octets = 1 << 20, .unknown = 0};

std::string shown(const wbxml::Document& of, wbxml::Node root) {
  return wbxml::test::without_tretra(
      wbxml::write_xml({of.type, wbxml::test::normal(std::move(root))}, 0));
}

bool read_alike(OctetView octets, const wbxml::Document& ours) {
  std::string error;
  const auto xml = wbxml::test::peer_xml(Octets(octets.begin(), octets.end()), error,
                                         wbxml::test::language_of(*ours.type));
  if (!xml) return false;
  auto tree = wbxml::test::tree_of(*xml);
  return tree &&
         shown(ours, std::move(*tree)) == shown(ours, wbxml::test::as_libwbxml_reads(ours).root);
}

void read_octets(OctetView octets) {
  const auto ours = wbxml::decode(octets, {.unknown = 0});
  if (!ours || !wbxml::test::libwbxml_knows(*ours->type) || read_alike(octets, *ours)) return;
  if (wbxml::test::libwbxml_misreads(octets, *ours) == nullptr) std::abort();
}

void exchange(std::uint64_t seed) {
  const wbxml::Document document = wbxml::test::random_document_of_any_type(seed);
  if (!wbxml::test::libwbxml_knows(*document.type)) return;
  const auto octets = wbxml::encode(document, {.version = static_cast<std::uint8_t>(2 + seed % 2),
                                               .stay_on_page = seed % 3 == 1,
                                               .string_table = seed % 3 == 2});
  if (!octets || !read_alike(*octets, document)) std::abort();
  const bool string_table = seed % 5 == 0;
  if (wbxml::test::libwbxml_cannot_write(document, string_table) != nullptr) return;
  std::string error;
  const auto theirs =
      wbxml::test::peer_wbxml(wbxml::write_xml(document, 0), WBXML_VERSION_13, string_table, error);
  if (!theirs) std::abort();
  const auto read = wbxml::decode(*theirs, kWide);
  if (!read || shown(*read, read->root) != shown(document, document.root)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // 00 to 03 begin a document; FF stands for a seed.
  if (size == 9 && data[0] == 0xFF) {
    std::uint64_t seed = 0;
    std::memcpy(&seed, data + 1, sizeof seed);
    exchange(seed);
  } else {
    read_octets(std::as_bytes(std::span(data, size)));
  }
  return 0;
}
