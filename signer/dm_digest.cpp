#include "signer/dm_digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <initializer_list>
#include <memory>

namespace cpgw::signer {
namespace {

/// Base64 of an MD5, without the zero that OpenSSL writes behind it.
using DigestText = std::array<char, 25>;
constexpr std::size_t kDigestText = 24;

struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};

/// MD5 over pieces. The context wipes its state when it is freed.
class Md5 {
 public:
  bool of(std::initializer_list<OctetView> pieces, DmDigest& out) {
    if (!md5_ || !context_ || EVP_DigestInit_ex2(context_.get(), md5_.get(), nullptr) != 1) {
      return false;
    }
    for (const OctetView piece : pieces) {
      if (EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) != 1) return false;
    }
    unsigned size = 0;
    return EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()),
                              &size) == 1 &&
           size == out.size();
  }

 private:
  std::unique_ptr<EVP_MD, FreeMd> md5_{EVP_MD_fetch(nullptr, "MD5", nullptr)};
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_{EVP_MD_CTX_new()};
};

OctetView base64(const DmDigest& digest, DigestText& out) {
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(digest.data()),
                  static_cast<int>(digest.size()));
  return std::as_bytes(std::span(out)).first(kDigestText);
}

}  // namespace

Result<DmDigest> dm_digest(const DmCredentials& credentials, OctetView trigger) {
  const OctetView colon = as_octets(":");
  Md5 md5;
  DmDigest server{}, content{}, digest{};
  // Whoever has the server's digest can sign in its name: as secret as its password.
  DigestText server_text{}, content_text{};
  const bool done =
      md5.of({as_octets(credentials.server_id), colon, credentials.server_password.expose()},
             server) &&
      md5.of({trigger}, content) &&
      md5.of({base64(server, server_text), colon, credentials.nonce.expose(), colon,
              base64(content, content_text)},
             digest);
  wipe(server);
  wipe(std::as_writable_bytes(std::span(server_text)));
  if (!done) {
    return fail(Errc::library, "OpenSSL refused MD5: check that its default provider is loaded");
  }
  return digest;
}

Result<bool> verify_dm_digest(const DmCredentials& credentials, OctetView trigger,
                              OctetView digest) {
  auto expected = dm_digest(credentials, trigger);
  if (!expected) return fail(std::move(expected).error());
  return digest.size() == expected->size() &&
         CRYPTO_memcmp(digest.data(), expected->data(), expected->size()) == 0;
}

}  // namespace cpgw::signer
