#include "si_sl/segmentation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using std::chrono::minutes;
using test::read_vectors;
using test::Vector;

SteadyTime at(std::chrono::milliseconds since_start) { return SteadyTime(since_start); }

Octets pattern(std::size_t octets) {
  Octets out(octets);
  for (std::size_t i = 0; i < octets; ++i) out[i] = static_cast<std::byte>(i * 31 + i / 256);
  return out;
}

std::vector<Part> parts_of(OctetView push, std::uint16_t reference, const SegmentOptions& options) {
  std::vector<Part> parts;
  const auto done = segment(push, reference, options, parts);
  EXPECT_TRUE(done) << to_string(done.error());
  return parts;
}

TEST(Segmentation, CutsEveryVectorToTheOctet) {
  for (const Vector& v : read_vectors("wsp/pushes.txt")) {
    const auto& expected = v.all("part");
    if (expected.empty()) continue;
    SCOPED_TRACE(v.text("id"));
    const bool wide = v.text("id") == "prov-userpin-tps-headers";
    const auto parts = parts_of(v.octets("push"), wide ? 0x1234 : 0x2A, {.wide_reference = wide});
    ASSERT_EQ(parts.size(), expected.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(
          to_hex(parts[i].udh(), HexCase::upper) + " " + to_hex(parts[i].data(), HexCase::upper),
          expected[i]);
      EXPECT_EQ(parts[i].number, i + 1);
      EXPECT_EQ(parts[i].total, parts.size());
      EXPECT_EQ(parts[i].data_coding, 0x04);
    }
  }
}

TEST(Segmentation, NeedsTheCountedParts) {
  struct Case {
    std::size_t octets;
    unsigned narrow, wide;
  };
  for (const Case& c :
       {Case{0, 1, 1}, Case{1, 1, 1}, Case{133, 1, 1}, Case{134, 2, 2}, Case{254, 2, 2},
        Case{255, 2, 3}, Case{256, 2, 3}, Case{257, 3, 3}, Case{1270, 10, 10}, Case{1280, 10, 11},
        Case{32385, 254, 255}, Case{32640, 255, 0}}) {
    SegmentOptions options{.part_limit = 255};
    EXPECT_EQ(part_count(c.octets, options).value(), c.narrow) << c.octets;
    options.wide_reference = true;
    EXPECT_EQ(part_count(c.octets, options).value_or(0), c.wide) << c.octets;
  }
}

TEST(Segmentation, RefusesOverTheLimitAndLeavesTheOutputAlone) {
  std::vector<Part> parts(3);
  const auto before = parts;
  for (const std::size_t octets : {std::size_t{1281}, std::size_t{32641}, std::size_t{1} << 40}) {
    const SegmentOptions options{.part_limit =
                                     octets == 1281 ? std::uint8_t{10} : std::uint8_t{255}};
    const auto count = part_count(octets, options);
    ASSERT_FALSE(count) << octets;
    EXPECT_EQ(count.error().code, Code(Errc::too_many_parts));
  }
  EXPECT_EQ(segment(pattern(1281), 1, {}, parts).error().code, Code(Errc::too_many_parts));
  EXPECT_EQ(parts, before);
  EXPECT_EQ(segment(pattern(1), 1, {.part_limit = 0}, parts).error().code, Code(Errc::bad_value));
}

