#include "si_sl/wsp_fields.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "si_sl/wsp_header_writer.h"
#include "si_sl/wsp_push.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using test::read_vectors;
using test::Vector;
using Kind = FieldValue::Kind;

std::string counted(const std::string& digits) {
  return to_hex(std::array{static_cast<std::byte>(digits.size() / 2)}, HexCase::upper) + digits;
}

/// "name=value" of each; parameters with ";" in front, a code without a name as #1F, other pages
/// as p2.
std::string listed(OctetView pdu) {
  const auto fields = push_fields(pdu);
  if (!fields) return to_string(fields.error());
  std::string all;
  for (const PushField& f : *fields) {
    if (!all.empty()) all += " ";
    if (f.parameter) all += ";";
    if (f.page != 1) all += "p" + std::to_string(f.page);
    all += f.name.empty() && f.code
               ? "#" + to_hex(std::array{static_cast<std::byte>(*f.code & 0xFF)}, HexCase::upper)
               : std::string(f.name);
    if (f.value.kind != Kind::none) all += "=" + value_text(f);
  }
  return all;
}
std::string listed(const std::string& headers) {
  return listed(Vector::hex("0106" + counted(headers)));
}

TEST(WspFields, ListsEveryVector) {
  const std::map<std::string, std::string> expected{
      {"prov-nosec", "Content-Type=application/vnd.wap.connectivity-wbxml"},
      {"prov-userpin",
       "Content-Type=application/vnd.wap.connectivity-wbxml ;SEC=1 "
       ";MAC=6FFEE880F89910FD9BEC80C12077830F5085ADE1"},
      {"prov-userpin-tps-headers",
       "Content-Type=application/vnd.wap.connectivity-wbxml ;charset=utf-8 ;SEC=1 "
       ";MAC=6FFEE880F89910FD9BEC80C12077830F5085ADE1 "
       "X-Wap-Application-Id=x-wap-application:wml.ua "
       "X-Wap-Initiator-URI=http://tps.example/ Push-Flag=3"},
      {"si", "Content-Type=application/vnd.wap.sic X-Wap-Application-Id=x-wap-application:wml.ua"},
      {"sl", "Content-Type=application/vnd.wap.slc X-Wap-Application-Id=x-wap-application:wml.ua"},
      {"emn",
       "Content-Type=application/vnd.wap.emn+wbxml X-Wap-Application-Id=x-wap-application:emn.ua"},
      {"dm-notification",
       "Content-Type=application/vnd.syncml.notification "
       "X-Wap-Application-Id=x-wap-application:syncml.dm"},
      {"dm-notification-value-length",
       "Content-Type=application/vnd.syncml.notification "
       "X-Wap-Application-Id=x-wap-application:syncml.dm"},
  };
  std::size_t seen = 0;
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    const auto found = expected.find(v.text("id"));
    const std::string list = listed(v.octets("push"));
    EXPECT_TRUE(list.starts_with("Content-Type=")) << v.text("id") << list;
    if (found == expected.end()) continue;
    EXPECT_EQ(list, found->second);
    ++seen;
  }
  EXPECT_EQ(seen, expected.size());
}

