#include "config/toml_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/secret.h"

// toml++ 3.3 asserts (or, with NDEBUG, lets the compiler assume) what "[[[" does not keep, and then
// checks it properly. Without the assertions the check decides.
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/impl/forward_declarations.h>
// Its test for blanks beyond ASCII is undefined for most characters that are none: they are not.
#pragma push_macro("TOML_UNREACHABLE")
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#include <toml++/impl/unicode.h>
#pragma pop_macro("TOML_UNREACHABLE")
#include <toml++/toml.h>

namespace cpgw::config {
namespace {

Position place(const std::string& file, const toml::source_position& at) {
  Position p;
  p.file = file;
  p.line = at.line;
  p.column = at.column;
  return p;
}

/// toml++ quotes what it could not read as a number or word, which may be a password without its
/// quotation marks. Names of tables and single characters stay.
std::string without_values(std::string_view message) {
  if (message.find("redefine") != std::string_view::npos ||
      message.find("cannot insert") != std::string_view::npos) {
    return std::string(message);
  }
  std::string out;
  while (true) {
    const auto open = message.find('\'');
    if (open == std::string_view::npos) break;
    const auto close = message.find('\'', open + 1);
    if (close == std::string_view::npos) break;
    const auto quoted = message.substr(open + 1, close - open - 1);
    out += message.substr(0, open + 1);
    out += quoted.size() > 2 && quoted != "true" && quoted != "false" ? std::string_view("...")
                                                                      : quoted;
    out += '\'';
    message.remove_prefix(close + 1);
  }
  return out + std::string(message);
}

/// toml++ bounds lists inside lists but not names joined by dots: "a.a.a..." makes tables so deep
/// that freeing them ends the stack. Finds the first such name outside quoted text and comments.
class DotCounter {
 public:
  explicit DotCounter(std::string_view text) : text_(text) {}

  std::optional<Error> check(const std::string& file) {
    std::size_t dots = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '"' || c == '\'') {
        skip_quoted(c);
      } else {
        if (c == '.' && ++dots > kMostDepth) return too_deep(file);
        if (std::string_view("=[]{},\n").find(c) != std::string_view::npos) dots = 0;
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] char look() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// From an opening quotation mark to behind the closing one, or to where the text is broken off.
  void skip_quoted(char mark) {
    const std::string triple(3, mark);
    const bool lines = text_.substr(at_).starts_with(triple);
    at_ += lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (lines && text_.substr(at_).starts_with(triple)) {
        at_ += 3;
        for (int n = 0; n < 2 && look() == mark; ++n) ++at_;  // """text""""" ends in two marks
        return;
      }
      at_ += c == '\\' && mark == '"' ? 2 : 1;
      if (!lines && (c == mark || c == '\n')) return;
    }
  }

  [[nodiscard]] Error too_deep(const std::string& file) const {
    Position at;
    at.file = file;
    const auto before = text_.substr(0, at_);
    at.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    at.column = static_cast<std::uint32_t>(at_ - line_start + 1);
    return {Errc::too_deep, "a name has more than " + std::to_string(kMostDepth) + " dots",
            std::move(at)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Copier {
 public:
  explicit Copier(const std::string& file) : file_(file) {}

  Result<SettingsNode> copy(const toml::node& from, std::size_t depth = 0) {
    SettingsNode to;
    to.at = place(file_, from.source().begin);
    if (depth > kMostDepth) {
      return fail(Errc::too_deep, "tables and lists are nested too deep", std::move(to.at));
    }
    if (const auto* table = from.as_table()) return copy_table(*table, std::move(to), depth);
    if (const auto* list = from.as_array()) return copy_list(*list, std::move(to), depth);
    if (const auto* text = from.as_string()) {
      to.value = text->get();
    } else if (const auto* integer = from.as_integer()) {
      to.value = integer->get();
    } else if (const auto* real = from.as_floating_point()) {
      to.value = real->get();
    } else if (const auto* flag = from.as_boolean()) {
      to.value = flag->get();
    } else {
      return fail(Errc::date, "no setting takes a date or time; put it in quotes if it is text",
                  std::move(to.at));
    }
    return to;
  }

 private:
  Result<SettingsNode> copy_table(const toml::table& from, SettingsNode to, std::size_t depth) {
    SettingsNode::Table table;
    for (auto&& [key, value] : from) {
      auto node = copy(value, depth + 1);
      if (!node) return node;
      table.emplace(std::string(key.str()), std::move(*node));
    }
    to.value = std::move(table);
    return to;
  }
  Result<SettingsNode> copy_list(const toml::array& from, SettingsNode to, std::size_t depth) {
    SettingsNode::List list;
    list.reserve(from.size());
    for (auto&& value : from) {
      auto node = copy(value, depth + 1);
      if (!node) return node;
      list.push_back(std::move(*node));
    }
    to.value = std::move(list);
    return to;
  }
  const std::string& file_;
};

std::string system_reason(int error) { return std::generic_category().message(error); }

}  // namespace

Result<SettingsNode> read_toml(std::string_view text, const std::string& file) {
  Position whole;
  whole.file = file;
  if (text.size() > kMostOctets) {
    return fail(Errc::too_large,
                "the settings file is larger than " + std::to_string(kMostOctets) + " octets",
                std::move(whole));
  }
  if (auto error = DotCounter(text).check(file)) return fail(std::move(*error));
  auto parsed = toml::parse(text, std::string_view(file));
  if (!parsed) {
    return fail(Errc::syntax, without_values(parsed.error().description()),
                place(file, parsed.error().source().begin));
  }
  return Copier(file).copy(parsed.table());
}

Result<SettingsNode> read_toml_file(const std::string& file) {
  Position whole;
  whole.file = file;
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return fail(Errc::unreadable, "the settings file cannot be opened: " + system_reason(errno),
                std::move(whole));
  }
  struct stat status {};
  int error = 0;
  std::string text;
  if (::fstat(fd, &status) != 0) {
    error = errno;
  } else if (!S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  } else {
    // One octet more than allowed tells a larger file from a full one.
    text.resize(kMostOctets + 1);
    std::size_t used = 0;
    while (used < text.size()) {
      const ssize_t got = ::read(fd, text.data() + used, text.size() - used);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) error = errno;
      if (got <= 0) break;
      used += static_cast<std::size_t>(got);
    }
    text.resize(used);
  }
  ::close(fd);
  if (error != 0) {
    return fail(Errc::unreadable, "the settings file cannot be read: " + system_reason(error),
                std::move(whole));
  }
  auto node = read_toml(text, file);
  // The text may hold passwords.
  wipe(std::as_writable_bytes(std::span(text)));
  return node;
}

}  // namespace cpgw::config
