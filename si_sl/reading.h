// How this room's readers say that octets end too early or break the grammar.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl::detail {

/// base's "out of input" in this room's words, with the field in front.
template <class T>
[[nodiscard]] tl::unexpected<Error> ended(Result<T>&& r, std::string_view field) {
  Error error = std::move(r).error();
  if (error.code == cpgw::Errc::out_of_input) error.code = Errc::truncated;
  return fail(std::move(error).in(field));
}

[[nodiscard]] inline tl::unexpected<Error> malformed(std::string message, std::size_t offset,
                                                     std::string_view field) {
  Position at = at_offset(offset);
  at.field = field;
  return fail(Errc::malformed, std::move(message), std::move(at));
}

}  // namespace cpgw::si_sl::detail
