// OMA-WAP-TS-ProvCont-V1_1, 4.6 (APPLICATION), and the registration of w7: its parms.
#include <algorithm>

#include "si_sl/contents_dm.h"
#include "si_sl/contents_fields.h"
#include "si_sl/errors.h"
#include "wbxml/base64.h"
#include "wbxml/token_table.h"

namespace cpgw::si_sl {
namespace {

using detail::check_text;
using detail::element;

wbxml::Node characteristic(std::string_view type) {
  wbxml::Node node = element("characteristic");
  node.attributes.push_back({"type", std::string(type), {}});
  return node;
}

void add_parm(wbxml::Node& to, std::string_view name, std::string_view value) {
  wbxml::Node parm = element("parm");
  parm.attributes.push_back({"name", std::string(name), {}});
  detail::put(parm, "value", value);
  to.children.push_back(std::move(parm));
}

/// Nothing for an empty value.
Result<void> add_checked(wbxml::Node& to, std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  if (auto done = check_text(value, name); !done) return done;
  add_parm(to, name, value);
  return {};
}

Result<void> add_addresses(wbxml::Node& to, const DmAccount& account) {
  if (auto done = detail::check_uri(account.addr, "ADDR"); !done) return done;
  if (account.port == 0 && account.addr_type.empty()) {
    add_parm(to, "ADDR", account.addr);
    return {};
  }
  wbxml::Node address = characteristic("APPADDR");
  add_parm(address, "ADDR", account.addr);
  if (auto done = add_checked(address, "ADDRTYPE", account.addr_type); !done) return done;
  if (account.port != 0) {
    wbxml::Node port = characteristic("PORT");
    add_parm(port, "PORTNBR", std::to_string(account.port));
    address.children.push_back(std::move(port));
  }
  to.children.push_back(std::move(address));
  return {};
}

Result<void> add_auth(wbxml::Node& to, const DmAuth& auth) {
  wbxml::Node node = characteristic("APPAUTH");
  add_parm(node, "AAUTHLEVEL", auth.level == DmAuth::Level::APPSRV ? "APPSRV" : "CLIENT");
  const std::string nonce = wbxml::detail::to_base64(auth.nonce.expose());
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string_view>{"AAUTHTYPE", auth.type},
        {"AAUTHNAME", auth.name},
        {"AAUTHSECRET", as_text(auth.secret.expose())},
        {"AAUTHDATA", nonce}}) {
    if (auto done = add_checked(node, name, value); !done) return done;
  }
  to.children.push_back(std::move(node));
  return {};
}

Result<void> add_further(wbxml::Node& to, const DmAccount& account) {
  for (const auto& [name, value] : account.further) {
    if (auto done = check_text(name, "further"); !done) return done;
    const auto taken = [&](const wbxml::Node& node) {
      const auto* const own = node.attribute("name");
      return own != nullptr && own->value == name;
    };
    // The address comes behind these, and has a field of its own.
    if (name.empty() || name == "ADDR" || std::ranges::any_of(to.children, taken)) {
      return fail(Errc::bad_value, "a parm without a name, or one the account has already",
                  at_field("further"));
    }
    if (auto done = check_text(value, "further"); !done) return done;
    add_parm(to, name, value);
  }
  return {};
}

}  // namespace

Result<wbxml::Document> document_of(const DmAccount& account) {
  if (account.provider_id.empty()) {
    return fail(Errc::bad_value, "an account is found by it: give the server's id",
                at_field("PROVIDER-ID"));
  }
  const auto of_level = [&](DmAuth::Level level) {
    return std::ranges::count(account.auth, level, &DmAuth::level);
  };
  if (account.auth.empty() || of_level(DmAuth::Level::APPSRV) > 1 ||
      of_level(DmAuth::Level::CLIENT) > 1) {
    return fail(Errc::bad_value, "an account has one or two authentications of different levels",
                at_field("APPAUTH"));
  }
  wbxml::Node application = characteristic("APPLICATION");
  add_parm(application, "APPID", "w7");
  for (const auto& [name, value] :
       {std::pair{"PROVIDER-ID", &account.provider_id}, std::pair{"NAME", &account.name}}) {
    if (auto done = add_checked(application, name, *value); !done) {
      return fail(std::move(done).error());
    }
  }
  for (const auto& [name, ids] :
       {std::pair{"TO-PROXY", &account.to_proxy}, std::pair{"TO-NAPID", &account.to_napid}}) {
    for (const std::string& id : *ids) {
      if (auto done = add_checked(application, name, id); !done) {
        return fail(std::move(done).error());
      }
    }
  }
  if (account.init) add_parm(application, "INIT", {});
  if (auto done = add_further(application, account); !done) return fail(std::move(done).error());
  if (auto done = add_addresses(application, account); !done) return fail(std::move(done).error());
  for (const DmAuth& auth : account.auth) {
    if (auto done = add_auth(application, auth); !done) return fail(std::move(done).error());
  }
  wbxml::Document document{&wbxml::prov(), element("wap-provisioningdoc")};
  document.root.attributes.push_back({"version", "1.1", {}});
  document.root.children.push_back(std::move(application));
  return document;
}

}  // namespace cpgw::si_sl
