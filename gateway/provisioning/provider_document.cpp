#include "gateway/provisioning/provider_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "wbxml/token_table.h"

namespace cpgw::gateway::provisioning {
namespace {

using wbxml::Node;

// Ids inside one document; nobody sees them, so they are short.
constexpr std::string_view kInternetNap = "I", kMmsNap = "M", kProxy = "P", kPhysicalProxy = "H";

Node characteristic(std::string_view type) {
  Node node;
  node.name = "characteristic";
  node.attributes.push_back({"type", std::string(type), {}});
  return node;
}

void parm(Node& parent, std::string_view name, std::string_view value) {
  Node node;
  node.name = "parm";
  node.attributes.push_back({"name", std::string(name), {}});
  node.attributes.push_back({"value", std::string(value), {}});
  parent.children.push_back(std::move(node));
}

void flag(Node& parent, std::string_view name) {
  Node node;
  node.name = "parm";
  node.attributes.push_back({"name", std::string(name), {}});
  parent.children.push_back(std::move(node));
}

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Labels of letters, digits, hyphens; underscores are accepted because operators use them.
bool host_syntax(std::string_view text) {
  if (text.empty() || text.size() > 100) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (alphanumeric(c) || c == '-' || c == '_') {
      if (++label > 63) return false;
    } else {
      return false;
    }
  }
  return label != 0;
}

// The four octets of a dotted quad; zero-padded groups are accepted and lose the zeros.
std::optional<std::string> ipv4(std::string_view text) {
  std::string out;
  for (int group = 0; group < 4; ++group) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (group == 3)) return std::nullopt;
    const std::string_view digits = text.substr(0, dot);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || digits.size() > 3 || error != std::errc() ||
        end != digits.data() + digits.size() || value > 255)
      return std::nullopt;
    out += fmt::format("{}{}", group == 0 ? "" : ".", value);
    if (group < 3) text.remove_prefix(dot + 1);
  }
  return out;
}

// A view of at most `octets` that ends between two characters of UTF-8.
std::string_view cut(std::string_view text, std::size_t octets) {
  if (text.size() <= octets) return text;
  while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xC0U) == 0x80U) --octets;
  return text.substr(0, octets);
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view without_scheme(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return text;
  text.remove_prefix(scheme + 3);
  return text.substr(0, text.find_first_of("/:"));
}

