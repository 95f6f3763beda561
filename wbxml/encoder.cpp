#include "wbxml/encoder.h"

#include "wbxml/emitter.h"

namespace cpgw::wbxml {

Result<Octets> encode(const Document& document, const EncodeOptions& options) {
  if (document.type == nullptr) {
    return fail(Errc::unknown_document, "the document has no document type");
  }
  Octets out;
  if (auto done = detail::Emitter(*document.type, out).document(document, options); !done) {
    return fail(std::move(done).error());
  }
  return out;
}

}  // namespace cpgw::wbxml
