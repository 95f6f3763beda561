// OMA-WAP-TS-ProvCont-V1_1: the token tables of PROV 1.0 and 1.1. 1.1 has no
// public identifier of its own. Rows marked decode_only were added by later handsets (WLAN and
// others) and are not understood everywhere. Where published tables differ: TETRA (not TRETRA), 1X
// (not IX), AAA and HA on page 0, the AAUTHTYPE pieces at 90 to 93 of page 1 (80 to 83, their
// numbers in an early draft, are global tokens). WLAN names said to be 40 to 44 of page 1 are left
// out for the same reason; 5B of page 1 is claimed by two names, of which SEC-SSID fits the run.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "wap-provisioningdoc"},
    {0, 0x06, "characteristic"},
    {0, 0x07, "parm"},
    {1, 0x06, "characteristic"},
    {1, 0x07, "parm"},
});

constexpr bool kDecodeOnly = true;

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "name", ""},
    {0, 0x06, "value", "", false, true},
    {0, 0x07, "name", "NAME"},
    {0, 0x08, "name", "NAP-ADDRESS"},
    {0, 0x09, "name", "NAP-ADDRTYPE"},
    {0, 0x0A, "name", "CALLTYPE"},
    {0, 0x0B, "name", "VALIDUNTIL"},
    {0, 0x0C, "name", "AUTHTYPE"},
    {0, 0x0D, "name", "AUTHNAME"},
    {0, 0x0E, "name", "AUTHSECRET"},
    {0, 0x0F, "name", "LINGER"},
    {0, 0x10, "name", "BEARER"},
    {0, 0x11, "name", "NAPID"},
    {0, 0x12, "name", "COUNTRY"},
    {0, 0x13, "name", "NETWORK"},
    {0, 0x14, "name", "INTERNET"},
    {0, 0x15, "name", "PROXY-ID"},
    {0, 0x16, "name", "PROXY-PROVIDER-ID"},
    {0, 0x17, "name", "DOMAIN"},
    {0, 0x18, "name", "PROVURL"},
    {0, 0x19, "name", "PXAUTH-TYPE"},
    {0, 0x1A, "name", "PXAUTH-ID"},
    {0, 0x1B, "name", "PXAUTH-PW"},
    {0, 0x1C, "name", "STARTPAGE"},
    {0, 0x1D, "name", "BASAUTH-ID"},
    {0, 0x1E, "name", "BASAUTH-PW"},
    {0, 0x1F, "name", "PUSHENABLED"},
    {0, 0x20, "name", "PXADDR"},
    {0, 0x21, "name", "PXADDRTYPE"},
    {0, 0x22, "name", "TO-NAPID"},
    {0, 0x23, "name", "PORTNBR"},
    {0, 0x24, "name", "SERVICE"},
    {0, 0x25, "name", "LINKSPEED"},
    {0, 0x26, "name", "DNLINKSPEED"},
    {0, 0x27, "name", "LOCAL-ADDR"},
    {0, 0x28, "name", "LOCAL-ADDRTYPE"},
    {0, 0x29, "name", "CONTEXT-ALLOW"},
    {0, 0x2A, "name", "TRUST"},
    {0, 0x2B, "name", "MASTER"},
    {0, 0x2C, "name", "SID"},
    {0, 0x2D, "name", "SOC"},
    {0, 0x2E, "name", "WSP-VERSION"},
    {0, 0x2F, "name", "PHYSICAL-PROXY-ID"},
    {0, 0x30, "name", "CLIENT-ID"},
    {0, 0x31, "name", "DELIVERY-ERR-SDU"},
    {0, 0x32, "name", "DELIVERY-ORDER"},
    {0, 0x33, "name", "TRAFFIC-CLASS"},
    {0, 0x34, "name", "MAX-SDU-SIZE"},
    {0, 0x35, "name", "MAX-BITRATE-UPLINK"},
    {0, 0x36, "name", "MAX-BITRATE-DNLINK"},
    {0, 0x37, "name", "RESIDUAL-BER"},
    {0, 0x38, "name", "SDU-ERROR-RATIO"},
    {0, 0x39, "name", "TRAFFIC-HANDL-PRIO"},
    {0, 0x3A, "name", "TRANSFER-DELAY"},
    {0, 0x3B, "name", "GUARANTEED-BITRATE-UPLINK"},
    {0, 0x3C, "name", "GUARANTEED-BITRATE-DNLINK"},
    {0, 0x3D, "name", "PXADDR-FQDN"},
    {0, 0x3E, "name", "PROXY-PW"},
    {0, 0x3F, "name", "PPGAUTH-TYPE"},
    {0, 0x45, "version", ""},
    {0, 0x46, "version", "1.0"},
    {0, 0x47, "name", "PULLENABLED"},
    {0, 0x48, "name", "DNS-ADDR"},
    {0, 0x49, "name", "MAX-NUM-RETRY"},
    {0, 0x4A, "name", "FIRST-RETRY-TIMEOUT"},
    {0, 0x4B, "name", "REREG-THRESHOLD"},
    {0, 0x4C, "name", "T-BIT"},
    {0, 0x4E, "name", "AUTH-ENTITY"},
    {0, 0x4F, "name", "SPI"},
    {0, 0x50, "type", ""},
    {0, 0x51, "type", "PXLOGICAL"},
    {0, 0x52, "type", "PXPHYSICAL"},
    {0, 0x53, "type", "PORT"},
    {0, 0x54, "type", "VALIDITY"},
    {0, 0x55, "type", "NAPDEF"},
    {0, 0x56, "type", "BOOTSTRAP"},
    {0, 0x57, "type", "VENDORCONFIG"},
    {0, 0x58, "type", "CLIENTIDENTITY"},
    {0, 0x59, "type", "PXAUTHINFO"},
    {0, 0x5A, "type", "NAPAUTHINFO"},
    {0, 0x5B, "type", "ACCESS"},
    {0, 0x5C, "type", "BEARERINFO", kDecodeOnly},
    {0, 0x5D, "type", "DNS-ADDRINFO", kDecodeOnly},
    {1, 0x05, "name", ""},
    {1, 0x06, "value", "", false, true},
    {1, 0x07, "name", "NAME"},
    {1, 0x14, "name", "INTERNET"},
    {1, 0x1C, "name", "STARTPAGE"},
    {1, 0x22, "name", "TO-NAPID"},
    {1, 0x23, "name", "PORTNBR"},
    {1, 0x24, "name", "SERVICE"},
    {1, 0x2E, "name", "AACCEPT"},
    {1, 0x2F, "name", "AAUTHDATA"},
    {1, 0x30, "name", "AAUTHLEVEL"},
    {1, 0x31, "name", "AAUTHNAME"},
    {1, 0x32, "name", "AAUTHSECRET"},
    {1, 0x33, "name", "AAUTHTYPE"},
    {1, 0x34, "name", "ADDR"},
    {1, 0x35, "name", "ADDRTYPE"},
    {1, 0x36, "name", "APPID"},
    {1, 0x37, "name", "APROTOCOL"},
    {1, 0x38, "name", "PROVIDER-ID"},
    {1, 0x39, "name", "TO-PROXY"},
    {1, 0x3A, "name", "URI"},
    {1, 0x3B, "name", "RULE"},
    {1, 0x3C, "name", "APPREF", kDecodeOnly},
    {1, 0x3D, "name", "TO-APPREF", kDecodeOnly},
    {1, 0x3E, "name", "PRI-SSID", kDecodeOnly},
    {1, 0x3F, "name", "PRI-U-SSID", kDecodeOnly},
    {1, 0x45, "name", "EAPTYPE", kDecodeOnly},
    {1, 0x46, "name", "USERNAME", kDecodeOnly},
    {1, 0x47, "name", "PASSWORD", kDecodeOnly},
    {1, 0x48, "name", "REALM", kDecodeOnly},
    {1, 0x49, "name", "USE-PSEUD", kDecodeOnly},
    {1, 0x4C, "name", "VER-SER-REALM", kDecodeOnly},
    {1, 0x4D, "name", "CLIENT-AUTH", kDecodeOnly},
    {1, 0x4E, "name", "SES-VAL-TIME", kDecodeOnly},
    {1, 0x4F, "name", "CIP-SUIT", kDecodeOnly},
    {1, 0x50, "type", ""},
    {1, 0x53, "type", "PORT"},
    {1, 0x55, "type", "APPLICATION"},
    {1, 0x56, "type", "APPADDR"},
    {1, 0x57, "type", "APPAUTH"},
    {1, 0x58, "type", "CLIENTIDENTITY"},
    {1, 0x59, "type", "RESOURCE"},
    {1, 0x5A, "type", "WLAN", kDecodeOnly},
    {1, 0x5B, "type", "SEC-SSID", kDecodeOnly},
    {1, 0x5C, "type", "EAP", kDecodeOnly},
    {1, 0x5D, "type", "CERT", kDecodeOnly},
    {1, 0x5E, "type", "WEPKEY", kDecodeOnly},
    {1, 0x60, "name", "PEAP-V0", kDecodeOnly},
    {1, 0x61, "name", "PEAP-V1", kDecodeOnly},
    {1, 0x62, "name", "PEAP-V2", kDecodeOnly},
    {1, 0x63, "name", "ISS-NAME", kDecodeOnly},
    {1, 0x64, "name", "SUB-NAME", kDecodeOnly},
    {1, 0x65, "name", "CERT-TYPE", kDecodeOnly},
    {1, 0x66, "name", "SER-NUM", kDecodeOnly},
    {1, 0x67, "name", "SUB-KEY-ID", kDecodeOnly},
    {1, 0x68, "name", "THUMBPRINT", kDecodeOnly},
    {1, 0x69, "name", "WPA-PRES-KEY-ASC", kDecodeOnly},
    {1, 0x6A, "name", "WPA-PRES-KEY-HEX", kDecodeOnly},
    {1, 0x6B, "name", "WEPKEYIND", kDecodeOnly},
    {1, 0x6C, "name", "WEPAUTHMODE", kDecodeOnly},
    {1, 0x6D, "name", "LENGTH", kDecodeOnly},
    {1, 0x6E, "name", "INDEX", kDecodeOnly},
    {1, 0x6F, "name", "DATA", kDecodeOnly},
    {1, 0x70, "name", "WLANHAND", kDecodeOnly},
    {1, 0x71, "name", "EDIT-SET", kDecodeOnly},
    {1, 0x72, "name", "VIEW-SET", kDecodeOnly},
    {1, 0x73, "name", "FORW-SET", kDecodeOnly},
});

