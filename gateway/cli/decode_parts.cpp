// Parts put together, and what is wrong with them by name.
#include <boost/json/object.hpp>

#include "gateway/cli/decode_detect.h"
#include "gateway/cli/decode_layers.h"
#include "si_sl/cdma_wdp.h"
#include "si_sl/part.h"
#include "si_sl/reassembly.h"
#include "si_sl/udh.h"
#include "si_sl/utf.h"

namespace cpgw::gateway::cli {
namespace {

using Message = si_sl::Reassembler::Message;

constexpr std::size_t kMostNumbers = 20, kMostMessages = 10;  // named in one line

std::string numbers(const std::vector<std::uint8_t>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < kMostNumbers; ++i)
    text += (text.empty() ? "" : ", ") + std::to_string(all[i]);
  if (all.size() > kMostNumbers)
    text += " and " + std::to_string(all.size() - kMostNumbers) + " more";
  return text;
}

/// "parts 2, 3 of 4 (reference 42)" of every message that is not whole.
std::string missing(const std::vector<PartDefect>& defects) {
  std::string text;
  std::size_t messages = 0;
  for (const auto& [part, report, why] : defects) {
    if (report.missing.empty() || ++messages > kMostMessages) continue;
    text += (text.empty() ? "" : "; ") +
            std::string(report.missing.size() == 1 ? "part " : "parts ") + numbers(report.missing) +
            " of " + std::to_string(report.total);
    if (report.reference) text += " under reference " + std::to_string(*report.reference);
  }
  if (messages > kMostMessages)
    text += "; and of " + std::to_string(messages - kMostMessages) + " more messages";
  return text;
}

template <class Reassembler>
std::string not_listed(const Reassembler& reassembler) {
  if constexpr (requires { reassembler.defects_lost(); }) {
    if (const auto lost = reassembler.defects_lost(); lost > 0)
      return "; " + std::to_string(lost) + " more defects are not listed";
  }
  return {};
}

/// `add` hands part i to the reassembler. The first whole message, and everything that is wrong
/// with the parts up to it.
template <class Reassembler, class Add>
Result<Message> join(Reassembler& reassembler, std::size_t parts, Add add, Decoded& out) {
  std::optional<Error> unusable;
  const auto note = [&](std::size_t part, const std::string& why) {
    for (si_sl::DefectReport& report : reassembler.take_defects()) {
      out.defects.push_back({part, std::move(report), why});
    }
  };
  for (std::size_t i = 0; i < parts; ++i) {
    auto message = add(i);
    note(i + 1, message ? std::string() : message.error().message);
    if (!message) {
      if (!unusable) unusable = std::move(message).error();
    } else if (*message) {
      out.left = parts - i - 1;
      return std::move(**message);
    }
  }
  reassembler.expire(SteadyTime::max());
  note(0, {});
  const std::string absent = missing(out.defects) + not_listed(reassembler);
  if (absent.empty() && unusable) return fail(std::move(*unusable));
  return fail(si_sl::Errc::truncated, "the message is not complete: missing " + absent +
                                          " (give all of them, one per line)");
}

/// Every element of the header in its order, known or not.
boost::json::array elements_of(OctetView user_data) {
  boost::json::array all;
  const auto elements = si_sl::udh_elements(user_data);
  if (!elements) return all;
  for (const si_sl::UdhElement& element : *elements) {
    boost::json::object one{{"id", element.id}};
    if (!element.name.empty()) one["name"] = element.name;
    one["value"] = to_hex(element.value);
    all.push_back(std::move(one));
  }
  return all;
}

boost::json::object layer_of(const Received& received) {
  boost::json::object layer{{"layer", "sms"}, {"octets", received.user_data.size()}};
  if (!received.has_udh) return layer;
  if (!received.synthetic_udh) {
    if (auto elements = elements_of(received.user_data); !elements.empty())
      layer["elements"] = std::move(elements);
  }
  const auto header = si_sl::read_udh(received.user_data);
  if (!header) return layer;
  if (!received.synthetic_udh)
    layer["udh"] = to_hex(OctetView(received.user_data).first(header->octets));
  if (header->destination_port) layer["destination_port"] = *header->destination_port;
  if (header->reference) layer["reference"] = *header->reference;
  layer["number"] = header->number;
  layer["total"] = header->total;
  return layer;
}

std::string_view to_string(TextCoding coding) {
  switch (coding) {
    case TextCoding::data: return "data";
    case TextCoding::gsm7: return "gsm7";
    case TextCoding::ucs2: return "ucs2";
    case TextCoding::latin1: return "latin1";
  }
  return "";
}

/// What goes to a port of WAP, or to none, is a push; elsewhere it may be anything.
Result<void> decode_data(const Message& message, Decoded& out) {
  auto done = decode_push(message.data, out);
  if (done || message.destination_port == 0 || is_wap_port(message.destination_port)) return done;
  out.body = message.data;
  out.body_about = std::to_string(message.data.size()) + " octets for port " +
                   std::to_string(message.destination_port);
  return {};
}

/// A part of the message that the last one completed whose alphabet is another.
std::optional<std::size_t> other_coding(const std::vector<Received>& received,
                                        const std::vector<std::size_t>& taken) {
  const Received& last = received[taken.back()];
  const auto header = last.has_udh ? si_sl::read_udh(last.user_data) : si_sl::UserDataHeader();
  if (!header || !header->reference) return std::nullopt;
  for (const std::size_t i : taken) {
    const Received& one = received[i];
    if (one.coding == last.coding || one.originator != last.originator || !one.has_udh) continue;
    const auto its = si_sl::read_udh(one.user_data);
    if (its && its->reference == header->reference && its->total == header->total) return i;
  }
  return std::nullopt;
}

/// A text needs no port.
void forget_missing_ports(Decoded& out) {
  std::erase_if(out.defects, [](const PartDefect& defect) {
    return defect.report.defect == si_sl::Defect::missing_port;
  });
}

}  // namespace

