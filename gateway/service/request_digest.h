// The digest that tells a repeated request from another one under the same key.
#pragma once

#include <memory>

#include "gateway/service/requests.h"
#include "signer/sealing.h"

namespace cpgw::gateway::service {

/// HMAC-SHA256 over a submission's meaning, so that a digest in the store is of no use for guessing
/// the IMSI or PIN that went into it. The key is derived from the keyring's first key, which
/// outlives rotation of the active one. Owned by one thread.
class RequestDigest {
 public:
  explicit RequestDigest(const signer::Keyring& keyring);
  /// Order of fields and white space do not matter; everything else does. The key itself is left
  /// out.
  [[nodiscard]] queue::Digest of(const Submission& submission) const;
  /// SHA-256 of a client's key as lower-case hexadecimal text: what the store keeps of it.
  [[nodiscard]] static std::string key_name(std::string_view key);

 private:
  Secret key_;
};

}  // namespace cpgw::gateway::service
