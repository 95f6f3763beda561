#include "si_sl/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "si_sl/segmentation.h"
#include "si_sl/tpdu.h"
#include "si_sl/utf.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

std::string repeat(std::size_t times, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<Part> cut(std::string_view text, const TextOptions& options = {}) {
  std::vector<Part> parts;
  const auto done = segment_text(text, 0x1234, options, parts);
  EXPECT_TRUE(done) << to_string(done.error());
  return parts;
}

/// Parts through a TPDU and a reassembler to text again, in the order given.
std::string read_back(const std::vector<Part>& parts) {
  Reassembler reassembler;
  std::string text = "nothing came out";
  for (const Part& part : parts) {
    Octets tpdu;
    const auto written = write_submit(submit_of(part, {kInternationalNumber, "1"}), tpdu);
    EXPECT_TRUE(written) << to_string(written.error());
    const auto submit = read_submit(tpdu);
    EXPECT_TRUE(submit) << to_string(submit.error());
    if (!submit) return text;
    EXPECT_EQ(submit->user_data_length, part.user_data_length());
    const auto unpacked = unpack_user_data(submit->user_data, submit->user_data_length,
                                           submit->user_data_header, submit->data_coding);
    EXPECT_TRUE(unpacked) << to_string(unpacked.error());
    if (!unpacked) return text;
    const auto message = reassembler.add("+1", *unpacked, submit->user_data_header, {});
    EXPECT_TRUE(message) << to_string(message.error());
    if (message && *message) {
      text = read_text((*message)->data, alphabet_of(part.data_coding)).value_or("unreadable");
    }
  }
  return text;
}

TEST(Text, TakesThePartsTheClauseGives) {
  struct Case {
    std::string text;
    Alphabet alphabet;
    std::size_t units;
    unsigned narrow, wide;
  };
  const auto gsm7 = Alphabet::gsm7;
  const auto ucs2 = Alphabet::ucs2;
  for (const Case& c : {
           Case{"", gsm7, 0, 1, 1},
           Case{repeat(160, "a"), gsm7, 160, 1, 1},
           Case{repeat(161, "a"), gsm7, 161, 2, 2},
           Case{repeat(304, "a"), gsm7, 304, 2, 2},
           Case{repeat(305, "a"), gsm7, 305, 2, 3},
           Case{repeat(306, "a"), gsm7, 306, 2, 3},
           Case{repeat(307, "a"), gsm7, 307, 3, 3},
           Case{repeat(80, "€"), gsm7, 160, 1, 1},
           Case{repeat(81, "€"), gsm7, 162, 2, 2},
           Case{repeat(152, "€"), gsm7, 304, 2, 2},
           Case{repeat(153, "€"), gsm7, 306, 3, 3},  // a pair is not cut: 152 septets in a part
           Case{"я" + repeat(69, "a"), ucs2, 70, 1, 1},
           Case{"я" + repeat(70, "a"), ucs2, 71, 2, 2},
           Case{"я" + repeat(131, "a"), ucs2, 132, 2, 2},
           Case{"я" + repeat(132, "a"), ucs2, 133, 2, 3},
           Case{"я" + repeat(133, "a"), ucs2, 134, 2, 3},
           Case{"я" + repeat(134, "a"), ucs2, 135, 3, 3},
           Case{repeat(35, "😀"), ucs2, 70, 1, 1},
           Case{repeat(66, "😀"), ucs2, 132, 2, 2},
           Case{repeat(67, "😀"), ucs2, 134, 3, 3},
       }) {
    for (const bool wide : {false, true}) {
      const auto plan = text_parts(c.text, {.wide_reference = wide});
      ASSERT_TRUE(plan) << to_string(plan.error());
      EXPECT_EQ(plan->alphabet, c.alphabet) << c.text;
      EXPECT_EQ(plan->units, c.units) << c.text;
      EXPECT_EQ(plan->parts, wide ? c.wide : c.narrow) << c.text;
      const auto parts = cut(c.text, {.wide_reference = wide});
      EXPECT_EQ(parts.size(), plan->parts);
      EXPECT_EQ(read_back(parts), c.text);
    }
  }
}

TEST(Text, PacksToTheOctet) {
  struct Case {
    std::string text;
    TextOptions options;
    std::string user_data;
    unsigned length, data_coding;
  };
  for (const Case& c : {
           Case{"hello", {}, "E8329BFD06", 5, 0x00},
           Case{"hello", {.message_class = 0}, "E8329BFD06", 5, 0x10},
           Case{"€", {}, "9B32", 2, 0x00},
           Case{"hi", {.alphabet = Alphabet::ucs2}, "00680069", 4, 0x08},
           Case{"😀", {.message_class = 0}, "D83DDE00", 4, 0x18},
           Case{"", {}, "", 0, 0x00},
       }) {
    const auto parts = cut(c.text, c.options);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(to_hex(parts[0].whole(), HexCase::upper), c.user_data);
    EXPECT_EQ(parts[0].user_data_length(), c.length);
    EXPECT_EQ(parts[0].data_coding, c.data_coding);
    EXPECT_EQ(parts[0].udh_octets, 0);
  }
  // Six octets of header are 48 bits: one fill bit to the next septet. Seven are 56: none.
  const auto narrow = cut(repeat(161, "a"));
  EXPECT_EQ(to_hex(narrow[0].whole().first(8), HexCase::upper), "050003340201C2E1");
  EXPECT_EQ(narrow[0].septets, 160);
  EXPECT_EQ(narrow[1].septets, 7 + 8);
  const auto wide = cut(repeat(161, "a"), {.wide_reference = true});
  EXPECT_EQ(to_hex(wide[0].whole().first(9), HexCase::upper), "06080412340201E170");
  EXPECT_EQ(wide[1].septets, 8 + 9);
}

TEST(Text, NeverCutsAPair) {
  const auto escapes = cut(repeat(152, "a") + "€" + repeat(20, "a"));
  ASSERT_EQ(escapes.size(), 2U);
  EXPECT_EQ(escapes[0].septets, 159) << "the euro goes into the next part whole";
  const auto surrogates = cut(repeat(66, "я") + "😀" + "я");
  ASSERT_EQ(surrogates.size(), 1U);
  const auto longer = cut(repeat(66, "я") + "😀" + repeat(5, "я"));
  ASSERT_EQ(longer.size(), 2U);
  EXPECT_EQ(longer[0].octets, 6 + 2 * 66);
  EXPECT_EQ(read_back(longer), repeat(66, "я") + "😀" + repeat(5, "я"));
}

TEST(Text, SaysWhereTheFirstCharacterIsThatDoesNotFit) {
  struct Case {
    std::string text;
    Errc errc;
    std::size_t offset;
    std::uint32_t line, column;
    std::string message;
  };
  for (const Case& c : {
           Case{"ab\nc£я", Errc::bad_value, 6, 2, 3, "U+044F"},
           Case{"`", Errc::bad_value, 0, 1, 1, "U+0060"},
           Case{"😀", Errc::bad_value, 0, 1, 1, "U+1F600"},
           Case{"a\n\n\xC3", Errc::malformed, 3, 3, 1, "UTF-8"},
       }) {
    std::vector<Part> parts(3);
    const auto done = segment_text(c.text, 1, {.alphabet = Alphabet::gsm7}, parts);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code(c.errc));
    EXPECT_EQ(done.error().at.offset, c.offset);
    EXPECT_EQ(done.error().at.line, c.line);
    EXPECT_EQ(done.error().at.column, c.column);
    EXPECT_NE(done.error().message.find(c.message), std::string::npos) << done.error().message;
    EXPECT_EQ(parts.size(), 3U);
  }
  EXPECT_EQ(text_parts("яa\xFF").error().at.offset, 3U)
      << "found when the second alphabet is tried";
}