TEST(Segmentation, WritesTheHeadersOfEveryOption) {
  struct Case {
    std::size_t octets;
    SegmentOptions options;
    std::string first;
  };
  const auto order = ElementOrder::concatenation_first;
  for (const Case& c : {
           Case{133, {}, "0605040B8423F0"},
           Case{133, {.wide_reference = true, .order = order}, "0605040B8423F0"},
           Case{134, {}, "0B05040B8423F00003EF0201"},
           Case{134, {.order = order}, "0B0003EF020105040B8423F0"},
           Case{134, {.wide_reference = true}, "0C05040B8423F00804BEEF0201"},
           Case{134, {.wide_reference = true, .order = order}, "0C0804BEEF020105040B8423F0"},
           Case{1,
                {.destination_port = 49999, .source_port = 0xC002, .data_coding = 0xF5},
                "060504C34FC002"},
       }) {
    const auto parts = parts_of(pattern(c.octets), 0xBEEF, c.options);
    EXPECT_EQ(to_hex(parts[0].udh(), HexCase::upper), c.first);
    for (const Part& part : parts) {
      EXPECT_EQ(part.data_coding, c.options.data_coding);
      const auto header = read_udh(part.whole());
      ASSERT_TRUE(header);
      EXPECT_EQ(header->destination_port, c.options.destination_port);
      EXPECT_EQ(header->source_port, c.options.source_port);
      EXPECT_EQ(header->octets, part.udh_octets);
      EXPECT_EQ(header->number, part.number);
      EXPECT_EQ(header->total, part.total);
      EXPECT_EQ(header->reference.has_value(), part.total > 1);
    }
  }
}

TEST(Segmentation, AReusedPartKeepsNothingOfThePushBefore) {
  std::vector<Part> parts = parts_of(pattern(300), 1, {});
  ASSERT_TRUE(segment(as_octets("short"), 2, {}, parts));
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_TRUE(std::ranges::all_of(std::span(parts[0].user_data).subspan(parts[0].octets),
                                  [](std::byte b) { return b == std::byte{0}; }));
}

TEST(UserDataHeader, ReadsWhatItKnowsAndSkipsTheRest) {
  const auto read = [](const std::string& digits) { return read_udh(Vector::hex(digits)).value(); };
  EXPECT_EQ(read("00").octets, 1);
  EXPECT_FALSE(read("00").destination_port);
  const auto ports8 = read("040402F0F1");
  EXPECT_EQ(ports8.destination_port, 0xF0);
  EXPECT_EQ(ports8.source_port, 0xF1);
  const auto skipped = read("0A7003ABCDEF00030A0201");
  EXPECT_EQ(skipped.reference, 0x0A);
  EXPECT_FALSE(skipped.wide_reference);
  const auto wide = read("0608041234FF01");
  EXPECT_EQ(wide.reference, 0x1234);
  EXPECT_TRUE(wide.wide_reference);
  EXPECT_EQ(wide.total, 255);
  // Of an element that may not be repeated the last one counts (9.2.3.24).
  EXPECT_EQ(read("0A00030102010003020202").reference, 2);
}

TEST(UserDataHeader, SaysWhereItIsBroken) {
  struct Case {
    std::string octets;
    Errc errc;
    std::size_t offset;
  };
  for (const Case& c : {
           Case{"", Errc::truncated, 0},
           Case{"06", Errc::truncated, 0},
           Case{"0605040B8423", Errc::truncated, 0},
           Case{"FF", Errc::malformed, 0},
           Case{"8C" + std::string(2 * 140, '0'), Errc::malformed, 0},
           Case{"0105", Errc::malformed, 1},
           Case{"0605050B8423F0", Errc::malformed, 1},
           Case{"0605030B8423F0", Errc::malformed, 1},
           Case{"050504"
                "0B8423",
                Errc::malformed, 1},
           Case{"03040101", Errc::malformed, 1},
           Case{"050003010200", Errc::malformed, 1},
           Case{"050003010003", Errc::malformed, 1},
           Case{"050003010203", Errc::malformed, 1},
           Case{"0B05040B8423F00003010001", Errc::malformed, 7},
           Case{"0705040B8423F000", Errc::malformed, 7},
       }) {
    const auto header = read_udh(Vector::hex(c.octets));
    ASSERT_FALSE(header) << c.octets;
    EXPECT_EQ(header.error().code, Code(c.errc)) << c.octets << to_string(header.error());
    EXPECT_EQ(header.error().at.offset, c.offset) << c.octets;
  }
}

