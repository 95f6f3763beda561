// One provider of the database as one provisioning document (PROV 1.0): Internet access and MMS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/provisioning/providers.h"
#include "wbxml/document.h"

namespace cpgw::gateway::provisioning {

/// What was found wrong or silent in the data. Names are stable: reports count by them.
enum class FaultKind : std::uint8_t {
  blank_trimmed,           ///< blanks at an end of a value: removed
  apn_is_url,              ///< an APN with a scheme: the host is taken
  apn_malformed,           ///< an APN that is no name: the entry is passed over
  apn_empty,               ///< an APN without a value: the entry is passed over
  mmsc_missing,            ///< an MMS entry without MMSC: the document has no MMS address
  mmsc_without_scheme,     ///< http:// put in front
  mmsc_broken_scheme,      ///< "http:/" or "http//": written right
  mmsc_malformed,          ///< not usable as a URI: left out
  proxy_without_port,      ///< the default port is taken
  proxy_groups,            ///< twelve digits without dots: read as four groups
  proxy_malformed,         ///< left out, MMS goes without a proxy
  combined_usage,          ///< only an entry for several uses: taken for MMS
  dns_malformed,           ///< a DNS address that is none: left out
  authentication_assumed,  ///< user name or password without a method: PAP
  name_cut,                ///< longer than a NAME may be: cut
  no_gsm,                  ///< CDMA or nothing: not expressible, no document
  no_apn,                  ///< no usable access point: no document
};
[[nodiscard]] std::string_view to_string(FaultKind kind);
struct DataFault {
  FaultKind kind{};
  std::uint32_t line = 0;  ///< in the database
  std::string message;     ///< what was found and what was done
  bool operator==(const DataFault&) const = default;
};

struct MappingOptions {
  bool dns = false;  ///< DNS-ADDR only when asked for: a wrong one cuts the phone off
  std::uint16_t default_proxy_port = 8080;
  std::size_t name_octets = 48;  ///< of a NAME (ProvCont 1.1)
};

struct ProviderDocument {
  std::optional<wbxml::Document> document;  ///< absent: the faults say why
  bool internet = false, mms = false;
  std::vector<DataFault> faults;
};

/// Internet is the first access point with usage internet or none, MMS the first with usage mms, or
/// else the first whose combined usage has mms. Never fails: what cannot be expressed is a fault.
[[nodiscard]] ProviderDocument provider_document(const Provider& provider,
                                                 const MappingOptions& options = {});

}  // namespace cpgw::gateway::provisioning
