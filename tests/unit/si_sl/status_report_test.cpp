#include <gtest/gtest.h>

#include "si_sl/tp_status.h"
#include "si_sl/tpdu.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using test::read_vectors;
using test::Vector;

const std::map<std::string, StatusClass> kClasses{{"delivered", StatusClass::delivered},
                                                  {"still_trying", StatusClass::still_trying},
                                                  {"permanent", StatusClass::permanent},
                                                  {"gave_up", StatusClass::gave_up}};

/// "2026-11-22T14:31:05+00:00"
WallTime time_of(const std::string& text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    return std::stoi(text.substr(at, digits));
  };
  using namespace std::chrono;
  return sys_days(year(number(0, 4)) / number(5, 2) / number(8, 2)) + hours(number(11, 2)) +
         minutes(number(14, 2)) + seconds(number(17, 2));
}

TEST(StatusReport, EveryVectorReadsAndWritesBack) {
  std::size_t reports = 0;
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    if (v.text("kind") != "status_report") continue;
    SCOPED_TRACE(v.text("id"));
    const Octets tpdu = v.octets("hex");
    const auto report = read_status_report(tpdu);
    ASSERT_TRUE(report) << to_string(report.error());
    EXPECT_EQ(report->recipient.value, v.text("address"));
    EXPECT_EQ(report->recipient.type, v.number("type", 16));
    EXPECT_EQ(report->message_reference, v.number("message_reference"));
    EXPECT_EQ(timestamp_of(report->timestamp), time_of(v.text("timestamp")));
    EXPECT_EQ(timestamp_of(report->discharge), time_of(v.text("discharge")));
    EXPECT_EQ(report->status, v.number("status", 16));
    EXPECT_EQ(tp_status(report->status).status_class, kClasses.at(v.text("class")));
    EXPECT_FALSE(report->more_messages);
    EXPECT_FALSE(report->of_command);
    Octets again;
    ASSERT_TRUE(write_status_report(*report, again));
    EXPECT_EQ(to_hex(again), v.text("hex"));
    ++reports;
  }
  EXPECT_EQ(reports, 8U);
}

TEST(StatusReport, ReadsTheOptionalParametersAndWritesThemBack) {
  const std::string front =
      "062A049121436211224103000062112241135000"
      "20";
  struct Case {
    std::string parameters;
    std::optional<std::uint8_t> pid, dcs, length;
    std::string user_data, unknown;
    bool writes_back;
  };
  for (const Case& c : {
           Case{"", {}, {}, {}, "", "", true},
           Case{"00", {}, {}, {}, "", "", false},  // nothing said is said with nothing
           Case{"0141", 0x41, {}, {}, "", "", true},
           Case{"0208", {}, 0x08, {}, "", "", true},
           Case{"074108020042", 0x41, 0x08, 2, "0042", "", true},
           Case{"0405E8329BFD06", {}, {}, 5, "E8329BFD06", "", true},
           Case{"0941AABB", 0x41, {}, {}, "", "AABB", false},
           Case{"818041", 0x41, {}, {}, "", "", false},
           Case{"81800041BB", {}, {}, {}, "", "", false},
       }) {
    SCOPED_TRACE(c.parameters);
    const Octets tpdu = Vector::hex(front + c.parameters);
    const auto report = read_status_report(tpdu);
    if (c.parameters == "81800041BB") {  // one more indicator octet than it seems
      ASSERT_TRUE(report);
      EXPECT_EQ(report->protocol_identifier, 0x41);
      EXPECT_EQ(to_hex(report->unknown, HexCase::upper), "BB");
      continue;
    }
    if (c.parameters == "818041") {
      EXPECT_EQ(report.error().at.field, "protocol_identifier") << "80 announces one more octet";
      continue;
    }
    ASSERT_TRUE(report) << to_string(report.error());
    EXPECT_EQ(report->status, 0x20);
    EXPECT_EQ(report->protocol_identifier, c.pid);
    EXPECT_EQ(report->data_coding, c.dcs);
    EXPECT_EQ(report->user_data_length, c.length);
    EXPECT_EQ(to_hex(report->user_data, HexCase::upper), c.user_data);
    EXPECT_EQ(to_hex(report->unknown, HexCase::upper), c.unknown);
    Octets again;
    ASSERT_TRUE(write_status_report(*report, again));
    EXPECT_EQ(to_hex(again, HexCase::upper) == front + c.parameters, c.writes_back);
  }
}

