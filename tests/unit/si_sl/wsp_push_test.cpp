#include "si_sl/wsp_push.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using test::read_vectors;
using test::Vector;

Octets hex(const std::string& digits) { return Vector::hex(digits); }

PushHeaders headers_of(const Vector& v, const std::string& mac) {
  PushHeaders headers;
  headers.content_type = static_cast<std::uint16_t>(v.number("content_type", 16));
  if (v.has("SEC")) headers.SEC = static_cast<std::uint8_t>(v.number("SEC"));
  headers.MAC = mac;
  return headers;
}

TEST(WspPush, ReadsEveryVector) {
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    SCOPED_TRACE(v.text("id"));
    const Octets pdu = v.octets("push");
    const auto push = read_push(pdu);
    ASSERT_TRUE(push) << to_string(push.error());
    EXPECT_EQ(push->transaction_id, v.number("transaction_id", 16));
    EXPECT_EQ(push->content_type, v.number("content_type", 16));
    EXPECT_TRUE(push->content_type_text.empty());
    EXPECT_EQ(push->SEC.has_value(), v.has("SEC"));
    EXPECT_EQ(push->SEC.value_or(0), v.number("SEC"));
    EXPECT_EQ(push->MAC, v.text("MAC"));
    EXPECT_EQ(push->charset.value_or(0), v.number("charset", 16));
    EXPECT_EQ(to_hex(push->further_headers, HexCase::upper), v.text("further"));
    EXPECT_EQ(to_hex(push->body, HexCase::upper), v.text("body"));
  }
}

TEST(WspPush, WritesEveryVectorWithoutFurtherHeaders) {
  std::size_t written = 0;
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    if (v.has("further")) continue;
    SCOPED_TRACE(v.text("id"));
    const std::string mac = v.text("MAC");
    const Octets body = v.octets("body");
    const PushHeaders headers = headers_of(v, mac);
    Octets out;
    const auto done =
        write_push(static_cast<std::uint8_t>(v.number("transaction_id", 16)), headers, body, out);
    ASSERT_TRUE(done) << to_string(done.error());
    EXPECT_EQ(to_hex(out, HexCase::upper), v.text("push"));
    EXPECT_EQ(push_octets(headers, body.size()), out.size());
    ++written;
  }
  EXPECT_EQ(written, 7U);
}

TEST(WspPush, WritesTheFormOfTheContentTypeThatItNeeds) {
  const std::string mac(40, 'A');
  std::string mac_hex;
  for (int i = 0; i < 40; ++i) mac_hex += "41";
  struct Case {
    std::uint16_t content_type;
    std::optional<std::uint8_t> SEC;
    std::string_view MAC;
    std::string front;
  };
  for (const Case& c : {
           Case{0x36,
                {},
                "",
                "0106"
                "01"
                "B6"},
           Case{0x36, 3, "",
                "0106"
                "04"
                "03B69183"},
           Case{0x36, 0x7F, "",
                "0106"
                "04"
                "03B691FF"},
           Case{0x36, 1, mac,
                "0106"
                "2F"
                "1F2D"
                "B69181"
                "92" +
                    mac_hex + "00"},
           Case{0x7F,
                {},
                "",
                "0106"
                "01"
                "FF"},
           Case{0x80,
                {},
                "",
                "0106"
                "03"
                "020180"},
           Case{0xFF,
                {},
                "",
                "0106"
                "03"
                "0201FF"},
           Case{0x100,
                {},
                "",
                "0106"
                "04"
                "03020100"},
           Case{0x30A,
                {},
                "",
                "0106"
                "04"
                "0302030A"},
           Case{0x30A, 0, mac,
                "0106"
                "31"
                "1F2F"
                "02030A"
                "9180"
                "92" +
                    mac_hex + "00"},
       }) {
    Octets out = hex("EE");  // what stands there already stays
    const PushHeaders headers{c.content_type, c.SEC, c.MAC};
    ASSERT_TRUE(write_push(1, headers, as_octets("body"), out)) << c.front;
    EXPECT_EQ(to_hex(out, HexCase::upper), "EE" + c.front + "626F6479");
    EXPECT_EQ(out.size() - 1, push_octets(headers, 4));
    const auto read = read_push(OctetView(out).subspan(1));
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->content_type, c.content_type);
    EXPECT_EQ(read->SEC, c.SEC);
    EXPECT_EQ(read->MAC, c.MAC);
    EXPECT_EQ(as_text(read->body), "body");
  }
}

