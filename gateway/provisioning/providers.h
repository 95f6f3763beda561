// The provider database of mobile-broadband-provider-info (serviceproviders.xml, format 2.0) as
// plain values. Mapping them onto documents: provider_document.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/provisioning/errors.h"

namespace cpgw::gateway::provisioning {

/// Where the Debian package puts it.
inline constexpr std::string_view kProviderDatabase =
    "/usr/share/mobile-broadband-provider-info/serviceproviders.xml";

/// One access point, values exactly as the database has them. Absent elements are empty.
struct ApnEntry {
  std::string value;
  std::string usage;               ///< "internet", "mms", "wap", a combination, or empty
  std::vector<std::string> plans;  ///< "prepaid", "postpaid"
  std::string name;
  std::string username, password;
  std::string authentication;  ///< "pap", "chap" or empty
  std::string gateway;
  std::vector<std::string> dns;
  std::string mmsc;
  std::string mmsproxy;
  std::uint32_t line = 0;
  bool operator==(const ApnEntry&) const = default;
};

struct NetworkId {
  std::string mcc, mnc;
  bool operator==(const NetworkId&) const = default;
};

struct Provider {
  std::string country;       ///< ISO 3166 code, lower case, as in the database
  std::string country_name;  ///< its first name
  std::vector<std::string> names;
  bool primary = false;
  bool gsm = false, cdma = false;
  std::vector<NetworkId> networks;
  std::vector<ApnEntry> apns;  ///< of its GSM block, in order
  std::uint32_t line = 0;
  bool operator==(const Provider&) const = default;

  /// The first name without blanks at its ends; empty when it has none.
  [[nodiscard]] std::string display_name() const;
};

struct ProviderLimits {
  std::size_t octets = 16 * 1024 * 1024;
  std::size_t providers = 20'000;
  std::size_t apns = 100'000;
  std::size_t text_octets = 4096;  ///< of one text or attribute value
  unsigned depth = 16;
};

/// Never loads the DTD; refuses entity declarations and any reference but the five. Errors carry
/// file and line.
[[nodiscard]] Result<std::vector<Provider>> parse_providers(std::string_view xml,
                                                            std::string_view file = {},
                                                            const ProviderLimits& limits = {});
/// cpgw::Errc::io when the file cannot be read.
[[nodiscard]] Result<std::vector<Provider>> read_providers(const std::string& path,
                                                           const ProviderLimits& limits = {});

/// "cc/NAME" or "cc/NAME#n" (the n-th of several, from 1) to an index. Any of a provider's names
/// counts; case matters only when it decides. Errc::bad_name, unknown_provider (suggests near
/// ones), ambiguous_provider (lists the matches).
[[nodiscard]] Result<std::size_t> find_provider(const std::vector<Provider>& providers,
                                                std::string_view wanted);

/// What find_provider takes for exactly this provider.
[[nodiscard]] std::string provider_reference(const std::vector<Provider>& providers,
                                             std::size_t index);

/// One file-name-safe name per provider ([a-z0-9-], at most 64 octets), unique, the same for the
/// same database: "fi-elisa", "us-t-mobile-2".
[[nodiscard]] std::vector<std::string> provider_slugs(const std::vector<Provider>& providers);

}  // namespace cpgw::gateway::provisioning
