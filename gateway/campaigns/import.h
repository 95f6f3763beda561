// Rows of an import: which row a job came from, and which numbers may not get another one yet.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "queue/types.h"

namespace cpgw::gateway::campaigns {

/// Names one import of one campaign in 8 octets (SHA-256 over both, cut).
class ImportTag {
 public:
  ImportTag(queue::QueueId queue, std::string_view import);
  /// The trace id of the job made from row `row`: tag, then the row. So a job tells its row, and
  /// checking a file again is exact.
  [[nodiscard]] queue::TraceId trace(std::uint64_t row) const;
  /// The row, when `trace` was made by this import.
  [[nodiscard]] std::optional<std::uint64_t> row(const queue::TraceId& trace) const;

 private:
  std::array<std::byte, 8> tag_{};
};

/// Finds numbers that already have a job of the campaign: not yet final, or younger than the
/// cool-down. One per request; remembers the request's own rows.
class DuplicateCheck {
 public:
  DuplicateCheck(const ImportTag& tag, std::chrono::milliseconds cool_down, WallTime now)
      : tag_(tag), cool_down_(cool_down), now_(now) {}

  /// Why `row` may not have a job for `number`, or nothing. `jobs` are the campaign's jobs for that
  /// number. A job that came from this very row is the row itself, not a duplicate.
  [[nodiscard]] std::optional<std::string> reason(const Msisdn& number, std::uint64_t row,
                                                  std::span<const queue::Job> jobs) const;
  /// `row` was accepted.
  void taken(const Msisdn& number, std::uint64_t row) { rows_.emplace(number.packed(), row); }

 private:
  ImportTag tag_;
  std::chrono::milliseconds cool_down_;
  WallTime now_;
  std::unordered_map<std::uint64_t, std::uint64_t> rows_;
};

}  // namespace cpgw::gateway::campaigns