TEST(WspPush, RefusesToWriteWhatCannotBeExpressed) {
  const std::string mac(40, 'A');
  struct Case {
    std::optional<std::uint8_t> SEC;
    std::string MAC;
    std::string field;
  };
  for (const Case& c : {
           Case{0x80, "", "SEC"},
           Case{{}, mac, "MAC"},
           Case{1, mac + "A", "MAC"},
           Case{1, mac.substr(1), "MAC"},
           Case{1, mac.substr(1) + "G", "MAC"},
           Case{1, std::string(39, 'A') + std::string(1, '\0'), "MAC"},
       }) {
    Octets out;
    const auto done = write_push(1, {kConnectivityWbxml, c.SEC, c.MAC}, {}, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code(Errc::bad_value));
    EXPECT_EQ(done.error().at.field, c.field);
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(done.error().message.find("AAAA"), std::string::npos);
  }
}

/// Hex of `octets` digits pairs with their count in front.
std::string counted(const std::string& digits) {
  return to_hex(std::array{static_cast<std::byte>(digits.size() / 2)}, HexCase::upper) + digits;
}
/// A push PDU: transaction id 01 and the headers with their length.
std::string pdu(const std::string& headers) { return "0106" + counted(headers); }

TEST(WspPush, WritesWhatOtherContentKindsNeed) {
  const std::string mac(40, 'A');
  std::string mac_hex;
  for (int i = 0; i < 40; ++i) mac_hex += "41";
  const Octets further = hex("B483");
  const auto headers = [&](std::uint16_t code, std::string_view text,
                           std::optional<std::uint32_t> application, bool with_further) {
    PushHeaders made;
    made.content_type = code;
    made.content_type_text = text;
    made.application_id = application;
    if (with_further) made.further_headers = further;
    return made;
  };
  PushHeaders signed_text = headers(0, "a/b", 7, false);
  signed_text.SEC = 1;
  signed_text.MAC = mac;
  PushHeaders signed_dm = headers(0x42, "", 7, true);
  signed_dm.SEC = 1;
  struct Case {
    PushHeaders headers;
    std::string front;
  };
  for (const Case& c : {
           Case{headers(0x2E, "", {}, false), "AE"},
           Case{headers(0x44, "", 0x07, false), "C4AF87"},
           Case{headers(0x44, "", 0x7F, false), "C4AFFF"},
           Case{headers(0x44, "", 0x80, false), "C4AF0180"},
           Case{headers(0x30A, "", 0x09, false), "0302030AAF89"},
           Case{headers(0x36, "", 0x8007, false), "B6AF028007"},
           Case{headers(0x36, "", 0x123456, false), "B6AF03123456"},
           Case{headers(0x36, "", 0xFFFFFFFF, true), "B6AF04FFFFFFFFB483"},
           Case{headers(0x36, "", {}, true), "B6B483"},
           Case{headers(0x36, "text/x", {}, false), "746578742F7800"},
           Case{headers(0x36, "text/x", 2, true), "746578742F7800AF82B483"},
           Case{signed_text, "1F30612F6200918192" + mac_hex + "00AF87"},
           Case{signed_dm, "03C29181AF87B483"},
       }) {
    Octets out = hex("EE");
    ASSERT_TRUE(write_push(1, c.headers, as_octets("body"), out)) << c.front;
    EXPECT_EQ(to_hex(out, HexCase::upper), "EE" + pdu(c.front) + "626F6479");
    EXPECT_EQ(out.size() - 1, push_octets(c.headers, 4));
    const auto read = read_push(OctetView(out).subspan(1));
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->content_type_text, c.headers.content_type_text);
    EXPECT_EQ(read->content_type.has_value(), c.headers.content_type_text.empty());
    EXPECT_EQ(read->SEC, c.headers.SEC);
    EXPECT_EQ(read->MAC, c.headers.MAC);
  }
}

