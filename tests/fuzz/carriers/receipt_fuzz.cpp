// Any octets as the text of a receipt, under every flag and coding: values are tame and bounded.
#include <cstdlib>

#include "carriers/smpp/receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace cpgw;
  using namespace cpgw::carriers::smpp;
  if (size < 2) return 0;
  Pdu pdu;
  pdu.command_id = CommandId::deliver_sm;
  pdu.esm_class = data[0];
  pdu.data_coding = data[1];
  const OctetView text = std::as_bytes(std::span(data + 2, size - 2));
  pdu.add(tag::message_payload, text);
  pdu.add(tag::receipted_message_id, text.first(std::min<std::size_t>(text.size(), 70)));
  if (const auto receipt = read_receipt(pdu, {.unflagged = true})) {
    if (receipt->candidates.size() > 32 || receipt->id.size() > 64) std::abort();
    for (const char c : receipt->id + receipt->stat + receipt->err) {
      if (c < ' ' || c > '~') std::abort();
    }
  }
  return 0;
}
