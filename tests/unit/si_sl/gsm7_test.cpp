#include "si_sl/gsm7.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "si_sl/data_coding.h"
#include "si_sl/utf.h"
#include "tests/unit/si_sl/vector_file.h"

namespace cpgw::si_sl {
namespace {

using test::Vector;

TEST(Gsm7, UnpacksSeptets) {
  EXPECT_EQ(unpack_gsm7(Vector::hex("4F78591EA6BFE5"), 8), "Operator");
  EXPECT_EQ(unpack_gsm7(Vector::hex("E8329BFD06"), 5), "hello");
  EXPECT_EQ(unpack_gsm7(Vector::hex("8000"), 2), "@£");
  EXPECT_EQ(unpack_gsm7(Vector::hex("9B32"), 2), "€");
  EXPECT_EQ(unpack_gsm7({}, 5), "");
}

TEST(Gsm7, ShowsWhatTheTablesDoNotHaveAsTheClauseDemands) {
  const auto text = [](const std::string& septets) { return gsm7_text(Vector::hex(septets)); };
  EXPECT_EQ(text("1B41"), "A") << "no such extension: the default alphabet's character";
  EXPECT_EQ(text("1B1B41"), " A") << "no second extension table";
  EXPECT_EQ(text("411B"), "A ") << "an escape at the end";
  EXPECT_EQ(text("E1"), "a") << "bit 7 is no part of a septet";
}

TEST(Gsm7, EveryCharacterOfBothTablesGoesBothWays) {
  std::size_t characters = 0;
  for (unsigned septet = 0; septet < 128; ++septet) {
    for (const bool extended : {false, true}) {
      Octets octets;
      if (extended) octets.push_back(std::byte{kGsm7Escape});
      octets.push_back(static_cast<std::byte>(septet));
      if (septet == kGsm7Escape) continue;
      const std::string text = gsm7_text(octets);
      std::string_view rest = text;
      const auto character = detail::take_utf8(rest);
      ASSERT_TRUE(character && rest.empty());
      const auto back = gsm7_of(*character);
      ASSERT_TRUE(back);
      EXPECT_EQ(back->septet, septet);
      EXPECT_TRUE(extended || !back->extended);
      if (back->extended == extended) ++characters;
    }
  }
  EXPECT_EQ(characters, 127U + 10U);
  EXPECT_FALSE(gsm7_of(U'\uFFFD'));
  EXPECT_FALSE(gsm7_of(U'`'));
  EXPECT_FALSE(gsm7_of(U'ç')) << "the table has the capital only";
  EXPECT_EQ(gsm7_of(U'$')->septet, 2);
  EXPECT_EQ(gsm7_of(U'|'), (Gsm7Septets{0x40, true}));
}

RC_GTEST_PROP(Gsm7Property, SeptetsUnpackAsTheyWerePackedFromAnyBit,
              (const std::vector<std::uint8_t>& any)) {
  Octets septets;
  for (const std::uint8_t b : any) septets.push_back(static_cast<std::byte>(b & 0x7F));
  for (std::size_t first_bit = 0; first_bit < 15; ++first_bit) {
    Octets packed((first_bit + 7 * septets.size() + 7) / 8);
    pack_septets(septets, first_bit, packed);
    Octets back;
    unpack_septets(packed, first_bit, septets.size(), back);
    RC_ASSERT(back == septets);
  }
}

TEST(Utf, TakesEveryLengthAndRefusesWhatIsNone) {
  for (const char32_t character : {U'\0', U'a', U'\x7F', U'\x80', U'\u07FF', U'\u0800', U'\uD7FF',
                                   U'\uE000', U'\uFFFF', U'\U00010000', U'\U0010FFFF'}) {
    std::string text;
    detail::put_utf8(text, character);
    text += "x";
    std::string_view rest = text;
    EXPECT_EQ(detail::take_utf8(rest), character);
    EXPECT_EQ(rest, "x");
    for (std::size_t size = 1; size + 1 < text.size(); ++size) {
      std::string_view cut = std::string_view(text).substr(0, size);
      EXPECT_FALSE(detail::take_utf8(cut));
      EXPECT_EQ(cut.size(), size);
    }
  }
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xFF", "\xC3(", "\xE2\x82("}) {
    std::string_view rest = bad;
    EXPECT_FALSE(detail::take_utf8(rest)) << bad;
    EXPECT_EQ(rest, bad);
  }
}

TEST(DataCoding, TellsTheAlphabetOfEveryGroup) {
  const auto alphabet = [](unsigned dcs) { return alphabet_of(static_cast<std::uint8_t>(dcs)); };
  for (const unsigned dcs :
       {0x00U, 0x0CU, 0x10U, 0x13U, 0x40U, 0x80U, 0xBFU, 0xC0U, 0xD8U, 0xF0U, 0xF3U, 0xFBU}) {
    EXPECT_EQ(alphabet(dcs), Alphabet::gsm7) << dcs;
  }
  for (const unsigned dcs : {0x04U, 0x15U, 0x16U, 0x20U, 0x28U, 0x44U, 0xF4U, 0xF5U, 0xF6U}) {
    EXPECT_EQ(alphabet(dcs), Alphabet::octets) << dcs;
  }
  for (const unsigned dcs : {0x08U, 0x18U, 0x48U, 0xE0U, 0xEFU}) {
    EXPECT_EQ(alphabet(dcs), Alphabet::ucs2) << dcs;
  }
}

TEST(DataCoding, TellsTheClassAndMakesBoth) {
  EXPECT_FALSE(message_class_of(0x00));
  EXPECT_FALSE(message_class_of(0xC1));
  EXPECT_EQ(message_class_of(0x10), 0);
  EXPECT_EQ(message_class_of(0x52), 2);
  EXPECT_EQ(message_class_of(0xF5), 1);
  for (const Alphabet alphabet : {Alphabet::gsm7, Alphabet::octets, Alphabet::ucs2}) {
    EXPECT_EQ(alphabet_of(data_coding_of(alphabet)), alphabet);
    EXPECT_FALSE(message_class_of(data_coding_of(alphabet)));
    for (std::uint8_t c = 0; c < 4; ++c) {
      EXPECT_EQ(alphabet_of(data_coding_of(alphabet, c)), alphabet);
      EXPECT_EQ(message_class_of(data_coding_of(alphabet, c)), c);
    }
  }
  EXPECT_EQ(data_coding_of(Alphabet::ucs2), 0x08);
  EXPECT_EQ(user_data_octets(160, 0x00), 140U);
  EXPECT_EQ(user_data_octets(5, 0x00), 5U);
  EXPECT_EQ(user_data_octets(9, 0x00), 8U);
  EXPECT_EQ(user_data_octets(9, 0x04), 9U);
}

}  // namespace
}  // namespace cpgw::si_sl
