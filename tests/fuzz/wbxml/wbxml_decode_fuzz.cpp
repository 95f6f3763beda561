// Any octets decode to a document or a positioned error; a document whose tokens all have a meaning
// comes back equal from every way of writing it.
#include <algorithm>
#include <cstdlib>

#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/token_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cpgw;
  const auto octets = std::as_bytes(std::span(data, size));
  const auto document = wbxml::decode(octets);
  if (!document) {
    if (!document.error().at.offset || *document.error().at.offset > size) std::abort();
    return 0;
  }
  const bool unknown =
      std::any_of(document->notes.begin(), document->notes.end(),
                  [](const auto& n) { return n.kind == wbxml::Note::Kind::unknown; });
  // What has no meaning is an error, and the only one, for who allows none of it.
  if (wbxml::decode(octets, {.unknown = 0}).has_value() == unknown) std::abort();
  const wbxml::DecodeLimits wide{.octets = 1024 * 1024, .text_octets = 1024 * 1024};
  for (const wbxml::EncodeOptions options :
       {wbxml::EncodeOptions{.literals = true},
        wbxml::EncodeOptions{.stay_on_page = true, .string_table = true, .literals = true}}) {
    const auto again = wbxml::encode(*document, options);
    if (!again) {
      // Values outside a closed list, text where the type has none: read and not written.
      const bool explained = unknown || again.error().code == Code(wbxml::Errc::bad_value);
      if (!explained) std::abort();
      continue;
    }
    const auto back = wbxml::decode(*again, wide);
    if (!back || !(*back == *document)) std::abort();
  }
  return 0;
}
