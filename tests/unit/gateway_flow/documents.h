// What the tests of the flow send.
#pragma once

#include <openssl/sha.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/flow/content.h"

namespace cpgw::gateway::flow {

/// Seeded and repeatable (xorshift64*).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed | 1) {}
  void fill(std::span<std::byte> octets) override {
    for (std::byte& octet : octets) {
      state_ ^= state_ >> 12;
      state_ ^= state_ << 25;
      state_ ^= state_ >> 27;
      octet = static_cast<std::byte>((state_ * 0x2545F4914F6CDD1DULL) >> 56);
    }
  }

 private:
  std::uint64_t state_;
};

inline queue::Digest sha256_for_tests(OctetView octets) {
  queue::Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

/// An access point; with the slots' values of values() its signed push takes three parts, with a
/// short `extra` one.
inline std::string access_point(std::string_view extra = "") {
  return R"(<?xml version="1.0"?>
<!DOCTYPE wap-provisioningdoc PUBLIC "-//WAPFORUM//DTD PROV 1.0//EN" "http://www.wapforum.org/DTD/prov.dtd">
<wap-provisioningdoc version="1.1">
  <characteristic type="NAPDEF">
    <parm name="NAPID" value="internet"/>
    <parm name="BEARER" value="GSM-GPRS"/>
    <parm name="NAME" value="${name}"/>
    <parm name="NAP-ADDRESS" value="${apn}"/>
    <parm name="NAP-ADDRTYPE" value="APN"/>)" +
         (extra.empty() ? std::string()
                        : R"(<parm name="DNS-ADDR" value=")" + std::string(extra) + R"("/>)") +
         R"(
  </characteristic>
</wap-provisioningdoc>
)";
}

inline std::vector<wbxml::SlotSpec> slots(std::uint16_t name_octets = 64) {
  return {{.name = "name", .type = wbxml::SlotType::text, .max_octets = name_octets},
          {.name = "apn", .type = wbxml::SlotType::host, .max_octets = 64}};
}

inline CompiledContent compiled(signer::Security security = signer::Security::NETWPIN,
                                std::uint16_t name_octets = 64) {
  auto content = compile_content(access_point(), security, slots(name_octets), DeliveryProfile{});
  if (!content) throw std::runtime_error(to_string(content.error()));
  return *std::move(content);
}

}  // namespace cpgw::gateway::flow
