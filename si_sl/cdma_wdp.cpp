#include "si_sl/cdma_wdp.h"

#include <algorithm>

#include "si_sl/reading.h"

namespace cpgw::si_sl {
namespace {

using detail::ended;
using detail::malformed;

constexpr std::uint8_t kWdpMessage = 0;      // message type; others are not defined
constexpr std::size_t kSegmentOctets = 3;    // type, total, number
constexpr std::size_t kPortsOctets = 2 + 2;  // source first, unlike in SMS

std::size_t header_octets(const WdpOptions& options, bool first) {
  return kSegmentOctets + (first || options.repeat_ports ? kPortsOctets : 0);
}

}  // namespace

Result<std::uint8_t> wdp_segment_count(std::size_t octets, const WdpOptions& options) {
  if (options.segment_limit == 0) {
    return fail(Errc::bad_value, "a segment limit of 0 lets nothing through: 1 to 255 expected",
                at_field("segment_limit"));
  }
  if (options.user_octets <= kSegmentOctets + kPortsOctets) {
    return fail(Errc::bad_value, "segments of over 7 octets expected: the header takes 7",
                at_field("user_octets"));
  }
  const std::size_t first = options.user_octets - header_octets(options, true);
  const std::size_t next = options.user_octets - header_octets(options, false);
  const std::size_t left = octets > first ? octets - first : 0;
  const std::size_t segments = 1 + left / next + (left % next != 0 ? 1 : 0);
  if (segments > options.segment_limit) {
    return fail(Errc::too_many_parts, "a push of " + std::to_string(octets) + " octets needs " +
                                          std::to_string(segments) + " segments and " +
                                          std::to_string(options.segment_limit) +
                                          " are allowed: shorten the document or raise the limit");
  }
  return static_cast<std::uint8_t>(segments);
}

Result<void> cut_wdp(OctetView push, const WdpOptions& options, std::vector<Octets>& out) {
  auto count = wdp_segment_count(push.size(), options);
  if (!count) return fail(std::move(count).error());
  out.resize(*count);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t header = header_octets(options, i == 0);
    const std::size_t octets = std::min(options.user_octets - header, push.size());
    out[i].clear();
    OctetWriter to(out[i]);
    to.u8(kWdpMessage).u8(*count).u8(static_cast<std::uint8_t>(i));
    if (header > kSegmentOctets) to.u16(options.source_port).u16(options.destination_port);
    to.put(push.first(octets));
    push = push.subspan(octets);
  }
  return {};
}

Result<WdpSegment> read_wdp(OctetView user_data, bool repeat_ports, Defect* why) {
  Defect unused{};
  Defect& reason = why != nullptr ? *why : unused;
  reason = Defect::malformed_header;
  OctetReader in(user_data);
  auto type = in.u8();
  if (!type) return ended(std::move(type), "message_type");
  if (*type != kWdpMessage) {
    return malformed("not a WDP segment: message type 0 expected", 0, "message_type");
  }
  auto total = in.u8();
  if (!total) return ended(std::move(total), "total_segments");
  auto number = in.u8();
  if (!number) return ended(std::move(number), "segment_number");
  if (*total == 0 || *number >= *total) {
    reason = *total == 0 ? Defect::total_zero : Defect::number_over_total;
    return malformed("segment " + std::to_string(*number) + " of " + std::to_string(*total) +
                         " cannot be: they count from 0",
                     1, "segment_number");
  }
  WdpSegment segment;
  segment.total = *total;
  segment.number = *number;
  if (*number == 0 || repeat_ports) {
    auto source = in.u16();
    if (!source) return ended(std::move(source), "source_port");
    auto destination = in.u16();
    if (!destination) return ended(std::move(destination), "destination_port");
    segment.source_port = *source;
    segment.destination_port = *destination;
  }
  segment.data = in.rest();
  return segment;
}

Result<std::optional<WdpReassembler::Message>> WdpReassembler::add(std::string_view originator,
                                                                   std::uint16_t message_id,
                                                                   OctetView user_data,
                                                                   SteadyTime now) {
  detail::PartStore::Part part;
  part.originator = originator;
  part.reference = message_id;
  part.octets = user_data.size();
  Defect why{};
  auto segment = read_wdp(user_data, repeat_ports_, &why);
  if (!segment) {
    store_.expire(now);
    store_.report(why, part);
    return fail(std::move(segment).error());
  }
  part.total = segment->total;
  part.number = static_cast<std::uint8_t>(segment->number + 1);
  if (segment->destination_port) part.ports = {*segment->destination_port, *segment->source_port};
  part.data = segment->data;
  return store_.add(part, now);
}

}  // namespace cpgw::si_sl
