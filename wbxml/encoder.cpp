#include "wbxml/encoder.h"

#include "wbxml/emitter.h"

namespace cpgw::wbxml {

Result<Octets> encode(const Document& document, const EncodeOptions& options) {
  auto emitted = detail::emit(document, options);
  if (!emitted) return fail(std::move(emitted).error());
  return std::move(emitted->octets);
}

}  // namespace cpgw::wbxml
