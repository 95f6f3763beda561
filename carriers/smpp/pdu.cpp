#include "carriers/smpp/pdu.h"

#include <algorithm>

#include "carriers/smpp/status.h"

namespace cpgw::carriers::smpp {

namespace {

Position where(const Pdu& pdu, std::string_view field, std::size_t offset) {
  Position at = at_offset(offset);
  at.field = to_string(pdu.command_id) + "." + std::string(field);
  return at;
}

Result<void> read_field(const Field& field, OctetReader& in, Pdu& out) {
  const std::size_t start = in.offset();
  if (field.octet != nullptr) {
    const auto value = in.u8();
    if (!value)
      return fail(Errc::truncated, "the PDU ends before this field", where(out, field.name, start));
    out.*field.octet = *value;
    return {};
  }
  if (field.counted != nullptr) {
    const auto length = in.u8();
    const auto octets = length ? in.take(*length) : Result<OctetView>(fail(length.error()));
    if (!octets)
      return fail(Errc::truncated, "sm_length is larger than the octets that follow",
                  where(out, field.name, start));
    (out.*field.counted).assign(octets->begin(), octets->end());
    return {};
  }
  // The scan for the NUL is bounded by the field's size and by the end of the PDU.
  const OctetView window = in.rest().first(std::min<std::size_t>(in.remaining(), field.most));
  const auto nul = std::ranges::find(window, std::byte{0});
  if (nul == window.end()) {
    if (window.size() == field.most) {
      return fail(Errc::field_size,
                  "no NUL within the " + std::to_string(field.most) + " octets this field may have",
                  where(out, field.name, start));
    }
    return fail(Errc::truncated, "the PDU ends inside this text", where(out, field.name, start));
  }
  const auto length = static_cast<std::size_t>(nul - window.begin());
  (out.*field.text) = as_text(window.first(length));
  return in.take(length + 1).map([](OctetView) {});
}

Result<void> read_tlvs(OctetReader& in, Pdu& out) {
  while (!in.empty()) {
    const std::size_t start = in.offset();
    const auto number = in.u16();
    const auto length = number ? in.u16() : number;
    const auto value = length ? in.take(*length) : Result<OctetView>(fail(length.error()));
    if (!value)
      return fail(Errc::bad_tlv, "an optional parameter runs past the end of the PDU",
                  where(out, "optional parameter", start));
    out.tlvs.push_back({*number, Octets(value->begin(), value->end())});
  }
  return {};
}

}  // namespace

const Tlv* Pdu::find(std::uint16_t wanted) const {
  const auto it = std::ranges::find(tlvs, wanted, &Tlv::tag);
  return it == tlvs.end() ? nullptr : &*it;
}

std::optional<std::uint32_t> Pdu::number(std::uint16_t wanted) const {
  const Tlv* tlv = find(wanted);
  if (tlv == nullptr) return std::nullopt;
  const std::size_t octets = tlv->value.size();
  if (octets != 1 && octets != 2 && octets != 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const std::byte b : tlv->value) value = value << 8 | to_u8(b);
  return value;
}

void Pdu::add(std::uint16_t with_tag, OctetView value) {
  tlvs.push_back({with_tag, Octets(value.begin(), value.end())});
}
void Pdu::add_u8(std::uint16_t with_tag, std::uint8_t value) {
  tlvs.push_back({with_tag, {std::byte{value}}});
}
void Pdu::add_u16(std::uint16_t with_tag, std::uint16_t value) {
  Octets octets;
  OctetWriter(octets).u16(value);
  tlvs.push_back({with_tag, std::move(octets)});
}

OctetView Pdu::message() const {
  if (!short_message.empty()) return short_message;
  const Tlv* payload = find(tag::message_payload);
  return payload == nullptr ? OctetView{} : OctetView(payload->value);
}

Pdu answer(const Pdu& request, std::uint32_t status) {
  Pdu response;
  response.command_id = response_to(request.command_id);
  response.command_status = status;
  response.sequence_number = request.sequence_number;
  return response;
}

Result<void> decode(OctetView octets, Pdu& out) {
  out = Pdu{};
  OctetReader in(octets);
  if (octets.size() < kHeaderOctets) {
    return fail(Errc::truncated, "a PDU has a header of 16 octets", at_offset(octets.size()));
  }
  const std::uint32_t length = *in.u32();
  out.command_id = CommandId{*in.u32()};
  out.command_status = *in.u32();
  out.sequence_number = *in.u32();
  if (length != octets.size()) {
    return fail(Errc::truncated,
                "command_length is " + std::to_string(length) + " but there are " +
                    std::to_string(octets.size()) + " octets",
                where(out, "command_length", 0));
  }
  const auto fields = fields_of(out.command_id);
  if (!fields) {
    out.raw_body.assign(in.rest().begin(), in.rest().end());
    return {};
  }
  if (in.empty() && is_response(out.command_id)) {
    // An error answer may be the header alone; so are, in the field, some good ones.
    out.header_only = !fields->empty();
    return {};
  }
  for (const Field& field : *fields) {
    if (auto read = read_field(field, in, out); !read) return read;
  }
  return read_tlvs(in, out);
}

Result<void> encode(const Pdu& pdu, Octets& out) {
  const std::size_t start = out.size();
  OctetWriter to(out);
  to.u32(0)
      .u32(static_cast<std::uint32_t>(pdu.command_id))
      .u32(pdu.command_status)
      .u32(pdu.sequence_number);
  const auto refuse = [&](std::string_view field, std::string message) {
    out.resize(start);
    return fail(Errc::field_size, std::move(message),
                at_field(to_string(pdu.command_id) + "." + std::string(field)));
  };
  const auto fields = fields_of(pdu.command_id);
  if (!fields) {
    to.put(pdu.raw_body);
  } else if (!(pdu.header_only && is_response(pdu.command_id))) {
    for (const Field& field : *fields) {
      if (field.octet != nullptr) {
        to.u8(pdu.*field.octet);
      } else if (field.counted != nullptr) {
        const Octets& octets = pdu.*field.counted;
        if (octets.size() > field.most)
          return refuse(field.name, "at most " + std::to_string(field.most) + " octets fit");
        to.u8(static_cast<std::uint8_t>(octets.size())).put(octets);
      } else {
        const std::string& text = pdu.*field.text;
        if (text.size() + 1 > field.most)
          return refuse(field.name,
                        "at most " + std::to_string(field.most - 1) + " characters fit");
        if (text.find('\0') != std::string::npos)
          return refuse(field.name, "a NUL cannot be inside this text");
        to.put(text).u8(0);
      }
    }
    for (const Tlv& tlv : pdu.tlvs) {
      if (tlv.value.size() > 0xFFFF)
        return refuse("optional parameter", "at most 65535 octets fit");
      to.u16(tlv.tag).u16(static_cast<std::uint16_t>(tlv.value.size())).put(tlv.value);
    }
  }
  const std::size_t length = out.size() - start;
  if (length > kMostPduOctets)
    return refuse("command_length",
                  "the PDU is larger than " + std::to_string(kMostPduOctets) + " octets");
  for (std::size_t i = 0; i < 4; ++i) {
    out[start + i] = std::byte{static_cast<std::uint8_t>(length >> (8 * (3 - i)))};
  }
  return {};
}

std::uint32_t reject_status(const Error& error) {
  if (error.code == Code(Errc::bad_tlv)) return status::ESME_RINVPARLEN;
  return status::ESME_RINVCMDLEN;
}

std::vector<std::pair<std::string, std::string>> describe(const Pdu& pdu) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back("command_id", to_string(pdu.command_id));
  lines.emplace_back("command_status", status_text(pdu.command_status));
  lines.emplace_back("sequence_number", std::to_string(pdu.sequence_number));
  const auto fields = fields_of(pdu.command_id);
  if (!fields) {
    lines.emplace_back("body", to_hex(pdu.raw_body));
    return lines;
  }
  if (pdu.header_only) return lines;
  for (const Field& field : *fields) {
    if (field.secret) {
      lines.emplace_back(field.name, "(not shown)");
    } else if (field.octet != nullptr) {
      lines.emplace_back(field.name, std::to_string(pdu.*field.octet));
    } else if (field.counted != nullptr) {
      lines.emplace_back(field.name, to_hex(pdu.*field.counted));
    } else {
      lines.emplace_back(field.name, pdu.*field.text);
    }
  }
  for (const Tlv& tlv : pdu.tlvs) {
    Octets number;
    OctetWriter(number).u16(tlv.tag);
    lines.emplace_back("tlv 0x" + to_hex(number), to_hex(tlv.value));
  }
  return lines;
}

}  // namespace cpgw::carriers::smpp
