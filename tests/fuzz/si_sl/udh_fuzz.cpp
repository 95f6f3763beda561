// Any octets as user data, as WDP segments, and as a sequence of parts that bounded reassemblers
// meet.
#include <chrono>

#include "si_sl/cdma_wdp.h"
#include "si_sl/reassembly.h"
#include "si_sl/udh.h"
#include "tests/fuzz/si_sl/require.h"

namespace {

using cpgw::OctetView;
using cpgw::si_sl::fuzz::require;
using cpgw::si_sl::fuzz::require_positioned;

template <class Store>
void require_bounded(Store& store, std::size_t octets) {
  require(store.open_messages() <= 4);
  if (octets % 7 == 0) require(store.take_defects().size() <= 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  const auto header = cpgw::si_sl::read_udh(input);
  require_positioned(header, size);
  const auto elements = cpgw::si_sl::udh_elements(input);
  require_positioned(elements, size);
  if (header) {
    require(header->octets >= 1 && header->octets <= size);
    require(header->number >= 1 && header->number <= header->total);
    require(elements && elements->size() >= header->unknown);
  }
  for (const bool repeat_ports : {false, true}) {
    const auto segment = cpgw::si_sl::read_wdp(input, repeat_ports);
    require_positioned(segment, size);
    if (segment) require(segment->number < segment->total && segment->data.size() + 3 <= size);
  }

  // Octet by octet lengths cut the input into parts.
  cpgw::si_sl::Reassembler reassembler(4, std::chrono::seconds(60));
  cpgw::si_sl::WdpReassembler segments(false, 4, std::chrono::seconds(60));
  cpgw::SteadyTime now{};
  for (OctetView rest = input; !rest.empty();) {
    const std::size_t octets = std::min<std::size_t>(cpgw::to_u8(rest[0]), rest.size() - 1);
    const OctetView part = rest.subspan(1, octets);
    const auto message = reassembler.add("1", part, true, now);
    if (message && *message) require((*message)->data.size() <= size);
    require_bounded(reassembler, octets);
    const auto whole = segments.add("1", 7, part, now);
    if (whole && *whole) require((*whole)->data.size() <= size);
    require_bounded(segments, octets);
    rest = rest.subspan(1 + octets);
    now += std::chrono::seconds(octets % 20);
  }
  return 0;
}
