// Any octets: the framer and the decoder give PDUs or errors; what decodes is written back the
// same.
#include <algorithm>
#include <cstdlib>

#include "carriers/smpp/pdu.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace cpgw;
  using namespace cpgw::carriers::smpp;
  Framer framer;
  framer.feed(std::as_bytes(std::span(data, size)));
  for (auto next = framer.next(); next && *next; next = framer.next()) {
    Pdu pdu;
    if (!decode(**next, pdu)) continue;
    (void)describe(pdu);
    Octets again;
    if (!encode(pdu, again)) std::abort();
    if (!std::ranges::equal(again, **next)) std::abort();
  }
  return 0;
}
