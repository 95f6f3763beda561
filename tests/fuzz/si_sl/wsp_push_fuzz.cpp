// Any octets as a push: a value whose views lie inside the input, or an error with an offset inside
// it.
#include "si_sl/wsp_fields.h"
#include "si_sl/wsp_push.h"
#include "tests/fuzz/si_sl/require.h"

namespace {

using cpgw::OctetView;
using cpgw::si_sl::fuzz::inside;
using cpgw::si_sl::fuzz::require;
using cpgw::si_sl::fuzz::require_positioned;

/// The lister reads all that read_push reads.
void list(OctetView input, bool reads) {
  const auto fields = cpgw::si_sl::push_fields(input);
  require_positioned(fields, input.size());
  if (!fields) {
    require(!reads || fields.error().code == cpgw::Code(cpgw::si_sl::Errc::too_long));
    return;
  }
  require(!fields->empty() && fields->size() <= 256);
  for (const auto& field : *fields) {
    require(field.offset <= field.value_offset && field.value_offset <= input.size());
    require(inside(field.value.text.data(), field.value.text.size(), input));
    require(inside(field.value.octets.data(), field.value.octets.size(), input));
    static_cast<void>(cpgw::si_sl::value_text(field));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const OctetView input = std::as_bytes(std::span(data, size));
  const auto push = cpgw::si_sl::read_push(input);
  require_positioned(push, size);
  list(input, push.has_value());
  if (!push) return 0;
  for (const OctetView view : {push->header_octets, push->further_headers, push->body}) {
    require(inside(view.data(), view.size(), input));
  }
  for (const std::string_view view :
       {push->content_type_text, push->MAC, push->application_id_text}) {
    require(inside(view.data(), view.size(), input));
  }
  // What we can write again reads the same.
  cpgw::si_sl::PushHeaders headers;
  headers.content_type = push->content_type.value_or(0);
  headers.content_type_text = push->content_type_text;
  headers.SEC = push->SEC;
  headers.MAC = push->MAC;
  headers.further_headers = push->further_headers;
  cpgw::Octets again;
  if (!cpgw::si_sl::write_push(push->transaction_id, headers, push->body, again)) {
    require(again.empty());
    return 0;
  }
  require(again.size() == cpgw::si_sl::push_octets(headers, push->body.size()));
  const auto read = cpgw::si_sl::read_push(again);
  require(read.has_value());
  require(read->content_type_text == push->content_type_text && read->SEC == push->SEC &&
          read->MAC == push->MAC && read->body.size() == push->body.size() &&
          read->application_id == push->application_id &&
          read->further_headers.size() == push->further_headers.size());
  if (push->content_type) require(read->content_type == push->content_type);
  return 0;
}
