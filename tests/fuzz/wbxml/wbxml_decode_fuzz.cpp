// Any octets decode to a document or a positioned error; a document that our tables can write comes
// back equal.
#include <cstdlib>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cpgw;
  const auto document = wbxml::decode(std::as_bytes(std::span(data, size)));
  if (!document) {
    if (!document.error().at.offset || *document.error().at.offset > size) std::abort();
    return 0;
  }
  const auto again = wbxml::encode(*document);
  if (!again) return 0;  // a literal name has no token
  const auto back = wbxml::decode(*again, {.octets = 1024 * 1024, .text_octets = 1024 * 1024});
  if (!back || !(*back == *document)) std::abort();
  return 0;
}
