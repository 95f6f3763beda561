// Over The Air Settings Specification 7.0 and 7.1 (Ericsson, Nokia), 11: SyncML settings. Known
// from Kannel alone (single source), but for two things that support it: the numbers follow the
// alphabet without a gap, and a product that sends these documents has the same names in this case.
// No attributes, no public identifier.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "Addr", Content::text},
    {0, 0x06, "AddrType", Content::text},
    {0, 0x07, "Auth"},
    {0, 0x08, "AuthLevel", Content::text},
    {0, 0x09, "AuthScheme", Content::text},
    {0, 0x0A, "Bearer", Content::text},
    {0, 0x0B, "ConRef"},
    {0, 0x0C, "ConType", Content::text},
    {0, 0x0D, "Cred", Content::text},
    {0, 0x0E, "CTType", Content::text},
    {0, 0x0F, "CTVer", Content::text},
    {0, 0x10, "HostAddr", Content::text},
    {0, 0x11, "Name", Content::text},
    {0, 0x12, "Port", Content::text},
    {0, 0x13, "RefID", Content::text},
    {0, 0x14, "RemoteDB"},
    {0, 0x15, "SyncSettings"},
    {0, 0x16, "URI", Content::text},
    {0, 0x17, "Username", Content::text},
    {0, 0x18, "Version", Content::text},
});

constexpr detail::Tables kTables(kTags, std::array<AttributeToken, 0>{},
                                 std::array<ValueToken, 0>{});

constexpr DocumentType kSyncSettings = kTables.of({
    .name = "SyncML settings 7.0",
    .public_id = kPublicIdNotSaid,
    .root = "SyncSettings",
    .version = 0x01,
});
static_assert(detail::round_trips(kSyncSettings));

}  // namespace

const DocumentType& sync_settings() { return kSyncSettings; }

}  // namespace cpgw::wbxml
