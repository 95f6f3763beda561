// Any octets as user data, as TPDUs, and as a sequence of parts that a bounded reassembler meets.
#include <chrono>
#include <cstdlib>

#include "si_sl/segmentation.h"
#include "si_sl/tpdu.h"

namespace {

using cpgw::OctetView;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class T>
void require_positioned(const cpgw::Result<T>& result, std::size_t size) {
  if (!result) require(result.error().at.offset.has_value() && *result.error().at.offset <= size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  const auto header = cpgw::si_sl::read_udh(input);
  require_positioned(header, size);
  if (header) {
    require(header->octets >= 1 && header->octets <= size);
    require(header->number >= 1 && header->number <= header->total);
  }
  const auto submit = cpgw::si_sl::read_submit(input);
  require_positioned(submit, size);
  if (submit && !submit->destination.alphanumeric() && !submit->destination.value.empty() &&
      (submit->destination.type & 0x80) != 0) {
    cpgw::Octets again;
    require(cpgw::si_sl::write_submit(*submit, again).has_value() && again.size() == size);
  }
  const auto deliver = cpgw::si_sl::read_deliver(input);
  require_positioned(deliver, size);
  if (deliver) static_cast<void>(cpgw::si_sl::timestamp_of(deliver->timestamp));

  // Octet by octet lengths cut the input into parts.
  cpgw::si_sl::Reassembler reassembler(4, std::chrono::seconds(60));
  cpgw::SteadyTime now{};
  for (OctetView rest = input; !rest.empty();) {
    const std::size_t octets = std::min<std::size_t>(cpgw::to_u8(rest[0]), rest.size() - 1);
    const OctetView part = rest.subspan(1, octets);
    const auto message = reassembler.add("1", part, true, now);
    require(reassembler.open_messages() <= 4);
    if (message && *message) require((*message)->data.size() <= size);
    rest = rest.subspan(1 + octets);
    now += std::chrono::seconds(octets % 20);
  }
  return 0;
}
