// How a log line looks; no I/O.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/cli/logging.h"

namespace cpgw::gateway::cli {
namespace {

/// Longer values are cut: a line stays readable and the queue bounded.
constexpr std::size_t kMostValueOctets = 2048;
constexpr std::size_t kMostFields = 32;

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

struct Character {
  std::size_t octets = 1;
  bool valid = false;
  char32_t code = 0;
};

/// The UTF-8 character at the front of `text`, which is not empty (RFC 3629: shortest form, no
/// surrogates).
Character first_character(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = octet(0);
  if (lead < 0x80) return {1, true, lead};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0u) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {length, true, code};
}

/// What a terminal or a reader of lines would act on: C0, DEL, C1, line and paragraph separators,
/// and the marks that turn the direction of writing.
bool acts(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_escaped(std::string& out, std::string_view text, LogFormat format) {
  const bool cut = text.size() > kMostValueOctets;
  if (cut) text = text.substr(0, kMostValueOctets);
  while (!text.empty()) {
    const Character c = first_character(text);
    const auto octet = static_cast<unsigned char>(text[0]);
    if (!c.valid) {
      // JSON text has no octets, so the replacement character stands for them.
      out += format == LogFormat::json ? std::string("\\ufffd") : fmt::format("\\x{:02x}", octet);
    } else if (c.code == '"' || c.code == '\\') {
      out += '\\';
      out += static_cast<char>(c.code);
    } else if (c.code == '\n') {
      out += "\\n";
    } else if (acts(c.code)) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.code));
    } else {
      out += text.substr(0, c.octets);
    }
    text.remove_prefix(c.octets);
  }
  if (cut) out += "...";
}

std::string time_text(WallTime at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

bool is_plain(std::string_view value) {
  return !value.empty() && value.size() <= kMostValueOctets &&
         std::ranges::all_of(value, [](char c) {
           return c > ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '=';
         });
}

std::string text_line(WallTime at, LogLevel level, std::string_view event, std::string_view text,
                      std::initializer_list<LogField> fields) {
  std::string line =
      fmt::format("{} {:<7} ", time_text(at), kLevels[static_cast<std::size_t>(level)]);
  append_escaped(line, event, LogFormat::text);
  line += ": ";
  append_escaped(line, text, LogFormat::text);
  std::size_t count = 0;
  for (const LogField& field : fields) {
    if (++count > kMostFields) break;
    line += ' ';
    append_escaped(line, field.name, LogFormat::text);
    line += '=';
    if (is_plain(field.value)) {
      line += field.value;
    } else {
      line += '"';
      append_escaped(line, field.value, LogFormat::text);
      line += '"';
    }
  }
  return line;
}

std::string json_line(WallTime at, LogLevel level, std::string_view event, std::string_view text,
                      std::initializer_list<LogField> fields) {
  std::string line = fmt::format(R"({{"at":"{}","level":"{}","event":")", time_text(at),
                                 kLevels[static_cast<std::size_t>(level)]);
  append_escaped(line, event, LogFormat::json);
  line += R"(","text":")";
  append_escaped(line, text, LogFormat::json);
  line += '"';
  std::size_t count = 0;
  for (const LogField& field : fields) {
    if (++count > kMostFields) break;
    line += ",\"";
    append_escaped(line, field.name, LogFormat::json);
    // No name stands twice.
    for (const char* taken : {"at", "level", "event", "text"}) {
      if (field.name == taken) line += '_';
    }
    line += "\":\"";
    append_escaped(line, field.value, LogFormat::json);
    line += '"';
  }
  return line + '}';
}

}  // namespace

std::string log_line(LogFormat format, WallTime at, LogLevel level, std::string_view event,
                     std::string_view text, std::initializer_list<LogField> fields) {
  return format == LogFormat::json ? json_line(at, level, event, text, fields)
                                   : text_line(at, level, event, text, fields);
}

}  // namespace cpgw::gateway::cli
