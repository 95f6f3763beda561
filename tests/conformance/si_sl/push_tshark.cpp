// What tshark makes of our octets: pushes as UDP to port 2948, parts as SMS-SUBMIT. It must find
// nothing malformed, the security we meant, and the provisioning document to its end.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "si_sl/segmentation.h"
#include "si_sl/tpdu.h"
#include "si_sl/wsp_fields.h"
#include "si_sl/wsp_header_writer.h"
#include "si_sl/wsp_push.h"
#include "signer/bootstrap_mac.h"
#include "tests/conformance/si_sl/tshark.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

struct Sample {
  std::string name;
  std::string sec;  ///< as tshark names it
  std::string mac;
  Octets push;
};

Octets body_of(const std::string& id) {
  for (const auto& v : cpgw::test::read_vectors("mac/bootstrap.txt")) {
    if (v.text("id") == id) return v.octets("body");
  }
  ADD_FAILURE() << id;
  return {};
}

/// A push of every method over a body of two parts and of five.
std::vector<Sample> samples() {
  struct Method {
    signer::Security security;
    std::string name;
    bool imsi, pin;
  };
  const Imsi imsi = *Imsi::parse("001010123456789");
  const UserPin pin = *UserPin::parse("1234");
  signer::BootstrapSigner signer;
  std::vector<Sample> all;
  for (const std::string body_id : {"userpin", "gecko-userpin"}) {
    const Octets body = body_of(body_id);
    for (const Method& m : {Method{signer::Security::NETWPIN, "NETWPIN", true, false},
                            Method{signer::Security::USERPIN, "USERPIN", false, true},
                            Method{signer::Security::USERNETWPIN, "USERNETWPIN", true, true},
                            Method{signer::Security::USERPINMAC, "USERPINMAC", false, false},
                            Method{signer::Security::none, "", false, false}}) {
      Sample s{body_id + " " + m.name, m.name, {}, {}};
      PushHeaders headers;
      if (m.security != signer::Security::none) {
        headers.SEC = static_cast<std::uint8_t>(m.security);
      }
      if (m.imsi || m.pin) {
        const auto mac =
            signer.mac(m.security, m.imsi ? &imsi : nullptr, m.pin ? &pin : nullptr, body);
        EXPECT_TRUE(mac);
        if (mac) s.mac.assign(mac->data(), mac->size());
        headers.MAC = s.mac;
      }
      EXPECT_TRUE(write_push(1, headers, body, s.push));
      all.push_back(std::move(s));
    }
  }
  return all;
}

