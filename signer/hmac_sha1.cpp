#include "signer/hmac_sha1.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/secret.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::signer {
namespace {

constexpr std::size_t kBlockOctets = 64;  // SHA-1 (FIPS 180-4, 1)
constexpr std::byte kInner{0x36}, kOuter{0x5C};

struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};

/// The key as one block, wiped when it goes.
class Pad {
 public:
  explicit Pad(OctetView key) { std::ranges::copy(key, octets_.begin()); }
  Pad(const Pad&) = delete;
  Pad& operator=(const Pad&) = delete;
  ~Pad() { wipe(octets_); }

  OctetView masked(std::byte mask) {
    for (std::byte& b : octets_) b ^= mask ^ mask_;
    mask_ = mask;
    return octets_;
  }

 private:
  std::array<std::byte, kBlockOctets> octets_{};
  std::byte mask_{};
};

tl::unexpected<Error> refused() {
  return fail(Errc::library,
              "OpenSSL refused SHA-1: check that its default provider is loaded "
              "and that no policy forbids SHA-1");
}

tl::unexpected<Error> too_long() {
  return fail(Errc::too_long, "a key over " + std::to_string(kBlockOctets) + " octets");
}

}  // namespace

struct HmacSha1::Impl {
  std::unique_ptr<EVP_MD, FreeMd> sha1{EVP_MD_fetch(nullptr, "SHA1", nullptr)};
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};

  [[nodiscard]] bool begin(OctetView pad) const {
    return sha1 && context && EVP_DigestInit_ex2(context.get(), sha1.get(), nullptr) == 1 &&
           EVP_DigestUpdate(context.get(), pad.data(), pad.size()) == 1;
  }
  static bool end(EVP_MD_CTX* context, HmacDigest& out) {
    unsigned octets = 0;
    return EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out.data()), &octets) ==
               1 &&
           octets == out.size();
  }
  // OpenSSL 3.0 frees and makes its 96-octet SHA-1 state at every init; nothing else is allocated.
  [[nodiscard]] bool hash(OctetView pad, OctetView message, HmacDigest& out) const {
    return begin(pad) && EVP_DigestUpdate(context.get(), message.data(), message.size()) == 1 &&
           end(context.get(), out);
  }
};

HmacSha1::HmacSha1() : impl_(std::make_unique<Impl>()) {}
HmacSha1::~HmacSha1() = default;

Result<void> HmacSha1::digest(OctetView key, OctetView body, HmacDigest& out) {
  if (key.size() > kBlockOctets) return too_long();
  Pad pad(key);
  const bool done =
      impl_->hash(pad.masked(kInner), body, out) && impl_->hash(pad.masked(kOuter), out, out);
  if (!done) return refused();
  return {};
}

Result<std::optional<std::size_t>> HmacSha1::find_prefix(OctetView key, OctetView body,
                                                         const HmacDigest& digest) {
  if (key.size() > kBlockOctets) return too_long();
  const std::unique_ptr<EVP_MD_CTX, FreeContext> so_far{EVP_MD_CTX_new()}, ended{EVP_MD_CTX_new()};
  Pad pad(key);
  if (!so_far || !ended || !impl_->begin(pad.masked(kInner)) ||
      EVP_MD_CTX_copy_ex(so_far.get(), impl_->context.get()) != 1)
    return refused();
  const OctetView outer = pad.masked(kOuter);
  std::optional<std::size_t> found;
  for (std::size_t octets = 0; octets < body.size(); ++octets) {
    HmacDigest inner{}, whole{};
    const bool done = EVP_MD_CTX_copy_ex(ended.get(), so_far.get()) == 1 &&
                      Impl::end(ended.get(), inner) && impl_->hash(outer, inner, whole) &&
                      EVP_DigestUpdate(so_far.get(), &body[octets], 1) == 1;
    if (!done) return refused();
    if (CRYPTO_memcmp(whole.data(), digest.data(), whole.size()) == 0) found = octets;
  }
  return found;
}

}  // namespace cpgw::signer