TEST(Text, RefusesOptionsThatMakeNoSense) {
  const auto code = [](std::string_view text, const TextOptions& options) {
    const auto plan = text_parts(text, options);
    return plan ? Code() : plan.error().code;
  };
  EXPECT_EQ(code("a", {.message_class = 4}), Code(Errc::bad_value));
  EXPECT_EQ(code("a", {.part_limit = 0}), Code(Errc::bad_value));
  EXPECT_EQ(code("a", {.alphabet = Alphabet::octets}), Code(Errc::bad_value));
  EXPECT_EQ(code(repeat(1531, "a"), {}), Code(Errc::too_many_parts));
  EXPECT_EQ(code(std::string(1 << 20, 'a'), {.part_limit = 255}), Code(Errc::too_many_parts));
  EXPECT_EQ(code(repeat(255 * 153, "a"), {.part_limit = 255}), Code());
  std::vector<Part> parts(2);
  EXPECT_FALSE(segment_text(repeat(1531, "a"), 1, {}, parts));
  EXPECT_EQ(parts.size(), 2U);
}

TEST(Text, ReadsAnyHeaderAndSaysWhatIsBroken) {
  const auto unpack = [](const std::string& digits, std::uint8_t length, std::uint8_t dcs) {
    return unpack_user_data(test::Vector::hex(digits), length, true, dcs);
  };
  // Ports and 8-bit data stay as they are.
  EXPECT_EQ(to_hex(unpack("0605040B8423F0AABB", 9, 0x04).value()), "0605040b8423f0aabb");
  // A header and nothing behind it; and one whose fill bits end the user data.
  EXPECT_EQ(to_hex(unpack("05000301020100", 7, 0x00).value()), "050003010201");
  EXPECT_EQ(to_hex(unpack("050003010201", 6, 0x00).value()), "050003010201");
  EXPECT_EQ(unpack("050003010201", 8, 0x00).error().at.field, "user_data_length");
  EXPECT_EQ(unpack("0500030102", 5, 0x04).error().code, Code(Errc::truncated));
  EXPECT_EQ(read_text(test::Vector::hex("004100"), Alphabet::ucs2).error().at.offset, 2U);
  EXPECT_EQ(read_text(test::Vector::hex("41"), Alphabet::octets).error().code,
            Code(Errc::bad_value));
  EXPECT_EQ(*read_text(test::Vector::hex("D83D0041DE00D83D"), Alphabet::ucs2), "�A��");
}

