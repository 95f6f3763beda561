// WDP over CDMA SMS (IS-637; WAP-259-WDP, WDP for CDMA): segments of the WAP teleservice, cut and
// read. No user data header: three octets of their own, and the ports in the first segment.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"
#include "si_sl/reassembly.h"

namespace cpgw::si_sl {

/// Teleservice identifier of WAP; the data octets are 8-bit (octet encoding, unspecified).
inline constexpr std::uint16_t kWapTeleservice = 4100;

struct WdpOptions {
  std::uint16_t destination_port = 2948;
  std::uint16_t source_port = 9200;
  bool repeat_ports = false;        ///< ports in every segment: some carriers send and want that
  std::uint8_t user_octets = 140;   ///< of one segment, header included, as the carrier allows
  std::uint8_t segment_limit = 10;  ///< 1 to 255
  bool operator==(const WdpOptions&) const = default;
};

/// Segments a push of `octets` needs. Errc::too_many_parts over the limit, bad_value for options
/// that leave no room.
[[nodiscard]] Result<std::uint8_t> wdp_segment_count(std::size_t octets, const WdpOptions& options);
/// Replaces `out` by the user data of the segments of `push`. The IS-637 message id is the
/// caller's; it must be the same in all of them.
[[nodiscard]] Result<void> cut_wdp(OctetView push, const WdpOptions& options,
                                   std::vector<Octets>& out);

struct WdpSegment {
  std::uint8_t total = 1;
  std::uint8_t number = 0;  ///< from 0
  std::optional<std::uint16_t> destination_port, source_port;
  OctetView data;  ///< views what was read
};
/// `repeat_ports`: the carrier repeats the ports in every segment. Errc::truncated, malformed with
/// the offset; then `why`, when given, is set.
[[nodiscard]] Result<WdpSegment> read_wdp(OctetView user_data, bool repeat_ports = false,
                                          Defect* why = nullptr);

/// Collects segments by (originator, message id, total), bounded as Reassembler is. Defects count
/// parts from 1.
class WdpReassembler {
 public:
  using Message = Reassembler::Message;

  explicit WdpReassembler(bool repeat_ports = false, std::size_t most = 4096,
                          std::chrono::milliseconds patience = std::chrono::minutes(10))
      : repeat_ports_(repeat_ports), store_(most, patience) {}

  /// Errors as of Reassembler::add and read_wdp.
  [[nodiscard]] Result<std::optional<Message>> add(std::string_view originator,
                                                   std::uint16_t message_id, OctetView user_data,
                                                   SteadyTime now);
  void expire(SteadyTime now) { store_.expire(now); }
  [[nodiscard]] std::vector<DefectReport> take_defects() { return store_.take_defects(); }
  [[nodiscard]] std::size_t open_messages() const { return store_.open_messages(); }
  [[nodiscard]] std::uint64_t given_up() const { return store_.given_up(); }

 private:
  bool repeat_ports_;
  detail::PartStore store_;
};

}  // namespace cpgw::si_sl
