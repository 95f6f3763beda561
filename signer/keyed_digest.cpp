#include "signer/keyed_digest.h"

#include <openssl/evp.h>

#include <algorithm>

namespace cpgw::signer {
namespace {

constexpr std::size_t kBlockOctets = 64;  // SHA-256 (FIPS 180-4, 1)

}  // namespace

struct KeyedDigest::Impl {
  struct FreeMd {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  };
  struct FreeContext {
    void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD, FreeMd> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  std::array<std::byte, kBlockOctets> inner{}, outer{};
  bool keyed = false;

  Impl() = default;
  ~Impl() {
    wipe(inner);
    wipe(outer);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Keys of at most one block.
  void key(OctetView octets) {
    const auto set = [&](std::span<std::byte> pad, std::byte with) {
      std::ranges::fill(pad, std::byte{0});
      std::ranges::copy(octets, pad.begin());
      for (std::byte& b : pad) b ^= with;
    };
    set(inner, std::byte{0x36});
    set(outer, std::byte{0x5C});
  }

  bool hash(OctetView pad, OctetView octets, Digest& out) {
    unsigned size = 0;
    return EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
           EVP_DigestUpdate(context.get(), pad.data(), pad.size()) == 1 &&
           EVP_DigestUpdate(context.get(), octets.data(), octets.size()) == 1 &&
           EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size) ==
               1 &&
           size == out.size();
  }

  Result<Digest> of(OctetView octets) {
    Digest out{};
    if (!keyed || !sha256 || !context || !hash(inner, octets, out) || !hash(outer, out, out)) {
      return fail(Errc::library,
                  "OpenSSL refused SHA-256: check that its default provider is loaded");
    }
    return out;
  }
};

KeyedDigest::KeyedDigest(const Keyring& keyring, std::string_view purpose)
    : impl_(std::make_unique<Impl>()) {
  impl_->key(keyring.key(keyring.ids().front())->expose());
  impl_->keyed = true;
  auto derived = impl_->of(as_octets(purpose));
  impl_->keyed = derived.has_value();
  impl_->key(derived ? OctetView(*derived) : OctetView());
  if (derived) wipe(*derived);
}
KeyedDigest::~KeyedDigest() = default;
KeyedDigest::KeyedDigest(KeyedDigest&&) noexcept = default;
KeyedDigest& KeyedDigest::operator=(KeyedDigest&&) noexcept = default;

Result<KeyedDigest::Digest> KeyedDigest::of(OctetView octets) { return impl_->of(octets); }

}  // namespace cpgw::signer
