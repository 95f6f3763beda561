#include "si_sl/tpdu.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "si_sl/segmentation.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::weeks;
using test::read_vectors;
using test::Vector;

const TpAddress kRecipient = TpAddress::international(*Msisdn::parse("+12025550123"));

TEST(Tpdu, ReadsEverySubmitAndWritesItBack) {
  std::size_t submits = 0;
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    if (v.text("kind") != "submit") continue;
    SCOPED_TRACE(v.text("id"));
    const Octets tpdu = v.octets("hex");
    const auto submit = read_submit(tpdu);
    ASSERT_TRUE(submit) << to_string(submit.error());
    EXPECT_EQ(submit->destination.value, v.text("address"));
    EXPECT_EQ(submit->destination.type, v.number("type", 16));
    if (v.has("data")) {
      const auto header = read_udh(submit->user_data);
      ASSERT_TRUE(header);
      EXPECT_EQ(to_hex(submit->user_data.subspan(header->octets)), v.text("data"));
      EXPECT_EQ(header->reference.value_or(0), v.number("reference"));
      EXPECT_TRUE(submit->user_data_header);
    }
    Octets again;
    ASSERT_TRUE(write_submit(*submit, again));
    EXPECT_EQ(to_hex(again), v.text("hex"));
    ++submits;
  }
  EXPECT_EQ(submits, 7U);
}

TEST(Tpdu, MakesTheSubmitsOfEveryPushVector) {
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    const auto& expected = v.all("submit");
    if (expected.empty()) continue;
    SCOPED_TRACE(v.text("id"));
    const bool wide = v.text("id") == "prov-userpin-tps-headers";
    std::vector<Part> parts;
    ASSERT_TRUE(segment(v.octets("push"), wide ? 0x1234 : 0x2A, {.wide_reference = wide}, parts));
    ASSERT_EQ(parts.size(), expected.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Submit submit = submit_of(parts[i], kRecipient);
      submit.status_report_request = true;
      set_validity(submit, 24h);
      Octets tpdu;
      ASSERT_TRUE(write_submit(submit, tpdu));
      EXPECT_EQ(to_hex(tpdu, HexCase::upper), expected[i]);
    }
  }
}

TEST(Tpdu, ReadsEveryDeliver) {
  std::size_t delivers = 0;
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    if (v.text("kind") != "deliver") continue;
    SCOPED_TRACE(v.text("id"));
    const Octets tpdu = v.octets("hex");
    const auto deliver = read_deliver(tpdu);
    ASSERT_TRUE(deliver) << to_string(deliver.error());
    EXPECT_EQ(deliver->originator.value, v.text("address"));
    EXPECT_EQ(deliver->originator.type, v.number("type", 16));
    const auto header = read_udh(deliver->user_data);
    ASSERT_TRUE(header);
    EXPECT_EQ(to_hex(deliver->user_data.subspan(header->octets)), v.text("data"));
    EXPECT_EQ(header->destination_port, v.number("destination_port"));
    const auto sent = timestamp_of(deliver->timestamp);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->time_since_epoch() / 1s % 86400, 14 * 3600 + 30 * 60);
    ++delivers;
  }
  EXPECT_EQ(delivers, 3U);
}

TEST(Tpdu, DeliversOfOnePushMakeThePush) {
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    if (!v.has("deliver")) continue;
    SCOPED_TRACE(v.text("id"));
    Reassembler reassembler;
    std::optional<Reassembler::Message> message;
    for (const std::string& digits : v.all("deliver")) {
      const Octets tpdu = Vector::hex(digits);
      const auto deliver = read_deliver(tpdu);
      ASSERT_TRUE(deliver) << to_string(deliver.error());
      message = reassembler
                    .add(deliver->originator.value, deliver->user_data, deliver->user_data_header,
                         SteadyTime())
                    .value();
    }
    ASSERT_TRUE(message);
    EXPECT_EQ(to_hex(message->data, HexCase::upper), v.text("push"));
  }
}

