// Sign, push and segment cost no allocation of ours once warm. OpenSSL 3.0 makes its SHA-1 state
// (96 octets) anew at every EVP_DigestInit_ex2, two for one HMAC: that is counted apart.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <new>

#include "si_sl/segmentation.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "tests/unit/si_sl/vector_file.h"

namespace {

std::size_t allocations = 0;          // operator new
std::size_t openssl_allocations = 0;  // inside libcrypto

void* counted_malloc(std::size_t octets, const char*, int) {
  ++openssl_allocations;
  return std::malloc(octets);
}
void* counted_realloc(void* old, std::size_t octets, const char*, int) {
  ++openssl_allocations;
  return std::realloc(old, octets);
}
void counted_free(void* octets, const char*, int) { std::free(octets); }

// Only before OpenSSL's first allocation.
const bool openssl_counted =
    CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t octets) {
  ++allocations;
  if (void* p = std::malloc(octets != 0 ? octets : 1)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace cpgw::si_sl {
namespace {

TEST(Allocation, SigningPushingAndSegmentingAllocateNothingOnceWarm) {
  ASSERT_TRUE(openssl_counted);
  Octets body;
  for (const auto& v : test::read_vectors("mac/bootstrap.txt")) {
    if (v.text("id") == "gecko-userpin") body = v.octets("body");
  }
  ASSERT_EQ(body.size(), 501U);
  const Imsi imsi = *Imsi::parse("001010123456789");
  const UserPin pin = *UserPin::parse("1234");
  signer::BootstrapSigner signer;
  Octets push;
  std::vector<Part> parts;
  const auto once = [&](std::uint16_t reference) {
    const auto mac = signer.mac(signer::Security::USERNETWPIN, &imsi, &pin, body);
    push.clear();
    const auto written = write_push(
        1, {kConnectivityWbxml, std::uint8_t{2}, std::string_view(mac->data(), mac->size())}, body,
        push);
    const auto cut = segment(push, reference, {}, parts);
    return mac && written && cut && parts.size() == 5;
  };
  ASSERT_TRUE(once(1));
  const std::size_t before = allocations;
  const std::size_t openssl_before = openssl_allocations;
  bool done = true;
  for (std::uint16_t i = 0; i < 100; ++i) done = done && once(i);
  const std::size_t after = allocations;
  EXPECT_TRUE(done);
  EXPECT_EQ(after - before, 0U);
  EXPECT_LE(openssl_allocations - openssl_before, 2U * 100U);
}

}  // namespace
}  // namespace cpgw::si_sl
