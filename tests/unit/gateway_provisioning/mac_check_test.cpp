// Every mistake is made here by hand over OpenSSL's HMAC, and has to be named.
#include "gateway/provisioning/mac_check.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <random>

#include "si_sl/wsp_push.h"
#include "wbxml/decoder.h"
#include "wbxml/encoder.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::provisioning {
namespace {

using enum MacMistake;
using signer::Security;
using Draw = std::mt19937;

unsigned below(Draw& draw, unsigned n) { return static_cast<unsigned>(draw() % n); }

std::string digits(Draw& draw, std::size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + below(draw, 10));
  return text;
}

std::string document(Draw& draw) {
  const std::string id = "N" + digits(draw, 4);
  std::string xml =
      "<wap-provisioningdoc version=\"1.1\"><characteristic type=\"BOOTSTRAP\">"
      "<parm name=\"NAME\" value=\"Operator " +
      digits(draw, 3) +
      "\"/></characteristic><characteristic type=\"NAPDEF\"><parm name=\"NAPID\" value=\"" + id +
      "\"/><parm name=\"BEARER\" value=\"GSM-GPRS\"/>"
      "<parm name=\"NAP-ADDRTYPE\" value=\"APN\"/></characteristic>";
  for (unsigned i = below(draw, 4) + 1; i > 0; --i) {
    xml +=
        "<characteristic type=\"APPLICATION\"><parm name=\"APPID\" value=\"w2\"/>"
        "<parm name=\"TO-NAPID\" value=\"" +
        id + "\"/><parm name=\"ADDR\" value=\"http://m" + digits(draw, 5) +
        ".example/\"/></characteristic>";
  }
  return xml + "</wap-provisioningdoc>";
}

std::string hmac(const std::string& key, const std::string& body) {
  unsigned char out[20];
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), out, &size);
  return {reinterpret_cast<char*>(out), size};
}
std::string mac_of(const std::string& key, const std::string& body) {
  return to_hex(as_octets(hmac(key, body)), HexCase::upper);
}

/// Half octets as hexadecimal digits, swapped in pairs or not.
std::string packed(std::string halves, bool swapped = true) {
  if (swapped)
    for (std::size_t i = 0; i + 1 < halves.size(); i += 2) std::swap(halves[i], halves[i + 1]);
  const auto octets = from_hex(halves);
  EXPECT_TRUE(octets) << halves;
  return octets ? std::string(as_text(*octets)) : std::string();
}
std::string imsi_key(const std::string& imsi) {
  return imsi.size() % 2 != 0 ? packed("9" + imsi) : packed("1" + imsi + "F");
}

struct Case {
  Security method;
  std::string mac;
  std::vector<MacMistake> mistakes;
  std::optional<std::uint8_t> sec = {};  ///< another than the method's
};

class Made {
 public:
  explicit Made(Draw& draw, std::size_t imsi_digits)
      : imsi(digits(draw, imsi_digits)),
        pin(digits(draw, 5 + below(draw, 8))),
        xml(document(draw)) {
    auto read = wbxml::read_xml(xml);
    EXPECT_TRUE(read);
    parsed = std::move(*read);
    body = as_text(*wbxml::encode(parsed));
  }

  /// The push as it goes out, with this SEC and MAC.
  [[nodiscard]] Octets push(std::optional<std::uint8_t> sec, std::string_view mac,
                            std::string_view body_sent) const {
    si_sl::PushHeaders headers;
    if (!mac.empty())
      headers.SEC = sec;  // our writer makes no SEC without MAC, nor MAC without SEC
    if (sec) headers.MAC = mac;
    Octets out;
    EXPECT_TRUE(si_sl::write_push(0x2B, headers, as_octets(body_sent), out));
    return out;
  }

  std::string imsi, pin, xml;
  wbxml::Document parsed;
  std::string body;
};

