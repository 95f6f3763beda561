// Octets in and out: a bounds-checked reader, an appending writer, hexadecimal text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cpgw {

using Octets = std::vector<std::byte>;
using OctetView = std::span<const std::byte>;

/// Views the characters of `text` as octets; the memory stays the caller's.
[[nodiscard]] inline OctetView as_octets(std::string_view text) {
  return std::as_bytes(std::span(text));
}
/// Views octets as characters; the memory stays the caller's.
[[nodiscard]] inline std::string_view as_text(OctetView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}
[[nodiscard]] constexpr std::uint8_t to_u8(std::byte b) { return std::to_integer<std::uint8_t>(b); }

/// Reads big-endian fields from the front of a view. Every read either succeeds or returns
/// Errc::out_of_input with the offset, and then the position is unchanged. Returned views point
/// into the input.
class OctetReader {
 public:
  explicit OctetReader(OctetView input) : input_(input) {}

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return input_.size() - offset_; }
  [[nodiscard]] bool empty() const { return remaining() == 0; }
  [[nodiscard]] OctetView rest() const { return input_.subspan(offset_); }

  [[nodiscard]] Result<std::uint8_t> u8();
  [[nodiscard]] Result<std::uint16_t> u16();
  [[nodiscard]] Result<std::uint32_t> u32();
  [[nodiscard]] Result<std::uint64_t> u64();
  [[nodiscard]] Result<OctetView> take(std::size_t octets);
  /// Octets up to the next zero octet, which is consumed and not returned.
  [[nodiscard]] Result<OctetView> until_nul();
  /// The next octet without consuming it.
  [[nodiscard]] Result<std::uint8_t> peek() const;

 private:
  [[nodiscard]] tl::unexpected<Error> ended(std::size_t wanted) const;
  OctetView input_;
  std::size_t offset_ = 0;
};

/// Appends big-endian fields to a vector it does not own.
class OctetWriter {
 public:
  explicit OctetWriter(Octets& out) : out_(out) {}

  OctetWriter& u8(std::uint8_t v) {
    out_.push_back(std::byte{v});
    return *this;
  }
  OctetWriter& u16(std::uint16_t v) { return be(v, 2); }
  OctetWriter& u32(std::uint32_t v) { return be(v, 4); }
  OctetWriter& u64(std::uint64_t v) { return be(v, 8); }
  OctetWriter& put(OctetView octets) {
    out_.insert(out_.end(), octets.begin(), octets.end());
    return *this;
  }
  OctetWriter& put(std::string_view text) { return put(as_octets(text)); }

 private:
  OctetWriter& be(std::uint64_t v, int octets) {
    for (int i = octets - 1; i >= 0; --i) u8(static_cast<std::uint8_t>(v >> (8 * i)));
    return *this;
  }
  Octets& out_;
};

enum class HexCase : std::uint8_t { lower, upper };
[[nodiscard]] std::string to_hex(OctetView octets, HexCase letters = HexCase::lower);
/// Takes either case; spaces, tabs and line ends between digits are skipped. Errc::bad_hex with the
/// offset otherwise.
[[nodiscard]] Result<Octets> from_hex(std::string_view text);

}  // namespace cpgw
