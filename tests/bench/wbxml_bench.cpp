// wbxml_bench FILE COUNT xml|decode|fill: does one thing COUNT times. For instruction counts take
// the difference of two runs under `valgrind --tool=callgrind`, so that start-up costs drop out.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/template.h"
#include "wbxml/xml_reader.h"

namespace {

using namespace cpgw;

/// The document with the value of its last parm as a slot.
wbxml::Template template_of(wbxml::Document document) {
  wbxml::Node* node = &document.root;
  while (!node->children.empty()) node = &node->children.back();
  node->attributes.back().value = "${slot}";
  const wbxml::SlotSpec slot{"slot", wbxml::SlotType::text, 64};
  return wbxml::Template::compile(document, {&slot, 1}).value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: wbxml_bench FILE COUNT xml|decode|fill\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string xml{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const long count = std::strtol(argv[2], nullptr, 10);
  const std::string_view what = argv[3];
  wbxml::XmlReader reader;
  const auto document = reader.read(xml, argv[1]);
  if (!document) {
    std::fprintf(stderr, "%s\n", to_string(document.error()).c_str());
    return 3;
  }
  const Octets octets = wbxml::encode(*document).value();
  const wbxml::Template filled = template_of(*document);
  Octets out;
  out.reserve(filled.max_octets());
  std::size_t done = 0;
  for (long i = 0; i < count; ++i) {
    if (what == "xml") done += wbxml::encode(reader.read(xml).value()).value().size();
    if (what == "decode") done += wbxml::decode(octets).value().root.children.size();
    if (what == "fill") {
      out.clear();
      const std::string_view value = "hunter2";
      done += filled.fill({&value, 1}, out).has_value() ? out.size() : 0;
    }
  }
  std::printf("%ld x %zu octets of XML, %zu of WBXML, sum %zu\n", count, xml.size(), octets.size(),
              done);
  return 0;
}
