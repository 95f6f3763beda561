// Secrets at rest: AES-256-GCM records under keys of a keyring file that lies outside the data
// directory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "base/result.h"
#include "base/secret.h"
#include "signer/bootstrap_mac.h"  // Errc

namespace cpgw::signer {

/// Keys by number, one of them active. File format: docs in signer/README.md. The file is 0600 or
/// stricter, owned by the reader.
class Keyring {
 public:
  /// Writes a new file with one fresh key, mode 0600, never over an existing one
  /// (Errc::bad_keyring).
  [[nodiscard]] static Result<void> create(const std::string& file, Random& random);
  [[nodiscard]] static Result<Keyring> load(const std::string& file);
  /// Adds a fresh key to the file and makes it the active one; the others stay, so that what they
  /// sealed opens. The file is replaced whole, or not at all. Returns the new key's number.
  [[nodiscard]] static Result<std::uint32_t> rotate(const std::string& file, Random& random);
  /// A keyring in memory with one fresh key: tests and the demo.
  [[nodiscard]] static Keyring ephemeral(Random& random);

  [[nodiscard]] std::uint32_t active() const { return active_; }
  [[nodiscard]] const Secret* key(std::uint32_t id) const;  ///< 32 octets; null when unknown
  [[nodiscard]] std::vector<std::uint32_t> ids() const;     ///< ascending

 private:
  Keyring() = default;
  static Result<Keyring> parse(std::string_view text, const std::string& file);
  [[nodiscard]] Secret text() const;

  std::map<std::uint32_t, Secret> keys_;
  std::uint32_t active_ = 0;
};

/// What a sealed record belongs to: opening it for anything else fails. All fields are part of the
/// associated data.
struct SealContext {
  std::string_view tenant;
  std::string_view owner;  ///< such as the recipient and content digest of a job
  std::string_view field;  ///< what is sealed: "job"
};

/// What sealing adds to the plain octets.
inline constexpr std::size_t kSealOctets = 4 + 12 + 16;
/// The longest plain record.
inline constexpr std::size_t kSealMost = std::size_t{1} << 20;

/// Record: key id (4 octets), nonce (12), ciphertext, tag (16). Owned by one thread; keyring and
/// random outlive it.
class Sealer {
 public:
  Sealer(const Keyring& keyring, Random& random);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  [[nodiscard]] Result<Octets> seal(OctetView plain, const SealContext& context);
  [[nodiscard]] Result<Secret> open(OctetView sealed, const SealContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cpgw::signer
