#include "carriers/smpp/pdu.h"

namespace cpgw::carriers::smpp {

namespace {

// What a wild command_length usually is, so that a person need not guess.
std::string hint(OctetView octets) {
  const std::uint8_t first = to_u8(octets[0]), second = to_u8(octets[1]);
  if ((first == 0x15 || first == 0x16) && second == 0x03) return "; the peer speaks TLS?";
  const std::string_view text = as_text(octets.first(4));
  if (text == "HTTP" || text == "SSH-" || text == "GET " || text == "POST") {
    return "; the peer speaks another protocol (\"" + std::string(text) + "\")";
  }
  return "";
}

}  // namespace

void Framer::feed(OctetView octets) {
  if (lost_) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  passed_ += used_;
  used_ = 0;
  buffer_.insert(buffer_.end(), octets.begin(), octets.end());
}

Result<std::optional<OctetView>> Framer::next() {
  if (lost_) return fail(*lost_);
  const OctetView rest = OctetView(buffer_).subspan(used_);
  if (rest.size() < 4) return std::nullopt;
  const std::uint32_t length = *OctetReader(rest).u32();
  if (length < kHeaderOctets || length > most_) {
    lost_ = Error(Errc::framing,
                  "command_length " + std::to_string(length) + " is outside " +
                      std::to_string(kHeaderOctets) + " to " + std::to_string(most_) + hint(rest),
                  at_offset(static_cast<std::size_t>(passed_ + used_)));
    buffer_.clear();
    used_ = 0;
    return fail(*lost_);
  }
  if (rest.size() < length) return std::nullopt;
  used_ += length;
  return rest.first(length);
}

}  // namespace cpgw::carriers::smpp
