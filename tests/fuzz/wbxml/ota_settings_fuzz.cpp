// Settings whose octets do not say their type: text is read as XML and written both ways; octets
// are a body under the header of WBXML 1.1, read as either type and by the root.
#include <cstdlib>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"
#include "wbxml/xml_reader.h"

namespace {

using namespace cpgw;

const wbxml::DecodeLimits kWide{.octets = 1024 * 1024, .text_octets = 1024 * 1024};

/// Written in the customary version, a document is read back with and without being named.
void write_and_read(const wbxml::Document& document, bool may_refuse) {
  const auto octets = wbxml::encode(document, {.version = document.type->version});
  if (!octets) {
    if (!may_refuse) std::abort();
    return;
  }
  for (const wbxml::DocumentType* said :
       {static_cast<const wbxml::DocumentType*>(nullptr), document.type}) {
    const auto back = wbxml::decode(*octets, kWide, {.type = said});
    if (!back || !(*back == document)) std::abort();
  }
}

void read_text(std::string_view text) {
  static wbxml::XmlReader reader;
  const auto document = reader.read(text, "fuzz");
  if (!document) {
    if (document.error().at.line == 0 || document.error().at.column == 0) std::abort();
    return;
  }
  if (document->type->public_id != wbxml::kPublicIdNotSaid) return;
  const wbxml::XmlLimits wide{.octets = 8 * 1024 * 1024};
  const auto again = wbxml::read_xml(wbxml::write_xml(*document, 0), {}, wide);
  if (!again || !(*again == *document)) std::abort();
  write_and_read(*document, document->type == &wbxml::ota_settings());  // TYPE is a closed list
}

void read_octets(OctetView body) {
  Octets octets;
  OctetWriter(octets).u8(0x01).u8(0x01).u8(0x6A).u8(0x00).put(body);
  for (const wbxml::DocumentType* said : {static_cast<const wbxml::DocumentType*>(nullptr),
                                          &wbxml::ota_settings(), &wbxml::sync_settings()}) {
    const auto document = wbxml::decode(octets, {}, {.type = said});
    if (!document) {
      if (!document.error().at.offset || *document.error().at.offset > octets.size()) std::abort();
      continue;
    }
    if (said != nullptr && document->type != said) std::abort();
    if (document->type != &wbxml::unknown_type()) write_and_read(*document, true);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  if (size > 0 && data[0] == '<') {
    read_text(as_text(input));
  } else {
    read_octets(input);
  }
  return 0;
}
