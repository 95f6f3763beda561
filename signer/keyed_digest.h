// A digest only the holder of the keyring can recompute: for what would otherwise let a reader of
// the store search a short PIN or an IMSI.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "signer/sealing.h"

namespace cpgw::signer {

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) under a key of its own per purpose: HMAC-SHA256 of the
/// purpose under the keyring's first key, which outlives rotation of the active one. Keeps one
/// context; no heap allocation of ours per digest. Owned by one thread.
class KeyedDigest {
 public:
  using Digest = std::array<std::byte, 32>;

  KeyedDigest(const Keyring& keyring, std::string_view purpose);
  ~KeyedDigest();
  KeyedDigest(KeyedDigest&&) noexcept;
  KeyedDigest& operator=(KeyedDigest&&) noexcept;

  /// Errc::library when OpenSSL refuses SHA-256.
  [[nodiscard]] Result<Digest> of(OctetView octets);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::signer
