// Secrets of device management, from files and the environment alone.
#pragma once

#include <string>

#include "gateway/cli/io.h"
#include "gateway/cli/new_commands.h"

namespace cpgw::gateway::cli {

/// Where one secret may come from.
struct SecretSource {
  std::string option, variable;
};
/// CliErrc::usage when neither gives one.
[[nodiscard]] Result<Secret> required_secret(Io& io, const std::string& file,
                                             const SecretSource& source);
/// The nonce in its raw octets; empty when none is given.
[[nodiscard]] Result<Secret> read_nonce(Io& io, const NonceOptions& nonce,
                                        const SecretSource& source);

}  // namespace cpgw::gateway::cli
