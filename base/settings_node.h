// One value of a settings file with its place, so that every room checks its own section and names
// each mistake by line.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace cpgw {

/// A positioned value: text, integer, real, yes/no, a list or a table. Filled by config's reader;
/// read through `SettingsSection`.
struct SettingsNode {
  using List = std::vector<SettingsNode>;
  using Table = std::map<std::string, SettingsNode, std::less<>>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> value;
  Position at;

  [[nodiscard]] const Table* table() const { return std::get_if<Table>(&value); }
  [[nodiscard]] const List* list() const { return std::get_if<List>(&value); }
};

/// Reads one table. Collects every mistake instead of stopping at the first; `finish` adds the
/// names nobody asked for. A secret's value never appears in a message.
class SettingsSection {
 public:
  /// `node` may be null: then every value is absent. `path` is "carrier[0]" and the like.
  /// `mistakes` outlives the section.
  SettingsSection(const SettingsNode* node, std::string path, std::vector<Error>& mistakes);

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t least,
                                                    std::int64_t most);
  [[nodiscard]] std::optional<bool> flag(std::string_view name);
  [[nodiscard]] std::vector<std::string> texts(std::string_view name);
  /// One of `choices`; anything else is a mistake that lists them.
  [[nodiscard]] std::optional<std::string> choice(std::string_view name,
                                                  std::initializer_list<std::string_view> choices);
  /// A table inside this one; null when absent.
  [[nodiscard]] const SettingsNode* child(std::string_view name);
  /// The tables of a `[[name]]` list.
  [[nodiscard]] std::vector<const SettingsNode*> children(std::string_view name);

  /// `text`, or a mistake when it is absent.
  [[nodiscard]] std::string required_text(std::string_view name);
  void mistake(std::string_view name, std::string message, Code code = Errc::bad_setting);
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Position position(std::string_view name) const;
  /// Reports every name of the table that no call above has asked for.
  void finish();

 private:
  const SettingsNode* find(std::string_view name);
  const SettingsNode* node_;
  std::string path_;
  std::vector<Error>& mistakes_;
  std::vector<std::string> asked_;
};

}  // namespace cpgw
