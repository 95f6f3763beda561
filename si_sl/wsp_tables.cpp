#include "si_sl/wsp_tables.h"

#include <algorithm>
#include <array>
#include <functional>

namespace cpgw::si_sl {
namespace {

using enum ValueForm;

// WAP-230-WSP-20010705-a, table 39 (header field names, code page 1), in its order; from 48 on
// OMNA. A name stands under several codes where an encoding version changed the value's form.
constexpr auto kHeaders = std::to_array<AssignedField>({
    {0x00, "Accept", unspecified},
    {0x01, "Accept-Charset", unspecified},
    {0x02, "Accept-Encoding", unspecified},
    {0x03, "Accept-Language", unspecified},
    {0x04, "Accept-Ranges", unspecified},
    {0x05, "Age", integer},
    {0x06, "Allow", unspecified},
    {0x07, "Authorization", unspecified},
    {0x08, "Cache-Control", unspecified},
    {0x09, "Connection", unspecified},
    {0x0A, "Content-Base", text},
    {0x0B, "Content-Encoding", unspecified},
    {0x0C, "Content-Language", unspecified},
    {0x0D, "Content-Length", integer},
    {0x0E, "Content-Location", text},
    {0x0F, "Content-MD5", unspecified},
    {0x10, "Content-Range", unspecified},
    {0x11, "Content-Type", unspecified},
    {0x12, "Date", date},
    {0x13, "Etag", text},
    {0x14, "Expires", date},
    {0x15, "From", text},
    {0x16, "Host", text},
    {0x17, "If-Modified-Since", date},
    {0x18, "If-Match", text},
    {0x19, "If-None-Match", text},
    {0x1A, "If-Range", unspecified},
    {0x1B, "If-Unmodified-Since", date},
    {0x1C, "Location", text},
    {0x1D, "Last-Modified", date},
    {0x1E, "Max-Forwards", integer},
    {0x1F, "Pragma", unspecified},
    {0x20, "Proxy-Authenticate", unspecified},
    {0x21, "Proxy-Authorization", unspecified},
    {0x22, "Public", unspecified},
    {0x23, "Range", unspecified},
    {0x24, "Referer", text},
    {0x25, "Retry-After", unspecified},
    {0x26, "Server", text},
    {0x27, "Transfer-Encoding", unspecified},
    {0x28, "Upgrade", text},
    {0x29, "User-Agent", text},
    {0x2A, "Vary", unspecified},
    {0x2B, "Via", text},
    {0x2C, "Warning", unspecified},
    {0x2D, "WWW-Authenticate", unspecified},
    {0x2E, "Content-Disposition", unspecified},
    {0x2F, "X-Wap-Application-Id", integer},
    {0x30, "X-Wap-Content-URI", text},
    {0x31, "X-Wap-Initiator-URI", text},
    {0x32, "Accept-Application", integer},
    {0x33, "Bearer-Indication", integer},
    {0x34, "Push-Flag", integer},
    {0x35, "Profile", text},
    {0x36, "Profile-Diff", unspecified},
    {0x37, "Profile-Warning", unspecified},
    {0x38, "Expect", unspecified},
    {0x39, "TE", unspecified},
    {0x3A, "Trailer", text},
    {0x3B, "Accept-Charset", unspecified},
    {0x3C, "Accept-Encoding", unspecified},
    {0x3D, "Cache-Control", unspecified},
    {0x3E, "Content-Range", unspecified},
    {0x3F, "X-Wap-Tod", date},
    {0x40, "Content-ID", text},
    {0x41, "Set-Cookie", unspecified},
    {0x42, "Cookie", unspecified},
    {0x43, "Encoding-Version", version},
    {0x44, "Profile-Warning", unspecified},
    {0x45, "Content-Disposition", unspecified},
    {0x46, "X-WAP-Security", unspecified},
    {0x47, "Cache-Control", unspecified},
    {0x48, "Expect", unspecified},
    {0x49, "X-Wap-Loc-Invocation", text},
    {0x4A, "X-Wap-Loc-Delivery", unspecified},
});

// WAP-230-WSP-20010705-a, table 38 (parameters). From 17 on: text values of encoding version 1.4.
constexpr auto kParameters = std::to_array<AssignedField>({
    {0x00, "q", q},
    {0x01, "charset", charset},
    {0x02, "level", version},
    {0x03, "type", integer},
    {0x05, "name", text},
    {0x06, "filename", text},
    {0x07, "differences", unspecified},
    {0x08, "padding", integer},
    {0x09, "type", media},
    {0x0A, "start", text},
    {0x0B, "start-info", text},
    {0x0C, "comment", text},
    {0x0D, "domain", text},
    {0x0E, "max-age", integer},
    {0x0F, "path", text},
    {0x10, "secure", unspecified},
    {0x11, "SEC", integer},
    {0x12, "MAC", text},
    {0x13, "creation-date", date},
    {0x14, "modification-date", date},
    {0x15, "read-date", date},
    {0x16, "size", integer},
    {0x17, "name", text},
    {0x18, "filename", text},
    {0x19, "start", text},
    {0x1A, "start-info", text},
    {0x1B, "comment", text},
    {0x1C, "domain", text},
    {0x1D, "path", text},
});

struct Assigned {
  std::uint32_t code;
  std::string_view name;
};

// WAP-230-WSP-20010705-a, table 40 (content types), and what OMNA added; the source where it is one
// only.
constexpr auto kMediaTypes = std::to_array<Assigned>({
    {0x00, "*/*"},
    {0x01, "text/*"},
    {0x02, "text/html"},
    {0x03, "text/plain"},
    {0x04, "text/x-hdml"},
    {0x05, "text/x-ttml"},
    {0x06, "text/x-vCalendar"},
    {0x07, "text/x-vCard"},
    {0x08, "text/vnd.wap.wml"},
    {0x09, "text/vnd.wap.wmlscript"},
    {0x0A, "text/vnd.wap.channel"},
    {0x0B, "multipart/*"},
    {0x0C, "multipart/mixed"},
    {0x0D, "multipart/form-data"},
    {0x0E, "multipart/byteranges"},
    {0x0F, "multipart/alternative"},
    {0x10, "application/*"},
    {0x11, "application/java-vm"},
    {0x12, "application/x-www-form-urlencoded"},
    {0x13, "application/x-hdmlc"},
    {0x14, "application/vnd.wap.wmlc"},
    {0x15, "application/vnd.wap.wmlscriptc"},
    {0x16, "application/vnd.wap.channelc"},
    {0x17, "application/vnd.wap.uaprof"},
    {0x18, "application/vnd.wap.wtls-ca-certificate"},
    {0x19, "application/vnd.wap.wtls-user-certificate"},
    {0x1A, "application/x-x509-ca-cert"},
    {0x1B, "application/x-x509-user-cert"},
    {0x1C, "image/*"},
    {0x1D, "image/gif"},
    {0x1E, "image/jpeg"},
    {0x1F, "image/tiff"},
    {0x20, "image/png"},
    {0x21, "image/vnd.wap.wbmp"},
    {0x22, "application/vnd.wap.multipart.*"},
    {0x23, "application/vnd.wap.multipart.mixed"},
    {0x24, "application/vnd.wap.multipart.form-data"},
    {0x25, "application/vnd.wap.multipart.byteranges"},
    {0x26, "application/vnd.wap.multipart.alternative"},
    {0x27, "application/xml"},
    {0x28, "text/xml"},
    {0x29, "application/vnd.wap.wbxml"},
    {0x2A, "application/x-x968-cross-cert"},
    {0x2B, "application/x-x968-ca-cert"},
    {0x2C, "application/x-x968-user-cert"},
    {0x2D, "text/vnd.wap.si"},
    {0x2E, "application/vnd.wap.sic"},
    {0x2F, "text/vnd.wap.sl"},
    {0x30, "application/vnd.wap.slc"},
    {0x31, "text/vnd.wap.co"},
    {0x32, "application/vnd.wap.coc"},
    {0x33, "application/vnd.wap.multipart.related"},
    {0x34, "application/vnd.wap.sia"},
    {0x35, "text/vnd.wap.connectivity-xml"},
    {0x36, "application/vnd.wap.connectivity-wbxml"},
    {0x37, "application/pkcs7-mime"},
    {0x38, "application/vnd.wap.hashed-certificate"},
    {0x39, "application/vnd.wap.signed-certificate"},
    {0x3A, "application/vnd.wap.cert-response"},
    {0x3B, "application/xhtml+xml"},
    {0x3C, "application/wml+xml"},
    {0x3D, "text/css"},
    {0x3E, "application/vnd.wap.mms-message"},
    {0x3F, "application/vnd.wap.rollover-certificate"},
    {0x40, "application/vnd.wap.locc+wbxml"},
    {0x41, "application/vnd.wap.loc+xml"},
    {0x42, "application/vnd.syncml.dm+wbxml"},
    {0x43, "application/vnd.syncml.dm+xml"},
    {0x44, "application/vnd.syncml.notification"},
    {0x45, "application/vnd.wap.xhtml+xml"},
    {0x46, "application/vnd.wv.csp.cir"},
    {0x47, "application/vnd.oma.dd+xml"},
    {0x48, "application/vnd.oma.drm.message"},
    {0x49, "application/vnd.oma.drm.content"},
    {0x4A, "application/vnd.oma.drm.rights+xml"},
    {0x4B, "application/vnd.oma.drm.rights+wbxml"},
    {0x4C, "application/vnd.wv.csp+xml"},
    {0x4D, "application/vnd.wv.csp+wbxml"},
    {0x4E, "application/vnd.syncml.ds.notification"},  // Kannel 1.4.5
    {0x58, "application/vnd.syncml.dm.notification"},  // Kannel 1.4.5
    {0x5A, "application/octet-stream"},                // Wireshark 4.0
    {0x0201, "application/vnd.uplanet.cacheop-wbxml"},
    {0x0202, "application/vnd.uplanet.signal"},
    {0x0203, "application/vnd.uplanet.alert-wbxml"},
    {0x0204, "application/vnd.uplanet.list-wbxml"},
    {0x0205, "application/vnd.uplanet.listcmd-wbxml"},
    {0x0206, "application/vnd.uplanet.channel-wbxml"},
    {0x0207, "application/vnd.uplanet.provisioning-status-uri"},
    {0x0208, "x-wap.multipart/vnd.uplanet.header-set"},
    {0x0209, "application/vnd.uplanet.bearer-choice-wbxml"},
    {0x020A, "application/vnd.phonecom.mmc-wbxml"},
    {0x020B, "application/vnd.nokia.syncset+wbxml"},
    {0x020C, "image/x-up-wpng"},
    {0x0300, "application/iota.mmc-wbxml"},
    {0x0301, "application/iota.mmc-xml"},
    {0x0304, "text/vnd.wap.emn+xml"},           // Kannel 1.4.5
    {0x030A, "application/vnd.wap.emn+wbxml"},  // Kannel 1.4.5 and a mail notifier of Android
});

// OMNA, push application ids: up to 7FFF well known, from 8000 registered. 10 to 15 as Android's
// tables have them.
constexpr auto kApplications = std::to_array<Assigned>({
    {0x00, "x-wap-application:*"},
    {0x01, "x-wap-application:push.sia"},
    {0x02, "x-wap-application:wml.ua"},
    {0x03, "x-wap-application:wta.ua"},
    {0x04, "x-wap-application:mms.ua"},
    {0x05, "x-wap-application:push.syncml"},
    {0x06, "x-wap-application:loc.ua"},
    {0x07, "x-wap-application:syncml.dm"},
    {0x08, "x-wap-application:drm.ua"},
    {0x09, "x-wap-application:emn.ua"},
    {0x0A, "x-wap-application:wv.ua"},
    {0x10, "x-oma-application:ulp.ua"},
    {0x11, "x-oma-application:dlota.ua"},
    {0x12, "x-oma-application:java-ams"},
    {0x13, "x-oma-application:bcast.ua"},
    {0x14, "x-oma-application:dpe.ua"},
    {0x15, "x-oma-application:cpm:ua"},
    {0x1A, "x-wap-application:lwm2m.dm"},
    {0x8000, "x-wap-microsoft:localcontent.ua"},
    {0x8001, "x-wap-microsoft:IMclient.ua"},
    {0x8002, "x-wap-docomo:imode.mail.ua"},
    {0x8003, "x-wap-docomo:imode.mr.ua"},
    {0x8004, "x-wap-docomo:imode.mf.ua"},
    {0x8005, "x-motorola:location.ua"},
    {0x8006, "x-motorola:now.ua"},
    {0x8007, "x-motorola:otaprov.ua"},
    {0x8008, "x-motorola:browser.ua"},
    {0x8009, "x-motorola:splash.ua"},
    {0x800B, "x-wap-nai:mvsw.command"},
    {0x8010, "x-wap-openwave:iota.ua"},
    {0x9000, "x-wap-docomo:imode.mail2.ua"},
    {0x9001, "x-oma-nec:otaprov.ua"},
    {0x9002, "x-oma-nokia:call.ua"},
    {0x9003, "x-oma-coremobility:sqa.ua"},
});

// WAP-230-WSP-20010705-a, table 42 (character sets), and UTF-16; IANA MIBenum.
constexpr auto kCharsets = std::to_array<Assigned>({
    {0, "*"},
    {3, "us-ascii"},
    {4, "iso-8859-1"},
    {5, "iso-8859-2"},
    {6, "iso-8859-3"},
    {7, "iso-8859-4"},
    {8, "iso-8859-5"},
    {9, "iso-8859-6"},
    {10, "iso-8859-7"},
    {11, "iso-8859-8"},
    {12, "iso-8859-9"},
    {17, "shift_JIS"},
    {106, "utf-8"},
    {1000, "iso-10646-ucs-2"},
    {1015, "utf-16"},
    {2026, "big5"},
});

// WAP-230-WSP-20010705-a, table 34 (PDU types).
constexpr auto kPduTypes = std::to_array<Assigned>({
    {0x01, "Connect"},
    {0x02, "ConnectReply"},
    {0x03, "Redirect"},
    {0x04, "Reply"},
    {0x05, "Disconnect"},
    {0x06, "Push"},
    {0x07, "ConfirmedPush"},
    {0x08, "Suspend"},
    {0x09, "Resume"},
    {0x40, "Get"},
    {0x41, "Options"},
    {0x42, "Head"},
    {0x43, "Delete"},
    {0x44, "Trace"},
    {0x60, "Post"},
    {0x61, "Put"},
    {0x80, "DataFragment"},
});

template <class Table>
constexpr bool ascending(const Table& table) {
  return std::ranges::adjacent_find(
             table, [](const auto& a, const auto& b) { return a.code >= b.code; }) == table.end();
}
template <class Table>
constexpr bool names_unique(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t k = i + 1; k < table.size(); ++k) {
      if (table[i].name == table[k].name) return false;
    }
  }
  return true;
}
static_assert(ascending(kHeaders) && kHeaders.back().code + 1U == kHeaders.size());
static_assert(ascending(kParameters));
static_assert(ascending(kMediaTypes) && names_unique(kMediaTypes));
static_assert(ascending(kApplications) && names_unique(kApplications));
static_assert(ascending(kCharsets) && names_unique(kCharsets));
static_assert(ascending(kPduTypes) && names_unique(kPduTypes));

