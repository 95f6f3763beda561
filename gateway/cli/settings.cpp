#include "gateway/cli/settings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <tuple>

#include "carriers/registry.h"
#include "config/toml_reader.h"

namespace cpgw::gateway::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCarriers = 100;

constexpr auto kSections = std::to_array<std::string_view>(
    {"carrier", "delivery", "gateway", "http", "log", "numbers", "push", "route", "safety",
     "secrets", "store", "tenant", "zmq"});
static_assert(std::ranges::is_sorted(kSections));

constexpr auto kPathNames =
    std::to_array<std::string_view>({"data_dir", "directory", "file", "keyring"});

bool is_path(std::string_view name) {
  return name.ends_with("_file") || std::ranges::find(kPathNames, name) != kPathNames.end();
}

std::string absolute(const std::string& path, const fs::path& folder) {
  return (folder / path).lexically_normal().string();
}

/// Makes the paths of the file independent of where the process stands.
void resolve_paths(SettingsNode& node, const fs::path& folder) {
  constexpr std::string_view kIpc = "ipc://";
  if (auto* table = std::get_if<SettingsNode::Table>(&node.value)) {
    for (auto& [name, value] : *table) {
      auto* text = std::get_if<std::string>(&value.value);
      if (text == nullptr) {
        resolve_paths(value, folder);
      } else if (is_path(name) && !text->empty()) {
        *text = absolute(*text, folder);
      } else if (text->starts_with(kIpc) && text->size() > kIpc.size() &&
                 std::string_view("@*").find((*text)[kIpc.size()]) == std::string_view::npos) {
        *text = std::string(kIpc) + absolute(text->substr(kIpc.size()), folder);
      }
    }
  } else if (auto* list = std::get_if<SettingsNode::List>(&node.value)) {
    for (SettingsNode& item : *list) resolve_paths(item, folder);
  }
}

void refuse_unknown_sections(const SettingsNode& root, std::vector<Error>& mistakes) {
  for (const auto& [name, node] : *root.table()) {
    if (std::ranges::binary_search(kSections, std::string_view(name))) continue;
    Position at = node.at;
    at.field = name;
    std::string known;
    for (const auto section : kSections)
      known += (known.empty() ? "" : ", ") + std::string(section);
    mistakes.emplace_back(cpgw::Errc::unknown_setting,
                          "unknown section '" + name + "'; known: " + known, std::move(at));
  }
}

std::string read_path(SettingsSection& section, std::string_view name, const std::string& otherwise,
                      const fs::path& folder) {
  auto path = section.text(name);
  if (path && path->empty()) section.mistake(name, "a path is expected");
  return path && !path->empty() ? *path : absolute(otherwise, folder);
}

bool is_inside(const std::string& path, const std::string& folder) {
  const fs::path relative = fs::path(path).lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

void read_own_sections(Settings& settings, SettingsSection& root, const fs::path& folder,
                       std::vector<Error>& mistakes) {
  SettingsSection gateway(root.child("gateway"), "gateway", mistakes);
  settings.data_dir = read_path(gateway, "data_dir", "var", folder);
  gateway.finish();

  SettingsSection store(root.child("store"), "store", mistakes);
  settings.store_engine = store.text("engine").value_or("rocksdb");
  if (settings.store_engine == "postgres") {
    store.mistake("engine", "\"postgres\" is not in this version; \"rocksdb\" is");
  } else if (settings.store_engine != "rocksdb") {
    store.mistake("engine", "\"rocksdb\" is expected");
  }
  store.finish();

  SettingsSection secrets(root.child("secrets"), "secrets", mistakes);
  settings.keyring = read_path(secrets, "keyring", "keyring", folder);
  if (is_inside(settings.keyring, settings.data_dir)) {
    secrets.mistake("keyring",
                    "the keyring must lie outside data_dir, or a copy of the data opens itself");
  }
  secrets.finish();
}

std::vector<CarrierSection> read_carriers(SettingsSection& root, std::vector<Error>& mistakes) {
  std::vector<CarrierSection> carriers;
  const auto nodes = root.children("carrier");
  if (nodes.size() > kMostCarriers) {
    root.mistake("carrier", "at most " + std::to_string(kMostCarriers) + " carriers are possible");
    return carriers;
  }
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CarrierSection carrier{"", *nodes[i], "carrier[" + std::to_string(i) + "]"};
    carriers::check_carrier(carrier.section, carrier.path, mistakes);
    SettingsSection section(nodes[i], carrier.path, mistakes);
    carrier.name = section.required_text("name");
    if (section.has("name")) {
      if (carrier.name.empty() || carrier.name.size() > 64 ||
          !std::ranges::all_of(carrier.name, fits)) {
        section.mistake("name", "1 to 64 letters, digits, '-', '_' or '.' are expected");
      } else if (std::ranges::find(carriers, carrier.name, &CarrierSection::name) !=
                 carriers.end()) {
        section.mistake("name", "another carrier has this name already");
      }
    }
    carriers.push_back(std::move(carrier));
  }
  return carriers;
}