TEST(StatusReport, SaysWhereItIsBroken) {
  struct Case {
    std::string tpdu;
    Errc errc;
    std::size_t offset;
    std::string field;
  };
  const std::string front = "062A049121436211224103000062112241135000";
  for (const Case& c : {
           Case{"", Errc::truncated, 0, "first_octet"},
           Case{"01", Errc::malformed, 0, "first_octet"},
           Case{"06", Errc::truncated, 1, "message_reference"},
           Case{"062A04", Errc::truncated, 3, "recipient"},
           Case{"062A0491214362", Errc::truncated, 6, "timestamp"},
           Case{"062A049121436211224103000062", Errc::truncated, 13, "discharge"},
           Case{front, Errc::truncated, 20, "status"},
           Case{front + "00"
                        "01",
                Errc::truncated, 22, "protocol_identifier"},
           Case{front + "00"
                        "0000",
                Errc::malformed, 22, "user_data"},
           Case{front + "00"
                        "80",
                Errc::truncated, 22, "parameter_indicator"},
           Case{front + "00"
                        "02",
                Errc::truncated, 22, "data_coding"},
           Case{front + "00"
                        "04",
                Errc::truncated, 22, "user_data_length"},
           Case{front + "00"
                        "0402FF",
                Errc::truncated, 23, "user_data"},
           Case{front + "00"
                        "06048D",
                Errc::malformed, 23, "user_data_length"},
       }) {
    const auto report = read_status_report(Vector::hex(c.tpdu));
    ASSERT_FALSE(report) << c.tpdu;
    EXPECT_EQ(report.error().code, Code(c.errc)) << c.tpdu << to_string(report.error());
    EXPECT_EQ(report.error().at.offset, c.offset) << c.tpdu << to_string(report.error());
    EXPECT_EQ(report.error().at.field, c.field) << c.tpdu;
  }
}

TEST(StatusReport, RefusesToWriteWhatCannotBeSent) {
  StatusReport report;
  report.recipient = {kInternationalNumber, "12"};
  const Octets data(3);
  const auto field = [&](auto&& change) {
    StatusReport changed = report;
    change(changed);
    Octets out;
    const auto written = write_status_report(changed, out);
    EXPECT_TRUE(written || out.empty());
    return written ? std::string("written") : written.error().at.field;
  };
  EXPECT_EQ(field([](StatusReport&) {}), "written");
  EXPECT_EQ(field([&](StatusReport& r) { r.user_data = data; }), "user_data_length");
  EXPECT_EQ(field([&](StatusReport& r) { r.user_data_header = true; }), "user_data_length");
  EXPECT_EQ(field([&](StatusReport& r) { r.user_data_length = 1; }), "user_data_length");
  EXPECT_EQ(field([&](StatusReport& r) { r.recipient.value = ""; }), "recipient");
  EXPECT_EQ(field([&](StatusReport& r) { r.recipient.type = 0x11; }), "recipient.type");
}

TEST(TpStatus, NamesEveryCodeAndItsClass) {
  struct Case {
    unsigned code;
    StatusClass status_class;
    std::string_view name;
  };
  for (const Case& c : {
           Case{0x00, StatusClass::delivered, "received by the SME"},
           Case{0x03, StatusClass::delivered, "reserved"},
           Case{0x10, StatusClass::delivered, "specific to the service centre"},
           Case{0x22, StatusClass::still_trying, "no response from the SME"},
           Case{0x2F, StatusClass::still_trying, "reserved"},
           Case{0x3F, StatusClass::still_trying, "specific to the service centre"},
           Case{0x46, StatusClass::permanent, "validity period expired"},
           Case{0x5F, StatusClass::permanent, "specific to the service centre"},
           Case{0x60, StatusClass::gave_up, "congestion"},
           Case{0x66, StatusClass::gave_up, "reserved"},
           Case{0x7F, StatusClass::gave_up, "specific to the service centre"},
           Case{0x80, StatusClass::gave_up, "reserved"},
           Case{0xFF, StatusClass::gave_up, "reserved"},
       }) {
    EXPECT_EQ(tp_status(static_cast<std::uint8_t>(c.code)), (TpStatus{c.status_class, c.name}))
        << c.code;
  }
  for (unsigned code = 0; code < 256; ++code) {
    EXPECT_FALSE(tp_status(static_cast<std::uint8_t>(code)).name.empty());
  }
}

}  // namespace
}  // namespace cpgw::si_sl
