// Puts the parts of messages together again: SMS by their user data header, CDMA by the WDP header.
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
#include "si_sl/defect.h"
#include "si_sl/errors.h"

namespace cpgw::si_sl {

namespace detail {

struct PartPorts {
  std::uint16_t destination = 0, source = 0;
  bool operator==(const PartPorts&) const = default;
};

/// Parts by originator, reference, its width and the total. Bounded in all it holds.
class PartStore {
 public:
  struct Message {
    Octets data;
    std::uint16_t destination_port = 0, source_port = 0;  ///< 0 = no port element
    std::uint8_t parts = 1;
  };
  using Ports = PartPorts;
  struct Part {
    std::string_view originator;
    std::uint16_t reference = 0;
    bool wide_reference = false;
    std::uint8_t total = 1, number = 1;  ///< number from 1
    std::optional<Ports> ports;          ///< nothing: those of the first part
    OctetView data;
    std::size_t octets = 0;  ///< header and data as they came
  };

  PartStore(std::size_t most, std::chrono::milliseconds patience);

  [[nodiscard]] Result<std::optional<Message>> add(const Part& part, SteadyTime now);
  void expire(SteadyTime now);
  void report(Defect defect, const Part& part);
  [[nodiscard]] std::vector<DefectReport> take_defects();
  [[nodiscard]] std::uint64_t defects_lost() const { return defects_lost_; }
  [[nodiscard]] std::size_t open_messages() const { return pending_.size(); }
  [[nodiscard]] std::uint64_t given_up() const { return given_up_; }

 private:
  struct Pending {
    std::string key;  ///< originator and reference
    bool wide_reference = false;
    std::vector<std::optional<Octets>> parts;
    std::size_t have = 0;
    std::optional<Ports> ports;
    SteadyTime since{};
  };
  using Place = std::list<Pending>::iterator;

  [[nodiscard]] Place open(const Part& part, SteadyTime now);
  [[nodiscard]] Result<void> check_ports(Pending& pending, const Part& part);
  void give_up(Place place, Defect defect);
  void erase(Place place);
  void report(DefectReport report);

  std::size_t most_;
  std::chrono::milliseconds patience_;
  std::uint64_t given_up_ = 0, defects_lost_ = 0;
  std::list<Pending> pending_;                               ///< oldest first
  std::unordered_multimap<std::string_view, Place> by_key_;  ///< keys view into pending_
  std::vector<DefectReport> defects_;
};

}  // namespace detail

/// Collects SMS by (originator, reference and its width, total). Bounded: the oldest unfinished
/// message goes when `most` are open, and any when `patience` has passed since its first part.
/// Sans-I/O; owned by one thread.
class Reassembler {
 public:
  using Message = detail::PartStore::Message;

  explicit Reassembler(std::size_t most = 4096,
                       std::chrono::milliseconds patience = std::chrono::minutes(10))
      : store_(most, patience) {}

  /// A complete message, or nothing yet. A repeated equal part is taken silently; a different one
  /// under the same number is Errc::conflict and the first stays. Errc::too_long for an originator
  /// over 64 characters or a part over 255 octets. 7-bit text must come unpacked
  /// (unpack_user_data).
  [[nodiscard]] Result<std::optional<Message>> add(std::string_view originator, OctetView user_data,
                                                   bool has_udh, SteadyTime now);
  /// Gives up what is older than `patience`, as `add` does.
  void expire(SteadyTime now) { store_.expire(now); }
  /// What was wrong since the last call, oldest first: the first 64 are kept between calls, the
  /// rest is counted.
  [[nodiscard]] std::vector<DefectReport> take_defects() { return store_.take_defects(); }
  [[nodiscard]] std::uint64_t defects_lost() const { return store_.defects_lost(); }
  [[nodiscard]] std::size_t open_messages() const { return store_.open_messages(); }
  /// Messages given up unfinished, by age or by number, since the start.
  [[nodiscard]] std::uint64_t given_up() const { return store_.given_up(); }

 private:
  detail::PartStore store_;
};

}  // namespace cpgw::si_sl
