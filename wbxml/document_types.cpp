// Which document types there are.
#include <array>

#include "wbxml/token_table.h"

namespace cpgw::wbxml {

const DocumentType& unknown_type() {
  static constexpr DocumentType kUnknown{.name = "a document type without tables here",
                                         .public_id = kPublicIdNotSaid};
  return kUnknown;
}

std::span<const DocumentType* const> document_types() {
  static const std::array kTypes{&prov(), &si(),     &sl(),           &co(),
                                 &emn(),  &drmrel(), &ota_settings(), &sync_settings()};
  return kTypes;
}

}  // namespace cpgw::wbxml
