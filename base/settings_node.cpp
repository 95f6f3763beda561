#include "base/settings_node.h"

#include <algorithm>

namespace cpgw {

SettingsSection::SettingsSection(const SettingsNode* node, std::string path,
                                 std::vector<Error>& mistakes)
    : node_(node), path_(std::move(path)), mistakes_(mistakes) {
  if (node_ != nullptr && node_->table() == nullptr) {
    Position at = node_->at;
    at.field = path_;
    mistakes_.emplace_back(Errc::bad_setting, "a table is expected here", std::move(at));
    node_ = nullptr;
  }
}

const SettingsNode* SettingsSection::find(std::string_view name) {
  asked_.emplace_back(name);
  if (node_ == nullptr) return nullptr;
  const auto it = node_->table()->find(name);
  return it == node_->table()->end() ? nullptr : &it->second;
}

bool SettingsSection::has(std::string_view name) const {
  return node_ != nullptr && node_->table()->contains(name);
}

Position SettingsSection::position(std::string_view name) const {
  Position at;
  if (node_ != nullptr) {
    at = node_->at;
    const auto it = node_->table()->find(name);
    if (it != node_->table()->end()) at = it->second.at;
  }
  at.field = path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  return at;
}

void SettingsSection::mistake(std::string_view name, std::string message, Code code) {
  Error error(Errc::bad_setting, std::move(message), position(name));
  error.code = code;
  mistakes_.push_back(std::move(error));
}

std::optional<std::string> SettingsSection::text(std::string_view name) {
  const SettingsNode* n = find(name);
  if (n == nullptr) return std::nullopt;
  if (const auto* s = std::get_if<std::string>(&n->value)) return *s;
  mistake(name, "text in quotes is expected");
  return std::nullopt;
}

std::optional<std::int64_t> SettingsSection::integer(std::string_view name, std::int64_t least,
                                                     std::int64_t most) {
  const SettingsNode* n = find(name);
  if (n == nullptr) return std::nullopt;
  const auto* i = std::get_if<std::int64_t>(&n->value);
  if (i == nullptr || *i < least || *i > most) {
    mistake(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                      " is expected");
    return std::nullopt;
  }
  return *i;
}

std::optional<bool> SettingsSection::flag(std::string_view name) {
  const SettingsNode* n = find(name);
  if (n == nullptr) return std::nullopt;
  if (const auto* b = std::get_if<bool>(&n->value)) return *b;
  mistake(name, "true or false is expected");
  return std::nullopt;
}

std::vector<std::string> SettingsSection::texts(std::string_view name) {
  std::vector<std::string> all;
  const SettingsNode* n = find(name);
  if (n == nullptr) return all;
  const auto* items = n->list();
  if (items == nullptr) {
    mistake(name, "a list of texts is expected");
    return all;
  }
  for (const SettingsNode& item : *items) {
    if (const auto* s = std::get_if<std::string>(&item.value)) {
      all.push_back(*s);
    } else {
      mistake(name, "every item must be text in quotes");
    }
  }
  return all;
}

std::optional<std::string> SettingsSection::choice(
    std::string_view name, std::initializer_list<std::string_view> choices) {
  auto value = text(name);
  if (!value) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), *value) != choices.end()) return value;
  std::string list;
  for (const std::string_view c : choices)
    list += (list.empty() ? "\"" : ", \"") + std::string(c) + "\"";
  mistake(name, "one of " + list + " is expected");
  return std::nullopt;
}

const SettingsNode* SettingsSection::child(std::string_view name) {
  const SettingsNode* n = find(name);
  if (n != nullptr && n->table() == nullptr) {
    mistake(name, "a table is expected");
    return nullptr;
  }
  return n;
}

std::vector<const SettingsNode*> SettingsSection::children(std::string_view name) {
  std::vector<const SettingsNode*> all;
  const SettingsNode* n = find(name);
  if (n == nullptr) return all;
  const auto* items = n->list();
  if (items == nullptr) {
    mistake(name, "a list of tables is expected: write [[" + std::string(name) + "]]");
    return all;
  }
  for (const SettingsNode& item : *items) {
    if (item.table() != nullptr) {
      all.push_back(&item);
    } else {
      mistake(name, "every item must be a table");
    }
  }
  return all;
}

std::string SettingsSection::required_text(std::string_view name) {
  auto value = text(name);
  if (!value && !has(name)) mistake(name, "this setting is required");
  return value.value_or("");
}

void SettingsSection::finish() {
  if (node_ == nullptr) return;
  for (const auto& [name, value] : *node_->table()) {
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
      mistake(name, "unknown setting '" + name + "'", Errc::unknown_setting);
    }
  }
}

}  // namespace cpgw
