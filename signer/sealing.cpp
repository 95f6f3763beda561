#include "signer/sealing.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace cpgw::signer {
namespace {

constexpr std::size_t kIdOctets = 4;
constexpr std::size_t kNonceOctets = 12;  // NIST SP 800-38D, 8.2.2: random, 96 bits
constexpr std::size_t kTagOctets = 16;
static_assert(kIdOctets + kNonceOctets + kTagOctets == kSealOctets);
constexpr std::string_view kDomain = "cpgw-seal-1";

/// Every field with its length in front, so that no octet can slide from one into the next.
Octets associated(std::uint32_t key_id, const SealContext& context) {
  Octets data;
  data.reserve(kDomain.size() + 5 * 4 + context.tenant.size() + context.owner.size() +
               context.field.size());
  OctetWriter out(data);
  out.put(kDomain).u32(key_id);
  for (const std::string_view field : {context.tenant, context.owner, context.field}) {
    out.u32(static_cast<std::uint32_t>(field.size())).put(field);
  }
  return data;
}

const unsigned char* raw(OctetView octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}
unsigned char* raw(std::span<std::byte> octets) {
  return reinterpret_cast<unsigned char*>(octets.data());
}
int length(OctetView octets) { return static_cast<int>(octets.size()); }

tl::unexpected<Error> library() {
  return fail(Errc::library,
              "OpenSSL refused AES-256-GCM: check that its default provider is "
              "loaded");
}

}  // namespace

struct Sealer::Impl {
  struct FreeCipher {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  };
  struct FreeContext {
    void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
  };
  const Keyring& keyring;
  Random& random;
  std::unique_ptr<EVP_CIPHER, FreeCipher> gcm{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
  std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context{EVP_CIPHER_CTX_new()};
};

Sealer::Sealer(const Keyring& keyring, Random& random)
    : impl_(new Impl{.keyring = keyring, .random = random}) {}
Sealer::~Sealer() = default;

Result<Octets> Sealer::seal(OctetView plain, const SealContext& context) {
  if (plain.size() > kSealMost) {
    return fail(Errc::too_long, "a record of " + std::to_string(plain.size()) +
                                    " octets is over the 1 MiB that one seal covers");
  }
  const std::uint32_t id = impl_->keyring.active();
  const Secret* key = impl_->keyring.key(id);
  if (key == nullptr) return fail(Errc::unknown_key, "the keyring has no active key");

  Octets sealed;
  sealed.reserve(plain.size() + kSealOctets);
  OctetWriter(sealed).u32(id);
  sealed.resize(plain.size() + kSealOctets);
  const std::span<std::byte> nonce = std::span(sealed).subspan(kIdOctets, kNonceOctets);
  const std::span<std::byte> text =
      std::span(sealed).subspan(kIdOctets + kNonceOctets, plain.size());
  const std::span<std::byte> tag = std::span(sealed).last(kTagOctets);
  impl_->random.fill(nonce);

  const Octets aad = associated(id, context);
  EVP_CIPHER_CTX* c = impl_->context.get();
  int done = 0;
  const bool ok =
      c != nullptr && impl_->gcm &&
      EVP_EncryptInit_ex2(c, impl_->gcm.get(), raw(key->expose()), raw(nonce), nullptr) == 1 &&
      EVP_EncryptUpdate(c, nullptr, &done, raw(aad), length(aad)) == 1 &&
      (plain.empty() || EVP_EncryptUpdate(c, raw(text), &done, raw(plain), length(plain)) == 1) &&
      EVP_EncryptFinal_ex(c, raw(tag), &done) == 1 &&
      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kTagOctets, tag.data()) == 1;
  if (!ok) return library();
  return sealed;
}

Result<Secret> Sealer::open(OctetView sealed, const SealContext& context) {
  if (sealed.size() < kSealOctets || sealed.size() > kSealOctets + kSealMost) {
    return fail(Errc::bad_seal, "a sealed record cannot have " + std::to_string(sealed.size()) +
                                    " octets: it was cut, or is something else");
  }
  OctetReader in(sealed);
  const std::uint32_t id = *in.u32();
  const OctetView nonce = *in.take(kNonceOctets);
  const OctetView text = *in.take(in.remaining() - kTagOctets);
  std::array<std::byte, kTagOctets> tag{};
  std::ranges::copy(in.rest(), tag.begin());

  const Secret* key = impl_->keyring.key(id);
  if (key == nullptr) {
    return fail(Errc::unknown_key, "sealed with key " + std::to_string(id) +
                                       ", which the keyring does not have: restore that keyring");
  }
  const Octets aad = associated(id, context);
  Octets plain(text.size());
  EVP_CIPHER_CTX* c = impl_->context.get();
  int done = 0;
  const bool ready =
      c != nullptr && impl_->gcm &&
      EVP_DecryptInit_ex2(c, impl_->gcm.get(), raw(key->expose()), raw(nonce), nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kTagOctets, tag.data()) == 1 &&
      EVP_DecryptUpdate(c, nullptr, &done, raw(aad), length(aad)) == 1 &&
      (text.empty() ||
       EVP_DecryptUpdate(c, raw(std::span(plain)), &done, raw(text), length(text)) == 1);
  const bool right = ready && EVP_DecryptFinal_ex(c, raw(std::span<std::byte>(tag)), &done) == 1;
  if (!right) {
    wipe(plain);
    if (!ready) return library();
    return fail(Errc::bad_seal,
                "the sealed record was changed, or belongs to another tenant, owner or field");
  }
  Secret secret{OctetView(plain)};
  wipe(plain);
  return secret;
}

}  // namespace cpgw::signer