TEST(Tpdu, CodesTheRelativeValidityPeriod) {
  struct Case {
    unsigned octet;
    minutes period;
  };
  for (const Case& c :
       {Case{0, 5min}, Case{143, 12h}, Case{144, 12h + 30min}, Case{167, 24h}, Case{168, days(2)},
        Case{196, days(30)}, Case{197, weeks(5)}, Case{255, weeks(63)}}) {
    EXPECT_EQ(validity_of(static_cast<std::uint8_t>(c.octet)), c.period);
    EXPECT_EQ(relative_validity(c.period), c.octet);
  }
  EXPECT_EQ(relative_validity(0min), 0);
  EXPECT_EQ(relative_validity(-5min), 0);
  EXPECT_EQ(relative_validity(6min), 1);
  EXPECT_EQ(relative_validity(24h + 1min), 168);
  EXPECT_EQ(relative_validity(weeks(100)), 255);
  for (unsigned octet = 0; octet < 256; ++octet) {
    EXPECT_EQ(relative_validity(validity_of(static_cast<std::uint8_t>(octet))), octet);
  }
}

TEST(Tpdu, WritesEveryFlagAndValidityFormatAndReadsItBack) {
  const Octets data = Vector::hex("0605040B8423F041");
  for (unsigned flags = 0; flags < 16; ++flags) {
    for (const auto format : {ValidityFormat::none, ValidityFormat::enhanced,
                              ValidityFormat::relative, ValidityFormat::absolute}) {
      Submit submit;
      submit.reject_duplicates = (flags & 1) != 0;
      submit.status_report_request = (flags & 2) != 0;
      submit.reply_path = (flags & 4) != 0;
      submit.user_data_header = (flags & 8) != 0;
      submit.message_reference = 42;
      submit.destination = {kUnknownNumber, "*#06abc12"};
      submit.protocol_identifier = 0x40;
      submit.data_coding = 0xF5;
      submit.validity_format = format;
      submit.validity.fill(format == ValidityFormat::none ? std::byte{0} : std::byte{0x11});
      if (format == ValidityFormat::relative) {
        submit.validity.fill(std::byte{0});
        submit.validity[0] = std::byte{0xA7};
      }
      submit.user_data = data;
      submit.user_data_length = 8;
      Octets tpdu;
      ASSERT_TRUE(write_submit(submit, tpdu));
      const auto read = read_submit(tpdu);
      ASSERT_TRUE(read) << to_string(read.error());
      EXPECT_EQ(read->reject_duplicates, submit.reject_duplicates);
      EXPECT_EQ(read->status_report_request, submit.status_report_request);
      EXPECT_EQ(read->reply_path, submit.reply_path);
      EXPECT_EQ(read->user_data_header, submit.user_data_header);
      EXPECT_EQ(read->message_reference, 42);
      EXPECT_EQ(read->destination, submit.destination);
      EXPECT_EQ(read->protocol_identifier, 0x40);
      EXPECT_EQ(read->data_coding, 0xF5);
      EXPECT_EQ(read->validity_format, format);
      EXPECT_EQ(read->validity, submit.validity);
      EXPECT_EQ(to_hex(read->user_data), to_hex(data));
    }
  }
}

TEST(Tpdu, RefusesToWriteWhatCannotBeSent) {
  const Octets data(8);
  const auto error = [&](auto&& change) {
    Submit submit;
    submit.destination = kRecipient;
    submit.user_data = data;
    submit.user_data_length = 8;
    change(submit);
    Octets out = Vector::hex("EE");
    const auto written = write_submit(submit, out);
    EXPECT_EQ(to_hex(out), "ee");
    return written ? Error(Errc::conflict, "written") : written.error();
  };
  EXPECT_EQ(error([](Submit& s) { s.destination.value = ""; }).code, Code(Errc::too_long));
  EXPECT_EQ(error([](Submit& s) { s.destination.value.assign(21, '1'); }).code,
            Code(Errc::too_long));
  EXPECT_EQ(error([](Submit& s) { s.destination.value = "12d"; }).code, Code(Errc::bad_value));
  EXPECT_EQ(error([](Submit& s) { s.destination.type = kAlphanumeric; }).code,
            Code(Errc::bad_value));
  EXPECT_EQ(error([](Submit& s) { s.user_data_length = 9; }).code, Code(Errc::bad_value));
  EXPECT_EQ(error([](Submit& s) { s.data_coding = 0; }).code, Code(Errc::bad_value));
  const Octets big(141);
  EXPECT_EQ(error([&](Submit& s) {
              s.user_data = big;
              s.user_data_length = 141;
            }).code,
            Code(Errc::too_long));
}

