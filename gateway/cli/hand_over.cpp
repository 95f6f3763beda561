#include "gateway/cli/hand_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "carriers/smpp/pdu.h"
#include "carriers/smpp/submit.h"
#include "gateway/cli/usage.h"
#include "si_sl/text.h"

namespace cpgw::gateway::cli {
namespace {

namespace smpp = carriers::smpp;
using Parts = std::span<const si_sl::Part>;
using Handed = Result<std::vector<HandedOver>>;

constexpr std::uint8_t kEightBit = 0x04, kEightBitClass1 = 0xF5;

/// The other programs choose the data coding themselves, by words of their own.
Result<void> only_known_codings(Parts parts, std::string_view form) {
  for (const si_sl::Part& part : parts) {
    if (part.data_coding == kEightBit || part.data_coding == kEightBitClass1) continue;
    return misuse(fmt::format("{} takes 8-bit data as 0x04 or 0xF5 only; this is 0x{:02X}", form,
                              part.data_coding),
                  "--data-coding");
  }
  return {};
}

std::string percent(OctetView octets) {
  std::string text;
  for (const std::byte octet : octets) text += fmt::format("%{:02X}", to_u8(octet));
  return text;
}

std::string percent_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out += std::isalnum(octet) != 0 ? std::string(1, c) : fmt::format("%{:02X}", octet);
  }
  return out;
}

/// 3GPP TS 27.005, 3.5.1: the length leaves out the service centre's address.
Handed at_cmgs(const Msisdn& number, Parts parts, const HandOver& options) {
  const auto tpdus = submits_of(number, parts, options.submit);
  if (!tpdus) return fail(tpdus.error());
  std::vector<HandedOver> all{{"", "AT+CMGF=0\n"}};
  for (const Octets& tpdu : *tpdus) {
    const auto pdu = with_service_centre(options.service_centre, tpdu);
    if (!pdu) return fail(pdu.error());
    all.push_back({"", fmt::format("AT+CMGS={}\n", tpdu.size())});
    all.push_back({"", to_hex(*pdu) + "\x1A\n"});
  }
  return all;
}

/// gammu-smsbackup(5), as the files service of gammu-smsd takes it: every section is one message.
Handed gammu(const Msisdn& number, Parts parts, const HandOver& options) {
  if (auto good = only_known_codings(parts, "gammu"); !good) return fail(std::move(good).error());
  constexpr std::size_t kLine = 100;
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const si_sl::Part& part = parts[i];
    text += fmt::format("[SMSBackup{:03}]\nPDU = Submit\nState = UnSent\nNumber = \"+{}\"\n", i,
                        number.digits());
    OctetView rest = part.data();
    for (int line = 0; !rest.empty(); ++line) {
      const auto here = rest.first(std::min(rest.size(), kLine));
      text += fmt::format("Text{:02} = {}\n", line, to_hex(here));
      rest = rest.subspan(here.size());
    }
    text += fmt::format("Coding = 8bit\nLength = {}\nClass = {}\n", part.data().size(),
                        part.data_coding == kEightBitClass1 ? 1 : -1);
    if (part.udh_octets != 0) text += "UDH = " + to_hex(part.udh()) + "\n";
    text += "\n";
  }
  return std::vector<HandedOver>{
      {fmt::format("OUT+{}_{}.smsbackup", number.digits(), options.name), std::move(text)}};
}

/// Octets apart, as SMS Server Tools read them in UDH-DATA.
std::string spaced(OctetView octets) {
  std::string text;
  for (const std::byte octet : octets)
    text += fmt::format("{}{:02X}", text.empty() ? "" : " ", to_u8(octet));
  return text;
}

/// SMS Server Tools 3, file format: one file a message in the outgoing folder.
Handed smstools(const Msisdn& number, Parts parts, const HandOver& options) {
  if (auto good = only_known_codings(parts, "smstools"); !good)
    return fail(std::move(good).error());
  std::vector<HandedOver> all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const si_sl::Part& part = parts[i];
    std::string text = fmt::format("To: {}\nAlphabet: binary\nHex: yes\n", number.digits());
    if (part.data_coding == kEightBitClass1) text += "DCS_hex: F5\n";
    if (part.udh_octets != 0) text += "UDH: true\nUDH-DATA: " + spaced(part.udh()) + "\n";
    text += "\n" + to_hex(part.data()) + "\n";
    all.push_back(
        {fmt::format("{}-{}-{}.sms", number.digits(), options.name, i + 1), std::move(text)});
  }
  return all;
}