TEST(WspFields, DecodesEveryFormOfAValue) {
  const std::string front = "Content-Type=application/vnd.wap.connectivity-wbxml ";
  struct Case {
    std::string headers, list;
  };
  for (const Case& c : {
           Case{"B68D82", "Content-Length=2"},
           Case{"B68D020400", "Content-Length=1024"},
           Case{"B68D04FFFFFFFF", "Content-Length=4294967295"},
           Case{"B68D050100000000", "Content-Length=0100000000"},
           Case{"B69404"
                "6955B980",
                "Expires=2026-01-01T00:02:08Z"},
           Case{"B692"
                "83",
                "Date=1970-01-01T00:00:03Z"},
           Case{"B6C394", "Encoding-Version=1.4"},
           Case{"B6C39F", "Encoding-Version=1"},
           Case{"B6C3028194", "Encoding-Version=8194"},
           Case{"B6AF028007", "X-Wap-Application-Id=x-motorola:otaprov.ua"},
           Case{"B6AF027FFF", "X-Wap-Application-Id=32767"},
           Case{"B6AF612E756100", "X-Wap-Application-Id=a.ua"},
           Case{"B6FF81", "#7F=1"},
           Case{"B6CC03010203", "#4C=010203"},
           Case{"B6B000", "X-Wap-Content-URI"},
           Case{"B6B0226100", "X-Wap-Content-URI=a"},
           Case{"B6B07FE46100",
                "X-Wap-Content-URI=\xE4"
                "a"},
           Case{"B6582D4100"
                "6200",
                "X-A=b"},
           Case{"B6582D4100"
                "85",
                "X-A=5"},
           Case{"B67F02AF85", "p2#2F=5"},
           Case{"B602AF8501AF82", "p2#2F=5 X-Wap-Application-Id=x-wap-application:wml.ua"},
           Case{"B6BB02EA81", "Accept-Charset=ea81"},
       }) {
    EXPECT_EQ(listed(c.headers), front + c.list) << c.headers;
  }
  for (const Case& c : {
           Case{counted("B681EA"), ";charset=utf-8"},
           Case{counted("B6810203E8"), ";charset=iso-10646-ucs-2"},
           Case{counted("B68102FFFF"), ";charset=65535"},
           Case{counted("B6828F"), ";level=0"},
           Case{counted("B682A1"), ";level=2.1"},
           Case{counted("B68001"), ";q=0.0"},
           Case{counted("B6800B"), ";q=0.1"},
           Case{counted("B68064"), ";q=0.99"},
           Case{counted("B68083"
                        "31"),
                ";q=0.333"},
           Case{counted("B6854100"), ";name=A"},
           Case{counted("B6972241"
                        "00"),
                ";name=A"},
           Case{counted("B6896100"), ";type=a"},
           Case{counted("B689B6"), ";type=application/vnd.wap.connectivity-wbxml"},
           Case{counted("B68E02"
                        "0E10"),
                ";max-age=3600"},
           Case{counted("B69000"), ";secure"},
           Case{counted("B69304"
                        "00000001"),
                ";creation-date=1970-01-01T00:00:01Z"},
           Case{counted("B662006300"), ";b=c"},
           Case{counted("B6FF85"), ";#7F=5"},
           Case{counted("B602011185"), ";#11=5"},
           Case{counted("B6011183"), ";SEC=3"},
           Case{counted("B606"
                        "0102030405"
                        "0685"),
                ";=5"},
       }) {
    EXPECT_EQ(listed(c.headers), front + c.list) << c.headers;
  }
}

TEST(WspFields, TellsOffsets) {
  const auto fields =
      push_fields(Vector::hex("0106"
                              "07"
                              "03B69181"
                              "AF0187"
                              "EE"));
  ASSERT_TRUE(fields);
  ASSERT_EQ(fields->size(), 3U);
  EXPECT_EQ((*fields)[0].offset, 3U);
  EXPECT_EQ((*fields)[0].value_offset, 4U);
  EXPECT_EQ((*fields)[1].offset, 5U);
  EXPECT_EQ((*fields)[1].value_offset, 6U);
  EXPECT_EQ((*fields)[2].offset, 7U);
  EXPECT_EQ((*fields)[2].value_offset, 8U);
}

TEST(WspFields, IsBounded) {
  std::string headers = "B6";
  for (int i = 0; i < 4; ++i) headers += "B483";
  const Octets pdu = Vector::hex("0106" + counted(headers));
  EXPECT_EQ(push_fields(pdu, 5)->size(), 5U);
  const auto over = push_fields(pdu, 4);
  EXPECT_EQ(over.error().code, Code(Errc::too_long));
  EXPECT_EQ(over.error().at.offset, 10U);
}

TEST(WspFields, SaysWhatCameInsteadOfAPush) {
  const auto message = [](const std::string& digits) {
    return push_fields(Vector::hex(digits)).error().message;
  };
  EXPECT_NE(message("010701B6").find("ConfirmedPush"), std::string::npos);
  EXPECT_NE(message("0140").find("Get"), std::string::npos);
  EXPECT_EQ(message("01FF"), "not a push: type 06 expected");
  EXPECT_EQ(push_fields(Vector::hex("0106" + counted(counted("B68000")))).error().at.field,
            "content_type.q");
  EXPECT_EQ(push_fields(Vector::hex("0106" + counted(counted("B680884C")))).error().at.offset, 6U);
}

TEST(WspFields, PushViewHasTheApplication) {
  EXPECT_EQ(read_push(Vector::hex("0106" + counted("B6AF87")))->application_id, 7U);
  EXPECT_EQ(read_push(Vector::hex("0106" + counted("B6AF028007")))->application_id, 0x8007U);
  const Octets text = Vector::hex("0106" + counted("B6AF612E756100AF87"));
  EXPECT_FALSE(read_push(text)->application_id);
  EXPECT_EQ(read_push(text)->application_id_text, "a.ua") << "the first counts";
  EXPECT_FALSE(read_push(Vector::hex("0106" + counted("B602AF87")))->application_id)
      << "of another code page";
}

