// Any octets as a push: a value whose views lie inside the input, or an error with an offset inside
// it.
#include <cstdlib>

#include "si_sl/wsp_push.h"

namespace {

using cpgw::OctetView;

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(const void* data, std::size_t octets, OctetView input) {
  if (octets == 0) return true;
  const auto* begin = static_cast<const std::byte*>(data);
  return begin >= input.data() && begin + octets <= input.data() + input.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  const auto push = cpgw::si_sl::read_push(input);
  if (!push) {
    require(push.error().at.offset.has_value() && *push.error().at.offset <= size);
    return 0;
  }
  for (const OctetView view : {push->header_octets, push->further_headers, push->body}) {
    require(inside(view.data(), view.size(), input));
  }
  for (const std::string_view view : {push->content_type_text, push->MAC}) {
    require(inside(view.data(), view.size(), input));
  }
  // What we can write again reads the same.
  if (push->content_type && (push->MAC.empty() || push->MAC.size() == 40)) {
    cpgw::Octets again;
    const cpgw::si_sl::PushHeaders headers{*push->content_type, push->SEC, push->MAC};
    if (cpgw::si_sl::write_push(push->transaction_id, headers, push->body, again)) {
      const auto read = cpgw::si_sl::read_push(again);
      require(read && read->content_type == push->content_type && read->SEC == push->SEC &&
              read->MAC == push->MAC && read->body.size() == push->body.size() &&
              again.size() == cpgw::si_sl::push_octets(headers, push->body.size()));
    }
  }
  return 0;
}
