#include "si_sl/tpdu.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "si_sl/segmentation.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using namespace std::chrono_literals;
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
      submit.validity = relative_validity(24h);
      Octets tpdu;
      ASSERT_TRUE(write_submit(submit, tpdu));
      EXPECT_EQ(to_hex(tpdu, HexCase::upper), expected[i]);
    }
  }
}

TEST(Tpdu, ReadsEveryDeliverAndWritesItBack) {
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
    Octets again;
    ASSERT_TRUE(write_deliver(*deliver, again));
    EXPECT_EQ(to_hex(again), v.text("hex"));
    ++delivers;
  }
  EXPECT_EQ(delivers, 3U);
}

TEST(Tpdu, MakesTheDeliversOfEveryPushVector) {
  const Timestamp sent =
      timestamp_from(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 14h + 21min + 21s)
          .value();
  std::size_t made = 0;
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    const auto& expected = v.all("deliver");
    if (expected.empty()) continue;
    SCOPED_TRACE(v.text("id"));
    const bool wide = v.text("id") == "prov-userpin-tps-headers";
    std::vector<Part> parts;
    ASSERT_TRUE(segment(v.octets("push"), wide ? 0x1234 : 0x2A, {.wide_reference = wide}, parts));
    ASSERT_EQ(parts.size(), expected.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Deliver deliver =
          deliver_of(parts[i], TpAddress::international(*Msisdn::parse("12025550199")), sent);
      deliver.more_messages = i + 1 < parts.size();
      Octets tpdu;
      ASSERT_TRUE(write_deliver(deliver, tpdu));
      EXPECT_EQ(to_hex(tpdu, HexCase::upper), expected[i]);
      ++made;
    }
  }
  EXPECT_GT(made, 10U);
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
      submit.validity.format = format;
      std::ranges::fill_n(submit.validity.octets.begin(),
                          static_cast<std::ptrdiff_t>(submit.validity.view().size()),
                          std::byte{0x11});
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
      EXPECT_FALSE(read_status_report(cut)) << v.text("id") << size;
    }
  }
}

TEST(Tpdu, EveryChangedOctetGivesAValueOrAPositionedError) {
  for (const Vector& v : read_vectors("wsp/tpdus.txt")) {
    const Octets tpdu = v.octets("hex");
    const auto positioned = [&](const auto& result) {
      EXPECT_TRUE(result || result.error().at.offset.value() <= tpdu.size()) << v.text("id");
    };
    for (std::size_t i = 0; i < tpdu.size(); ++i) {
      for (unsigned value = 0; value < 256; ++value) {
        Octets changed = tpdu;
        changed[i] = static_cast<std::byte>(value);
        positioned(read_submit(changed));
        positioned(read_deliver(changed));
        positioned(read_status_report(changed));
        positioned(read_at_pdu(changed));
      }
    }
  }
}

TEST(Tpdu, WritesEveryFlagOfADeliverAndReadsItBack) {
  const Octets data = Vector::hex("0605040B8423F041");
  for (unsigned flags = 0; flags < 32; ++flags) {
    Deliver deliver;
    deliver.more_messages = (flags & 1) != 0;
    deliver.loop_prevention = (flags & 2) != 0;
    deliver.status_report = (flags & 4) != 0;
    deliver.reply_path = (flags & 8) != 0;
    deliver.user_data_header = (flags & 16) != 0;
    deliver.originator = {kAlphanumeric, "My {€}"};
    deliver.protocol_identifier = 0x40;
    deliver.data_coding = 0xF5;
    deliver.timestamp[0] = std::byte{0x62};
    deliver.user_data = data;
    deliver.user_data_length = 8;
    Octets tpdu;
    ASSERT_TRUE(write_deliver(deliver, tpdu));
    const auto read = read_deliver(tpdu);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(read->more_messages, deliver.more_messages);
    EXPECT_EQ(read->loop_prevention, deliver.loop_prevention);
    EXPECT_EQ(read->status_report, deliver.status_report);
    EXPECT_EQ(read->reply_path, deliver.reply_path);
    EXPECT_EQ(read->user_data_header, deliver.user_data_header);
    EXPECT_EQ(read->originator, deliver.originator);
    EXPECT_EQ(read->protocol_identifier, 0x40);
    EXPECT_EQ(read->timestamp, deliver.timestamp);
    EXPECT_EQ(to_hex(read->user_data), to_hex(data));
  }
  Deliver wrong;
  Octets out = Vector::hex("EE");
  wrong.user_data_length = 1;
  EXPECT_EQ(write_deliver(wrong, out).error().at.field, "user_data_length");
  wrong.user_data_length = 0;
  EXPECT_EQ(write_deliver(wrong, out).error().at.field, "originator");
  EXPECT_EQ(to_hex(out), "ee");
}

RC_GTEST_PROP(TpduProperty, AnyOctetsGiveAValueOrAPositionedError,
              (const std::vector<std::uint8_t>& octets)) {
  const OctetView input = std::as_bytes(std::span(octets));
  const auto submit = read_submit(input);
  if (!submit) RC_ASSERT(submit.error().at.offset.value() <= input.size());
  const auto deliver = read_deliver(input);
  if (!deliver) RC_ASSERT(deliver.error().at.offset.value() <= input.size());
  const auto report = read_status_report(input);
  if (!report) RC_ASSERT(report.error().at.offset.value() <= input.size());
  const auto at_pdu = read_at_pdu(input);
  if (!at_pdu) RC_ASSERT(at_pdu.error().at.offset.value() <= input.size());
}

}  // namespace
}  // namespace cpgw::si_sl
