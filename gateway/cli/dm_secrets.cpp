#include "gateway/cli/dm_secrets.h"

#include "gateway/cli/usage.h"
#include "wbxml/base64.h"

namespace cpgw::gateway::cli {

Result<Secret> required_secret(Io& io, const std::string& file, const SecretSource& source) {
  auto secret = read_secret(io, {}, file, source.variable);
  if (secret && secret->empty() && !file.empty()) {
    return fail(Errc::bad_setting, "the file is empty", at_field(source.option));
  }
  if (secret && secret->empty()) {
    return misuse("needed: give " + source.option + " or " + source.variable, source.option);
  }
  return secret;
}

/// The nonce in its raw octets; empty when none is given.
Result<Secret> read_nonce(Io& io, const NonceOptions& nonce, const SecretSource& source) {
  const bool raw = nonce.form == "raw";
  auto given = read_secret(io, {}, nonce.file, source.variable, raw);
  if (given && given->empty() && !nonce.file.empty()) {
    return fail(Errc::bad_setting, "the file is empty", at_field(source.option));
  }
  if (!given || given->empty() || raw) return given;
  auto octets = wbxml::detail::from_base64(as_text(given->expose()));
  if (!octets) {
    return fail(Errc::bad_setting, "no base64; for octets as they are add --nonce-form raw",
                at_field(source.option));
  }
  Secret secret{OctetView(*octets)};
  wipe(*octets);
  return secret;
}

}  // namespace cpgw::gateway::cli