TEST(UserDataHeader, EveryTruncationAndChangedOctetGivesAValueOrAnError) {
  const auto parts = parts_of(pattern(300), 0x1234, {.wide_reference = true});
  for (const Part& part : parts) {
    for (std::size_t size = 0; size < part.udh_octets; ++size) {
      EXPECT_FALSE(read_udh(part.whole().first(size)));
    }
    for (std::size_t i = 0; i < part.udh_octets; ++i) {
      for (unsigned value = 0; value < 256; ++value) {
        Part changed = part;
        changed.user_data[i] = static_cast<std::byte>(value);
        const auto header = read_udh(changed.whole());
        EXPECT_TRUE(!header || header->octets <= changed.octets);
      }
    }
  }
}

TEST(Reassembly, PutsTogetherInAnyOrderAndTakesDuplicatesSilently) {
  const Octets push = pattern(300);
  const auto parts = parts_of(push, 7, {});
  Reassembler reassembler;
  EXPECT_FALSE(reassembler.add("+1", parts[2].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[2].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at({})).value());
  EXPECT_EQ(reassembler.open_messages(), 1U);
  const auto message = reassembler.add("+1", parts[1].whole(), true, at({})).value();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->data, push);
  EXPECT_EQ(message->destination_port, 2948);
  EXPECT_EQ(message->source_port, 9200);
  EXPECT_EQ(message->parts, 3);
  EXPECT_EQ(reassembler.open_messages(), 0U);
  EXPECT_EQ(reassembler.given_up(), 0U);
}

TEST(Reassembly, GivesASinglePartAtOnce) {
  Reassembler reassembler;
  const auto parts = parts_of(as_octets("hello"), 7, {});
  const auto push = reassembler.add("+1", parts[0].whole(), true, at({})).value();
  ASSERT_TRUE(push);
  EXPECT_EQ(as_text(push->data), "hello");
  EXPECT_EQ(push->destination_port, 2948);
  const auto plain = reassembler.add("+1", as_octets("\x06 no header"), false, at({})).value();
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(plain->data), "\x06 no header");
  EXPECT_EQ(plain->destination_port, 0);
  const auto one_of_one =
      reassembler.add("+1", Vector::hex("05000301010141"), true, at({})).value();
  ASSERT_TRUE(one_of_one);
  EXPECT_EQ(as_text(one_of_one->data), "A");
  EXPECT_EQ(reassembler.open_messages(), 0U);
}

TEST(Reassembly, KeepsMessagesApart) {
  Reassembler reassembler;
  const auto narrow = parts_of(pattern(200), 7, {});
  const auto wide = parts_of(pattern(200), 7, {.wide_reference = true});
  const auto other = parts_of(pattern(200), 8, {});
  const auto longer = parts_of(pattern(300), 7, {});
  for (const auto* parts : {&narrow, &wide, &other, &longer}) {
    EXPECT_FALSE(reassembler.add("+1", (*parts)[0].whole(), true, at({})).value());
    EXPECT_FALSE(reassembler.add("+2", (*parts)[0].whole(), true, at({})).value());
  }
  EXPECT_EQ(reassembler.open_messages(), 8U);
}

TEST(Reassembly, ReportsAContradictionAndKeepsTheFirst) {
  const Octets push = pattern(200);
  auto parts = parts_of(push, 7, {});
  Reassembler reassembler;
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at({})).value());
  Part changed = parts[0];
  changed.user_data[50] ^= std::byte{1};
  EXPECT_EQ(reassembler.add("+1", changed.whole(), true, at({})).error().code,
            Code(Errc::conflict));
  const auto elsewhere = parts_of(push, 7, {.destination_port = 2949});
  EXPECT_EQ(reassembler.add("+1", elsewhere[1].whole(), true, at({})).error().code,
            Code(Errc::conflict));
  const auto message = reassembler.add("+1", parts[1].whole(), true, at({})).value();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->data, push);
}

