#include "queue/early.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace cpgw::queue::detail {
namespace {

constexpr auto kPlaceholders =
    std::to_array<std::string_view>({"-", "n/a", "na", "nil", "none", "null", "unknown"});

/// What a receipt can be found by. The separators keep the kinds of key apart.
std::string by_id(const std::string& account, std::string_view id) {
  return account + '\0' + std::string(id);
}
std::string by_reference(const std::string& account, const Msisdn& recipient,
                         std::uint16_t reference) {
  return account + '\1' + recipient.digits() + '/' + std::to_string(reference);
}
std::string by_recipient(const std::string& account, const Msisdn& recipient) {
  return account + '\2' + recipient.digits();
}

std::vector<std::string> keys(const Receipt& receipt) {
  std::vector<std::string> found;
  for (const std::string& id : receipt.candidates) {
    if (!is_placeholder(id)) found.push_back(by_id(receipt.account, id));
  }
  const bool named = !found.empty();
  if (receipt.recipient && receipt.user_reference) {
    found.push_back(by_reference(receipt.account, *receipt.recipient, *receipt.user_reference));
  } else if (receipt.recipient && !named) {
    found.push_back(by_recipient(receipt.account, *receipt.recipient));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

bool same(const Receipt& a, const Receipt& b) {
  return a.account == b.account && a.candidates == b.candidates && a.recipient == b.recipient &&
         a.user_reference == b.user_reference && a.state == b.state;
}

}  // namespace

bool is_placeholder(std::string_view id) {
  if (std::all_of(id.begin(), id.end(), [](char c) { return c == '0'; })) return true;
  std::string lower(id.substr(0, 8));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return id.size() < 8 &&
         std::find(kPlaceholders.begin(), kPlaceholders.end(), lower) != kPlaceholders.end();
}

bool same_subscriber(const Msisdn& a, const Msisdn& b) {
  const std::string x = a.digits();
  const std::string y = b.digits();
  const std::size_t n = std::min({x.size(), y.size(), std::size_t{9}});
  return x.compare(x.size() - n, n, y, y.size() - n, n) == 0;
}

void EarlyReceipts::load(EarlyReceipt early) {
  next_ = std::max(next_, early.number + 1);
  for (std::string& key : keys(early.receipt)) index_.emplace(std::move(key), early.number);
  all_.emplace(early.number, std::move(early));
}

std::optional<EarlyReceipt> EarlyReceipts::add(const Receipt& receipt, WallTime now) {
  for (const std::string& key : keys(receipt)) {
    const auto [from, to] = index_.equal_range(key);
    for (auto at = from; at != to; ++at) {
      if (same(all_.at(at->second).receipt, receipt)) return std::nullopt;
    }
  }
  EarlyReceipt early{next_, now, receipt};
  load(early);
  return early;
}

std::optional<std::uint64_t> EarlyReceipts::overflow() const {
  if (all_.size() <= kMost) return std::nullopt;
  return all_.begin()->first;
}

std::vector<EarlyReceipt> EarlyReceipts::matching(const std::string& account, const std::string& id,
                                                  const Msisdn& recipient,
                                                  std::uint16_t reference) const {
  std::vector<EarlyReceipt> found;
  if (all_.empty()) return found;
  const auto look = [&](const std::string& key) {
    const auto [from, to] = index_.equal_range(key);
    for (auto at = from; at != to; ++at) {
      const EarlyReceipt& early = all_.at(at->second);
      const auto& number = early.receipt.recipient;
      if (!number || same_subscriber(*number, recipient)) found.push_back(early);
    }
  };
  if (!is_placeholder(id)) {
    look(by_id(account, id));
  }
  look(by_reference(account, recipient, reference));
  if (is_placeholder(id)) look(by_recipient(account, recipient));
  std::sort(found.begin(), found.end(),
            [](const EarlyReceipt& a, const EarlyReceipt& b) { return a.number < b.number; });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const auto& a, const auto& b) { return a.number == b.number; }),
              found.end());
  return found;
}

void EarlyReceipts::erase(std::uint64_t number) {
  const auto early = all_.find(number);
  if (early == all_.end()) return;
  for (const std::string& key : keys(early->second.receipt)) {
    const auto [from, to] = index_.equal_range(key);
    for (auto at = from; at != to; ++at) {
      if (at->second == number) {
        index_.erase(at);
        break;
      }
    }
  }
  all_.erase(early);
}

const EarlyReceipt* EarlyReceipts::oldest() const {
  return all_.empty() ? nullptr : &all_.begin()->second;
}

}  // namespace cpgw::queue::detail
