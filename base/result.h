// What every room returns when something can fail: a value, or an error that says what, where and
// why.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace cpgw {

/// One room's error code, comparable across rooms. A room declares `enum class Errc` and beside it
/// `constexpr std::string_view code_name(Errc)` giving a stable name such as "wbxml/truncated".
class Code {
 public:
  constexpr Code() = default;
  template <class E>
  requires std::is_enum_v<E> && requires(E e) {
    { code_name(e) } -> std::convertible_to<std::string_view>;
  }
  constexpr Code(E e)
      : name_(code_name(e)) {}  // NOLINT(google-explicit-constructor): an enum is a code

  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  friend constexpr bool operator==(Code, Code) = default;

 private:
  std::string_view name_ = "base/none";
};

/// Errors of base itself.
enum class Errc {
  bad_hex,          ///< not pairs of hexadecimal digits; correct the input
  bad_number,       ///< not a telephone number of 1 to 15 digits
  bad_imsi,         ///< not 6 to 15 digits
  bad_pin,          ///< not 1 to 16 digits
  out_of_input,     ///< the octets end before the field does
  bad_setting,      ///< a settings value of the wrong type or outside its range
  unknown_setting,  ///< a settings name nobody reads
  io,               ///< the operating system refused; see the message
  busy,             ///< a bounded queue is full; try again later
};

constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_hex: return "base/bad-hex";
    case Errc::bad_number: return "base/bad-number";
    case Errc::bad_imsi: return "base/bad-imsi";
    case Errc::bad_pin: return "base/bad-pin";
    case Errc::out_of_input: return "base/out-of-input";
    case Errc::bad_setting: return "base/bad-setting";
    case Errc::unknown_setting: return "base/unknown-setting";
    case Errc::io: return "base/io";
    case Errc::busy: return "base/busy";
  }
  return "base/none";
}

/// Where in the input the error is; whatever applies is set.
struct Position {
  std::string file;                   ///< file name, or empty
  std::uint32_t line = 0;             ///< from 1; 0 = not known
  std::uint32_t column = 0;           ///< from 1; 0 = not known
  std::optional<std::size_t> offset;  ///< octets from the start of the input
  std::string field;  ///< path of fields or settings, such as "submit_sm.source_addr"
  bool operator==(const Position&) const = default;
};

/// What, where, why and what to do. Never carries a secret: messages name fields, not their values,
/// where the field may hold one.
struct Error {
  Code code;
  std::string message;  ///< one sentence without a final full stop
  Position at;

  template <class E>
  Error(E c, std::string text, Position where = {})
      : code(c), message(std::move(text)), at(std::move(where)) {}
  bool operator==(const Error&) const = default;

  /// The same error with `octets` added to its offset: for a reader inside a larger input.
  [[nodiscard]] Error shifted(std::size_t octets) &&;
  /// The same error with `outer` put in front of its field path.
  [[nodiscard]] Error in(std::string_view outer) &&;
};

/// "file:line:column: message (offset N, field F) [code]", leaving out what is not known.
[[nodiscard]] std::string to_string(const Error& error);

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(Errc::x, "…");`
template <class E>
[[nodiscard]] tl::unexpected<Error> fail(E code, std::string message, Position at = {}) {
  return tl::unexpected<Error>(Error(code, std::move(message), std::move(at)));
}
/// `if (!r) return fail(std::move(r).error());`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// Position helpers for the two common cases.
[[nodiscard]] inline Position at_offset(std::size_t octets) {
  Position p;
  p.offset = octets;
  return p;
}
[[nodiscard]] inline Position at_field(std::string field) {
  Position p;
  p.field = std::move(field);
  return p;
}

}  // namespace cpgw
