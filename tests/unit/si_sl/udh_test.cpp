#include "si_sl/udh.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/si_sl/parts.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using cpgw::test::Vector;
using test::parts_of;
using test::pattern;

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

TEST(UserDataHeader, NamesWhatIsOddAboutIt) {
  const auto read = [](const std::string& digits) { return read_udh(Vector::hex(digits)).value(); };
  EXPECT_EQ(read("0A7003ABCDEF00030A0201").unknown, 1);
  EXPECT_EQ(read("037001AA2400").unknown, 1) << "the rest is data";
  EXPECT_EQ(read("057001AA2400").unknown, 2) << "of those known by name, too";
  EXPECT_TRUE(read("0A00030102010003020202").duplicate_element);
  EXPECT_TRUE(read("0A05040B8423F00402F0F1").duplicate_element) << "ports of either width";
  const auto mixed = read(
      "0B000301020108040002"
      "0202");
  EXPECT_TRUE(mixed.mixed_widths);
  EXPECT_FALSE(mixed.duplicate_element);
  EXPECT_EQ(mixed.reference, 2);
  EXPECT_EQ(mixed.number, 2);
  const auto plain = read("0B05040B8423F00003EF0201");
  EXPECT_FALSE(plain.duplicate_element || plain.mixed_widths || plain.unknown != 0);
  for (const auto& [digits, defect] : {std::pair{"050003010201FF", Defect::malformed_header},
                                       std::pair{"050003010001", Defect::total_zero},
                                       std::pair{"050003010200", Defect::number_zero},
                                       std::pair{"050003010203", Defect::number_over_total},
                                       std::pair{"0400030102", Defect::malformed_header},
                                       std::pair{"", Defect::malformed_header}}) {
    Defect why = Defect::timed_out;
    if (read_udh(Vector::hex(digits), &why)) continue;
    EXPECT_EQ(why, defect) << digits;
  }
}

TEST(UserDataHeader, ListsEveryElementWhateverItHolds) {
  const auto octets = Vector::hex(
      "10"
      "05040B8423F0"
      "00020001"
      "7001AA"
      "240101"
      "FF");
  const auto elements = udh_elements(octets);
  ASSERT_TRUE(elements);
  ASSERT_EQ(elements->size(), 4U);
  EXPECT_EQ((*elements)[0].name, "application ports, 16-bit");
  EXPECT_EQ(to_hex((*elements)[0].value), "0b8423f0");
  EXPECT_EQ((*elements)[1].name, "concatenation, 8-bit reference") << "though it is too short";
  EXPECT_EQ((*elements)[2].id, 0x70);
  EXPECT_EQ((*elements)[2].name, "");
  EXPECT_EQ((*elements)[2].offset, 11U);
  EXPECT_EQ((*elements)[3].name, "national language single shift");
  EXPECT_FALSE(udh_elements({}));
  EXPECT_EQ(udh_elements(Vector::hex("0105")).error().at.offset, 1U);
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
