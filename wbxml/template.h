// A document compiled once and filled per subscriber: constant octets with typed slots. Filling can
// never change the structure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/encoder.h"

namespace cpgw::wbxml {

/// text: any XML characters, may be empty. digits: 1 or more of 0-9. host: a DNS name or an
/// IPv4/IPv6 address. ip: an IPv4 or IPv6 address. uri: an absolute URI (RFC 3986 characters).
/// Stored in contents: never renumber.
enum class SlotType : std::uint8_t { text = 1, digits = 2, host = 3, ip = 4, uri = 5 };
[[nodiscard]] std::string_view to_string(SlotType type);
[[nodiscard]] Result<SlotType> slot_type(std::string_view name);

/// A slot as declared beside the document; used in attribute values as ${name}. `$${` is a literal
/// `${`.
struct SlotSpec {
  std::string name;  ///< [A-Za-z_][A-Za-z0-9_]{0,31}
  SlotType type = SlotType::text;
  std::uint16_t max_octets = 64;
  bool operator==(const SlotSpec&) const = default;
};

/// Does `value` fit the slot? Errc::bad_slot names slot and rule, never the value.
[[nodiscard]] Result<void> check_slot(const SlotSpec& slot, std::string_view value);

class Template {
 public:
  /// An undeclared slot in the document, and a declared one it does not use, are errors. No slots
  /// at all is a constant document.
  [[nodiscard]] static Result<Template> compile(const Document& document,
                                                std::span<const SlotSpec> slots,
                                                const EncodeOptions& options = {});
  /// Plain text with slots; filled, it is UTF-8. The same rules and errors.
  [[nodiscard]] static Result<Template> of_text(std::string_view text,
                                                std::span<const SlotSpec> slots);
  /// Octets that are ready.
  [[nodiscard]] static Template of_octets(OctetView octets);
  /// The stored form: serialize() of an equal template gives equal octets.
  [[nodiscard]] static Result<Template> parse(OctetView stored);
  [[nodiscard]] Octets serialize() const;
  friend bool operator==(const Template&, const Template&) = default;

  [[nodiscard]] std::span<const SlotSpec> slots() const { return slots_; }
  /// What stands between the slots.
  [[nodiscard]] OctetView constant() const { return bytes_; }
  /// Octets of the largest document this template can become.
  [[nodiscard]] std::size_t max_octets() const;

  /// Appends the WBXML to `out`; values[i] belongs to slots()[i]. Allocates only when `out` must
  /// grow. On error `out` is as before.
  [[nodiscard]] Result<void> fill(std::span<const std::string_view> values, Octets& out) const;

 private:
  [[nodiscard]] Result<void> all_used() const;
  struct Piece {
    std::uint32_t begin = 0, end = 0;  ///< constant octets in bytes_
    std::uint16_t slot = 0;            ///< index of the slot that follows them; kNoSlot at the end
    /// Slots, from this one on, that make up a value without constant text: their string is left
    /// out when all of them are empty. 0 = the slot stands inside a constant's string.
    std::uint16_t group = 0;
    bool operator==(const Piece&) const = default;
  };
  static constexpr std::uint16_t kNoSlot = 0xFFFF;
  [[nodiscard]] bool group_is_empty(std::size_t first,
                                    std::span<const std::string_view> values) const;

  Octets bytes_;
  std::vector<Piece> pieces_;
  std::vector<SlotSpec> slots_;
};

}  // namespace cpgw::wbxml
