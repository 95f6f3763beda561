// The settings file that `cpgw init` writes: config/cpgw.toml as it was when the program was built.
#pragma once

#include <string_view>

namespace cpgw::config {

[[nodiscard]] std::string_view starter_settings();

}  // namespace cpgw::config