constexpr bool kPiece = true;

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, "IPV4"},
    {0, 0x86, "IPV6"},
    {0, 0x87, "E164"},
    {0, 0x88, "ALPHA"},
    {0, 0x89, "APN"},
    {0, 0x8A, "SCODE"},
    {0, 0x8B, "TETRA-ITSI"},
    {0, 0x8C, "MAN"},
    {0, 0x90, "ANALOG-MODEM"},
    {0, 0x91, "V.120"},
    {0, 0x92, "V.110"},
    {0, 0x93, "X.31"},
    {0, 0x94, "BIT-TRANSPARENT"},
    {0, 0x95, "DIRECT-ASYNCHRONOUS-DATA-SERVICE"},
    {0, 0x9A, "PAP"},
    {0, 0x9B, "CHAP"},
    {0, 0x9C, "HTTP-BASIC"},
    {0, 0x9D, "HTTP-DIGEST"},
    {0, 0x9E, "WTLS-SS"},
    {0, 0x9F, "MD5"},
    {0, 0xA2, "GSM-USSD"},
    {0, 0xA3, "GSM-SMS"},
    {0, 0xA4, "ANSI-136-GUTS"},
    {0, 0xA5, "IS-95-CDMA-SMS"},
    {0, 0xA6, "IS-95-CDMA-CSD"},
    {0, 0xA7, "IS-95-CDMA-PACKET"},
    {0, 0xA8, "ANSI-136-CSD"},
    {0, 0xA9, "ANSI-136-GPRS"},
    {0, 0xAA, "GSM-CSD"},
    {0, 0xAB, "GSM-GPRS"},
    {0, 0xAC, "AMPS-CDPD"},
    {0, 0xAD, "PDC-CSD"},
    {0, 0xAE, "PDC-PACKET"},
    {0, 0xAF, "IDEN-SMS"},
    {0, 0xB0, "IDEN-CSD"},
    {0, 0xB1, "IDEN-PACKET"},
    {0, 0xB2, "FLEX/REFLEX"},
    {0, 0xB3, "PHS-SMS"},
    {0, 0xB4, "PHS-CSD"},
    {0, 0xB5, "TETRA-SDS"},
    {0, 0xB6, "TETRA-PACKET"},
    {0, 0xB7, "ANSI-136-GHOST"},
    {0, 0xB8, "MOBITEX-MPAK"},
    {0, 0xB9, "CDMA2000-1X-SIMPLE-IP"},
    {0, 0xBA, "CDMA2000-1X-MOBILE-IP"},
    {0, 0xBB, "3G-GSM", kDecodeOnly},
    {0, 0xBC, "WLAN", kDecodeOnly},
    {0, 0xC5, "AUTOBAUDING"},
    {0, 0xCA, "CL-WSP"},
    {0, 0xCB, "CO-WSP"},
    {0, 0xCC, "CL-SEC-WSP"},
    {0, 0xCD, "CO-SEC-WSP"},
    {0, 0xCE, "CL-SEC-WTA"},
    {0, 0xCF, "CO-SEC-WTA"},
    {0, 0xD0, "OTA-HTTP-TO"},
    {0, 0xD1, "OTA-HTTP-TLS-TO"},
    {0, 0xD2, "OTA-HTTP-PO"},
    {0, 0xD3, "OTA-HTTP-TLS-PO"},
    {0, 0xE0, "AAA"},
    {0, 0xE1, "HA"},
    {1, 0x86, "IPV6"},
    {1, 0x87, "E164"},
    {1, 0x88, "ALPHA"},
    {1, 0x8D, "APPSRV"},
    {1, 0x8E, "OBEX"},
    {1, 0x90, ",", false, kPiece},
    {1, 0x91, "HTTP-", false, kPiece},
    {1, 0x92, "BASIC", false, kPiece},
    {1, 0x93, "DIGEST", false, kPiece},
});

