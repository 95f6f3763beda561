#include "si_sl/segmentation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/unit/si_sl/parts.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using cpgw::test::read_vectors;
using cpgw::test::Vector;
using test::at;
using test::parts_of;
using test::pattern;

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

}  // namespace
}  // namespace cpgw::si_sl
