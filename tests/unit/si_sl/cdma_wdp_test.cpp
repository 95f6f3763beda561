#include "si_sl/cdma_wdp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/si_sl/parts.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using cpgw::test::Vector;
using test::at;
using test::pattern;

std::vector<Octets> cut(OctetView push, const WdpOptions& options) {
  std::vector<Octets> segments;
  const auto done = cut_wdp(push, options, segments);
  EXPECT_TRUE(done) << to_string(done.error());
  return segments;
}

TEST(CdmaWdp, WritesTheHeaderOfEverySegment) {
  const auto one = cut(Vector::hex("010601B6"), {});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(to_hex(one[0], HexCase::upper),
            "00010023F00B84"
            "010601B6");
  const auto three = cut(pattern(133 + 137 + 1), {});
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(three[0].size(), 140U);
  EXPECT_EQ(three[1].size(), 140U);
  EXPECT_EQ(three[2].size(), 4U);
  EXPECT_EQ(to_hex(OctetView(three[1]).first(3)), "000301");
  EXPECT_EQ(to_hex(OctetView(three[2]).first(3)), "000302");
  const auto repeated = cut(pattern(133 + 133), {.repeat_ports = true});
  ASSERT_EQ(repeated.size(), 2U);
  EXPECT_EQ(to_hex(OctetView(repeated[1]).first(7)), "00020123f00b84");
}

TEST(CdmaWdp, CountsSegments) {
  struct Case {
    std::size_t octets;
    WdpOptions options;
    unsigned segments;
  };
  for (const Case& c :
       {Case{0, {}, 1}, Case{133, {}, 1}, Case{134, {}, 2}, Case{270, {}, 2}, Case{271, {}, 3},
        Case{1366, {}, 10}, Case{1367, {}, 0}, Case{266, {.repeat_ports = true}, 2},
        Case{267, {.repeat_ports = true}, 3}, Case{1, {.user_octets = 8}, 1},
        Case{6, {.user_octets = 8}, 2}, Case{7, {.user_octets = 8}, 3},
        Case{133 + 254 * 137, {.segment_limit = 255}, 255}}) {
    EXPECT_EQ(wdp_segment_count(c.octets, c.options).value_or(0), c.segments) << c.octets;
  }
  EXPECT_EQ(wdp_segment_count(1367, {}).error().code, Code(Errc::too_many_parts));
  EXPECT_EQ(wdp_segment_count(1, {.segment_limit = 0}).error().at.field, "segment_limit");
  EXPECT_EQ(wdp_segment_count(1, {.user_octets = 7}).error().at.field, "user_octets");
  std::vector<Octets> out(2);
  EXPECT_FALSE(cut_wdp(pattern(1367), {}, out));
  EXPECT_EQ(out.size(), 2U);
}

TEST(CdmaWdp, SaysWhereASegmentIsBroken) {
  struct Case {
    std::string octets;
    bool repeat_ports;
    Errc errc;
    std::size_t offset;
    std::string field;
    Defect defect;
  };
  const Defect header = Defect::malformed_header;
  for (const Case& c : {
           Case{"", false, Errc::truncated, 0, "message_type", header},
           Case{"01", false, Errc::malformed, 0, "message_type", header},
           Case{"00", false, Errc::truncated, 1, "total_segments", header},
           Case{"0001", false, Errc::truncated, 2, "segment_number", header},
           Case{"000000", false, Errc::malformed, 1, "segment_number", Defect::total_zero},
           Case{"000101", false, Errc::malformed, 1, "segment_number", Defect::number_over_total},
           Case{"00010023", false, Errc::truncated, 3, "source_port", header},
           Case{"00010023F00B", false, Errc::truncated, 5, "destination_port", header},
           Case{"00020123", true, Errc::truncated, 3, "source_port", header},
       }) {
    Defect why = Defect::timed_out;
    const auto segment = read_wdp(Vector::hex(c.octets), c.repeat_ports, &why);
    ASSERT_FALSE(segment) << c.octets;
    EXPECT_EQ(segment.error().code, Code(c.errc)) << c.octets;
    EXPECT_EQ(segment.error().at.offset, c.offset) << c.octets;
    EXPECT_EQ(segment.error().at.field, c.field) << c.octets;
    EXPECT_EQ(why, c.defect) << c.octets;
  }
  const Octets second = Vector::hex("00020123");
  const auto later = read_wdp(second);
  ASSERT_TRUE(later);
  EXPECT_FALSE(later->destination_port);
  EXPECT_EQ(to_hex(later->data), "23");
}

