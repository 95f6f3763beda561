// Wrong usage: a mistake in the options themselves, not in what they name.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace cpgw::gateway::cli {

enum class CliErrc {
  usage,  ///< an option is missing, wrong or without effect; correct the command, exit status 2
};
constexpr std::string_view code_name(CliErrc e) {
  switch (e) {
    case CliErrc::usage: return "cli/usage";
  }
  return "cli/none";
}

[[nodiscard]] inline tl::unexpected<Error> misuse(std::string message, std::string option) {
  return fail(CliErrc::usage, std::move(message), at_field(std::move(option)));
}
/// What another room says of a value that `option` gave.
[[nodiscard]] inline tl::unexpected<Error> misuse(const Error& error, std::string option) {
  return misuse(error.message, std::move(option));
}

}  // namespace cpgw::gateway::cli