MacVerdict verdict_of(const Made& made, std::optional<std::uint8_t> sec, std::string_view mac,
                      std::string_view body, const Secret* code = nullptr) {
  const auto imsi = Imsi::parse(made.imsi);
  const auto pin = UserPin::parse(made.pin);
  // A MAC that is no 40 digits cannot be written by our own writer; the push is taken apart anyway.
  const Octets pdu = made.push(sec, mac.size() == 40 ? mac : std::string_view(), body);
  const auto verdict = check_mac({.SEC = sec, .MAC = mac, .body = as_octets(body), .pdu = pdu},
                                 {.imsi = &*imsi, .pin = &*pin, .code = code});
  EXPECT_TRUE(verdict) << to_string(verdict.error());
  return verdict.value_or(MacVerdict{});
}

std::string named(const std::vector<MacMistake>& mistakes) {
  std::string text;
  for (const MacMistake one : mistakes) text += std::string(id_of(one)) + " ";
  return text;
}

std::vector<Case> mistakes_of(const Made& m) {
  const std::string key = imsi_key(m.imsi), both = key + m.pin;
  const bool odd = m.imsi.size() % 2 != 0;
  const std::string fill = odd ? "" : "F";
  const auto net = [&](const std::string& wrong, MacMistake what) {
    return Case{Security::NETWPIN, mac_of(wrong, m.body), {what}};
  };
  std::vector<Case> all{
      net(m.imsi, imsi_as_ascii),
      net(packed((odd ? "9" : "1") + m.imsi + fill, false), nibbles_not_swapped),
      net(packed((odd ? "1" : "9") + m.imsi + fill), wrong_parity),
      net(packed(m.imsi + (odd ? "F" : "")), parity_missing),
      net(static_cast<char>(key.size()) + key, length_octet_included),
      {Security::USERNETWPIN, mac_of(m.pin + key, m.body), {pin_before_imsi}},
      {Security::USERNETWPIN, mac_of(both + std::string(1, '\0'), m.body), {pin_with_terminator}},
      {Security::USERNETWPIN, mac_of(m.imsi + m.pin, m.body), {imsi_as_ascii}},
      {Security::USERPIN, mac_of(m.pin + std::string(1, '\0'), m.body), {pin_with_terminator}},
      {Security::USERPIN,
       mac_of(packed(m.pin + (m.pin.size() % 2 != 0 ? "F" : "")), m.body),
       {pin_as_semi_octets}},
      {Security::USERPIN, mac_of(m.pin, m.body), {wrong_method}, 0},
      {Security::NETWPIN, mac_of(key, m.body), {wrong_method}, 1},
      {Security::USERPIN, mac_of(m.pin, m.xml), {}},  // of text nobody has: not named
      {Security::USERPIN, mac_of(m.pin, wbxml::write_xml(m.parsed)), {over_xml}},
      {Security::USERPIN, mac_of(m.pin, "\xB6" + m.body), {over_headers}},
      {Security::NETWPIN, mac_of(key, "\x2B\x06\x01\xB6" + m.body), {over_pdu}},
      {Security::USERNETWPIN, mac_of(both, m.body.substr(0, m.body.size() - 1)), {over_cut_body}},
      {Security::USERPIN, mac_of(m.pin, m.body.substr(0, m.body.size() / 3)), {over_cut_body}},
  };
  if (!odd) {
    all.push_back(net(packed("1" + m.imsi + "0"), filler_zero));
    all.push_back(net(packed("9" + m.imsi.substr(0, m.imsi.size() - 1)), last_digit_lost));
  }
  const auto other = wbxml::encode(m.parsed, {.version = 2});
  all.push_back(
      {Security::USERPIN, mac_of(m.pin, std::string(as_text(*other))), {over_other_encoding}});
  return all;
}

