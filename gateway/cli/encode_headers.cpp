#include "gateway/cli/encode_headers.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "gateway/cli/option_values.h"
#include "gateway/cli/usage.h"
#include "si_sl/wsp_header_writer.h"
#include "si_sl/wsp_tables.h"

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kOption = "--header";
constexpr std::uint8_t kContentType = 0x11, kApplicationId = 0x2F;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Decimal or 0x….
std::optional<std::uint32_t> integer_of(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [stop, problem] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (problem != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<void> write_version(si_sl::HeaderWriter& writer, std::uint8_t code, std::string_view value) {
  const std::size_t dot = value.find('.');
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  const auto major = integer_of(value.substr(0, dot));
  std::optional<unsigned> minor;
  if (dot != std::string_view::npos) minor = integer_of(value.substr(dot + 1)).value_or(kNone);
  return writer.version(code, major.value_or(kNone), minor);
}

Result<void> write_assigned(const si_sl::AssignedField& header, std::string_view value,
                            Octets& out) {
  using si_sl::ValueForm;
  const std::string name(header.name);
  si_sl::HeaderWriter writer(out);
  switch (header.form) {
    case ValueForm::text: return writer.text(header.code, value);
    case ValueForm::integer: {
      const auto number = integer_of(value);
      if (!number) return misuse(name + " is an integer, decimal or 0x…", kOption);
      return writer.integer(header.code, *number);
    }
    case ValueForm::date: {
      const auto at = time_of(std::string(value), kOption);
      if (!at || !*at)
        return misuse(name + " is a time in UTC such as 2026-01-31T23:59:59Z", kOption);
      return writer.date(header.code, **at);
    }
    case ValueForm::version: return write_version(writer, header.code, value);
    case ValueForm::unspecified:
    case ValueForm::charset:
    case ValueForm::media:
    case ValueForm::q: break;
  }
  return misuse(name + " has a coding of its own that is not written here", kOption);
}

Result<void> write_header(std::string_view header, Octets& out) {
  const std::size_t colon = header.find(':');
  const std::string_view name = trimmed(header.substr(0, colon));
  if (colon == std::string_view::npos || name.empty())
    return misuse("expected NAME: VALUE", kOption);
  const std::string_view value = trimmed(header.substr(colon + 1));
  if (std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < ' '; }))
    return misuse("a value has no control characters", kOption);
  const auto code = si_sl::header_code(name);
  if (!code) return si_sl::HeaderWriter(out).named(name, value);
  if (*code == kApplicationId) return misuse("give it with --application-id", kOption);
  if (*code == kContentType) return misuse("the push has it already; see --type", kOption);
  return write_assigned(*si_sl::find_header(*code), value, out);
}

}  // namespace

Result<Octets> encode_headers(const std::vector<std::string>& headers) {
  Octets octets;
  for (const std::string& header : headers) {
    if (auto done = write_header(header, octets); !done) return misuse(done.error(), kOption);
  }
  return octets;
}

}  // namespace cpgw::gateway::cli