template <class Table>
const typename Table::value_type* find(const Table& table, std::uint32_t code) {
  const auto found = std::ranges::lower_bound(
      table, code, {}, [](const auto& row) { return static_cast<std::uint32_t>(row.code); });
  return found != table.end() && found->code == code ? &*found : nullptr;
}
template <class Table>
std::string_view name_in(const Table& table, std::uint32_t code) {
  const auto* row = find(table, code);
  return row != nullptr ? row->name : std::string_view();
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, std::ranges::equal_to(), lower, lower);
}

}  // namespace

const AssignedField* find_header(std::uint8_t code) { return find(kHeaders, code); }
const AssignedField* find_parameter(std::uint8_t code) { return find(kParameters, code); }

std::optional<std::uint8_t> header_code(std::string_view name) {
  // Of several codes the newest.
  for (auto row = kHeaders.rbegin(); row != kHeaders.rend(); ++row) {
    if (same_word(row->name, name)) return row->code;
  }
  return {};
}

std::string_view media_type_name(std::uint32_t code) { return name_in(kMediaTypes, code); }
std::optional<std::uint16_t> media_type_code(std::string_view name) {
  const auto found = std::ranges::find_if(
      kMediaTypes, [&](const Assigned& row) { return same_word(row.name, name); });
  if (found == kMediaTypes.end()) return {};
  return static_cast<std::uint16_t>(found->code);
}

std::string_view application_name(std::uint32_t id) { return name_in(kApplications, id); }
std::optional<std::uint32_t> application_id(std::string_view name) {
  const auto found = std::ranges::find(kApplications, name, &Assigned::name);
  if (found == kApplications.end()) return {};
  return found->code;
}

std::string_view charset_name(std::uint32_t mib_enum) { return name_in(kCharsets, mib_enum); }
std::string_view pdu_type_name(std::uint8_t type) { return name_in(kPduTypes, type); }

}  // namespace cpgw::si_sl
