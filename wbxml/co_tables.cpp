// WAP-175-CacheOp (CO 1.0): cache operation.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "co"},
    {0, 0x06, "invalidate-object"},
    {0, 0x07, "invalidate-service"},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "uri", "", false, ValueForm::url},
    {0, 0x06, "uri", "http://"},
    {0, 0x07, "uri", "http://www."},
    {0, 0x08, "uri", "https://"},
    {0, 0x09, "uri", "https://www."},
});

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, ".com/"},
    {0, 0x86, ".edu/"},
    {0, 0x87, ".net/"},
    {0, 0x88, ".org/"},
});

constexpr detail::Tables kTables(kTags, kAttributes, kValues);

constexpr DocumentType kCo = kTables.of({
    .name = "CO 1.0",
    .public_id = 0x07,
    .formal_public_id = "-//WAPFORUM//DTD CO 1.0//EN",
    .system_id = "http://www.wapforum.org/DTD/co_1.0.dtd",
    .root = "co",
    .version = 0x02,
});
static_assert(detail::round_trips(kCo));

}  // namespace

const DocumentType& co() { return kCo; }

}  // namespace cpgw::wbxml
