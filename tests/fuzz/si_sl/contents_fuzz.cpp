// Any push and what it carries: a document of the type its content type names becomes the same body
// again or is refused; a DM notification is written again to the octet.
#include <algorithm>
#include <cstdlib>

#include "si_sl/contents.h"
#include "si_sl/contents_dm.h"
#include "wbxml/decoder.h"

namespace {

using namespace cpgw;

void read_notification(OctetView body) {
  const auto view = si_sl::read_dm_notification(body);
  if (!view) {
    if (!view.error().at.offset || *view.error().at.offset > body.size()) std::abort();
    return;
  }
  Octets trigger;
  // A server identifier that is no text is read and not written.
  if (!si_sl::write_dm_trigger(view->trigger, trigger)) return;
  if (!std::ranges::equal(trigger, view->trigger_octets)) std::abort();
}

void read_document(const si_sl::PushView& push) {
  const wbxml::DocumentType* const type = si_sl::document_type_of(push);
  if (type == nullptr) return;
  const auto document = wbxml::decode(push.body, {.unknown = 0}, {push.charset.value_or(0), type});
  if (!document) {
    if (!document.error().at.offset || *document.error().at.offset > push.body.size()) std::abort();
    return;
  }
  const auto content = si_sl::push_content(*document);
  if (!content) return;
  Octets pdu;
  if (!si_sl::write_push(1, si_sl::push_headers(*content), content->body, pdu)) std::abort();
  const auto back = si_sl::read_push(pdu);
  if (!back || si_sl::document_type_of(*back) != document->type) std::abort();
  const auto again = wbxml::decode(back->body, {.octets = 1 << 20, .text_octets = 1 << 20},
                                   {.type = document->type});
  if (!again || !(*again == *document)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  read_notification(input);
  if (const auto push = si_sl::read_push(input)) {
    read_notification(push->body);
    read_document(*push);
  }
  return 0;
}
