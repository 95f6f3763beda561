// Any octets as every TPDU we read. What can be written again gives the same octets.
#include "si_sl/tp_status.h"
#include "si_sl/tpdu.h"
#include "tests/fuzz/si_sl/require.h"

namespace {

using cpgw::Octets;
using cpgw::OctetView;
using cpgw::si_sl::fuzz::require;
using cpgw::si_sl::fuzz::require_positioned;

/// Can be written, and reads the same: not all that is read is written in one way only.
template <class Tpdu, class Write, class Read>
void require_same(const Tpdu& tpdu, Write write, Read read) {
  Octets first;
  if (!write(tpdu, first)) {
    require(first.empty());
    return;
  }
  const auto again = read(first);
  require(again.has_value());
  Octets second;
  require(write(*again, second).has_value() && first == second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace si_sl = cpgw::si_sl;
  const OctetView input = std::as_bytes(std::span(data, size));
  const auto submit = si_sl::read_submit(input);
  require_positioned(submit, size);
  if (submit) {
    static_cast<void>(si_sl::validity_of(submit->validity));
    require_same(*submit, si_sl::write_submit, si_sl::read_submit);
    if (!submit->destination.alphanumeric() && !submit->destination.value.empty() &&
        (submit->destination.type & 0x80) != 0) {
      Octets again;
      require(si_sl::write_submit(*submit, again).has_value() && again.size() == size);
    }
  }
  const auto deliver = si_sl::read_deliver(input);
  require_positioned(deliver, size);
  if (deliver) {
    if (const auto at = si_sl::timestamp_of(deliver->timestamp)) {
      const auto written = si_sl::timestamp_from(*at);
      // A zone may lead out of the years a time stamp holds.
      if (written) require(si_sl::timestamp_of(*written) == at);
    }
    require_same(*deliver, si_sl::write_deliver, si_sl::read_deliver);
  }
  const auto report = si_sl::read_status_report(input);
  require_positioned(report, size);
  if (report) {
    require(!si_sl::tp_status(report->status).name.empty());
    require_same(*report, si_sl::write_status_report, si_sl::read_status_report);
  }
  const auto at_pdu = si_sl::read_at_pdu(input);
  require_positioned(at_pdu, size);
  if (at_pdu) require_same(*at_pdu, si_sl::write_at_pdu, si_sl::read_at_pdu);
  return 0;
}
