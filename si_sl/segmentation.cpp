// 3GPP TS 23.040, 9.2.3.24: user data header, concatenation (.1, .8), application ports (.4).
#include "si_sl/segmentation.h"

#include <algorithm>
#include <cstring>

namespace cpgw::si_sl {
namespace {

enum ElementId : std::uint8_t { kConcatenation8 = 0x00, kPorts16 = 0x05, kConcatenation16 = 0x08 };

constexpr std::size_t kPortsOctets = 2 + 4;  // with the element's id and length
constexpr std::size_t kSingleHeader = 1 + kPortsOctets;
constexpr std::size_t kSingleRoom = kUserDataOctets - kSingleHeader;

constexpr std::size_t multi_header(const SegmentOptions& options) {
  return kSingleHeader + 2 + (options.wide_reference ? 4 : 3);
}

/// The header of all parts of one push; only the part's number differs between them.
struct Header {
  std::array<std::byte, 1 + kPortsOctets + 2 + 4> octets{};
  std::size_t size = 0;
  std::size_t number_at = 0;  ///< 0 = no concatenation element

  void u8(unsigned v) { octets[size++] = static_cast<std::byte>(v & 0xFF); }
  void u16(unsigned v) {
    u8(v >> 8);
    u8(v);
  }
};

void put_ports(Header& to, const SegmentOptions& options) {
  to.u8(kPorts16);
  to.u8(4);
  to.u16(options.destination_port);
  to.u16(options.source_port);
}

void put_concatenation(Header& to, const SegmentOptions& options, std::uint16_t reference,
                       std::uint8_t total) {
  to.u8(options.wide_reference ? kConcatenation16 : kConcatenation8);
  to.u8(options.wide_reference ? 4 : 3);
  if (options.wide_reference) {
    to.u16(reference);
  } else {
    to.u8(reference);
  }
  to.u8(total);
  to.number_at = to.size;
  to.u8(0);
}

Header make_header(const SegmentOptions& options, std::uint16_t reference, std::uint8_t total) {
  Header header;
  header.u8(0);
  if (total > 1 && options.order == ElementOrder::concatenation_first) {
    put_concatenation(header, options, reference, total);
  }
  put_ports(header, options);
  if (total > 1 && options.order == ElementOrder::ports_first) {
    put_concatenation(header, options, reference, total);
  }
  header.octets[0] = static_cast<std::byte>(header.size - 1);
  return header;
}

}  // namespace

Result<std::uint8_t> part_count(std::size_t octets, const SegmentOptions& options) {
  if (options.part_limit == 0) {
    return fail(Errc::bad_value, "a part limit of 0 lets nothing through: 1 to 255 expected",
                at_field("part_limit"));
  }
  if (octets <= kSingleRoom) return std::uint8_t{1};
  const std::size_t room = kUserDataOctets - multi_header(options);
  const std::size_t parts = octets / room + (octets % room != 0 ? 1 : 0);
  if (parts > options.part_limit) {
    return fail(Errc::too_many_parts, "a push of " + std::to_string(octets) + " octets needs " +
                                          std::to_string(parts) + " SMS and " +
                                          std::to_string(options.part_limit) +
                                          " are allowed: shorten the document or raise the limit");
  }
  return static_cast<std::uint8_t>(parts);
}

Result<void> segment(OctetView push, std::uint16_t reference, const SegmentOptions& options,
                     std::vector<Part>& out) {
  auto count = part_count(push.size(), options);
  if (!count) return fail(std::move(count).error());
  const std::uint8_t total = *count;
  const Header header = make_header(options, reference, total);
  const std::size_t room = kUserDataOctets - header.size;
  out.resize(total);
  for (std::size_t i = 0; i < total; ++i) {
    Part& part = out[i];
    const OctetView data = push.subspan(i * room, std::min(room, push.size() - i * room));
    part.octets = static_cast<std::uint8_t>(header.size + data.size());
    part.udh_octets = static_cast<std::uint8_t>(header.size);
    part.septets = 0;
    part.data_coding = options.data_coding;
    part.number = static_cast<std::uint8_t>(i + 1);
    part.total = total;
    std::memcpy(part.user_data.data(), header.octets.data(), header.size);
    if (header.number_at != 0) part.user_data[header.number_at] = std::byte{part.number};
    if (!data.empty()) std::memcpy(part.user_data.data() + header.size, data.data(), data.size());
    // A reused part keeps nothing of the push before.
    std::memset(part.user_data.data() + part.octets, 0, kUserDataOctets - part.octets);
  }
  return {};
}

}  // namespace cpgw::si_sl
