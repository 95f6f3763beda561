// OMA-Push-EMN-V1_0: e-mail notification. Its value tokens end without a slash, unlike those of SI,
// and its scheme for a mailbox is spelled mailat.
#include <array>

#include "wbxml/token_index.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

constexpr auto kTags = std::to_array<TagToken>({
    {0, 0x05, "emn"},
});

constexpr auto kAttributes = std::to_array<AttributeToken>({
    {0, 0x05, "timestamp", "", false, ValueForm::date},
    {0, 0x06, "mailbox", "", false, ValueForm::url},
    {0, 0x07, "mailbox", "mailat:"},
    {0, 0x08, "mailbox", "pop://"},
    {0, 0x09, "mailbox", "imap://"},
    {0, 0x0A, "mailbox", "http://"},
    {0, 0x0B, "mailbox", "http://www."},
    {0, 0x0C, "mailbox", "https://"},
    {0, 0x0D, "mailbox", "https://www."},
});

constexpr auto kValues = std::to_array<ValueToken>({
    {0, 0x85, ".com"},
    {0, 0x86, ".edu"},
    {0, 0x87, ".net"},
    {0, 0x88, ".org"},
});

constexpr detail::Tables kTables(kTags, kAttributes, kValues);

constexpr DocumentType kEmn = kTables.of({
    .name = "EMN 1.0",
    .public_id = 0x0D,
    .formal_public_id = "-//WAPFORUM//DTD EMN 1.0//EN",
    .system_id = "http://www.wapforum.org/DTD/emn.dtd",
    .root = "emn",
    .version = 0x02,
});
static_assert(detail::round_trips(kEmn));

}  // namespace

const DocumentType& emn() { return kEmn; }

}  // namespace cpgw::wbxml