TEST(MacCheck, NamesEveryMistakeOverRandomDocumentsAndImsis) {
  std::size_t injected = 0, right = 0;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Draw draw(seed);
    const Made m(draw, 6 + seed % 10);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string key = imsi_key(m.imsi);
    const std::string right_key[] = {key, m.pin, key + m.pin};
    for (std::uint8_t sec = 0; sec < 3; ++sec) {
      const MacVerdict verdict = verdict_of(m, sec, mac_of(right_key[sec], m.body), m.body);
      EXPECT_TRUE(verdict.holds) << named(verdict.mistakes);
      EXPECT_EQ(verdict.method, static_cast<Security>(sec));
      EXPECT_EQ(named(verdict.mistakes), "");
      ++right;
    }
    for (const Case& c : mistakes_of(m)) {
      const std::uint8_t sec = c.sec.value_or(static_cast<std::uint8_t>(c.method));
      if (c.mac == mac_of(right_key[sec], m.body)) continue;  // two digits alike hide a swap
      const MacVerdict verdict = verdict_of(m, sec, c.mac, m.body);
      EXPECT_FALSE(verdict.holds);
      EXPECT_EQ(named(verdict.mistakes), named(c.mistakes));
      if (!c.mistakes.empty()) {
        EXPECT_EQ(verdict.method, c.method);
      }
      ++injected;
      if (c.mistakes.empty()) continue;
      std::string lower = c.mac;
      for (char& ch : lower) ch = ch >= 'A' && ch <= 'F' ? static_cast<char>(ch + 32) : ch;
      if (lower == c.mac) continue;
      auto with_lower = c.mistakes;
      with_lower.push_back(lower_case);
      EXPECT_EQ(named(verdict_of(m, sec, lower, m.body).mistakes), named(with_lower));
    }
  }
  EXPECT_EQ(right, 150U);
  EXPECT_GE(injected, 50U * 17);
}

TEST(MacCheck, TellsUserpinmacFromAnHmac) {
  for (unsigned seed = 100; seed < 150; ++seed) {
    Draw draw(seed);
    const Made m(draw, 15);
    std::string check;
    const std::string digest = hmac(m.pin, m.body);
    for (std::size_t i = 0; i < m.pin.size(); ++i)
      check += static_cast<char>('0' + static_cast<unsigned char>(digest[i]) % 10);
    const Secret code(as_octets(m.pin + check));
    EXPECT_TRUE(verdict_of(m, 3, "", m.body, &code).holds);
    const MacVerdict reverse = verdict_of(m, 3, mac_of(m.pin, m.body), m.body);
    EXPECT_FALSE(reverse.holds);
    EXPECT_EQ(named(reverse.mistakes), "hmac-in-place-of-digits ");
    for (const std::string& mac : {check, m.pin + check}) {
      const MacVerdict verdict = verdict_of(m, 1, mac, m.body);
      EXPECT_FALSE(verdict.holds);
      EXPECT_EQ(named(verdict.mistakes), "digits-in-place-of-hmac ");
    }
    EXPECT_EQ(named(verdict_of(m, 1, "12345", m.body).mistakes), "not-hex ");
  }
}

TEST(MacCheck, TellsWhatIsMissing) {
  Draw draw(7);
  const Made m(draw, 15);
  EXPECT_EQ(named(verdict_of(m, std::nullopt, "", m.body).mistakes), "unsigned ");
  EXPECT_EQ(named(verdict_of(m, 1, "", m.body).mistakes), "no-mac ");
  const std::string mac = mac_of(m.pin, m.body);
  EXPECT_EQ(named(verdict_of(m, std::nullopt, mac, m.body).mistakes), "no-sec ");
  EXPECT_EQ(named(verdict_of(m, 1, mac, m.body.substr(0, m.body.size() - 4)).mistakes),
            "body-cut ");
  EXPECT_EQ(named(verdict_of(m, 1, mac_of("0000", m.body), m.body).mistakes), "");
  const Octets pdu = m.push(0, mac, m.body);
  const auto none = check_mac({.SEC = 0, .MAC = mac, .body = as_octets(m.body), .pdu = pdu}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().at.field, "imsi");
}

TEST(MacCheck, KnowsAnIdATextAndARemedyForEveryMistake) {
  for (const MacMistake mistake : mac_mistakes()) {
    EXPECT_FALSE(id_of(mistake).empty());
    EXPECT_FALSE(text_of(mistake).empty());
    EXPECT_FALSE(remedy_of(mistake).empty());
  }
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
