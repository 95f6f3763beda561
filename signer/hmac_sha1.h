// HMAC-SHA1 (RFC 2104) over a body with a key as octets: what every bootstrap MAC is made of.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "base/octets.h"
#include "base/result.h"

namespace cpgw::signer {

using HmacDigest = std::array<std::byte, 20>;

/// Keeps one digest context: a new key costs no new one. Owned by one thread.
class HmacSha1 {
 public:
  HmacSha1();
  ~HmacSha1();
  HmacSha1(const HmacSha1&) = delete;
  HmacSha1& operator=(const HmacSha1&) = delete;

  /// `key` of at most 64 octets (Errc::too_long). Errc::library when OpenSSL refuses SHA-1.
  [[nodiscard]] Result<void> digest(OctetView key, OctetView body, HmacDigest& out);
  /// How many octets of `body`, fewer than all, have this digest; nothing when no count has. Takes
  /// time in proportion to the body, whatever is found. Errors as of digest.
  [[nodiscard]] Result<std::optional<std::size_t>> find_prefix(OctetView key, OctetView body,
                                                               const HmacDigest& digest);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::signer
