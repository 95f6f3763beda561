// Over The Air Settings Specification 7.0 and 7.1 (Ericsson, Nokia), 8: browser settings and
// bookmarks. The tokens are those of three tables that do not know of each other (libwbxml,
// Wireshark, Kannel) without a difference. TYPE has no plain start: its values are a closed list.
// The document type has no public identifier of its own: 01, "not said", stands in the octets, and
// 1.1 is the customary version of WBXML.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "CHARACTERISTIC-LIST"},
    {0, 0x06, "CHARACTERISTIC"},
    {0, 0x07, "PARM"},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x06, "TYPE", "ADDRESS"},
    {0, 0x07, "TYPE", "URL"},
    {0, 0x08, "TYPE", "NAME"},
    {0, 0x10, "NAME", ""},
    {0, 0x11, "VALUE", ""},
    {0, 0x12, "NAME", "BEARER"},
    {0, 0x13, "NAME", "PROXY"},
    {0, 0x14, "NAME", "PORT"},
    {0, 0x15, "NAME", "NAME"},
    {0, 0x16, "NAME", "PROXY_TYPE"},
    {0, 0x17, "NAME", "URL"},
    {0, 0x18, "NAME", "PROXY_AUTHNAME"},
    {0, 0x19, "NAME", "PROXY_AUTHSECRET"},
    {0, 0x1A, "NAME", "SMS_SMSC_ADDRESS"},
    {0, 0x1B, "NAME", "USSD_SERVICE_CODE"},
    {0, 0x1C, "NAME", "GPRS_ACCESSPOINTNAME"},
    {0, 0x1D, "NAME", "PPP_LOGINTYPE"},
    {0, 0x1E, "NAME", "PROXY_LOGINTYPE"},
    {0, 0x21, "NAME", "CSD_DIALSTRING"},
    {0, 0x22, "NAME", "PPP_AUTHTYPE"},
    {0, 0x23, "NAME", "PPP_AUTHNAME"},
    {0, 0x24, "NAME", "PPP_AUTHSECRET"},
    {0, 0x28, "NAME", "CSD_CALLTYPE"},
    {0, 0x29, "NAME", "CSD_CALLSPEED"},
    {0, 0x45, "VALUE", "GSM/CSD"},
    {0, 0x46, "VALUE", "GSM/SMS"},
    {0, 0x47, "VALUE", "GSM/USSD"},
    {0, 0x48, "VALUE", "IS-136/CSD"},
    {0, 0x49, "VALUE", "GPRS"},
    {0, 0x60, "VALUE", "9200"},
    {0, 0x61, "VALUE", "9201"},
    {0, 0x62, "VALUE", "9202"},
    {0, 0x63, "VALUE", "9203"},
    {0, 0x64, "VALUE", "AUTOMATIC"},
    {0, 0x65, "VALUE", "MANUAL"},
    {0, 0x6A, "VALUE", "AUTO"},
    {0, 0x6B, "VALUE", "9600"},
    {0, 0x6C, "VALUE", "14400"},
    {0, 0x6D, "VALUE", "19200"},
    {0, 0x6E, "VALUE", "28800"},
    {0, 0x6F, "VALUE", "38400"},
    {0, 0x70, "VALUE", "PAP"},
    {0, 0x71, "VALUE", "CHAP"},
    {0, 0x72, "VALUE", "ANALOGUE"},
    {0, 0x73, "VALUE", "ISDN"},
    {0, 0x74, "VALUE", "43200"},
    {0, 0x75, "VALUE", "57600"},
    {0, 0x76, "VALUE", "MSISDN_NO"},
    {0, 0x77, "VALUE", "IPV4"},
    {0, 0x78, "VALUE", "MS_CHAP"},
    {0, 0x7C, "TYPE", "MMSURL"},
    {0, 0x7D, "TYPE", "ID"},
    {0, 0x7E, "NAME", "ISP_NAME"},
    {0, 0x7F, "TYPE", "BOOKMARK"},
});

constexpr detail::Tables kTables(kTags, kAttributes, std::array<ValueToken, 0>{});

constexpr DocumentType kOtaSettings = kTables.of({
    .name = "OTA settings 7.0",
    .public_id = kPublicIdNotSaid,
    .system_id = "characteristic-list.dtd",  // as libwbxml has it; it is never read
    .root = "CHARACTERISTIC-LIST",
    .version = 0x01,
});
static_assert(detail::round_trips(kOtaSettings));

}  // namespace

const DocumentType& ota_settings() { return kOtaSettings; }

}  // namespace cpgw::wbxml