void expect_push(const Sample& s, const std::string& decoded) {
  EXPECT_EQ(decoded.find("Malformed"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find("application/vnd.wap.connectivity-wbxml"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find("PROV 1.0"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find("</wap-provisioningdoc>"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find(s.sec.empty() ? "" : "SEC: " + s.sec), std::string::npos) << decoded;
  EXPECT_NE(decoded.find(s.mac.empty() ? "" : "MAC: " + s.mac), std::string::npos) << decoded;
  EXPECT_EQ(decoded.find("MAC: ") != std::string::npos, !s.mac.empty());
}

using TsharkPush = test::Tshark;

TEST_F(TsharkPush, DecodesEveryPush) {
  const auto all = samples();
  std::vector<Octets> pushes;
  for (const Sample& s : all) pushes.push_back(s.push);
  const auto decoded = decode(pushes, test::kPushOverUdp);
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    expect_push(all[i], decoded[i]);
  }
}

TEST_F(TsharkPush, PutsTheSubmitsOfAPushTogetherAndDecodesIt) {
  const auto all = samples();
  std::vector<Octets> tpdus;
  std::vector<std::size_t> last_of_push;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<Part> parts;
    const SegmentOptions options{
        .wide_reference = i % 2 != 0,
        .order = i % 3 == 0 ? ElementOrder::concatenation_first : ElementOrder::ports_first};
    ASSERT_TRUE(segment(all[i].push, static_cast<std::uint16_t>(0x1200 + i), options, parts));
    for (const Part& part : parts) {
      Submit submit = submit_of(part, TpAddress::international(*Msisdn::parse("+12025550123")));
      submit.status_report_request = true;
      submit.validity = relative_validity(std::chrono::hours(24));
      ASSERT_TRUE(write_submit(submit, tpdus.emplace_back()));
    }
    last_of_push.push_back(tpdus.size() - 1);
  }
  const auto decoded = decode(tpdus, test::kToServiceCentre);
  for (const std::string& frame : decoded) {
    EXPECT_EQ(frame.find("Malformed"), std::string::npos) << frame;
    for (const std::string expected : {"SMS-SUBMIT", "12025550123", "24 hours", "3GPP (2948)"}) {
      EXPECT_NE(frame.find(expected), std::string::npos) << expected << frame;
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    expect_push(all[i], decoded[last_of_push[i]]);
  }
}

TEST_F(TsharkPush, NamesAssignedNumbersAsWeDo) {
  std::vector<Octets> pushes;
  std::vector<std::string> names;
  const auto add = [&](std::uint16_t content_type, std::optional<std::uint32_t> application,
                       std::string_view name) {
    if (name.empty()) return;
    PushHeaders headers;
    headers.content_type = content_type;
    headers.application_id = application;
    ASSERT_TRUE(write_push(1, headers, {}, pushes.emplace_back()));
    names.emplace_back(name);
  };
  // Of codes tshark 4.0 does not know, and one it misspells, it is no judge; nor of application ids
  // in long form, of which it reads the length.
  for (std::uint16_t code = 0; code < 0x0302; ++code) {
    if (code == 0x4E || code == 0x58 || code == 0x0201) continue;
    add(code, {}, media_type_name(code));
  }
  for (std::uint32_t id = 0; id < 0x80; ++id) {
    if (id >= 0x10 && id < 0x16) continue;
    add(kSic, id, application_name(id));
  }
  ASSERT_GT(names.size(), 100U);
  const auto decoded = decode(pushes, test::kPushOverUdp);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_NE(decoded[i].find(names[i] + "\n"), std::string::npos) << names[i] << decoded[i];
  }
}

TEST_F(TsharkPush, NamesHeadersAndParametersAsWeDo) {
  std::vector<Octets> pushes;
  std::vector<std::string> names;
  for (unsigned code = 0; code < 0x80; ++code) {
    const AssignedField* header = find_header(static_cast<std::uint8_t>(code));
    if (header == nullptr || code == 0x11) continue;  // Content-Type has a line of its own
    Octets further;
    ASSERT_TRUE(HeaderWriter(further).text(static_cast<std::uint8_t>(code), "x"));
    PushHeaders headers;
    headers.further_headers = further;
    ASSERT_TRUE(write_push(1, headers, {}, pushes.emplace_back()));
    names.emplace_back(header->name);
  }
  ASSERT_EQ(names.size(), 74U);
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  const auto decoded = decode(pushes, test::kPushOverUdp);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_NE(lower(decoded[i]).find(lower("Header name: " + names[i])), std::string::npos)
        << names[i] << decoded[i];
  }
}

TEST_F(TsharkPush, ReadsEveryFormOfHeaderValue) {
  Octets further;
  HeaderWriter writer(further);
  const auto code = [](std::string_view name) { return header_code(name).value(); };
  ASSERT_TRUE(writer.text(code("X-Wap-Initiator-URI"), "http://a.example/"));
  ASSERT_TRUE(writer.integer(code("Push-Flag"), 1));
  ASSERT_TRUE(writer.integer(code("Content-Length"), 70000));
  ASSERT_TRUE(writer.date(code("Expires"), std::chrono::sys_seconds(std::chrono::days(20000))));
  ASSERT_TRUE(writer.version(code("Encoding-Version"), 1, 2));
  ASSERT_TRUE(writer.named("X-Trial", "seven"));
  PushHeaders headers;
  headers.further_headers = further;
  std::vector<Octets> pushes(1);
  ASSERT_TRUE(write_push(1, headers, {}, pushes[0]));
  const std::string decoded = decode(pushes, test::kPushOverUdp)[0];
  EXPECT_EQ(decoded.find("Malformed"), std::string::npos) << decoded;
  for (const char* line : {"Initiator-Uri: http://a.example/",
                           "Initiator URI is authenticated: True", "Content-Length: 70000",
                           "Expires: Oct  4, 2024", "Encoding-Version: 1.2", "X-Trial: seven"}) {
    EXPECT_NE(decoded.find(line), std::string::npos) << line << decoded;
  }
}

}  // namespace
}  // namespace cpgw::si_sl