/// In the order of the file; what two readers found alike is said once.
std::vector<Error> in_order(std::vector<Error> mistakes) {
  const auto before = [](const Error& a, const Error& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  };
  std::ranges::stable_sort(mistakes, before);
  std::vector<Error> once;
  for (Error& mistake : mistakes) {
    const auto same = [&](const Error& other) {
      return other.at == mistake.at && other.message == mistake.message;
    };
    if (std::ranges::none_of(once.end() - std::min<std::ptrdiff_t>(std::ssize(once), 8), once.end(),
                             same)) {
      once.push_back(std::move(mistake));
    }
  }
  return once;
}

}  // namespace

std::string store_directory(const Settings& settings) { return settings.data_dir + "/store"; }

tl::expected<Settings, std::vector<Error>> load_settings(const std::string& file) {
  auto root = config::read_toml_file(file);
  if (!root) return tl::unexpected(std::vector{std::move(root).error()});
  std::error_code problem;
  const fs::path folder = fs::absolute(file, problem).parent_path();
  if (problem) {
    Position at;
    at.file = file;
    return tl::unexpected(std::vector{Error(
        cpgw::Errc::io, "the folder of the settings file is not known: " + problem.message(), at)});
  }
  resolve_paths(*root, folder);

  std::vector<Error> mistakes;
  Settings settings;
  settings.file = file;
  settings.root = std::move(*root);
  SettingsSection section(&settings.root, "", mistakes);
  refuse_unknown_sections(settings.root, mistakes);
  read_own_sections(settings, section, folder, mistakes);
  settings.carriers = read_carriers(section, mistakes);
  std::vector<std::string> names;
  for (const CarrierSection& carrier : settings.carriers) names.push_back(carrier.name);
  settings.flow = flow::read_flow_settings(settings.root, names, mistakes);
  settings.doors = doors::read_door_settings(settings.root, settings.data_dir, mistakes);
  settings.log = read_log_settings(settings.root, mistakes);
  if (!mistakes.empty()) return tl::unexpected(in_order(std::move(mistakes)));
  return settings;
}

Result<std::string> find_settings_file(const std::optional<std::string>& flag,
                                       const Environment& environment) {
  const auto named = [](const std::string& file, const std::string& by) -> Result<std::string> {
    std::error_code problem;
    if (fs::exists(file, problem)) return file;
    Position at;
    at.file = file;
    return fail(cpgw::Errc::io, "the settings file named by " + by + " does not exist",
                std::move(at));
  };
  if (flag && !flag->empty()) return named(*flag, "--config");
  if (const auto variable = environment("CPGW_CONFIG"); variable && !variable->empty()) {
    return named(*variable, "CPGW_CONFIG");
  }
  for (const char* file : {"./cpgw.toml", "/etc/cpgw/cpgw.toml"}) {
    std::error_code problem;
    if (fs::exists(file, problem)) return std::string(file);
  }
  return fail(cpgw::Errc::io,
              "there is no settings file: tried --config, CPGW_CONFIG, ./cpgw.toml and "
              "/etc/cpgw/cpgw.toml; make one with: cpgw init");
}

}  // namespace cpgw::gateway::cli
