// All settings of a gateway: the file read, every section checked by the room that owns it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/settings_node.h"
#include "gateway/cli/logging.h"
#include "gateway/doors/settings.h"
#include "gateway/flow/settings.h"

namespace cpgw::gateway::cli {

/// One [[carrier]], checked; carriers::make_carrier reads it again. May hold passwords.
struct CarrierSection {
  std::string name;
  SettingsNode section;
  std::string path;  ///< "carrier[0]"
};

struct Settings {
  std::string file;          ///< as it was found
  std::string data_dir;      ///< absolute
  std::string store_engine;  ///< "rocksdb"
  std::string keyring;       ///< absolute
  flow::FlowSettings flow;
  doors::DoorSettings doors;
  LogSettings log;
  std::vector<CarrierSection> carriers;
  SettingsNode root;  ///< the whole file, paths made absolute; may hold passwords
};

/// Where the embedded store keeps its files: a folder of data_dir.
[[nodiscard]] std::string store_directory(const Settings& settings);

/// Reads and checks everything. On failure every mistake there is, in the order of the file, each
/// with its line. Relative paths start at the folder of the settings file: data_dir, keyring, file,
/// directory and whatever ends in _file, and ipc:// endpoints.
[[nodiscard]] tl::expected<Settings, std::vector<Error>> load_settings(const std::string& file);

/// `flag` (--config), else CPGW_CONFIG, else ./cpgw.toml, else /etc/cpgw/cpgw.toml. What was named
/// must exist. `environment` gives a variable's value.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] Result<std::string> find_settings_file(const std::optional<std::string>& flag,
                                                     const Environment& environment);

/// What a reload changes, one line each: "carrier smsc-a: window 10 -> 20 (line 14)". Values of
/// secrets are not shown.
[[nodiscard]] std::vector<std::string> diff_settings(const Settings& before, const Settings& after);

/// Equal values, wherever they stand.
[[nodiscard]] bool same_values(const SettingsNode& a, const SettingsNode& b);

}  // namespace cpgw::gateway::cli
