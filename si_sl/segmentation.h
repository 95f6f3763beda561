// Cuts a push into parts with a user data header each (3GPP TS 23.040, 9.2.3.24), and puts parts
// together again.
#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "base/result.h"
#include "si_sl/errors.h"
#include "si_sl/part.h"

namespace cpgw::si_sl {

enum class ElementOrder : std::uint8_t { ports_first, concatenation_first };

struct SegmentOptions {
  std::uint16_t destination_port = 2948;
  std::uint16_t source_port = 9200;
  bool wide_reference =
      false;  ///< 16-bit concatenation reference (element 08) instead of 8-bit (00)
  ElementOrder order = ElementOrder::ports_first;
  std::uint8_t part_limit = 10;  ///< 1 to 255
  std::uint8_t data_coding = 0x04;
  bool operator==(const SegmentOptions&) const = default;
};

/// Parts a push of `octets` needs; Errc::too_many_parts over the limit.
[[nodiscard]] Result<std::uint8_t> part_count(std::size_t octets, const SegmentOptions& options);

/// Replaces `out` by the parts of `push`; no allocation once `out` has the room. One part carries
/// no concatenation element. With an 8-bit reference the low octet of `reference` counts.
[[nodiscard]] Result<void> segment(OctetView push, std::uint16_t reference,
                                   const SegmentOptions& options, std::vector<Part>& out);

/// The elements we know of a user data header; unknown elements are skipped by their length.
struct UserDataHeader {
  std::optional<std::uint16_t> destination_port, source_port;
  std::optional<std::uint16_t> reference;  ///< with total and number
  bool wide_reference = false;
  std::uint8_t total = 1, number = 1;
  std::uint8_t octets = 0;  ///< header with its length octet
};
/// Reads the header at the front of `user_data`. Errc::truncated, malformed with the offset.
[[nodiscard]] Result<UserDataHeader> read_udh(OctetView user_data);

/// Collects parts by (originator, reference and its width, total). Bounded: the oldest unfinished
/// message goes when `most` are open, and any when `patience` has passed since its first part.
/// Sans-I/O; owned by one thread.
class Reassembler {
 public:
  explicit Reassembler(std::size_t most = 4096,
                       std::chrono::milliseconds patience = std::chrono::minutes(10));

  struct Message {
    Octets data;
    std::uint16_t destination_port = 0, source_port = 0;  ///< 0 = no port element
    std::uint8_t parts = 1;
  };
  /// A complete message, or nothing yet. A repeated equal part is taken silently; a different one
  /// under the same number is Errc::conflict and the first stays. Errc::too_long for an originator
  /// over 64 characters or a part over 255 octets.
  [[nodiscard]] Result<std::optional<Message>> add(std::string_view originator, OctetView user_data,
                                                   bool has_udh, SteadyTime now);
  [[nodiscard]] std::size_t open_messages() const { return by_key_.size(); }
  /// Messages given up unfinished, by age or by number, since the start.
  [[nodiscard]] std::uint64_t given_up() const { return given_up_; }

 private:
  struct Pending {
    std::string key;
    std::vector<std::optional<Octets>> parts;
    std::size_t have = 0;
    std::uint16_t destination_port = 0, source_port = 0;
    SteadyTime since{};
  };
  void give_up_old(SteadyTime now);
  void drop_oldest();

  std::size_t most_;
  std::chrono::milliseconds patience_;
  std::uint64_t given_up_ = 0;
  std::list<Pending> pending_;  ///< oldest first
  std::unordered_map<std::string_view, std::list<Pending>::iterator>
      by_key_;  ///< keys view into pending_
};

}  // namespace cpgw::si_sl
