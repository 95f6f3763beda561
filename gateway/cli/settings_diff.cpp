// What a reload changes, for people.
#include <algorithm>
#include <array>
#include <set>

#include "gateway/cli/settings.h"

namespace cpgw::gateway::cli {
namespace {

/// A setting whose name holds one of these may be a secret: it is said that it changed, not how.
constexpr auto kSecretNames = std::to_array<std::string_view>(
    {"auth", "credential", "key", "password", "pin", "secret", "token", "url"});

bool may_be_secret(std::string_view name) {
  return std::ranges::any_of(kSecretNames, [&](std::string_view part) {
    return name.find(part) != std::string_view::npos && name != "keyring";
  });
}

std::string value_text(const SettingsNode& node) {
  if (const auto* flag = std::get_if<bool>(&node.value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&node.value)) return std::to_string(*real);
  if (const auto* text = std::get_if<std::string>(&node.value)) return '"' + *text + '"';
  if (const auto* list = node.list()) {
    std::string all = "[";
    for (const SettingsNode& item : *list) all += (all.size() > 1 ? ", " : "") + value_text(item);
    return all + "]";
  }
  return "{...}";
}

std::string line_of(const SettingsNode& node) {
  return " (line " + std::to_string(node.at.line) + ")";
}

/// What a table of a [[list]] is known by.
std::string known_by(const SettingsNode& node) {
  for (const char* name : {"name", "prefix", "listen"}) {
    const auto it = node.table()->find(name);
    if (it == node.table()->end()) continue;
    if (const auto* text = std::get_if<std::string>(&it->second.value)) return *text;
  }
  return "";
}

bool is_list_of_tables(const SettingsNode& node) {
  const auto* list = node.list();
  return list != nullptr && !list->empty() &&
         std::ranges::all_of(*list, [](const SettingsNode& item) { return item.table(); });
}

class Differ {
 public:
  std::vector<std::string> lines;

  void sections(const SettingsNode::Table& before, const SettingsNode::Table& after) {
    static const SettingsNode kNone{SettingsNode::Table{}, {}};
    for (const std::string& name : names(before, after)) {
      const auto old = before.find(name), now = after.find(name);
      const SettingsNode& a = old == before.end() ? kNone : old->second;
      const SettingsNode& b = now == after.end() ? kNone : now->second;
      if (is_list_of_tables(a) || is_list_of_tables(b)) {
        lists(name, a, b);
      } else if (a.table() != nullptr && b.table() != nullptr) {
        tables(name, *a.table(), *b.table());
      }
    }
  }

 private:
  static std::set<std::string> names(const SettingsNode::Table& a, const SettingsNode::Table& b) {
    std::set<std::string> all;
    for (const auto* table : {&a, &b}) {
      for (const auto& [name, node] : *table) all.insert(name);
    }
    return all;
  }

  void tables(const std::string& where, const SettingsNode::Table& before,
              const SettingsNode::Table& after) {
    for (const std::string& name : names(before, after)) {
      const auto old = before.find(name), now = after.find(name);
      const auto shown = [&](const SettingsNode& node) {
        return may_be_secret(name) ? std::string("...") : value_text(node);
      };
      if (old == before.end()) {
        lines.push_back(where + ": " + name + " set to " + shown(now->second) +
                        line_of(now->second));
      } else if (now == after.end()) {
        lines.push_back(where + ": " + name + " taken out");
      } else if (!same_values(old->second, now->second)) {
        lines.push_back(where + ": " + name +
                        (may_be_secret(name)
                             ? std::string(" changed")
                             : " " + shown(old->second) + " -> " + shown(now->second)) +
                        line_of(now->second));
      }
    }
  }

  void lists(const std::string& name, const SettingsNode& before, const SettingsNode& after) {
    static const SettingsNode::List kEmpty;
    const auto& old = before.list() != nullptr ? *before.list() : kEmpty;
    const auto& now = after.list() != nullptr ? *after.list() : kEmpty;
    const auto find = [](const SettingsNode::List& list, const std::string& id) {
      return std::ranges::find_if(
          list, [&](const SettingsNode& item) { return item.table() && known_by(item) == id; });
    };
    for (const SettingsNode& item : now) {
      if (item.table() == nullptr) continue;
      const std::string id = known_by(item);
      const auto was = find(old, id);
      if (was == old.end()) {
        lines.push_back(name + " " + id + " added" + line_of(item));
      } else {
        tables(name + " " + id, *was->table(), *item.table());
      }
    }
    for (const SettingsNode& item : old) {
      if (item.table() == nullptr) continue;
      const std::string id = known_by(item);
      if (find(now, id) == now.end()) lines.push_back(name + " " + id + " taken out");
    }
  }
};

}  // namespace

bool same_values(const SettingsNode& a, const SettingsNode& b) {
  if (const auto* x = a.table(), *y = b.table(); x != nullptr && y != nullptr) {
    return std::ranges::equal(*x, *y, [](const auto& p, const auto& q) {
      return p.first == q.first && same_values(p.second, q.second);
    });
  }
  if (const auto* x = a.list(), *y = b.list(); x != nullptr && y != nullptr) {
    return std::ranges::equal(*x, *y, same_values);
  }
  if (a.value.index() != b.value.index()) return false;
  const auto equal = [&]<class T>(const T* x) {
    return x != nullptr && *x == std::get<T>(b.value);
  };
  return std::holds_alternative<std::monostate>(a.value) || equal(std::get_if<bool>(&a.value)) ||
         equal(std::get_if<std::int64_t>(&a.value)) || equal(std::get_if<double>(&a.value)) ||
         equal(std::get_if<std::string>(&a.value));
}

std::vector<std::string> diff_settings(const Settings& before, const Settings& after) {
  Differ differ;
  if (before.root.table() != nullptr && after.root.table() != nullptr) {
    differ.sections(*before.root.table(), *after.root.table());
  }
  return std::move(differ.lines);
}

}  // namespace cpgw::gateway::cli