TEST(WspPush, CountsHeadersOfAnyLength) {
  for (const std::size_t octets : {126U, 127U, 16382U, 16383U}) {
    Octets further(octets, std::byte{'a'});
    further.front() = std::byte{0xB1};
    further.back() = std::byte{0};
    PushHeaders headers;
    headers.further_headers = further;
    Octets out;
    ASSERT_TRUE(write_push(1, headers, as_octets("body"), out));
    EXPECT_EQ(out.size(), push_octets(headers, 4));
    const auto read = read_push(out);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->further_headers.size(), octets);
    EXPECT_EQ(as_text(read->body), "body");
  }
}

TEST(WspPush, RefusesATextThatIsNoMediaType) {
  for (const std::string text :
       {"text", "/x", "text/", "te xt/x", "text/\x7F", "text/\xC3\xA4", "text/x\n"}) {
    Octets out;
    PushHeaders headers;
    headers.content_type_text = text;
    const auto done = write_push(1, headers, {}, out);
    ASSERT_FALSE(done) << text;
    EXPECT_EQ(done.error().code, Code(Errc::bad_value));
    EXPECT_EQ(done.error().at.field, "content_type_text");
    EXPECT_TRUE(out.empty());
  }
}

struct Form {
  std::string name;
  std::string content_type_value;
  std::optional<std::uint16_t> content_type;
  std::string text;
  std::optional<std::uint8_t> SEC;
  std::string MAC;
  std::optional<std::uint16_t> charset;
};

TEST(WspPush, ReadsEveryLegalFormOfTheContentType) {
  for (const Form& f : {
           Form{"constrained", "B6", 0x36, "", {}, "", {}},
           Form{"constrained text", "746578742F782E797A00", {}, "text/x.yz", {}, "", {}},
           Form{"general text",
                counted("612F620091838"
                        "1EA"),
                {},
                "a/b",
                3,
                "",
                106},
           Form{"length in one octet", "01B6", 0x36, "", {}, "", {}},
           Form{"length in a uintvar", "1F01B6", 0x36, "", {}, "", {}},
           Form{"uintvar with a leading zero group", "1F8001B6", 0x36, "", {}, "", {}},
           Form{"long code", counted("0136"), 0x36, "", {}, "", {}},
           Form{"long code with a leading zero", counted("020036"), 0x36, "", {}, "", {}},
           Form{"long code of 30 octets",
                "1F" + counted("1E" + std::string(56, '0') + "030A"),
                0x30A,
                "",
                {},
                "",
                {}},
           Form{"charset before SEC", counted("B681EA9181"), 0x36, "", 1, "", 106},
           Form{"charset after SEC", counted("B6918181EA"), 0x36, "", 1, "", 106},
           Form{"long charset", counted("B69180810203E8"), 0x36, "", 0, "", 1000},
           Form{"any charset", counted("B68180"), 0x36, "", {}, "", 0},
           Form{"long SEC", counted("B6910102"), 0x36, "", 2, "", {}},
           Form{"long SEC and charset with leading zeros",
                counted("B691050000000002"
                        "8106"
                        "00000000"
                        "03E8"),
                0x36, "", 2, "", 1000},
           Form{"MAC before SEC", counted("B6924142009181"), 0x36, "", 1, "AB", {}},
           Form{"quoted MAC", counted("B692224142009181"), 0x36, "", 1, "AB", {}},
           Form{"MAC without value", counted("B692009181"), 0x36, "", 1, "", {}},
           Form{"q of two octets", counted("B68081059181"), 0x36, "", 1, "", {}},
           Form{"untyped parameter with text", counted("B66162006364009181"), 0x36, "", 1, "", {}},
           Form{"untyped parameter with an integer",
                counted("B661620085"
                        "9181"),
                0x36,
                "",
                1,
                "",
                {}},
           Form{"parameter with data", counted("B6F0030102039181"), 0x36, "", 1, "", {}},
           Form{"parameter with a long code",
                counted("B602030085"
                        "9181"),
                0x36,
                "",
                1,
                "",
                {}},
           Form{"secure without value", counted("B690009181"), 0x36, "", 1, "", {}},
           Form{"text with a quote",
                counted("B6857FE44100"
                        "9181"),
                0x36,
                "",
                1,
                "",
                {}},
       }) {
    SCOPED_TRACE(f.name);
    for (const std::string& further : {std::string(), std::string("AF87")}) {
      const Octets octets = hex(pdu(f.content_type_value + further) + "626F6479");
      const auto push = read_push(octets);
      ASSERT_TRUE(push) << to_string(push.error());
      EXPECT_EQ(push->content_type, f.content_type);
      EXPECT_EQ(push->content_type_text, f.text);
      EXPECT_EQ(push->SEC, f.SEC);
      EXPECT_EQ(push->MAC, f.MAC);
      EXPECT_EQ(push->charset, f.charset);
      EXPECT_EQ(to_hex(push->further_headers, HexCase::upper), further);
      EXPECT_EQ(to_hex(push->header_octets, HexCase::upper), f.content_type_value + further);
      EXPECT_EQ(as_text(push->body), "body");
    }
  }
}

