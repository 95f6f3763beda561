// Where a node stood, as an error says it.
#pragma once

#include "wbxml/document.h"

namespace cpgw::wbxml::detail {

inline Position position_of(const Source& at, std::string field = {}) {
  Position position;
  position.line = at.line;
  position.column = at.column;
  // No node stands at offset 0: the WBXML header is there.
  if (at.line == 0 && at.offset != 0) position.offset = at.offset;
  position.field = std::move(field);
  return position;
}

}  // namespace cpgw::wbxml::detail