/// Kannel's sendsms with the header in `udh`: Kannel then cuts nothing.
Handed kannel_url(const Msisdn& number, Parts parts, const HandOver& options) {
  if (auto good = only_known_codings(parts, "kannel-url"); !good)
    return fail(std::move(good).error());
  const std::string url =
      options.url.empty() ? "http://localhost:13013/cgi-bin/sendsms?username=USER&password=PASSWORD"
                          : options.url;
  std::vector<HandedOver> all;
  for (const si_sl::Part& part : parts) {
    std::string line = url + (url.find('?') == std::string::npos ? "?" : "&") +
                       "to=" + percent_text("+" + number.digits());
    if (!options.source.empty()) line += "&from=" + percent_text(options.source);
    line += "&coding=1";
    if (part.data_coding == kEightBitClass1) line += "&mclass=1&alt-dcs=1";
    if (part.udh_octets != 0) line += "&udh=" + percent(part.udh());
    all.push_back({"", line + "&text=" + percent(part.data()) + "\n"});
  }
  return all;
}

/// Body of Jasmin's POST /secure/send. It has no field for the header's flag: docs/hand-over.md.
Handed jasmin_json(const Msisdn& number, Parts parts, const HandOver& options) {
  std::vector<HandedOver> all;
  for (const si_sl::Part& part : parts) {
    if (part.data_coding > 14) {
      return misuse(
          fmt::format("Jasmin takes data codings 0 to 14; this is 0x{:02X}", part.data_coding),
          "--data-coding");
    }
    boost::json::object body{{"to", number.digits()}};
    if (!options.source.empty()) body["from"] = options.source;
    body["coding"] = part.data_coding;
    body["hex-content"] = to_hex(si_sl::unpack_user_data(part));
    all.push_back({"", boost::json::serialize(body) + "\n"});
  }
  return all;
}

Handed smpp_hex(const Msisdn& number, Parts parts, const HandOver& options) {
  smpp::SubmitSettings settings;
  settings.user_message_reference = false;
  if (!options.source.empty()) {
    auto source = smpp::source_address(options.source);
    if (!source) return misuse(source.error(), "--from");
    settings.source = *std::move(source);
  }
  std::vector<HandedOver> all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    smpp::Pdu pdu;
    smpp::make_submit_sm(settings, number, parts, static_cast<std::uint8_t>(i), 0,
                         std::chrono::seconds(0), WallTime{}, pdu);
    pdu.sequence_number = static_cast<std::uint32_t>(i + 1);
    Octets octets;
    if (auto done = smpp::encode(pdu, octets); !done) return fail(std::move(done).error());
    all.push_back({"", to_hex(octets) + "\n"});
  }
  return all;
}

struct Form {
  std::string_view name;
  Handed (*make)(const Msisdn&, Parts, const HandOver&);
};
constexpr auto kForms = std::to_array<Form>({
    {"gammu", gammu},
    {"smstools", smstools},
    {"kannel-url", kannel_url},
    {"jasmin-json", jasmin_json},
    {"at-cmgs", at_cmgs},
    {"smpp-hex", smpp_hex},
});
constexpr auto kNames = [] {
  std::array<std::string_view, kForms.size()> names;
  for (std::size_t i = 0; i < kForms.size(); ++i) names[i] = kForms[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> hand_over_forms() { return kNames; }

Result<std::vector<HandedOver>> hand_over(std::string_view form, const Msisdn& number,
                                          std::span<const si_sl::Part> parts,
                                          const HandOver& options) {
  const auto known = std::ranges::find(kForms, form, &Form::name);
  if (known == kForms.end()) return misuse("no such form", "--as");
  return known->make(number, parts, options);
}

}  // namespace cpgw::gateway::cli