TEST(WspPush, KeepsFurtherHeadersOfEveryKind) {
  for (const std::string further : {
           "AF87",                  // short-integer
           "AF028007",              // long-integer
           "B1687474703A2F2F7800",  // text
           "C3038101"
           "94",            // value-length
           "C31F03810194",  // value-length as uintvar
           "582D41006200",  // named, text
           "7F02AF82",      // page shift
           "02AF82",        // short page shift
       }) {
    const Octets octets = hex(pdu("B6" + further));
    const auto push = read_push(octets);
    ASSERT_TRUE(push) << further << to_string(push.error());
    EXPECT_EQ(to_hex(push->further_headers, HexCase::upper), further);
    EXPECT_TRUE(push->body.empty());
  }
}

struct Broken {
  std::string pdu;
  Errc errc;
  std::size_t offset;
  std::string field;
};

TEST(WspPush, SaysWhereItIsBroken) {
  for (const Broken& b : {
           Broken{"", Errc::truncated, 0, "transaction_id"},
           Broken{"01", Errc::truncated, 1, "type"},
           Broken{"0107", Errc::malformed, 1, "type"},
           Broken{"0105", Errc::malformed, 1, "type"},
           Broken{"0106", Errc::truncated, 2, "headers_len"},
           Broken{"010600", Errc::malformed, 2, "headers_len"},
           Broken{"01068000", Errc::malformed, 2, "headers_len"},
           Broken{"010602B6", Errc::truncated, 3, "headers_len"},
           Broken{"0106FFFFFFFFFF", Errc::malformed, 2, "headers_len"},
           Broken{"01068FFFFFFF7FB6", Errc::truncated, 7, "headers_len"},
           Broken{"0106FFFFFFFF7FB6", Errc::malformed, 2, "headers_len"},
           Broken{pdu("00"), Errc::malformed, 4, "content_type"},
           Broken{pdu("05B69181"), Errc::truncated, 4, "content_type"},
           Broken{pdu("1F"), Errc::truncated, 4, "content_type"},
           Broken{pdu("1F81"), Errc::truncated, 5, "content_type"},
           Broken{pdu("6162"), Errc::truncated, 3, "content_type"},
           Broken{pdu("0461620000"), Errc::malformed, 7, "content_type.parameter"},
           Broken{pdu(counted("0301"
                              "0000")),
                  Errc::malformed, 4, "content_type"},
           Broken{pdu(counted("B691")), Errc::truncated, 6, "content_type.SEC"},
           Broken{pdu(counted("B6916100")), Errc::malformed, 6, "content_type.SEC"},
           Broken{pdu(counted("B6910200FF92")), Errc::truncated, 10, "content_type.MAC"},
           Broken{pdu(counted("B691020100")), Errc::malformed, 6, "content_type.SEC"},
           Broken{pdu(counted("B691050000000100")), Errc::malformed, 6, "content_type.SEC"},
           Broken{pdu(counted("B691050100000001")), Errc::malformed, 6, "content_type.SEC"},
           Broken{pdu(counted("B691819182")), Errc::malformed, 8, "content_type.SEC"},
           Broken{pdu(counted("B69241009241"
                              "00")),
                  Errc::malformed, 9, "content_type.MAC"},
           Broken{pdu(counted("B681EA81EA")), Errc::malformed, 8, "content_type.charset"},
           Broken{pdu(counted("B692414243")), Errc::truncated, 6, "content_type.MAC"},
           Broken{pdu(counted("B69285")), Errc::malformed, 6, "content_type.MAC"},
           Broken{pdu(counted("B680818181818181")), Errc::malformed, 6, "content_type.q"},
           Broken{pdu("B6AF"), Errc::truncated, 5, "headers"},
           Broken{pdu("B600"), Errc::malformed, 4, "headers"},
           Broken{pdu("B67F"), Errc::truncated, 4, "headers"},
           Broken{pdu("B6AF0580"), Errc::truncated, 6, "headers"},
           Broken{pdu("B6B16162"), Errc::truncated, 5, "headers"},
       }) {
    const Octets octets = hex(b.pdu);
    const auto push = read_push(octets);
    ASSERT_FALSE(push) << b.pdu;
    EXPECT_EQ(push.error().code, Code(b.errc)) << b.pdu << to_string(push.error());
    EXPECT_EQ(push.error().at.offset, b.offset) << b.pdu << to_string(push.error());
    EXPECT_EQ(push.error().at.field, b.field) << b.pdu;
  }
}

