// OMA-DRM-REL-V1_0: rights. Known from one family of tables only. Prefixes are part of the names
// and namespace declarations are attributes; the slash that ends value 87 is as published.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "o-ex:rights"},
    {0, 0x06, "o-ex:context"},
    {0, 0x07, "o-dd:version", Content::text},
    {0, 0x08, "o-dd:uid", Content::text},
    {0, 0x09, "o-ex:agreement"},
    {0, 0x0A, "o-ex:asset"},
    {0, 0x0B, "ds:KeyInfo"},
    {0, 0x0C, "ds:KeyValue", Content::base64},
    {0, 0x0D, "o-ex:permission"},
    {0, 0x0E, "o-dd:play"},
    {0, 0x0F, "o-dd:display"},
    {0, 0x10, "o-dd:execute"},
    {0, 0x11, "o-dd:print"},
    {0, 0x12, "o-ex:constraint"},
    {0, 0x13, "o-dd:count", Content::text},
    {0, 0x14, "o-dd:datetime"},
    {0, 0x15, "o-dd:start", Content::text},
    {0, 0x16, "o-dd:end", Content::text},
    {0, 0x17, "o-dd:interval", Content::text},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "xmlns:o-ex", "", false, ValueForm::tokens},
    {0, 0x06, "xmlns:o-dd", "", false, ValueForm::tokens},
    {0, 0x07, "xmlns:ds", "", false, ValueForm::tokens},
});

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, "http://odrl.net/1.1/ODRL-EX"},
    {0, 0x86, "http://odrl.net/1.1/ODRL-DD"},
    {0, 0x87, "http://www.w3.org/2000/09/xmldsig#/"},
});

constexpr detail::Tables kTables(kTags, kAttributes, kValues);

constexpr DocumentType kDrmrel = kTables.of({
    .name = "DRMREL 1.0",
    .public_id = 0x0E,
    .formal_public_id = "-//OMA//DTD DRMREL 1.0//EN",
    .system_id = "http://www.openmobilealliance.org/DTD/drmrel10.dtd",
    .root = "o-ex:rights",
});
static_assert(detail::round_trips(kDrmrel));

}  // namespace

const DocumentType& drmrel() { return kDrmrel; }

}  // namespace cpgw::wbxml