TEST(Text, PairsThatOthersCutComeTogetherAgain) {
  Reassembler reassembler;
  EXPECT_FALSE(*reassembler.add("1", test::Vector::hex("050003010201D83D"), true, {}));
  const auto message = reassembler.add("1", test::Vector::hex("050003010202DE00"), true, {});
  EXPECT_EQ(*read_text((*message)->data, Alphabet::ucs2), "😀");
}

RC_GTEST_PROP(TextProperty, AnyTextReadsBackInAnyOrderOfItsParts,
              (const std::vector<std::uint32_t>& characters, bool narrow_characters, bool wide,
               std::uint8_t turn)) {
  std::string text;
  for (const std::uint32_t c : characters) {
    for (unsigned i = 0; i < 6; ++i) {  // long enough for several parts
      char32_t character = narrow_characters ? 0x20 + (c + i * 7) % 0x5F : (c * (i + 1)) % 0x110000;
      if (character >= 0xD800 && character <= 0xDFFF) character = U'😀';
      detail::put_utf8(text, character);
    }
  }
  const TextOptions options{.wide_reference = wide, .part_limit = 255};
  const auto plan = text_parts(text, options);
  RC_ASSERT(plan.has_value());
  std::vector<Part> parts;
  RC_ASSERT(segment_text(text, 7, options, parts).has_value());
  RC_ASSERT(parts.size() == plan->parts);
  std::rotate(parts.begin(), parts.begin() + turn % static_cast<int>(parts.size()), parts.end());
  RC_ASSERT(read_back(parts) == text);
}

}  // namespace
}  // namespace cpgw::si_sl
