#include "gateway/flow/settings.h"

#include <algorithm>
#include <set>

#include "gateway/flow/country_codes.h"

namespace cpgw::gateway::flow {
namespace {

constexpr std::int64_t kLongestSeconds = 366LL * 24 * 3600;
constexpr std::size_t kMostRoutes = 1000;
constexpr std::size_t kMostTenants = 1000;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

NumberRules read_numbers(const SettingsNode* node, std::vector<Error>& mistakes) {
  SettingsSection section(node, "numbers", mistakes);
  NumberRules rules;
  if (auto country = section.text("default_country")) {
    if (country->empty() || !all_digits(*country) ||
        country_code_digits(*country) != country->size()) {
      section.mistake("default_country",
                      "an assigned country code in digits is expected, such as \"358\"");
    } else {
      rules.default_country = *std::move(country);
    }
  }
  const auto prefix = [&](const char* name, std::string& into) {
    if (auto value = section.text(name)) {
      if (value->size() > 5 || !all_digits(*value)) {
        section.mistake(name, "up to 5 digits are expected; \"\" means there is none");
      } else {
        into = *std::move(value);
      }
    }
  };
  prefix("national_prefix", rules.national_prefix);
  prefix("international_prefix", rules.international_prefix);
  if (!rules.international_prefix.empty() &&
      rules.national_prefix.starts_with(rules.international_prefix)) {
    section.mistake("national_prefix",
                    "it begins with the international prefix, so no number would be national");
  }
  section.finish();
  return rules;
}

std::vector<Route> read_routes(SettingsSection& root, std::span<const std::string> carriers,
                               std::vector<Error>& mistakes) {
  std::vector<Route> routes;
  const auto nodes = root.children("route");
  if (nodes.size() > kMostRoutes) {
    root.mistake("route", "at most " + std::to_string(kMostRoutes) + " routes are possible");
    return routes;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    SettingsSection section(nodes[i], "route[" + std::to_string(i) + "]", mistakes);
    Route route{section.required_text("prefix"), section.required_text("carrier")};
    bool good = true;
    if (section.has("prefix")) {
      if (!route.prefix.starts_with('+') || route.prefix.size() > 16 ||
          !all_digits(std::string_view(route.prefix).substr(1))) {
        section.mistake("prefix",
                        "'+' and up to 15 digits are expected, such as \"+358\"; \"+\" takes "
                        "every number");
        good = false;
      } else if (!seen.insert(route.prefix).second) {
        section.mistake("prefix", "another route has this prefix already");
        good = false;
      }
    }
    if (section.has("carrier") && std::ranges::find(carriers, route.carrier) == carriers.end()) {
      std::string names;
      for (const std::string& name : carriers) names += (names.empty() ? "" : ", ") + name;
      section.mistake("carrier", "no [[carrier]] has this name; there " +
                                     (names.empty() ? "are none" : "is: " + names));
      good = false;
    }
    section.finish();
    if (good && !route.prefix.empty() && !route.carrier.empty()) routes.push_back(std::move(route));
  }
  return routes;
}

std::vector<Tenant> read_tenants(SettingsSection& root, std::vector<Error>& mistakes) {
  std::vector<Tenant> tenants;
  const auto nodes = root.children("tenant");
  if (nodes.size() > kMostTenants) {
    root.mistake("tenant", "at most " + std::to_string(kMostTenants) + " tenants are possible");
    return tenants;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    SettingsSection section(nodes[i], "tenant[" + std::to_string(i) + "]", mistakes);
    Tenant tenant{section.required_text("name"), section.text("token_file").value_or("")};
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    };
    if (section.has("name")) {
      if (tenant.name.empty() || tenant.name.size() > 64 ||
          !std::ranges::all_of(tenant.name, fits)) {
        section.mistake("name", "1 to 64 letters, digits, '-', '_' or '.' are expected");
      } else if (std::ranges::find(tenants, tenant.name, &Tenant::name) != tenants.end()) {
        section.mistake("name", "another tenant has this name already");
      } else {
        tenants.push_back(std::move(tenant));
      }
    }
    section.finish();
  }
  return tenants;
}

void read_safety(const SettingsNode* node, FlowSettings& settings, std::vector<Error>& mistakes) {
  SettingsSection section(node, "safety", mistakes);
  for (const std::string& text : section.texts("only_to")) {
    if (auto number = normalise(text, settings.numbers)) {
      settings.only_to.push_back(*number);
    } else {
      section.mistake("only_to", number.error().message);
    }
  }
  settings.service_loading = section.flag("service_loading").value_or(false);
  section.finish();
}

/// 8-bit data without compression in the coding groups that can say so (3GPP TS 23.038, 4).
bool is_binary_coding(std::int64_t coding) {
  return ((coding & 0xE0) == 0x00 && (coding & 0x0C) == 0x04) || (coding & 0xF4) == 0xF4;
}

DeliveryProfile read_push(const SettingsNode* node, std::vector<Error>& mistakes) {
  SettingsSection section(node, "push", mistakes);
  DeliveryProfile profile;
  if (const auto bits = section.integer("reference", 8, 16)) {
    if (*bits != 8 && *bits != 16) section.mistake("reference", "8 or 16 is expected");
    profile.segments.wide_reference = *bits == 16;
  }
  if (const auto order = section.choice("order", {"ports-first", "concatenation-first"})) {
    profile.segments.order = *order == "ports-first" ? si_sl::ElementOrder::ports_first
                                                     : si_sl::ElementOrder::concatenation_first;
  }
  if (const auto limit = section.integer("part_limit", 1, queue::kMaxParts)) {
    profile.segments.part_limit = static_cast<std::uint8_t>(*limit);
  }
  if (const auto coding = section.integer("data_coding", 0, 255)) {
    if (is_binary_coding(*coding)) {
      profile.segments.data_coding = static_cast<std::uint8_t>(*coding);
    } else {
      section.mistake("data_coding",
                      "a coding of 8-bit data is expected, such as 0x04 or 0xF5 (3GPP TS 23.038)");
    }
  }
  if (const auto port = section.integer("source_port", 0, 65535)) {
    profile.segments.source_port = static_cast<std::uint16_t>(*port);
  }
  if (const auto port = section.integer("destination_port", 0, 65535)) {
    profile.segments.destination_port = static_cast<std::uint16_t>(*port);
  }
  if (const auto version = section.choice("wbxml_version", {"1.1", "1.2", "1.3"})) {
    profile.wbxml_version = static_cast<std::uint8_t>(version->back() - '0');
  }
  profile.stay_on_page = section.flag("stay_on_page").value_or(false);
  profile.string_table = section.flag("string_table").value_or(false);
  section.finish();
  return profile;
}

void read_delivery(const SettingsNode* node, FlowSettings& settings, std::vector<Error>& mistakes) {
  SettingsSection section(node, "delivery", mistakes);
  if (const auto s = section.integer("expires_in", 1, kLongestSeconds)) {
    settings.expiry = std::chrono::seconds(*s);
  }
  if (const auto s = section.integer("cool_down", 0, kLongestSeconds)) {
    settings.cool_down = std::chrono::seconds(*s);
  }
  if (const auto s = section.integer("retry_first", 1, kLongestSeconds)) {
    settings.retry.first = std::chrono::seconds(*s);
  }
  if (const auto s = section.integer("retry_most", 1, kLongestSeconds)) {
    settings.retry.most = std::chrono::seconds(*s);
  }
  if (settings.retry.first > settings.retry.most) {
    section.mistake(section.has("retry_most") ? "retry_most" : "retry_first",
                    "retry_first must not be longer than retry_most (" +
                        std::to_string(settings.retry.first / std::chrono::seconds(1)) + " > " +
                        std::to_string(settings.retry.most / std::chrono::seconds(1)) + " s)");
  }
  if (const auto doubt = section.choice("in_doubt", {"resend", "hold"})) {
    settings.in_doubt = *doubt == "hold" ? FlowSettings::Doubt::hold : FlowSettings::Doubt::resend;
  }
  section.finish();
}

}  // namespace

FlowSettings read_flow_settings(const SettingsNode& root, std::span<const std::string> carriers,
                                std::vector<Error>& mistakes) {
  // The root's unknown names are reported by the reader of the whole file.
  SettingsSection section(&root, "", mistakes);
  FlowSettings settings;
  settings.numbers = read_numbers(section.child("numbers"), mistakes);
  settings.routes = read_routes(section, carriers, mistakes);
  settings.tenants = read_tenants(section, mistakes);
  read_safety(section.child("safety"), settings, mistakes);
  settings.profile = read_push(section.child("push"), mistakes);
  read_delivery(section.child("delivery"), settings, mistakes);
  return settings;
}

}  // namespace cpgw::gateway::flow
