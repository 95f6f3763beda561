// Small helpers for answers that carry several errors.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "gateway/service/requests.h"

namespace cpgw::gateway::service {

template <class E>
[[nodiscard]] tl::unexpected<Errors> refuse(E code, std::string message, std::string field = {}) {
  Errors errors;
  errors.emplace_back(code, std::move(message), at_field(std::move(field)));
  return tl::unexpected<Errors>(std::move(errors));
}
[[nodiscard]] inline tl::unexpected<Errors> refuse(Error error) {
  Errors errors;
  errors.push_back(std::move(error));
  return tl::unexpected<Errors>(std::move(errors));
}

/// Puts `outer` in front of every field.
[[nodiscard]] inline Errors inside(Errors errors, std::string_view outer) {
  for (Error& error : errors) error = std::move(error).in(outer);
  return errors;
}

[[nodiscard]] inline tl::unexpected<Errors> busy() {
  return refuse(flow::Errc::busy, "too much is under way: nothing was taken, send it again later");
}

}  // namespace cpgw::gateway::service
