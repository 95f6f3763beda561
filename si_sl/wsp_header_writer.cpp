#include "si_sl/wsp_header_writer.h"

#include <algorithm>

#include "si_sl/wsp_values.h"

namespace cpgw::si_sl {
namespace {

using detail::kShortInteger;

constexpr unsigned kNoMinor = 0x0F;

Result<void> check_code(std::uint8_t code) {
  if (code < kShortInteger) return {};
  return fail(Errc::bad_value, "a header code is 0 to 7F", at_field("code"));
}

Result<void> check_text(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return {};
  return fail(Errc::bad_value, "text with a zero octet would end there", at_field("value"));
}

std::uint8_t name_octet(std::uint8_t code) {
  return static_cast<std::uint8_t>(kShortInteger | code);
}

/// With the quote octet that text needs which starts like a short-integer does.
void put_text(OctetWriter& to, std::string_view text) {
  if (!text.empty() && (static_cast<unsigned char>(text[0]) & kShortInteger) != 0) {
    to.u8(detail::kQuote);
  }
  to.put(text).u8(0);
}

}  // namespace

Result<void> HeaderWriter::integer(std::uint8_t code, std::uint32_t value) {
  if (auto checked = check_code(code); !checked) return checked;
  OctetWriter to(out_);
  to.u8(name_octet(code));
  detail::put_integer(to, value);
  return {};
}

Result<void> HeaderWriter::date(std::uint8_t code, std::chrono::sys_seconds at) {
  if (auto checked = check_code(code); !checked) return checked;
  const auto seconds = at.time_since_epoch().count();
  if (seconds < 0 || seconds > UINT32_MAX) {
    return fail(Errc::bad_value, "a date of 1970 to 2105 expected", at_field("value"));
  }
  OctetWriter to(out_);
  to.u8(name_octet(code));
  const auto number = static_cast<std::uint32_t>(seconds);
  if (number < kShortInteger) {  // a date is long also when a short-integer could hold it
    to.u8(1).u8(static_cast<std::uint8_t>(number));
  } else {
    detail::put_integer(to, number);
  }
  return {};
}

Result<void> HeaderWriter::version(std::uint8_t code, unsigned major,
                                   std::optional<unsigned> minor) {
  if (auto checked = check_code(code); !checked) return checked;
  if (major < 1 || major > 7 || (minor && *minor >= kNoMinor)) {
    return fail(Errc::bad_value, "a version is 1 to 7, with a minor of 0 to 14 or none",
                at_field("value"));
  }
  OctetWriter(out_)
      .u8(name_octet(code))
      .u8(static_cast<std::uint8_t>(kShortInteger | (major << 4) | minor.value_or(kNoMinor)));
  return {};
}

Result<void> HeaderWriter::text(std::uint8_t code, std::string_view value) {
  if (auto checked = check_code(code); !checked) return checked;
  if (auto checked = check_text(value); !checked) return checked;
  OctetWriter to(out_);
  to.u8(name_octet(code));
  put_text(to, value);
  return {};
}

Result<void> HeaderWriter::quoted(std::uint8_t code, std::string_view value) {
  if (auto checked = check_code(code); !checked) return checked;
  if (auto checked = check_text(value); !checked) return checked;
  OctetWriter(out_).u8(name_octet(code)).u8('"').put(value).u8(0);
  return {};
}

Result<void> HeaderWriter::octets(std::uint8_t code, OctetView value) {
  if (auto checked = check_code(code); !checked) return checked;
  OctetWriter to(out_);
  to.u8(name_octet(code));
  detail::put_value_length(to, value.size());
  to.put(value);
  return {};
}

Result<void> HeaderWriter::named(std::string_view name, std::string_view value) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={} \t";
  const bool token = !name.empty() && std::ranges::all_of(name, [&](char c) {
    return c > ' ' && c <= '~' && kSeparators.find(c) == std::string_view::npos;
  });
  if (!token) {
    return fail(Errc::bad_value, "a header name is a token of printable ASCII", at_field("name"));
  }
  if (auto checked = check_text(value); !checked) return checked;
  OctetWriter to(out_);
  to.put(name).u8(0);
  put_text(to, value);
  return {};
}

}  // namespace cpgw::si_sl
