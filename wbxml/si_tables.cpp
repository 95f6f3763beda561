// WAP-167-ServiceInd (SI 1.0), 7: tags, attribute starts and values. `action` has no plain start:
// its values are a closed list.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "si"},
    {0, 0x06, "indication", Content::text},
    {0, 0x07, "info"},
    {0, 0x08, "item", Content::text},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "action", "signal-none"},
    {0, 0x06, "action", "signal-low"},
    {0, 0x07, "action", "signal-medium"},
    {0, 0x08, "action", "signal-high"},
    {0, 0x09, "action", "delete"},
    {0, 0x0A, "created", "", false, ValueForm::date},
    {0, 0x0B, "href", "", false, ValueForm::url},
    {0, 0x0C, "href", "http://"},
    {0, 0x0D, "href", "http://www."},
    {0, 0x0E, "href", "https://"},
    {0, 0x0F, "href", "https://www."},
    {0, 0x10, "si-expires", "", false, ValueForm::date},
    {0, 0x11, "si-id", ""},
    {0, 0x12, "class", ""},
});

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, ".com/"},
    {0, 0x86, ".edu/"},
    {0, 0x87, ".net/"},
    {0, 0x88, ".org/"},
});

constexpr detail::Tables kTables(kTags, kAttributes, kValues);

constexpr DocumentType kSi = kTables.of({
    .name = "SI 1.0",
    .public_id = 0x05,
    .formal_public_id = "-//WAPFORUM//DTD SI 1.0//EN",
    .system_id = "http://www.wapforum.org/DTD/si.dtd",
    .root = "si",
    .version = 0x02,
});
static_assert(detail::round_trips(kSi));

}  // namespace

const DocumentType& si() { return kSi; }

}  // namespace cpgw::wbxml
