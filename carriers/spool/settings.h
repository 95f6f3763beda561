// The [[carrier]] section of type "spool".
#pragma once

#include <string>
#include <vector>

#include "base/settings_node.h"

namespace cpgw::carriers::spool {

struct SpoolSettings {
  std::string name;
  std::string account;
  std::string directory;  ///< made when it is not there
  std::uint32_t window = 32;
};

[[nodiscard]] SpoolSettings read_spool_settings(const SettingsNode& section,
                                                const std::string& path,
                                                std::vector<Error>& mistakes);

}  // namespace cpgw::carriers::spool
