#include "carriers/spool/settings.h"

namespace cpgw::carriers::spool {

SpoolSettings read_spool_settings(const SettingsNode& section, const std::string& path,
                                  std::vector<Error>& mistakes) {
  SettingsSection in(&section, path, mistakes);
  SpoolSettings s;
  (void)in.text("type");
  s.name = in.required_text("name");
  s.account = in.text("account").value_or(s.name);
  s.directory = in.required_text("directory");
  if (in.has("directory") && s.directory.empty())
    in.mistake("directory", "a directory is expected");
  if (const auto window = in.integer("window", 1, 10'000)) {
    s.window = static_cast<std::uint32_t>(*window);
  }
  in.finish();
  return s;
}

}  // namespace cpgw::carriers::spool