TEST(Reassembly, GivesUpAfterItsPatience) {
  const auto parts = parts_of(pattern(200), 7, {});
  Reassembler reassembler(10, minutes(1));
  EXPECT_FALSE(reassembler.add("+1", parts[0].whole(), true, at(minutes(0))).value());
  EXPECT_FALSE(reassembler.add("+2", parts[0].whole(), true, at(minutes(1))).value());
  EXPECT_TRUE(reassembler.add("+2", parts[1].whole(), true, at(minutes(2))).value());
  EXPECT_EQ(reassembler.given_up(), 1U);
  EXPECT_FALSE(reassembler.add("+1", parts[1].whole(), true, at(minutes(2))).value());
  EXPECT_EQ(reassembler.open_messages(), 1U);
}

TEST(Reassembly, DropsTheOldestWhenFull) {
  const auto parts = parts_of(pattern(200), 7, {});
  Reassembler reassembler(3);
  for (const std::string_view from : {"+1", "+2", "+3", "+4"}) {
    EXPECT_FALSE(reassembler.add(from, parts[0].whole(), true, at({})).value());
  }
  EXPECT_EQ(reassembler.open_messages(), 3U);
  EXPECT_EQ(reassembler.given_up(), 1U);
  EXPECT_TRUE(reassembler.add("+2", parts[1].whole(), true, at({})).value());
  EXPECT_FALSE(reassembler.add("+1", parts[1].whole(), true, at({})).value());
}

TEST(Reassembly, IsBoundedInWhatOnePartMayBring) {
  Reassembler reassembler;
  Octets part = Vector::hex("050003010201");
  part.resize(256);
  EXPECT_EQ(reassembler.add("+1", part, true, at({})).error().code, Code(Errc::too_long));
  part.resize(255);
  EXPECT_EQ(reassembler.add(std::string(65, '1'), part, true, at({})).error().code,
            Code(Errc::too_long));
  EXPECT_TRUE(reassembler.add("+1", part, true, at({})));
  EXPECT_EQ(reassembler.add("+1", Vector::hex("0500030102"), true, at({})).error().code,
            Code(Errc::truncated));
}

RC_GTEST_PROP(SegmentationProperty, AnyOrderWithDuplicatesGivesThePushBack,
              (std::uint16_t reference, bool wide, bool concatenation_first)) {
  const auto octets = *rc::gen::inRange<std::size_t>(0, 2000);
  const Octets push = pattern(octets);
  const SegmentOptions options{
      .wide_reference = wide,
      .order = concatenation_first ? ElementOrder::concatenation_first : ElementOrder::ports_first,
      .part_limit = 255};
  std::vector<Part> parts;
  RC_ASSERT(segment(push, reference, options, parts).has_value());
  const std::size_t room = wide ? 127 : 128;
  RC_ASSERT(parts.size() == (octets <= 133 ? 1 : (octets + room - 1) / room));
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) RC_ASSERT(parts[i].octets == 140);

  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < parts.size(); ++i) order.insert(order.end(), {i, i});
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Reassembler reassembler;
  std::vector<bool> seen(parts.size());
  std::size_t missing = parts.size();
  for (const std::size_t i : order) {
    const auto message = reassembler.add("+1", parts[i].whole(), true, at({}));
    RC_ASSERT(message.has_value());
    if (!seen[i]) --missing;
    seen[i] = true;
    RC_ASSERT(message->has_value() == (missing == 0));
    if (missing == 0) {
      RC_ASSERT((*message)->data == push);
      break;
    }
  }
  RC_ASSERT(missing == 0U);
}

RC_GTEST_PROP(UserDataHeaderProperty, AnyOctetsGiveAValueOrAPositionedError,
              (const std::vector<std::uint8_t>& octets)) {
  const auto header = read_udh(std::as_bytes(std::span(octets)));
  if (header) {
    RC_ASSERT(header->octets <= octets.size());
  } else {
    RC_ASSERT(header.error().at.offset.value() <= octets.size());
  }
}

}  // namespace
}  // namespace cpgw::si_sl
