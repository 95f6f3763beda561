// libwbxml_bench FILE COUNT xml|decode: what wbxml_bench does, done by libwbxml: create, configure,
// run, free, destroy. Both sides read the XML.
#include <wbxml/wbxml.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

// The package leaves the header with it out.
extern "C" void wbxml_free(void* memory);

namespace {

std::string to_wbxml(std::string xml) {
  WBXMLConvXML2WBXML* conversion = nullptr;
  if (wbxml_conv_xml2wbxml_create(&conversion) != WBXML_OK) return {};
  wbxml_conv_xml2wbxml_set_version(conversion, WBXML_VERSION_13);
  wbxml_conv_xml2wbxml_disable_string_table(conversion);
  WB_UTINY* out = nullptr;
  WB_ULONG length = 0;
  std::string wbxml;
  if (wbxml_conv_xml2wbxml_run(conversion, reinterpret_cast<WB_UTINY*>(xml.data()),
                               static_cast<WB_ULONG>(xml.size()), &out, &length) == WBXML_OK) {
    wbxml.assign(reinterpret_cast<const char*>(out), length);
    wbxml_free(out);
  }
  wbxml_conv_xml2wbxml_destroy(conversion);
  return wbxml;
}

std::size_t to_xml(std::string wbxml) {
  WBXMLConvWBXML2XML* conversion = nullptr;
  if (wbxml_conv_wbxml2xml_create(&conversion) != WBXML_OK) return 0;
  wbxml_conv_wbxml2xml_set_gen_type(conversion, WBXML_GEN_XML_COMPACT);
  WB_UTINY* out = nullptr;
  WB_ULONG length = 0;
  if (wbxml_conv_wbxml2xml_run(conversion, reinterpret_cast<WB_UTINY*>(wbxml.data()),
                               static_cast<WB_ULONG>(wbxml.size()), &out, &length) == WBXML_OK) {
    wbxml_free(out);
  }
  wbxml_conv_wbxml2xml_destroy(conversion);
  return length;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: libwbxml_bench FILE COUNT xml|decode\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string xml{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const long count = std::strtol(argv[2], nullptr, 10);
  const std::string wbxml = to_wbxml(xml);
  std::size_t done = 0;
  for (long i = 0; i < count; ++i) {
    done += std::string_view(argv[3]) == "xml" ? to_wbxml(xml).size() : to_xml(wbxml);
  }
  std::printf("%ld x %zu octets of XML, %zu of WBXML, sum %zu\n", count, xml.size(), wbxml.size(),
              done);
  return done == 0 && count > 0 ? 1 : 0;
}
