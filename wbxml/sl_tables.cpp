// WAP-168-ServiceLoad (SL 1.0), 7. `action` has no plain start: its values are a closed list.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "sl"},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "action", "execute-low"},
    {0, 0x06, "action", "execute-high"},
    {0, 0x07, "action", "cache"},
    {0, 0x08, "href", "", false, ValueForm::url},
    {0, 0x09, "href", "http://"},
    {0, 0x0A, "href", "http://www."},
    {0, 0x0B, "href", "https://"},
    {0, 0x0C, "href", "https://www."},
});

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, ".com/"},
    {0, 0x86, ".edu/"},
    {0, 0x87, ".net/"},
    {0, 0x88, ".org/"},
});

constexpr detail::Tables kTables(kTags, kAttributes, kValues);

constexpr DocumentType kSl = kTables.of({
    .name = "SL 1.0",
    .public_id = 0x06,
    .formal_public_id = "-//WAPFORUM//DTD SL 1.0//EN",
    .system_id = "http://www.wapforum.org/DTD/sl.dtd",
    .root = "sl",
    .version = 0x02,
});
static_assert(detail::round_trips(kSl));

}  // namespace

const DocumentType& sl() { return kSl; }

}  // namespace cpgw::wbxml
