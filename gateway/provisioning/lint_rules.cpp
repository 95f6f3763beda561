#include <algorithm>
#include <array>

#include "gateway/provisioning/lint.h"

namespace cpgw::gateway::provisioning {
namespace {

using enum Severity;

constexpr std::string_view kContent = "OMA-WAP-TS-ProvCont 1.1";

constexpr auto kRules = std::to_array<LintRule>({
    {"PC001", error, "not a provisioning document", "no client takes it",
     "make wap-provisioningdoc the root, with characteristic and parm inside", kContent},
    {"PC002", warning, "version is neither 1.0 nor 1.1, or missing",
     "most clients do not look; a strict one may refuse", "write version=\"1.0\" or \"1.1\"",
     kContent},
    {"PC003", error, "a characteristic without type or a parm without name",
     "it cannot be understood", "name it", kContent},
    {"PC004", error, "the document is empty", "there is nothing to set",
     "put a characteristic into it", kContent},
    {"PC005", warning, "a known name in other letters", "names are compared exactly: it is skipped",
     "write it in upper case", kContent},
    {"PC006", warning, "a name that is not known here", "clients skip it",
     "correct it, or put it into VENDORCONFIG", kContent},
    {"PC007", error, "a characteristic in the wrong place", "clients skip it with all it holds",
     "move it under a parent that takes it", kContent},
    {"PC010", error, "a parm is missing", "the characteristic cannot be used", "add it", kContent},
    {"PC011", error, "a parm that may stand once is repeated",
     "which one counts is up to the client", "keep one", kContent},
    {"PC012", error, "a flag with a value", "some clients take any value as set, others as unknown",
     "leave the value out; leave the parm out for no", kContent},
    {"PC013", warning, "longer than clients have room for", "it is cut or refused", "shorten it",
     kContent},
    {"PC014", error, "a word that is not in the list", "the characteristic is ignored or refused",
     "use one of the list", kContent},
    {"PC015", error, "a number that is malformed or out of range", "it is ignored or refused",
     "write it within the range", kContent},
    {"PC016", error, "an address that does not fit its type", "the phone cannot connect",
     "correct the address or its type", kContent},
    {"PC020", error, "an id twice", "which one is meant is up to the client",
     "give each its own id", kContent},
    {"PC021", error, "NAPID is INTERNET", "the word means any access point with the flag",
     "choose another id", kContent},
    {"PC022", error, "TO-NAPID leads nowhere", "the application gets no connection",
     "name a NAPID of this document, or INTERNET", kContent},
    {"PC023", warning, "TO-NAPID is INTERNET and no access point here has the flag",
     "it depends on what the phone already has", "add the flag INTERNET to a NAPDEF", kContent},
    {"PC024", error, "TO-PROXY leads nowhere", "the application gets no connection",
     "name a PROXY-ID of this document", kContent},
    {"PC025", error, "PROXY-ID of BOOTSTRAP leads nowhere", "the trusted proxy is unknown",
     "name a PROXY-ID of this document", kContent},
    {"PC026", error, "TO-APPREF leads nowhere or to itself", "the application stays incomplete",
     "name an APPREF of another application of this document", kContent},
    {"PC027", warning, "nothing refers to it", "many clients store only what an application uses",
     "refer to it by TO-NAPID or TO-PROXY from an APPLICATION", "seen: P800, Gaia (C06)"},
    {"PC030", error, "access point name and bearer do not fit",
     "the phone makes a call instead of packet data, or nothing",
     "packet data: BEARER GSM-GPRS with NAP-ADDRTYPE APN", kContent},
    {"PC031", warning, "CALLTYPE or LINKSPEED on a packet bearer", "it means nothing there",
     "leave it out", kContent},
    {"PC032", warning, "ADDR and APPADDR in one application",
     "which one counts is up to the client", "use one: APPADDR where a port or a type is needed",
     kContent},
    {"PC033", error, "a device management account that cannot work", "no session is opened",
     "give PROVIDER-ID, an address, and APPAUTH of APPSRV and CLIENT", "OMA-TS-DM_Bootstrap"},
    {"PC034", warning, "MMS settings that phones do not take", "MMS stays unset",
     "one TO-PROXY, and ADDR as an http or https URI", kContent},
    {"PC035", warning, "mail settings that are half", "mail cannot be sent or received",
     "SMTP (25) with FROM, and POP3 (110) or IMAP4 (143) of the same PROVIDER-ID", kContent},
    {"PC037", warning, "VALIDITY that says nothing, or is over", "the access point is never used",
     "give COUNTRY and NETWORK, or a date to come", kContent},
    {"PC038", error, "PROVURL is no absolute URI, or stands twice",
     "a second context of the same PROVURL is refused", "give each context its own URI",
     "OMA-WAP-TS-ProvBoot 1.1; seen: Nokia 6220 (C05)"},
    {"PC039", warning, "TRUST without a BOOTSTRAP that names the proxy", "it is ignored",
     "name the PROXY-ID in BOOTSTRAP, or leave TRUST out", "OMA-WAP-TS-ProvBoot 1.1"},
    {"PC040", warning, "secrets under a short PIN", "4 to 7 digits are found offline in a moment",
     "use 8 digits or more, drawn at random", "T2"},
    {"PC041", error, "a character that cannot be sent", "the text ends there", "leave it out",
     "WAP-192-WBXML, 5.8.4.1"},
    {"PC042", warning, "a large push", "many phones take 4 parts or 2,048 octets and drop the rest",
     "leave out what the phone does not need", "seen: Spreadtrum feature phones"},
    {"PC043", warning, "VENDORCONFIG", "some clients hand over the whole document undecoded",
     "send it only to the vendor's phones", "seen: Gecko"},
    {"PC044", warning, "no application uses an access point to the Internet",
     "some clients store access points of applications alone: \"no APNs\"",
     "add APPLICATION w2 with TO-NAPID", "seen: Gaia; provider documents"},
});
static_assert(std::ranges::adjacent_find(kRules, std::ranges::greater_equal(), &LintRule::id) ==
              kRules.end());

}  // namespace

std::string_view to_string(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::span<const LintRule> lint_rules() { return kRules; }

const LintRule* find_rule(std::string_view id) {
  const auto* const found = std::ranges::lower_bound(kRules, id, {}, &LintRule::id);
  return found != kRules.end() && found->id == id ? found : nullptr;
}

}  // namespace cpgw::gateway::provisioning