// An http or https address with a host, in characters of a URI.
bool http(std::string_view address) {
  const auto slashes = address.find("://");
  if (slashes == std::string_view::npos) return false;
  const std::string_view scheme = address.substr(0, slashes);
  if (scheme != "http" && scheme != "https") return false;
  const std::string_view rest = address.substr(slashes + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  return host_syntax(authority.substr(0, authority.find(':'))) &&
         std::ranges::all_of(address, [](char c) {
           return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>';
         });
}

class Mapper {
 public:
  Mapper(const Provider& provider, const MappingOptions& options)
      : provider_(provider), options_(options) {}

  ProviderDocument run() && {
    if (!provider_.gsm) {
      fault(FaultKind::no_gsm, provider_.line,
            provider_.cdma ? "a CDMA network: a document cannot express it"
                           : "neither a GSM nor a CDMA network");
      return std::move(out_);
    }
    const ApnEntry* internet =
        pick([](const ApnEntry& apn) { return apn.usage.empty() || apn.usage == "internet"; });
    const ApnEntry* mms = pick([](const ApnEntry& apn) { return apn.usage == "mms"; });
    if (mms == nullptr) {
      mms = pick([](const ApnEntry& apn) { return apn.usage.starts_with("mms-"); });
      if (mms != nullptr)
        fault(FaultKind::combined_usage, mms->line,
              fmt::format("only an access point for several uses (\"{}\"): taken for MMS",
                          mms->usage));
    }
    if (internet == nullptr && mms == nullptr) {
      fault(FaultKind::no_apn, provider_.line, "no usable access point: no document");
      return std::move(out_);
    }
    name_ = trim(provider_.display_name(), "provider name", provider_.line);
    if (name_.empty()) name_ = without_blanks((internet != nullptr ? internet : mms)->value);
    if (name_.size() > options_.name_octets) {
      fault(FaultKind::name_cut, provider_.line,
            fmt::format("the provider's name is cut to {} octets", options_.name_octets));
      name_ = cut(name_, options_.name_octets);
    }
    root_.name = "wap-provisioningdoc";
    root_.attributes.push_back({"version", "1.0", {}});
    Node bootstrap = characteristic("BOOTSTRAP");
    parm(bootstrap, "NAME", name_);
    root_.children.push_back(std::move(bootstrap));
    if (internet != nullptr) add_internet(*internet);
    if (mms != nullptr) add_mms(*mms);
    out_.document = wbxml::Document{&wbxml::prov(), std::move(root_)};
    return std::move(out_);
  }

 private:
  void fault(FaultKind kind, std::uint32_t line, std::string message) {
    DataFault found{kind, line, std::move(message)};
    if (std::ranges::find(out_.faults, found) == out_.faults.end())
      out_.faults.push_back(std::move(found));
  }

  std::string trim(std::string_view text, std::string_view what, std::uint32_t line) {
    const std::string_view inner = without_blanks(text);
    if (inner.size() != text.size())
      fault(FaultKind::blank_trimmed, line, fmt::format("blanks around the {} are removed", what));
    return std::string(inner);
  }

  // The first entry that `wanted` takes and whose access point name can be used.
  template <class Wanted>
  const ApnEntry* pick(const Wanted& wanted) {
    for (const ApnEntry& apn : provider_.apns)
      if (wanted(apn) && usable(apn)) return &apn;
    return nullptr;
  }

  bool usable(const ApnEntry& apn) {
    const std::string_view name = without_scheme(without_blanks(apn.value));
    if (name.empty()) {
      fault(FaultKind::apn_empty, apn.line, "an access point without a name is passed over");
      return false;
    }
    if (!host_syntax(name)) {
      fault(FaultKind::apn_malformed, apn.line,
            fmt::format("\"{}\" is no access point name and is passed over", name));
      return false;
    }
    return true;
  }

  std::string access_point(const ApnEntry& apn) {
    std::string value = trim(apn.value, "access point name", apn.line);
    if (const std::string_view host = without_scheme(value); host.size() != value.size()) {
      fault(FaultKind::apn_is_url, apn.line,
            fmt::format("the access point name is the address \"{}\": its host is taken, ask the "
                        "operator",
                        value));
      return std::string(host);
    }
    return value;
  }

  void add_access_point(const ApnEntry& apn, std::string_view id, bool internet) {
    Node nap = characteristic("NAPDEF");
    parm(nap, "NAPID", id);
    parm(nap, "BEARER", "GSM-GPRS");
    parm(nap, "NAME", name_);
    if (internet) flag(nap, "INTERNET");
    parm(nap, "NAP-ADDRESS", access_point(apn));
    parm(nap, "NAP-ADDRTYPE", "APN");
    if (options_.dns) {
      for (const std::string& text : apn.dns) {
        const std::string address = trim(text, "DNS address", apn.line);
        if (const auto quad = ipv4(address))
          parm(nap, "DNS-ADDR", *quad);
        else
          fault(FaultKind::dns_malformed, apn.line,
                fmt::format("\"{}\" is no IPv4 address and is left out", address));
      }
    }
    const std::string user = trim(apn.username, "user name", apn.line);
    const std::string password = trim(apn.password, "password", apn.line);
    if (!user.empty() || !password.empty()) {
      Node auth = characteristic("NAPAUTHINFO");
      if (apn.authentication != "pap" && apn.authentication != "chap")
        fault(FaultKind::authentication_assumed, apn.line,
              "a user name without an authentication method: PAP is assumed");
      parm(auth, "AUTHTYPE", apn.authentication == "chap" ? "CHAP" : "PAP");
      if (!user.empty()) parm(auth, "AUTHNAME", user);
      if (!password.empty()) parm(auth, "AUTHSECRET", password);
      nap.children.push_back(std::move(auth));
    }
    root_.children.push_back(std::move(nap));
  }

  void add_internet(const ApnEntry& apn) {
    add_access_point(apn, kInternetNap, true);
    Node browser = characteristic("APPLICATION");
    parm(browser, "APPID", "w2");
    parm(browser, "NAME", name_);
    parm(browser, "TO-NAPID", kInternetNap);
    root_.children.push_back(std::move(browser));
    out_.internet = true;
  }

  void add_mms(const ApnEntry& apn) {
    add_access_point(apn, kMmsNap, false);
    const bool proxy = add_proxy(apn);
    Node mms = characteristic("APPLICATION");
    parm(mms, "APPID", "w4");
    parm(mms, "NAME", name_);
    parm(mms, proxy ? "TO-PROXY" : "TO-NAPID", proxy ? kProxy : kMmsNap);
    if (const std::string address = mmsc(apn); !address.empty()) parm(mms, "ADDR", address);
    root_.children.push_back(std::move(mms));
    out_.mms = true;
  }

  bool add_proxy(const ApnEntry& apn) {
    const std::string text = trim(apn.mmsproxy, "MMS proxy", apn.line);
    if (text.empty()) return false;
    const auto colon = text.find(':');
    std::string host = text.substr(0, colon);
    unsigned port = options_.default_proxy_port;
    if (colon == std::string::npos) {
      fault(FaultKind::proxy_without_port, apn.line,
            fmt::format("the MMS proxy has no port: {} is assumed", port));
    } else {
      const char* const begin = text.data() + colon + 1;
      const char* const end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(begin, end, port);
      if (begin == end || error != std::errc() || stop != end || port == 0 || port > 65535) {
        fault(FaultKind::proxy_malformed, apn.line,
              fmt::format("\"{}\" is no proxy as host:port; MMS goes without", text));
        return false;
      }
    }
    bool numeric = false;
    if (host.size() == 12 &&
        std::ranges::all_of(host, [](char c) { return c >= '0' && c <= '9'; })) {
      host = fmt::format("{}.{}.{}.{}", host.substr(0, 3), host.substr(3, 3), host.substr(6, 3),
                         host.substr(9, 3));
      if (ipv4(host))
        fault(FaultKind::proxy_groups, apn.line,
              fmt::format("the MMS proxy lacks its dots: read as {}", *ipv4(host)));
    }
    if (const auto quad = ipv4(host)) {
      host = *quad;
      numeric = true;
    } else if (!host_syntax(host) || host.find_first_not_of("0123456789.") == std::string::npos) {
      fault(FaultKind::proxy_malformed, apn.line,
            fmt::format("\"{}\" is no host; MMS goes without a proxy", host));
      return false;
    }
    Node logical = characteristic("PXLOGICAL");
    parm(logical, "PROXY-ID", kProxy);
    parm(logical, "NAME", name_);
    Node physical = characteristic("PXPHYSICAL");
    parm(physical, "PHYSICAL-PROXY-ID", kPhysicalProxy);
    parm(physical, "PXADDR", host);
    parm(physical, "PXADDRTYPE", numeric ? "IPV4" : "ALPHA");
    parm(physical, "TO-NAPID", kMmsNap);
    Node ports = characteristic("PORT");
    parm(ports, "PORTNBR", fmt::format("{}", port));
    physical.children.push_back(std::move(ports));
    logical.children.push_back(std::move(physical));
    root_.children.push_back(std::move(logical));
    return true;
  }

  std::string mmsc(const ApnEntry& apn) {
    std::string text = trim(apn.mmsc, "MMSC", apn.line);
    if (text.empty()) {
      fault(FaultKind::mmsc_missing, apn.line,
            "an MMS access point without MMSC: no address is sent");
      return {};
    }
    std::string address = text;
    std::optional<FaultKind> repaired;
    if (const auto colon = text.find("://"); colon == std::string::npos || !http(text)) {
      const std::string_view scheme = text.starts_with("https") ? "https" : "http";
      const std::string_view rest =
          std::string_view(text).substr(text.starts_with(scheme) ? scheme.size() : 0);
      const auto host = rest.find_first_not_of(":/");
      // "http:/host" and "http//host" for "http://host"; anything else without "://" has no scheme.
      if (text.starts_with(scheme) && host != 0 && host != std::string_view::npos) {
        address = fmt::format("{}://{}", scheme, rest.substr(host));
        repaired = FaultKind::mmsc_broken_scheme;
      } else if (colon == std::string::npos) {
        address = "http://" + text;
        repaired = FaultKind::mmsc_without_scheme;
      }
    }
    if (!http(address)) {
      fault(FaultKind::mmsc_malformed, apn.line,
            fmt::format("\"{}\" is no http address: no MMSC is sent", text));
      return {};
    }
    if (repaired)
      fault(*repaired, apn.line, fmt::format("the MMSC \"{}\" becomes \"{}\"", text, address));
    return address;
  }

  const Provider& provider_;
  const MappingOptions& options_;
  ProviderDocument out_;
  std::string name_;
  Node root_;
};

}  // namespace

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::blank_trimmed: return "blank-trimmed";
    case FaultKind::apn_is_url: return "apn-is-url";
    case FaultKind::apn_malformed: return "apn-malformed";
    case FaultKind::apn_empty: return "apn-empty";
    case FaultKind::mmsc_missing: return "mmsc-missing";
    case FaultKind::mmsc_without_scheme: return "mmsc-without-scheme";
    case FaultKind::mmsc_broken_scheme: return "mmsc-broken-scheme";
    case FaultKind::mmsc_malformed: return "mmsc-malformed";
    case FaultKind::proxy_without_port: return "proxy-without-port";
    case FaultKind::proxy_groups: return "proxy-groups";
    case FaultKind::proxy_malformed: return "proxy-malformed";
    case FaultKind::combined_usage: return "combined-usage";
    case FaultKind::dns_malformed: return "dns-malformed";
    case FaultKind::authentication_assumed: return "authentication-assumed";
    case FaultKind::name_cut: return "name-cut";
    case FaultKind::no_gsm: return "no-gsm";
    case FaultKind::no_apn: return "no-apn";
  }
  return "unknown";
}

ProviderDocument provider_document(const Provider& provider, const MappingOptions& options) {
  return Mapper(provider, options).run();
}

}  // namespace cpgw::gateway::provisioning