constexpr auto kAttributeNames =
    std::to_array<std::string_view>({"name", "value", "type", "version"});

constexpr auto kAttributesByText = detail::order_by_text(kAttributes);
constexpr auto kValuesByText = detail::order_by_text(kValues);

static_assert(detail::ordered_by_token(kTags) && detail::in_tag_space(kTags));
static_assert(detail::ordered_by_token(kAttributes) && detail::in_start_space(kAttributes));
static_assert(detail::ordered_by_token(kValues) && detail::in_value_space(kValues));
static_assert(detail::texts_unique(kAttributes, kAttributesByText));
static_assert(detail::texts_unique(kValues, kValuesByText));
static_assert(detail::names_complete(kAttributes, kAttributeNames));

constexpr DocumentType kProv{
    .name = "PROV 1.0",
    .public_id = 0x0B,
    .formal_public_id = "-//WAPFORUM//DTD PROV 1.0//EN",
    .system_id = "http://www.wapforum.org/DTD/prov.dtd",
    .root = "wap-provisioningdoc",
    .has_text = false,
    .tags = kTags,
    .attributes = kAttributes,
    .values = kValues,
    .attributes_by_text = kAttributesByText,
    .values_by_text = kValuesByText,
    .pieces = detail::pieces_of(kValues),
    .attribute_names = kAttributeNames,
};

/// What is written for a row is the row itself, or the same text on a lower page.
consteval bool round_trips() {
  for (const AttributeToken& row : kAttributes) {
    const AttributeToken* found = detail::find_start(kProv, row.name, row.value_prefix);
    if (row.decode_only ? found != nullptr : found == nullptr || found->page > row.page) {
      return false;
    }
    if (detail::by_token(kProv.attributes, row.page, row.token) != &row) return false;
  }
  for (const ValueToken& row : kValues) {
    const ValueToken* found = detail::find_value(kProv, row.text);
    if (row.decode_only ? found != nullptr : found == nullptr || found->page > row.page) {
      return false;
    }
    if (detail::by_token(kProv.values, row.page, row.token) != &row) return false;
  }
  return true;
}
static_assert(round_trips());

constexpr const DocumentType* kDocumentTypes[] = {&kProv};

}  // namespace

const DocumentType& prov() { return kProv; }
std::span<const DocumentType* const> document_types() { return kDocumentTypes; }

}  // namespace cpgw::wbxml
