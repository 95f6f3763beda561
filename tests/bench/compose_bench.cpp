// compose_bench COUNT: composes one signed push of three parts COUNT times. For instruction counts
// take the difference of two runs under `valgrind --tool=callgrind`, so that start-up costs drop
// out; libcrypto's share is listed by object.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "gateway/flow/compose.h"

namespace {

constexpr std::string_view kDocument = R"(<?xml version="1.0"?>
<wap-provisioningdoc version="1.1">
  <characteristic type="NAPDEF">
    <parm name="NAPID" value="internet"/>
    <parm name="BEARER" value="GSM-GPRS"/>
    <parm name="NAME" value="${name}"/>
    <parm name="NAP-ADDRESS" value="${apn}"/>
    <parm name="NAP-ADDRTYPE" value="APN"/>
  </characteristic>
</wap-provisioningdoc>)";

}  // namespace

int main(int argc, char** argv) {
  using namespace cpgw;
  using namespace cpgw::gateway::flow;
  if (argc != 2) return 2;
  const long count = std::atol(argv[1]);
  const wbxml::SlotSpec slots[] = {{"name", wbxml::SlotType::text, 200},
                                   {"apn", wbxml::SlotType::host, 64}};
  const auto content =
      compile_content(kDocument, signer::Security::NETWPIN, slots, DeliveryProfile{});
  if (!content) return 1;
  SealedInputs inputs;
  inputs.slots = {Secret(std::string(193, 'n')), Secret("internet.example")};
  inputs.imsi = *Imsi::parse("244070000000017");
  const queue::Drawn drawn{.reference = 0x2A, .transaction_id = 1, .composer_version = 1};
  SystemRandom random;
  const signer::Keyring keyring = signer::Keyring::ephemeral(random);
  Composer composer(keyring);
  Composed out;
  const auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < count; ++i) {
    if (!composer.compose(*content, inputs, drawn, out)) return 1;
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  std::printf("%zu octets of WBXML, %zu parts, %.3f us each\n", composer.last_wbxml().size(),
              out.parts.size(), count == 0 ? 0 : took.count() / static_cast<double>(count));
}