TEST(HeaderWriter, WritesWhatTheListerReads) {
  Octets further;
  HeaderWriter write(further);
  using namespace std::chrono_literals;
  const std::chrono::sys_seconds new_year = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  ASSERT_TRUE(write.integer(0x34, 3));
  ASSERT_TRUE(write.integer(0x0D, 1024));
  ASSERT_TRUE(write.date(0x14, new_year));
  ASSERT_TRUE(write.date(0x12, std::chrono::sys_seconds(5s)));
  ASSERT_TRUE(write.version(0x43, 1, 4));
  ASSERT_TRUE(write.version(0x43, 1, {}));
  ASSERT_TRUE(write.text(0x31, "http://a/"));
  ASSERT_TRUE(write.text(0x31,
                         "\xE4"
                         "b"));
  ASSERT_TRUE(write.quoted(0x40, "<id>"));
  ASSERT_TRUE(write.octets(0x46, Vector::hex("0102")));
  ASSERT_TRUE(write.octets(0x46, Octets(31, std::byte{0xAA})));
  ASSERT_TRUE(write.named("X-A", "b"));
  EXPECT_EQ(to_hex(further, HexCase::upper).substr(0, 40),
            "B4838D0204009404"
            "6955B900"
            "920105"
            "C394"
            "C39F"
            "B1");
  PushHeaders headers;
  headers.further_headers = further;
  Octets pdu;
  ASSERT_TRUE(write_push(1, headers, {}, pdu));
  EXPECT_EQ(listed(pdu),
            "Content-Type=application/vnd.wap.connectivity-wbxml Push-Flag=3 Content-Length=1024 "
            "Expires=2026-01-01T00:00:00Z Date=1970-01-01T00:00:05Z Encoding-Version=1.4 "
            "Encoding-Version=1 X-Wap-Initiator-URI=http://a/ X-Wap-Initiator-URI=\xE4"
            "b "
            "Content-ID=<id> X-WAP-Security=0102 X-WAP-Security=" +
                to_hex(Octets(31, std::byte{0xAA})) + " X-A=b");
}

TEST(HeaderWriter, RefusesWhatNoReaderCouldRead) {
  Octets out;
  HeaderWriter write(out);
  const std::string zero("a\0b", 3);
  using std::chrono::seconds;
  using std::chrono::sys_seconds;
  for (const auto& done :
       {write.integer(0x80, 1), write.date(0x80, {}), write.version(0x80, 1, 1),
        write.text(0x80, "a"), write.quoted(0x80, "a"), write.octets(0x80, {}),
        write.date(0x14, sys_seconds(seconds(-1))),
        write.date(0x14, sys_seconds(seconds(std::int64_t{1} << 32))), write.version(0x43, 0, 1),
        write.version(0x43, 8, 1), write.version(0x43, 1, 15), write.text(0x31, zero),
        write.quoted(0x31, zero), write.named("", "a"), write.named("a b", "c"),
        write.named("a", zero), write.named("\xE4", "a")}) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code(Errc::bad_value));
  }
  EXPECT_TRUE(out.empty());
}

TEST(WspTables, FindByCodeAndByName) {
  EXPECT_EQ(find_header(0x2F)->name, "X-Wap-Application-Id");
  EXPECT_EQ(find_header(0x4B), nullptr);
  EXPECT_EQ(find_parameter(0x11)->name, "SEC");
  EXPECT_EQ(find_parameter(0x04), nullptr);
  EXPECT_EQ(header_code("x-wap-application-id"), 0x2F);
  EXPECT_EQ(header_code("Cache-Control"), 0x47) << "of several the newest";
  EXPECT_FALSE(header_code("X-None"));
  EXPECT_EQ(media_type_name(0x36), "application/vnd.wap.connectivity-wbxml");
  EXPECT_EQ(media_type_name(0x77), "");
  EXPECT_EQ(media_type_code("TEXT/vnd.wap.SI"), 0x2D);
  EXPECT_EQ(media_type_code("application/vnd.wap.emn+wbxml"), 0x30A);
  EXPECT_FALSE(media_type_code("text/none"));
  EXPECT_EQ(application_name(7), "x-wap-application:syncml.dm");
  EXPECT_EQ(application_name(11), "");
  EXPECT_EQ(application_id("x-wap-application:emn.ua"), 9U);
  EXPECT_FALSE(application_id("emn.ua"));
  EXPECT_EQ(charset_name(106), "utf-8");
  EXPECT_EQ(pdu_type_name(6), "Push");
}

RC_GTEST_PROP(WspFieldsProperty, ListAndViewAgreeOnWhatAPushIs,
              (const std::vector<std::uint8_t>& headers)) {
  Octets pdu{std::byte{1}, std::byte{6}, static_cast<std::byte>(headers.size() % 128)};
  for (const std::uint8_t b : headers) pdu.push_back(std::byte{b});
  const auto fields = push_fields(pdu);
  const auto push = read_push(pdu);
  if (push) RC_ASSERT(fields.has_value());
  if (!fields) {
    RC_ASSERT(!push.has_value());
    RC_ASSERT(fields.error().at.offset.value() <= pdu.size());
    return;
  }
  for (const PushField& f : *fields) static_cast<void>(value_text(f));
}

}  // namespace
}  // namespace cpgw::si_sl
