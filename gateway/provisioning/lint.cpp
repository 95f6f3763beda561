#include "gateway/provisioning/lint.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "gateway/provisioning/content_model.h"
#include "gateway/provisioning/lint_values.h"
#include "wbxml/token_table.h"

namespace cpgw::gateway::provisioning {
namespace {

using wbxml::Node;

/// A characteristic as it stands in the document.
struct Place {
  const Node* node = nullptr;
  const Place* parent = nullptr;  ///< nullptr: the document
  std::string path;
  std::string_view type;
  const CharacteristicRule* rule = nullptr;
};

std::string_view value_of(const Node& element, std::string_view attribute) {
  const wbxml::Attribute* const found = element.attribute(attribute);
  return found != nullptr ? std::string_view(found->value) : std::string_view();
}

bool is_parm(const Node& node) { return node.kind == Node::Kind::element && node.name == "parm"; }
bool is_characteristic(const Node& node) {
  return node.kind == Node::Kind::element && node.name == "characteristic";
}

/// Values of the parms of that name, in their order; with the parm they stand in.
std::vector<const Node*> parms(const Node& characteristic, std::string_view name) {
  std::vector<const Node*> all;
  for (const Node& child : characteristic.children)
    if (is_parm(child) && value_of(child, "name") == name) all.push_back(&child);
  return all;
}
const Node* parm(const Node& characteristic, std::string_view name) {
  const auto all = parms(characteristic, name);
  return all.empty() ? nullptr : all.front();
}
std::string_view parm_value(const Node& characteristic, std::string_view name) {
  const Node* const found = parm(characteristic, name);
  return found != nullptr ? value_of(*found, "value") : std::string_view();
}
std::vector<const Node*> characteristics(const Node& parent, std::string_view type) {
  std::vector<const Node*> all;
  for (const Node& child : parent.children)
    if (is_characteristic(child) && value_of(child, "type") == type) all.push_back(&child);
  return all;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

class Lint {
 public:
  Lint(const wbxml::Document& document, const LintOptions& options)
      : document_(document), options_(options) {}

  std::vector<Finding> run() {
    const Node& root = document_.root;
    if (document_.type != &wbxml::prov()) {
      find("PC001", "the document is no wap-provisioningdoc", "", root.at);
      return std::move(findings_);
    }
    const std::string_view version = value_of(root, "version");
    if (version != "1.0" && version != "1.1") {
      find("PC002", version.empty() ? "no version" : "version is neither 1.0 nor 1.1", "", root.at);
    }
    if (std::ranges::none_of(root.children, is_characteristic))
      find("PC004", "no characteristic", "", root.at);
    walk(root, nullptr);
    ids();
    references();
    for (const auto& place : places_) pairs(*place);
    delivery();
    return std::move(findings_);
  }

 private:
  Finding& find(std::string_view id, std::string message, std::string path, wbxml::Source at) {
    const LintRule* const rule = find_rule(id);
    findings_.push_back({rule, rule->severity, std::move(message), std::move(path), at});
    return findings_.back();
  }
  Finding& find(std::string_view id, std::string message, const Place& place, const Node& at,
                std::string_view parm_name = {}) {
    std::string path = place.path;
    if (!parm_name.empty()) path += (path.empty() ? "" : "/") + std::string(parm_name);
    return find(id, std::move(message), std::move(path), at.at);
  }

  void walk(const Node& parent, const Place* above) {
    std::map<std::string_view, std::size_t> seen;
    for (const Node& child : parent.children) {
      if (!is_characteristic(child)) continue;
      const std::string_view type = value_of(child, "type");
      const std::size_t number = ++seen[type];
      auto place =
          std::make_unique<Place>(Place{&child, above, above != nullptr ? above->path + "/" : "",
                                        type, find_characteristic(type)});
      place->path += type;
      if (number > 1) place->path += "[" + std::to_string(number) + "]";
      places_.push_back(std::move(place));
      const Place& here = *places_.back();
      characteristic(here);
      walk(child, &here);  // depth is bounded by the readers
    }
  }

  void characteristic(const Place& place) {
    if (place.type.empty()) {
      find("PC003", "a characteristic without type", place, *place.node);
      return;
    }
    if (place.rule == nullptr) {
      if (inside_vendorconfig(place)) return;
      const bool letters = find_characteristic(upper(place.type)) != nullptr;
      find(letters ? "PC005" : "PC006",
           letters ? "the characteristic is called " + upper(place.type)
                   : "a characteristic of this name is not known",
           place, *place.node);
      return;
    }
    const std::string_view parent = place.parent != nullptr ? place.parent->type : "";
    if (std::ranges::find(place.rule->parents, parent) == place.rule->parents.end())
      find("PC007", std::string(place.type) + " does not stand here", place, *place.node);
    if (place.type == "VENDORCONFIG")
      find("PC043", "VENDORCONFIG is not for every client", place, *place.node);
    for (const Node& child : place.node->children)
      if (is_parm(child)) one_parm(place, child);
    missing(place);
  }

  [[nodiscard]] static bool inside_vendorconfig(const Place& place) {
    for (const Place* p = place.parent; p != nullptr; p = p->parent)
      if (p->type == "VENDORCONFIG") return true;
    return false;
  }

  void one_parm(const Place& place, const Node& node) {
    const std::string_view name = value_of(node, "name");
    if (name.empty()) {
      find("PC003", "a parm without name", place, node);
      return;
    }
    const ParmRule* const rule = find_parm(*place.rule, name);
    if (rule == nullptr) {
      const bool letters = find_parm(*place.rule, upper(name)) != nullptr;
      if (letters) {
        find("PC005", "the parm is called " + upper(name), place, node, name);
      } else if (!place.rule->open) {
        find("PC006", "a parm of this name is not known here", place, node, name);
      }
      return;
    }
    if (rule->count != Count::many && parm(*place.node, name) != &node)
      find("PC011", std::string(name) + " may stand once", place, node, name);
    const wbxml::Attribute* const value = node.attribute("value");
    if (value != nullptr && value->value.find('\0') != std::string::npos)
      find("PC041", "the value holds a zero octet", place, node, name);
    for (const ValueFault& fault : value_faults(*rule, value)) {
      find(fault.rule, fault.message, place, node, name).severity = fault.severity;
    }
  }

  void missing(const Place& place) {
    for (const ParmRule& rule : place.rule->parms) {
      if (rule.count != Count::one && rule.count != Count::expected) continue;
      if (parm(*place.node, rule.name) != nullptr) continue;
      Finding& found =
          find("PC010", std::string(rule.name) + " is missing", place, *place.node, rule.name);
      if (rule.count == Count::expected) found.severity = Severity::warning;
    }
    if (place.type == "PXPHYSICAL" && parm(*place.node, "TO-NAPID") == nullptr)
      find("PC010", "TO-NAPID is missing", place, *place.node, "TO-NAPID").severity =
          Severity::warning;
  }

  // References.

  void note_id(const Place& place, std::string_view name,
               std::map<std::string_view, const Place*>& all) {
    const std::string_view id = parm_value(*place.node, name);
    if (id.empty()) return;
    if (!all.emplace(id, &place).second)
      find("PC020", std::string(name) + " of an earlier one", place, *parm(*place.node, name),
           name);
  }

  void ids() {
    for (const auto& place : places_) {
      if (place->type == "NAPDEF") {
        note_id(*place, "NAPID", naps_);
        if (parm_value(*place->node, "NAPID") == "INTERNET")
          find("PC021", "NAPID is the word INTERNET", *place, *parm(*place->node, "NAPID"),
               "NAPID");
      }
      if (place->type == "PXLOGICAL") {
        note_id(*place, "PROXY-ID", proxies_);
        std::map<std::string_view, const Place*> physical;
        for (const auto& inner : places_)
          if (inner->parent == place.get() && inner->type == "PXPHYSICAL")
            note_id(*inner, "PHYSICAL-PROXY-ID", physical);
      }
      if (place->type == "APPLICATION") note_id(*place, "APPREF", applications_);
    }
  }

  void refer(const Place& place, std::string_view name, std::string_view rule,
             const std::map<std::string_view, const Place*>& targets) {
    for (const Node* node : parms(*place.node, name)) {
      const std::string_view to = value_of(*node, "value");
      const bool internet = name == "TO-NAPID" && to == "INTERNET";
      if (internet) {
        if (std::ranges::none_of(naps_, [](const auto& nap) {
              return parm(*nap.second->node, "INTERNET") != nullptr;
            }))
          find("PC023", "no NAPDEF here has the flag INTERNET", place, *node, name);
        internet_used_ = true;
        continue;
      }
      const auto found = targets.find(to);
      if (found == targets.end() || (name == "TO-APPREF" && found->second == &place)) {
        find(rule, std::string(name) + " names nothing in this document", place, *node, name);
        continue;
      }
      used_.push_back(found->second);
    }
  }

  void references() {
    bool any_application = false;
    for (const auto& place : places_) {
      if (place->rule == nullptr) continue;
      if (place->type == "APPLICATION" || place->type == "PXPHYSICAL" || place->type == "ACCESS")
        refer(*place, "TO-NAPID", "PC022", naps_);
      if (place->type == "APPLICATION" || place->type == "ACCESS")
        refer(*place, "TO-PROXY", "PC024", proxies_);
      if (place->type == "BOOTSTRAP") refer(*place, "PROXY-ID", "PC025", proxies_);
      if (place->type == "APPLICATION") refer(*place, "TO-APPREF", "PC026", applications_);
      any_application = any_application || place->type == "APPLICATION";
    }
    const auto unused = [&](const auto& all, std::string_view what) {
      for (const auto& [id, place] : all) {
        const bool flagged = parm(*place->node, "INTERNET") != nullptr;
        if (std::ranges::find(used_, place) != used_.end() || (flagged && internet_used_)) continue;
        find("PC027", "nothing refers to this " + std::string(what), *place, *place->node);
      }
    };
    unused(naps_, "access point");
    unused(proxies_, "proxy");
    if (!any_application && !naps_.empty())
      find("PC044", "no APPLICATION stands in the document", "", document_.root.at);
  }

  // What fits together.

  void pairs(const Place& place) {
    if (place.rule == nullptr) return;
    if (place.type == "NAPDEF") access_point(place);
    if (place.type == "APPLICATION") application(place);
    if (place.type == "PXPHYSICAL") address(place, "PXADDR", "PXADDRTYPE");
    if (place.type == "APPADDR") address(place, "ADDR", "ADDRTYPE");
    if (place.type == "VALIDITY") validity(place);
    if (place.type == "BOOTSTRAP") bootstrap(place);
    if (place.type == "PXLOGICAL" && parm(*place.node, "TRUST") != nullptr) trust(place);
  }

  /// IPV4 where nothing is said.
  void address(const Place& place, std::string_view name, std::string_view type_name) {
    const Node* const node = parm(*place.node, name);
    const std::string_view type = parm_value(*place.node, type_name);
    if (node == nullptr || (type.empty() && name == "ADDR")) return;
    if (const auto fault = address_fault(value_of(*node, "value"), type.empty() ? "IPV4" : type))
      find("PC016", fault->message, place, *node, name).severity = fault->severity;
  }

  void access_point(const Place& place) {
    const Node& node = *place.node;
    const std::string_view type = parm_value(node, "NAP-ADDRTYPE");
    const auto bearers = parms(node, "BEARER");
    const bool packet = std::ranges::any_of(
        bearers, [](const Node* b) { return is_packet(value_of(*b, "value")); });
    if (type == "APN" && !bearers.empty() && !packet)
      find("PC030", "an APN without a packet bearer", place, node, "BEARER");
    if (type != "APN" && std::ranges::any_of(bearers, [](const Node* b) {
          return value_of(*b, "value") == "GSM-GPRS";
        }))
      find("PC030", "GSM-GPRS needs NAP-ADDRTYPE APN", place, node, "NAP-ADDRTYPE");
    if (packet) {
      for (const std::string_view name : {"CALLTYPE", "LINKSPEED"})
        if (const Node* const found = parm(node, name))
          find("PC031", std::string(name) + " on a packet bearer", place, *found, name);
    }
    if (const Node* const found = parm(node, "NAP-ADDRESS"); found != nullptr && !type.empty()) {
      if (const auto fault = address_fault(value_of(*found, "value"), type))
        find("PC016", fault->message, place, *found, "NAP-ADDRESS").severity = fault->severity;
    }
  }

  void application(const Place& place) {
    const Node& node = *place.node;
    const std::string_view id = parm_value(node, "APPID");
    const auto addresses = characteristics(node, "APPADDR");
    const Node* const addr = parm(node, "ADDR");
    if (addr != nullptr && !addresses.empty())
      find("PC032", "ADDR beside APPADDR", place, *addr, "ADDR");
    if (id == "w7") {
      if (parm(node, "PROVIDER-ID") == nullptr)
        find("PC033", "PROVIDER-ID, the server's id, is missing", place, node, "PROVIDER-ID");
      if (addr == nullptr && addresses.empty())
        find("PC033", "no address of the server", place, node, "ADDR");
      device_management(place);
    }
    if (id == "w4" || id == "ap0005") mms(place, addr);
    if (id == "25" || id == "110" || id == "143") mail(place, id);
  }

  void device_management(const Place& place) {
    bool server = false, client = false;
    for (const Node* auth : characteristics(*place.node, "APPAUTH")) {
      server = server || parm_value(*auth, "AAUTHLEVEL") == "APPSRV";
      client = client || parm_value(*auth, "AAUTHLEVEL") == "CLIENT";
    }
    if (server && client) return;
    Finding& found =
        find("PC033", server || client ? "APPAUTH of one direction only" : "no APPAUTH", place,
             *place.node, "APPAUTH");
    if (server || client) found.severity = Severity::warning;
  }

  void mms(const Place& place, const Node* addr) {
    if (addr == nullptr) {
      find("PC034", "no ADDR, the address of the MMS centre", place, *place.node, "ADDR");
    } else if (!is_web_uri(value_of(*addr, "value"))) {
      find("PC034", "ADDR is no http or https URI", place, *addr, "ADDR");
    }
    if (const auto to = parms(*place.node, "TO-PROXY"); to.size() > 1)
      find("PC034", "more than one TO-PROXY", place, *to[1], "TO-PROXY");
  }

  void mail(const Place& place, std::string_view id) {
    if (id != "25") return;
    if (parm(*place.node, "FROM") == nullptr)
      find("PC035", "FROM, the user's own address, is missing", place, *place.node, "FROM");
    const std::string_view provider = parm_value(*place.node, "PROVIDER-ID");
    const bool incoming = std::ranges::any_of(places_, [&](const auto& other) {
      const std::string_view its = parm_value(*other->node, "APPID");
      return other->type == "APPLICATION" && (its == "110" || its == "143") &&
             parm_value(*other->node, "PROVIDER-ID") == provider;
    });
    if (!incoming)
      find("PC035", "no POP3 or IMAP4 of the same PROVIDER-ID", place, *place.node, "PROVIDER-ID");
  }

  void validity(const Place& place) {
    if (std::ranges::none_of(place.node->children, is_parm))
      find("PC037", "VALIDITY without a parm", place, *place.node);
    const Node* const until = parm(*place.node, "VALIDUNTIL");
    if (until == nullptr || options_.today.empty()) return;
    const std::string day = date_digits(value_of(*until, "value"));
    if (!day.empty() && day < options_.today)
      find("PC037", "VALIDUNTIL is over", place, *until, "VALIDUNTIL");
  }

  void bootstrap(const Place& place) {
    const Node* const url = parm(*place.node, "PROVURL");
    if (url == nullptr) return;
    const bool first = std::ranges::all_of(places_, [&](const auto& other) {
      return other->type != "BOOTSTRAP" || other->node >= place.node ||
             parm_value(*other->node, "PROVURL") != value_of(*url, "value");
    });
    if (!first) find("PC038", "the PROVURL of an earlier BOOTSTRAP", place, *url, "PROVURL");
  }

  void trust(const Place& place) {
    const std::string_view id = parm_value(*place.node, "PROXY-ID");
    const bool named = std::ranges::any_of(places_, [&](const auto& other) {
      return other->type == "BOOTSTRAP" &&
             std::ranges::any_of(parms(*other->node, "PROXY-ID"),
                                 [&](const Node* n) { return value_of(*n, "value") == id; });
    });
    if (!named)
      find("PC039", "no BOOTSTRAP names this proxy", place, *parm(*place.node, "TRUST"), "TRUST");
  }

  void delivery() {
    constexpr std::size_t kFewParts = 4, kSmallPhone = 2048;
    constexpr unsigned kStrongPin = 8;
    if (options_.parts > kFewParts || options_.octets > kSmallPhone) {
      find(
          "PC042",
          std::to_string(options_.parts) + " parts, " + std::to_string(options_.octets) + " octets",
          "", document_.root.at);
    }
    if (options_.pin_digits == 0 || options_.pin_digits >= kStrongPin) return;
    for (const auto& place : places_) {
      for (const std::string_view name :
           {"AUTHSECRET", "AAUTHSECRET", "PXAUTH-PW", "PROXY-PW", "BASAUTH-PW"}) {
        if (const Node* const found = parm(*place->node, name);
            found != nullptr && !value_of(*found, "value").empty())
          find("PC040",
               "a secret under a PIN of " + std::to_string(options_.pin_digits) + " digits", *place,
               *found, name);
      }
    }
  }

  const wbxml::Document& document_;
  const LintOptions& options_;
  std::vector<Finding> findings_;
  std::vector<std::unique_ptr<Place>> places_;
  std::map<std::string_view, const Place*> naps_, proxies_, applications_;
  std::vector<const Place*> used_;
  bool internet_used_ = false;
};

}  // namespace

std::vector<Finding> lint(const wbxml::Document& document, const LintOptions& options) {
  auto findings = Lint(document, options).run();
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.at.line, a.at.column, a.at.offset) <
           std::tie(b.at.line, b.at.column, b.at.offset);
  });
  return findings;
}

}  // namespace cpgw::gateway::provisioning