TEST(WspPush, EveryTruncationOfTheHeadersIsAnErrorAndOfTheBodyAShorterBody) {
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    const Octets pdu_octets = v.octets("push");
    const std::size_t front = pdu_octets.size() - v.octets("body").size();
    for (std::size_t size = 0; size < pdu_octets.size(); ++size) {
      const auto push = read_push(OctetView(pdu_octets).first(size));
      EXPECT_EQ(push.has_value(), size >= front) << v.text("id") << size;
      if (push) {
        EXPECT_EQ(push->body.size(), size - front);
      } else {
        EXPECT_LE(push.error().at.offset.value(), size);
      }
    }
  }
}

RC_GTEST_PROP(WspPushProperty, WhatIsWrittenReadsTheSame,
              (std::uint8_t transaction_id, std::uint16_t content_type, std::uint8_t sec,
               bool with_sec, bool with_mac, const std::vector<std::uint8_t>& body)) {
  std::string mac;
  for (int i = 0; with_sec && with_mac && i < 40; ++i)
    mac += "0123456789ABCDEF"[(sec + i * 7) % 16];
  PushHeaders headers{content_type, {}, mac};
  if (with_sec) headers.SEC = static_cast<std::uint8_t>(sec & 0x7F);
  Octets out;
  RC_ASSERT(write_push(transaction_id, headers, std::as_bytes(std::span(body)), out).has_value());
  RC_ASSERT(out.size() == push_octets(headers, body.size()));
  const auto push = read_push(out);
  RC_ASSERT(push.has_value());
  RC_ASSERT(push->transaction_id == transaction_id);
  RC_ASSERT(push->content_type == content_type);
  RC_ASSERT(push->SEC == headers.SEC);
  RC_ASSERT(push->MAC == mac);
  RC_ASSERT(push->further_headers.empty());
  RC_ASSERT(std::ranges::equal(push->body, std::as_bytes(std::span(body))));
}

RC_GTEST_PROP(WspPushProperty, AnyOctetsGiveAValueOrAPositionedError,
              (const std::vector<std::uint8_t>& octets)) {
  Octets pdu_octets{std::byte{1}, std::byte{6}};
  for (const std::uint8_t b : octets) pdu_octets.push_back(std::byte{b});
  const auto push = read_push(pdu_octets);
  if (!push) RC_ASSERT(push.error().at.offset.value() <= pdu_octets.size());
}

}  // namespace
}  // namespace cpgw::si_sl
