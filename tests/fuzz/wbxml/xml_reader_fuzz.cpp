// Any text reads as a document or a positioned error; a document survives writing and reading, and
// encoding and decoding. One reader for all inputs, as in the gateway.
#include <cstdlib>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cpgw;
  static wbxml::XmlReader reader;
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const auto document = reader.read(xml, "fuzz");
  if (!document) {
    if (document.error().at.line == 0 || document.error().at.column == 0) std::abort();
    return 0;
  }
  const wbxml::XmlLimits wide{.octets = 8 * 1024 * 1024};
  for (const unsigned indent : {0u, 2u}) {
    const auto again = wbxml::read_xml(wbxml::write_xml(*document, indent), {}, wide);
    if (!again || !(*again == *document)) std::abort();
  }
  const auto octets = wbxml::encode(*document);
  if (!octets) {
    // PROV has room for every value; others have dates, base64 and closed lists.
    const bool explained =
        document->type != &wbxml::prov() && octets.error().code == Code(wbxml::Errc::bad_value);
    if (!explained) std::abort();
    return 0;
  }
  const auto back = wbxml::decode(*octets, {.octets = 1024 * 1024, .text_octets = 1024 * 1024});
  if (!back || !(*back == *document)) std::abort();
  return 0;
}
