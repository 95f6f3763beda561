#include "gateway/cli/serve_reload.h"

#include <algorithm>

namespace cpgw::gateway::cli {
namespace {

/// Where a setting stands: its own line, or its section's, or the file.
Position place(const Settings& settings, std::string_view section, std::string_view name) {
  Position at;
  at.file = settings.file;
  if (const auto* root = settings.root.table()) {
    if (const auto found = root->find(section); found != root->end()) {
      at = found->second.at;
      if (const auto* list = found->second.list(); list && !list->empty()) at = list->front().at;
      if (const auto* table = found->second.table()) {
        if (const auto value = table->find(name); value != table->end()) at = value->second.at;
      }
    }
  }
  at.field = std::string(section) + (name.empty() ? "" : "." + std::string(name));
  return at;
}

const CarrierSection* find(const std::vector<CarrierSection>& list, const std::string& name) {
  const auto found = std::ranges::find(list, name, &CarrierSection::name);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Error> needs_restart(const Settings& before, const Settings& after) {
  std::vector<Error> reasons;
  const auto check = [&](bool same, std::string_view section, std::string_view name) {
    if (same) return;
    reasons.emplace_back(Errc::bad_setting,
                         "a running gateway cannot change this: nothing was applied; restart it",
                         place(after, section, name));
  };
  check(before.data_dir == after.data_dir, "gateway", "data_dir");
  check(before.store_engine == after.store_engine, "store", "engine");
  check(before.keyring == after.keyring, "secrets", "keyring");
  // Sockets in data_dir follow it: one reason is enough.
  const bool moved = before.data_dir != after.data_dir;
  check(moved || before.doors.intake == after.doors.intake, "zmq", "intake");
  check(moved || before.doors.events == after.doors.events, "zmq", "events");
  check(before.doors.http == after.doors.http, "http", "");
  check(before.log.file == after.log.file, "log", "file");
  check(before.log.format == after.log.format, "log", "format");
  return reasons;
}

CarrierChanges carrier_changes(const Settings& before, const Settings& after) {
  CarrierChanges changes;
  for (const CarrierSection& old : before.carriers) {
    const CarrierSection* now = find(after.carriers, old.name);
    if (!now || !same_values(old.section, now->section)) changes.stop.push_back(old.name);
  }
  for (std::size_t i = 0; i < after.carriers.size(); ++i) {
    const CarrierSection& now = after.carriers[i];
    const CarrierSection* old = find(before.carriers, now.name);
    if (!old || !same_values(old->section, now.section)) changes.start.push_back(i);
  }
  return changes;
}

}  // namespace cpgw::gateway::cli