TextCoding text_coding(std::uint8_t data_coding) {
  switch (si_sl::alphabet_of(data_coding)) {
    case si_sl::Alphabet::gsm7: return TextCoding::gsm7;
    case si_sl::Alphabet::ucs2: return TextCoding::ucs2;
    case si_sl::Alphabet::octets: break;
  }
  return TextCoding::data;
}

Result<std::string> read_text(OctetView data, TextCoding coding) {
  switch (coding) {
    case TextCoding::gsm7: return si_sl::read_text(data, si_sl::Alphabet::gsm7);
    case TextCoding::ucs2: return si_sl::read_text(data, si_sl::Alphabet::ucs2);
    case TextCoding::data: break;
    case TextCoding::latin1: {
      std::string text;
      for (const std::byte octet : data) si_sl::detail::put_utf8(text, to_u8(octet));
      return text;
    }
  }
  return si_sl::read_text(data, si_sl::Alphabet::octets);
}

bool is_wap_port(std::uint16_t port) {
  constexpr std::uint16_t kPush = 2948, kPushSecure = 2949, kFirst = 9200, kLast = 9203;
  return port == kPush || port == kPushSecure || (port >= kFirst && port <= kLast);
}

Result<Received> receive(std::string originator, OctetView user_data, std::uint8_t user_data_length,
                         bool has_udh, std::uint8_t data_coding) {
  Received received{.originator = std::move(originator), .user_data = {}, .has_udh = has_udh};
  const auto header = has_udh ? si_sl::read_udh(user_data) : si_sl::UserDataHeader();
  const TextCoding coding = text_coding(data_coding);
  // A header that cannot be read is for the reassembler to name.
  if (coding == TextCoding::data || !header ||
      (header->destination_port && is_wap_port(*header->destination_port))) {
    received.user_data.assign(user_data.begin(), user_data.end());
    return received;
  }
  auto unpacked = si_sl::unpack_user_data(user_data, user_data_length, has_udh, data_coding);
  if (!unpacked) return fail(std::move(unpacked).error());
  received.user_data = std::move(*unpacked);
  received.coding = coding;
  received.message_class = si_sl::message_class_of(data_coding);
  return received;
}

