#include "base/result.h"

namespace cpgw {

Error Error::shifted(std::size_t octets) && {
  if (at.offset) *at.offset += octets;
  return std::move(*this);
}

Error Error::in(std::string_view outer) && {
  at.field = at.field.empty() ? std::string(outer) : std::string(outer) + "." + at.field;
  return std::move(*this);
}

std::string to_string(const Error& error) {
  std::string text;
  const Position& at = error.at;
  if (!at.file.empty()) text += at.file + ":";
  if (at.line != 0) {
    text += std::to_string(at.line) + ":";
    if (at.column != 0) text += std::to_string(at.column) + ":";
  }
  if (!text.empty()) text += " ";
  text += error.message;
  if (at.offset || !at.field.empty()) {
    text += " (";
    if (at.offset) text += "offset " + std::to_string(*at.offset);
    if (!at.field.empty()) text += std::string(at.offset ? ", " : "") + "field " + at.field;
    text += ")";
  }
  text += " [" + std::string(error.code.name()) + "]";
  return text;
}

}  // namespace cpgw
