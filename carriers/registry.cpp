#include "carriers/registry.h"

#include <algorithm>
#include <array>

#include "carriers/errors.h"
#include "carriers/smpp/carrier.h"
#include "carriers/smpp/settings.h"
#include "carriers/spool/carrier.h"
#include "carriers/spool/settings.h"

namespace cpgw::carriers {

namespace {

struct Type {
  std::string_view name;
  void (*check)(const SettingsNode&, const std::string&, std::vector<Error>&);
  std::unique_ptr<Carrier> (*make)(const SettingsNode&, const std::string&, const CarrierSetup&,
                                   std::vector<Error>&);
};

template <auto read, auto create>
constexpr Type type(std::string_view name) {
  return {name,
          [](const SettingsNode& section, const std::string& path, std::vector<Error>& mistakes) {
            (void)read(section, path, mistakes);
          },
          [](const SettingsNode& section, const std::string& path, const CarrierSetup& setup,
             std::vector<Error>& mistakes) -> std::unique_ptr<Carrier> {
            auto settings = read(section, path, mistakes);
            return mistakes.empty() ? create(std::move(settings), setup) : nullptr;
          }};
}

constexpr auto kTypes = std::to_array<Type>({
    type<smpp::read_smpp_settings, smpp::make_smpp_carrier>("smpp"),
    type<spool::read_spool_settings, spool::make_spool_carrier>("spool"),
});
// Names that are promised: refused by name rather than as unknown.
constexpr auto kLater = std::to_array<std::string_view>(
    {"kannel", "http", "modem", "ucp", "cimd2", "sip", "wdp-udp", "external"});

const Type* find_type(const SettingsNode& section, const std::string& path,
                      std::vector<Error>& mistakes) {
  SettingsSection in(&section, path, mistakes);
  const std::string name = in.required_text("type");
  const auto found = std::ranges::find(kTypes, name, &Type::name);
  if (found != kTypes.end()) return &*found;
  if (std::ranges::find(kLater, name) != kLater.end()) {
    in.mistake("type",
               "carriers of type \"" + name +
                   "\" are not in this version; there are \"smpp\" and \"spool\"",
               Errc::not_in_version);
  } else if (!name.empty()) {
    in.mistake("type", "\"" + name + "\" is no type of carrier; there are \"smpp\" and \"spool\"");
  }
  return nullptr;
}

}  // namespace

void check_carrier(const SettingsNode& section, const std::string& path,
                   std::vector<Error>& mistakes) {
  if (const Type* found = find_type(section, path, mistakes)) found->check(section, path, mistakes);
}

Result<std::unique_ptr<Carrier>> make_carrier(const SettingsNode& section, const std::string& path,
                                              const CarrierSetup& setup) {
  std::vector<Error> mistakes;
  std::unique_ptr<Carrier> carrier;
  if (const Type* found = find_type(section, path, mistakes)) {
    carrier = found->make(section, path, setup, mistakes);
  }
  if (carrier == nullptr) return fail(std::move(mistakes.front()));
  return carrier;
}

}  // namespace cpgw::carriers