Result<void> decode_parts(const std::vector<Received>& received, Decoded& out) {
  si_sl::Reassembler reassembler;
  std::vector<std::size_t> taken;
  const auto add = [&](std::size_t i) {
    out.layers.push_back(layer_of(received[i]));
    taken.push_back(i);
    return reassembler.add(received[i].originator, received[i].user_data, received[i].has_udh,
                           SteadyTime{});
  };
  const auto message = join(reassembler, received.size(), add, out);
  const TextCoding coding = taken.empty() ? TextCoding::data : received[taken.back()].coding;
  if (coding != TextCoding::data) forget_missing_ports(out);
  if (!message) return fail(message.error());
  if (const auto other = other_coding(received, taken)) {
    return fail(si_sl::Errc::conflict, "part " + std::to_string(taken.back() + 1) + " is " +
                                           std::string(to_string(coding)) + " and part " +
                                           std::to_string(*other + 1) + " of the same message " +
                                           std::string(to_string(received[*other].coding)) +
                                           ": one message has one alphabet");
  }
  const std::optional<std::uint8_t> message_class = received[taken.back()].message_class;
  if (coding == TextCoding::data) return decode_data(*message, out);
  auto text = read_text(message->data, coding);
  if (!text) return fail(std::move(text).error());
  boost::json::object layer{{"layer", "text"}, {"alphabet", to_string(coding)}};
  if (message_class) layer["message_class"] = *message_class;
  out.layers.push_back(std::move(layer));
  out.text = std::move(*text);
  return {};
}

Result<void> decode_sms(const Units& units, std::optional<std::uint8_t> data_coding, Decoded& out) {
  constexpr std::size_t kSeptetBits = 7;
  std::vector<Received> received;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const OctetView unit = units[i];
    if (!data_coding) {
      received.push_back({.originator = {}, .user_data = Octets(unit.begin(), unit.end())});
      continue;
    }
    if (unit.size() > si_sl::kUserDataOctets) {
      return fail(si_sl::Errc::too_long, "line " + std::to_string(i + 1) + " has " +
                                             std::to_string(unit.size()) +
                                             " octets: an SMS holds 140");
    }
    const auto header = si_sl::read_udh(unit);
    const bool has_udh = header && (header->reference || header->destination_port);
    // TP-UDL is not told. Seven zero bits at the end are what fills the last octet, not a '@'.
    std::size_t length = unit.size();
    if (text_coding(*data_coding) == TextCoding::gsm7) {
      length = unit.size() * 8 / kSeptetBits;
      if (unit.size() % kSeptetBits == 0 && !unit.empty() && to_u8(unit.back()) >> 1U == 0)
        --length;
    }
    auto one = receive({}, unit, static_cast<std::uint8_t>(length), has_udh, *data_coding);
    if (!one) return fail(std::move(one).error());
    received.push_back(std::move(*one));
  }
  return decode_parts(received, out);
}

Result<void> decode_cdma(const Units& segments, Decoded& out) {
  const bool repeated = repeats_ports(segments);
  si_sl::WdpReassembler reassembler(repeated);
  const auto add = [&](std::size_t i) {
    boost::json::object layer{{"layer", "cdma"}, {"octets", segments[i].size()}};
    if (const auto segment = si_sl::read_wdp(segments[i], repeated)) {
      if (segment->destination_port) layer["destination_port"] = *segment->destination_port;
      layer["number"] = segment->number + 1;
      layer["total"] = segment->total;
    }
    out.layers.push_back(std::move(layer));
    return reassembler.add({}, 0, segments[i], SteadyTime{});
  };
  const auto message = join(reassembler, segments.size(), add, out);
  if (!message) return fail(message.error());
  return decode_push(message->data, out);
}

}  // namespace cpgw::gateway::cli
