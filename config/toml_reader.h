// Fills base's settings nodes from TOML 1.0, every node with its place.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/settings_node.h"

namespace cpgw::config {

/// A settings file is refused above this: nobody writes more by hand.
inline constexpr std::size_t kMostOctets = 1024 * 1024;
/// Tables and lists inside each other, and names joined by dots.
inline constexpr std::size_t kMostDepth = 16;

enum class Errc {
  syntax,      ///< not TOML 1.0, or a name given twice; correct the line
  date,        ///< a date or time: no setting takes one; put it in quotes
  too_deep,    ///< tables inside tables beyond kMostDepth; no setting needs it
  too_large,   ///< over kMostOctets; split or shorten the file
  unreadable,  ///< the file cannot be read; the message has the system's reason
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::syntax: return "config/syntax";
    case Errc::date: return "config/date";
    case Errc::too_deep: return "config/too-deep";
    case Errc::too_large: return "config/too-large";
    case Errc::unreadable: return "config/unreadable";
  }
  return "base/none";
}

/// `file` is only the name written into positions. Messages never quote a value.
[[nodiscard]] Result<SettingsNode> read_toml(std::string_view text, const std::string& file);
[[nodiscard]] Result<SettingsNode> read_toml_file(const std::string& file);

}  // namespace cpgw::config
