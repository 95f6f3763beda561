// Inside the room: receipts that came before the id they name, and how a receipt names a part.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "queue/rows.h"

namespace cpgw::queue::detail {

/// "", "0000", "-", "null" and their like: what some operators answer instead of an id.
[[nodiscard]] bool is_placeholder(std::string_view id);
/// The last nine digits agree (all of them when one number is shorter): operators report numbers in
/// national and international form.
[[nodiscard]] bool same_subscriber(const Msisdn& a, const Msisdn& b);

/// Bounded: the oldest gives way when it is full. The rows are written by the caller.
class EarlyReceipts {
 public:
  static constexpr std::size_t kMost = 65'536;

  void load(EarlyReceipt early);
  /// Nothing when the same receipt is kept already.
  [[nodiscard]] std::optional<EarlyReceipt> add(const Receipt& receipt, WallTime now);
  /// The oldest, when there is one too many.
  [[nodiscard]] std::optional<std::uint64_t> overflow() const;
  /// Receipts that name this accepted part, oldest first.
  [[nodiscard]] std::vector<EarlyReceipt> matching(const std::string& account,
                                                   const std::string& id, const Msisdn& recipient,
                                                   std::uint16_t reference) const;
  void erase(std::uint64_t number);
  [[nodiscard]] const EarlyReceipt* oldest() const;
  [[nodiscard]] std::size_t size() const { return all_.size(); }

 private:
  std::map<std::uint64_t, EarlyReceipt> all_;
  std::unordered_multimap<std::string, std::uint64_t> index_;
  std::uint64_t next_ = 1;
};

}  // namespace cpgw::queue::detail
