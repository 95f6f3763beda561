// The digest that tells a repeated request from another one under the same key.
#pragma once

#include <memory>

#include "gateway/service/requests.h"
#include "signer/keyed_digest.h"

namespace cpgw::gateway::service {

/// HMAC-SHA256 over a submission's meaning, so that a digest in the store is of no use for guessing
/// the IMSI or PIN that went into it. Owned by one thread.
class RequestDigest {
 public:
  explicit RequestDigest(const signer::Keyring& keyring);
  /// Order of fields and white space do not matter; everything else does. The key itself is left
  /// out.
  [[nodiscard]] Result<queue::Digest> of(const Submission& submission);
  /// SHA-256 of a client's key as lower-case hexadecimal text: what the store keeps of it.
  [[nodiscard]] static std::string key_name(std::string_view key);

 private:
  signer::KeyedDigest digest_;
};

}  // namespace cpgw::gateway::service
