#include "wbxml/string_table.h"

#include <algorithm>
#include <vector>

namespace cpgw::wbxml::detail {
namespace {

/// Octets the document loses when a string used `count` times stands in the table at `index`.
std::ptrdiff_t gain(std::size_t length, std::size_t count, std::size_t index) {
  const std::size_t in_line = count * (1 + length + 1);
  const std::size_t in_table = length + 1 + count * (1 + mb_octets(index));
  return static_cast<std::ptrdiff_t>(in_line) - static_cast<std::ptrdiff_t>(in_table);
}

}  // namespace

void StringTable::place(const std::string& text, Use& use) {
  use.index = static_cast<std::uint32_t>(octets_.size());
  OctetWriter(octets_).put(text).u8(0);
}

void StringTable::build(bool shorten) {
  std::vector<std::pair<const std::string, Use>*> worth;
  for (auto& entry : uses_) {
    if (entry.second.required) {
      place(entry.first, entry.second);
    } else if (shorten && gain(entry.first.size(), entry.second.count, 0) > 0) {
      worth.push_back(&entry);
    }
  }
  std::sort(worth.begin(), worth.end(), [](const auto* a, const auto* b) {
    const auto left = gain(a->first.size(), a->second.count, 0);
    const auto right = gain(b->first.size(), b->second.count, 0);
    return left != right ? left > right : a->first < b->first;
  });
  for (auto* entry : worth) {
    if (gain(entry->first.size(), entry->second.count, octets_.size()) > 0) {
      place(entry->first, entry->second);
    }
  }
}

bool StringTable::has_required() const {
  return std::any_of(uses_.begin(), uses_.end(),
                     [](const auto& entry) { return entry.second.required; });
}

std::optional<std::uint32_t> StringTable::find(std::string_view text) const {
  const auto it = uses_.find(text);
  return it != uses_.end() ? it->second.index : std::nullopt;
}

}  // namespace cpgw::wbxml::detail