TEST(CdmaWdp, EveryTruncationAndChangedOctetGivesAValueOrAnError) {
  for (const bool repeat : {false, true}) {
    for (const Octets& segment : cut(pattern(300), {.repeat_ports = repeat})) {
      for (std::size_t size = 0; size < 8; ++size) {
        const auto read = read_wdp(OctetView(segment).first(size), repeat);
        EXPECT_TRUE(read || read.error().at.offset.value() <= size);
      }
      for (std::size_t i = 0; i < 8; ++i) {
        for (unsigned value = 0; value < 256; ++value) {
          Octets changed = segment;
          changed[i] = static_cast<std::byte>(value);
          const auto read = read_wdp(changed, repeat);
          EXPECT_TRUE(read || read.error().at.offset.value() <= changed.size());
        }
      }
    }
  }
}

TEST(CdmaWdp, TellsDefects) {
  WdpReassembler reassembler(false, 4096, std::chrono::minutes(1));
  const auto segments = cut(pattern(300), {});
  EXPECT_FALSE(reassembler.add("1", 9, Vector::hex("000101"), at({})));
  EXPECT_FALSE(*reassembler.add("1", 9, segments[1], at({})));
  EXPECT_FALSE(*reassembler.add("1", 9, segments[1], at({})));
  EXPECT_EQ(reassembler.open_messages(), 1U);
  reassembler.expire(at(std::chrono::minutes(2)));
  const auto reports = reassembler.take_defects();
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].defect, Defect::number_over_total);
  EXPECT_EQ(reports[1].defect, Defect::repeated);
  EXPECT_EQ(reports[1].number, 2);
  EXPECT_EQ(reports[2].defect, Defect::timed_out);
  EXPECT_EQ(reports[2].missing, (std::vector<std::uint8_t>{1, 3}));
  EXPECT_EQ(reassembler.given_up(), 1U);
  Octets big(256);
  big[1] = std::byte{2};
  EXPECT_EQ(reassembler.add("1", 9, big, at({})).error().code, Code(Errc::too_long));
}

RC_GTEST_PROP(CdmaWdpProperty, AnyOrderGivesThePushBackWithItsPorts, (bool repeat_ports)) {
  const Octets push = pattern(*rc::gen::inRange<std::size_t>(0, 2000));
  const WdpOptions options{.repeat_ports = repeat_ports,
                           .user_octets = *rc::gen::inRange<std::uint8_t>(20, 255),
                           .segment_limit = 255};
  std::vector<Octets> segments = cut(push, options);
  for (std::size_t i = segments.size(); i > 1; --i) {
    std::swap(segments[i - 1], segments[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  WdpReassembler reassembler(repeat_ports);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    RC_ASSERT(segments[i].size() <= options.user_octets);
    const auto message = reassembler.add("1", 0x1234, segments[i], at({}));
    RC_ASSERT(message.has_value());
    RC_ASSERT(message->has_value() == (i + 1 == segments.size()));
    if (!*message) continue;
    RC_ASSERT((*message)->data == push);
    RC_ASSERT((*message)->destination_port == 2948);
    RC_ASSERT((*message)->source_port == 9200);
  }
  RC_ASSERT(reassembler.take_defects().empty());
}

}  // namespace
}  // namespace cpgw::si_sl