TEST(Tpdu, SaysWhereItIsBroken) {
  struct Case {
    std::string tpdu;
    Errc errc;
    std::size_t offset;
    std::string field;
  };
  for (const Case& c : {
           Case{"", Errc::truncated, 0, "first_octet"},
           Case{"00", Errc::malformed, 0, "first_octet"},
           Case{"02", Errc::malformed, 0, "first_octet"},
           Case{"03", Errc::malformed, 0, "first_octet"},
           Case{"01", Errc::truncated, 1, "message_reference"},
           Case{"010015", Errc::truncated, 3, "destination"},
           Case{"01001591", Errc::malformed, 2, "destination"},
           Case{"0100039121", Errc::truncated, 4, "destination"},
           Case{"01000391F2F3", Errc::malformed, 4, "destination"},
           Case{"0100039121F3", Errc::truncated, 6, "protocol_identifier"},
           Case{"0100039121F300", Errc::truncated, 7, "data_coding"},
           Case{"1100039121F30004", Errc::truncated, 8, "validity"},
           Case{"0900039121F3000411", Errc::truncated, 8, "validity"},
           Case{"0100039121F30004", Errc::truncated, 8, "user_data_length"},
           Case{"0100039121F3000402FF", Errc::truncated, 9, "user_data"},
           Case{"0100039121F3000401FFFF", Errc::malformed, 10, "user_data"},
           Case{"0100039121F300048D", Errc::malformed, 8, "user_data_length"},
           Case{"0100039121F30000A1", Errc::malformed, 8, "user_data_length"},
       }) {
    const auto submit = read_submit(Vector::hex(c.tpdu));
    ASSERT_FALSE(submit) << c.tpdu;
    EXPECT_EQ(submit.error().code, Code(c.errc)) << c.tpdu << to_string(submit.error());
    EXPECT_EQ(submit.error().at.offset, c.offset) << c.tpdu << to_string(submit.error());
    EXPECT_EQ(submit.error().at.field, c.field) << c.tpdu;
  }
}

TEST(Tpdu, EveryTruncationIsAnError) {
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    const Octets tpdu = v.octets("hex");
    for (std::size_t size = 0; size < tpdu.size(); ++size) {
      const OctetView cut = OctetView(tpdu).first(size);
      EXPECT_FALSE(read_submit(cut)) << v.text("id") << size;
      EXPECT_FALSE(read_deliver(cut)) << v.text("id") << size;
    }
  }
}

TEST(Tpdu, ReadsTimestampsWithTheirZone) {
  const auto time = [](const std::string& digits) {
    std::array<std::byte, 7> stamp{};
    std::ranges::copy(Vector::hex(digits), stamp.begin());
    return timestamp_of(stamp);
  };
  const WallTime noon = std::chrono::sys_days(std::chrono::year_month_day(
                            std::chrono::year(2026), std::chrono::month(1), std::chrono::day(2))) +
                        12h;
  EXPECT_EQ(time("62102021000000"), noon);
  EXPECT_EQ(time("62102041000080"), noon);  // +02:00
  EXPECT_EQ(time("6210207000000A"), noon) << "five hours west";
  for (const std::string bad : {"62312021000000", "62102321000000", "62102042000000",
                                "62102021060000", "621020210000FF", "A2102021000000"}) {
    EXPECT_FALSE(time(bad)) << bad;
  }
}

RC_GTEST_PROP(TpduProperty, AnyOctetsGiveAValueOrAPositionedError,
              (const std::vector<std::uint8_t>& octets)) {
  const OctetView input = std::as_bytes(std::span(octets));
  const auto submit = read_submit(input);
  if (!submit) RC_ASSERT(submit.error().at.offset.value() <= input.size());
  const auto deliver = read_deliver(input);
  if (!deliver) RC_ASSERT(deliver.error().at.offset.value() <= input.size());
}

}  // namespace
}  // namespace cpgw::si_sl
