// Any octets as a text that is cut and put together again, and as user data of text.
#include "si_sl/reassembly.h"
#include "si_sl/text.h"
#include "tests/fuzz/si_sl/require.h"

namespace {

using cpgw::OctetView;
using cpgw::si_sl::fuzz::require;

void cut_and_read(std::string_view text, const cpgw::si_sl::TextOptions& options) {
  namespace si_sl = cpgw::si_sl;
  const auto plan = si_sl::text_parts(text, options);
  std::vector<si_sl::Part> parts;
  require(si_sl::segment_text(text, 7, options, parts).has_value() == plan.has_value());
  if (!plan) {
    require(!plan.error().at.offset || *plan.error().at.offset < text.size());
    return;
  }
  require(parts.size() == plan->parts);
  si_sl::Reassembler reassembler;
  for (const si_sl::Part& part : parts) {
    require(part.octets <= si_sl::kUserDataOctets);
    const auto unpacked = si_sl::unpack_user_data(part.whole(), part.user_data_length(),
                                                  part.udh_octets != 0, part.data_coding);
    require(unpacked.has_value());
    const auto message = reassembler.add("1", *unpacked, part.udh_octets != 0, {});
    require(message.has_value() && message->has_value() == (part.number == part.total));
    if (!*message) continue;
    const auto back = si_sl::read_text((*message)->data, plan->alphabet);
    require(back && *back == text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  namespace si_sl = cpgw::si_sl;
  const OctetView input = std::as_bytes(std::span(data, size)).subspan(2);
  si_sl::TextOptions options;
  options.wide_reference = (data[0] & 1) != 0;
  options.part_limit = (data[0] & 2) != 0 ? 255 : 10;
  if ((data[0] & 4) != 0) {
    options.alphabet = (data[0] & 8) != 0 ? si_sl::Alphabet::gsm7 : si_sl::Alphabet::ucs2;
  }
  if ((data[0] & 16) != 0) options.message_class = static_cast<std::uint8_t>(data[0] >> 6);
  cut_and_read(cpgw::as_text(input), options);

  const std::uint8_t data_coding = data[1];
  for (const bool has_udh : {false, true}) {
    const auto unpacked = si_sl::unpack_user_data(input, data[0], has_udh, data_coding);
    cpgw::si_sl::fuzz::require_positioned(unpacked, input.size());
  }
  const auto text = si_sl::read_text(input, si_sl::alphabet_of(data_coding));
  if (text) require(text->size() <= 3 * input.size());
  return 0;
}
