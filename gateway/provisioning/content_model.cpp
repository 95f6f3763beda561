// OMA-WAP-TS-ProvCont 1.1, section 4; limits as implementations hold them.
#include "gateway/provisioning/content_model.h"

#include <algorithm>
#include <array>

namespace cpgw::gateway::provisioning {
namespace {

using enum Count;
using enum ParmForm;
using Names = std::string_view;

constexpr Names kRoot[] = {""};
constexpr Names kPxlogical[] = {"PXLOGICAL"};
constexpr Names kNapdef[] = {"NAPDEF"};
constexpr Names kApplication[] = {"APPLICATION"};
constexpr Names kPortParents[] = {"PXLOGICAL", "PXPHYSICAL", "APPADDR"};

constexpr Names kBits[] = {"0", "1"};
constexpr Names kIpTypes[] = {"IPV4", "IPV6"};
constexpr Names kAddressTypes[] = {"IPV4", "IPV6", "E164", "ALPHA"};
constexpr Names kNapAddressTypes[] = {"IPV4", "IPV6",  "E164",       "ALPHA",
                                      "APN",  "SCODE", "TETRA-ITSI", "MAN"};
constexpr Names kPpgAuth[] = {"HTTP-BASIC", "HTTP-DIGEST"};
constexpr Names kPxAuth[] = {"HTTP-BASIC", "HTTP-DIGEST", "WTLS-SS"};
constexpr Names kNapAuth[] = {"PAP", "CHAP", "MD5"};
constexpr Names kAuthEntity[] = {"AAA", "HA"};
constexpr Names kCallTypes[] = {"ANALOG-MODEM",    "V.120",
                                "V.110",           "X.31",
                                "BIT-TRANSPARENT", "DIRECT-ASYNCHRONOUS-DATA-SERVICE"};
constexpr Names kBearers[] = {"GSM-USSD",
                              "GSM-SMS",
                              "ANSI-136-GUTS",
                              "IS-95-CDMA-SMS",
                              "IS-95-CDMA-CSD",
                              "IS-95-CDMA-PACKET",
                              "ANSI-136-CSD",
                              "ANSI-136-GPRS",
                              "GSM-CSD",
                              "GSM-GPRS",
                              "AMPS-CDPD",
                              "PDC-CSD",
                              "PDC-PACKET",
                              "IDEN-SMS",
                              "IDEN-CSD",
                              "IDEN-PACKET",
                              "FLEX/REFLEX",
                              "PHS-SMS",
                              "PHS-CSD",
                              "TETRA-SDS",
                              "TETRA-PACKET",
                              "ANSI-136-GHOST",
                              "MOBITEX-MPAK",
                              "CDMA2000-1X-SIMPLE-IP",
                              "CDMA2000-1X-MOBILE-IP",
                              "WLAN"};
constexpr Names kServices[] = {"CL-WSP",      "CO-WSP",          "CL-SEC-WSP",  "CO-SEC-WSP",
                               "CL-SEC-WTA",  "CO-SEC-WTA",      "OTA-HTTP-TO", "OTA-HTTP-TLS-TO",
                               "OTA-HTTP-PO", "OTA-HTTP-TLS-PO", "STARTTLS"};
constexpr Names kAuthLevels[] = {"APPSRV", "CLIENT", "OBEX"};

constexpr ParmRule text_of(Names name, Count count, std::uint16_t limit = 0) {
  return {name, count, limit};
}
constexpr ParmRule flag_of(Names name) { return {name, maybe, 0, flag}; }
constexpr ParmRule number_of(Names name, Count count, std::uint32_t least, std::uint32_t most) {
  return {name, count, 0, decimal, least, most};
}
constexpr ParmRule hex_of(Names name, std::uint32_t least = 0, std::uint32_t most = UINT32_MAX) {
  return {name, maybe, 0, hex, least, most};
}
constexpr ParmRule one_of(Names name, Count count, Words closed, std::span<const Names> words) {
  return {name, count, 0, text, 0, UINT32_MAX, closed, words};
}

constexpr ParmRule kPxlogicalParms[] = {text_of("PROXY-ID", one, 45),
                                        text_of("PROXY-PW", maybe, 16),
                                        one_of("PPGAUTH-TYPE", maybe, Words::closed, kPpgAuth),
                                        text_of("PROXY-PROVIDER-ID", maybe, 45),
                                        text_of("NAME", expected, 48),
                                        text_of("DOMAIN", many, 64),
                                        flag_of("TRUST"),
                                        flag_of("MASTER"),
                                        {"STARTPAGE", maybe, 64, uri},
                                        text_of("BASAUTH-ID", maybe, 16),
                                        text_of("BASAUTH-PW", maybe, 16),
                                        text_of("WSP-VERSION", maybe, 8),
                                        one_of("PUSHENABLED", maybe, Words::closed, kBits),
                                        one_of("PULLENABLED", maybe, Words::closed, kBits)};
constexpr ParmRule kPxauthinfoParms[] = {one_of("PXAUTH-TYPE", one, Words::closed, kPxAuth),
                                         text_of("PXAUTH-ID", maybe, 16),
                                         text_of("PXAUTH-PW", maybe, 16)};
constexpr ParmRule kPortParms[] = {number_of("PORTNBR", one, 0, 65535),
                                   one_of("SERVICE", many, Words::open, kServices)};
constexpr ParmRule kPxphysicalParms[] = {text_of("PHYSICAL-PROXY-ID", expected, 16),
                                         text_of("DOMAIN", many, 64),
                                         text_of("PXADDR", one, 45),
                                         one_of("PXADDRTYPE", maybe, Words::closed, kAddressTypes),
                                         text_of("PXADDR-FQDN", maybe, 64),
                                         text_of("WSP-VERSION", maybe, 8),
                                         one_of("PUSHENABLED", maybe, Words::closed, kBits),
                                         one_of("PULLENABLED", maybe, Words::closed, kBits),
                                         text_of("TO-NAPID", many, 16)};
constexpr ParmRule kNapdefParms[] = {text_of("NAPID", one, 16),
                                     one_of("BEARER", many, Words::open, kBearers),
                                     text_of("NAME", expected, 48),
                                     flag_of("INTERNET"),
                                     text_of("NAP-ADDRESS", one, 64),
                                     one_of("NAP-ADDRTYPE", maybe, Words::closed, kNapAddressTypes),
                                     {"DNS-ADDR", many, 45, ip},
                                     one_of("CALLTYPE", maybe, Words::closed, kCallTypes),
                                     {"LOCAL-ADDR", maybe, 0, ip},
                                     one_of("LOCAL-ADDRTYPE", maybe, Words::closed, kIpTypes),
                                     text_of("LINKSPEED", maybe, 11),
                                     text_of("DNLINKSPEED", maybe, 11),
                                     number_of("LINGER", maybe, 0, 9999),
                                     hex_of("DELIVERY-ERR-SDU"),
                                     hex_of("DELIVERY-ORDER"),
                                     hex_of("TRAFFIC-CLASS"),
                                     hex_of("MAX-SDU-SIZE"),
                                     hex_of("MAX-BITRATE-UPLINK"),
                                     hex_of("MAX-BITRATE-DNLINK"),
                                     hex_of("RESIDUAL-BER"),
                                     hex_of("SDU-ERROR-RATIO"),
                                     hex_of("TRAFFIC-HANDL-PRIO"),
                                     hex_of("TRANSFER-DELAY"),
                                     hex_of("GUARANTEED-BITRATE-UPLINK"),
                                     hex_of("GUARANTEED-BITRATE-DNLINK"),
                                     hex_of("MAX-NUM-RETRY", 1, 3),
                                     hex_of("FIRST-RETRY-TIMEOUT", 1, 7),
                                     number_of("REREG-THRESHOLD", maybe, 1, 63),
                                     flag_of("T-BIT")};
constexpr ParmRule kNapauthinfoParms[] = {
    one_of("AUTHTYPE", one, Words::closed, kNapAuth), text_of("AUTHNAME", maybe, 16),
    text_of("AUTHSECRET", maybe, 16), one_of("AUTH-ENTITY", many, Words::closed, kAuthEntity),
    hex_of("SPI")};
constexpr ParmRule kValidityParms[] = {number_of("COUNTRY", maybe, 0, 999),
                                       text_of("NETWORK", maybe),
                                       number_of("SID", maybe, 0, UINT32_MAX),
                                       number_of("SOC", maybe, 0, UINT32_MAX),
                                       {"VALIDUNTIL", maybe, 0, date}};
constexpr ParmRule kBootstrapParms[] = {
    text_of("NAME", maybe, 48),   text_of("NETWORK", many),
    text_of("COUNTRY", maybe),    text_of("PROXY-ID", many, 45),
    {"PROVURL", maybe, 256, uri}, number_of("CONTEXT-ALLOW", maybe, 0, 254)};
constexpr ParmRule kClientidentityParms[] = {text_of("CLIENT-ID", one, 32)};
constexpr ParmRule kVendorconfigParms[] = {text_of("NAME", one, 48)};
constexpr ParmRule kApplicationParms[] = {text_of("APPID", one, 16),
                                          text_of("PROVIDER-ID", maybe, 32),
                                          text_of("NAME", maybe, 48),
                                          text_of("AACCEPT", maybe),
                                          text_of("APROTOCOL", maybe, 16),
                                          text_of("TO-PROXY", many, 45),
                                          text_of("TO-NAPID", many, 16),
                                          text_of("ADDR", many),
                                          text_of("APPREF", maybe),
                                          text_of("TO-APPREF", many),
                                          flag_of("INIT")};
constexpr ParmRule kAppaddrParms[] = {text_of("ADDR", maybe),
                                      one_of("ADDRTYPE", maybe, Words::open, kAddressTypes)};
constexpr ParmRule kAppauthParms[] = {
    one_of("AAUTHLEVEL", maybe, Words::open, kAuthLevels), text_of("AAUTHTYPE", maybe, 32),
    text_of("AAUTHNAME", maybe, 80), text_of("AAUTHSECRET", maybe, 40),
    text_of("AAUTHDATA", maybe)};
constexpr ParmRule kResourceParms[] = {text_of("URI", one),
                                       text_of("NAME", maybe, 48),
                                       text_of("AACCEPT", maybe),
                                       text_of("AAUTHTYPE", maybe, 32),
                                       text_of("AAUTHNAME", maybe, 80),
                                       text_of("AAUTHSECRET", maybe, 40),
                                       text_of("AAUTHDATA", maybe),
                                       flag_of("STARTPAGE"),
                                       text_of("CLIENT-ID", maybe, 32)};
constexpr ParmRule kAccessParms[] = {text_of("RULE", many, 16),
                                     text_of("APPID", many, 16),
                                     number_of("PORTNBR", many, 0, 65535),
                                     text_of("DOMAIN", many, 64),
                                     text_of("TO-NAPID", many, 16),
                                     text_of("TO-PROXY", many, 45)};

constexpr auto kModel = std::to_array<CharacteristicRule>({
    {"ACCESS", kRoot, kAccessParms},
    {"APPADDR", kApplication, kAppaddrParms},
    {"APPAUTH", kApplication, kAppauthParms},
    {"APPLICATION", kRoot, kApplicationParms, true},
    {"BOOTSTRAP", kRoot, kBootstrapParms},
    {"CLIENTIDENTITY", kRoot, kClientidentityParms},
    {"NAPAUTHINFO", kNapdef, kNapauthinfoParms},
    {"NAPDEF", kRoot, kNapdefParms},
    {"PORT", kPortParents, kPortParms},
    {"PXAUTHINFO", kPxlogical, kPxauthinfoParms},
    {"PXLOGICAL", kRoot, kPxlogicalParms},
    {"PXPHYSICAL", kPxlogical, kPxphysicalParms},
    {"RESOURCE", kApplication, kResourceParms, true},
    {"VALIDITY", kNapdef, kValidityParms},
    {"VENDORCONFIG", kRoot, kVendorconfigParms, true},
});
static_assert(std::ranges::adjacent_find(kModel, std::ranges::greater_equal(),
                                         &CharacteristicRule::type) == kModel.end());

}  // namespace

std::span<const CharacteristicRule> content_model() { return kModel; }

const CharacteristicRule* find_characteristic(std::string_view type) {
  const auto* const found = std::ranges::lower_bound(kModel, type, {}, &CharacteristicRule::type);
  return found != kModel.end() && found->type == type ? found : nullptr;
}

const ParmRule* find_parm(const CharacteristicRule& characteristic, std::string_view name) {
  const auto found = std::ranges::find(characteristic.parms, name, &ParmRule::name);
  return found != characteristic.parms.end() ? &*found : nullptr;
}

}  // namespace cpgw::gateway::provisioning
