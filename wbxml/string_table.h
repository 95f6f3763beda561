// The string table of a document being written: what is worth standing in it, and where it stands.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace cpgw::wbxml::detail {

/// First counted, then built, then looked up.
class StringTable {
 public:
  /// `text` is written once more.
  void count(std::string_view text) { ++uses_[std::string(text)].count; }
  /// `name` has no token: it has to stand in the table.
  void require(std::string_view name) { uses_[std::string(name)].required = true; }

  /// Lays the table out: what has to stand in it, then, with `shorten`, every string that makes the
  /// document shorter, the most gainful first, where indices are short.
  void build(bool shorten);

  [[nodiscard]] const Octets& octets() const { return octets_; }
  [[nodiscard]] bool has_required() const;
  /// Index of `text`; nothing when it is written in line.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const;

 private:
  struct Use {
    std::size_t count = 0;
    bool required = false;
    std::optional<std::uint32_t> index;
  };
  void place(const std::string& text, Use& use);

  std::map<std::string, Use, std::less<>> uses_;
  Octets octets_;
};

/// Octets of `value` as mb_u_int32 (WAP-192, 5.1).
[[nodiscard]] constexpr std::size_t mb_octets(std::size_t value) {
  std::size_t octets = 1;
  while ((value >>= 7) != 0) ++octets;
  return octets;
}

}  // namespace cpgw::wbxml::detail
