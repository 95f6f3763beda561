#include "base/octets.h"

#include <gtest/gtest.h>

namespace cpgw {
namespace {

TEST(OctetReader, ReadsBigEndianFieldsInOrder) {
  const Octets input = *from_hex("01 0203 04050607 08090a0b0c0d0e0f 61 62 00 ff");
  OctetReader reader(input);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607u);
  EXPECT_EQ(reader.u64(), 0x08090a0b0c0d0e0fu);
  EXPECT_EQ(as_text(*reader.until_nul()), "ab");
  EXPECT_EQ(reader.peek(), 0xff);
  EXPECT_EQ(reader.remaining(), 1u);
  EXPECT_EQ(to_hex(*reader.take(1)), "ff");
  EXPECT_TRUE(reader.empty());
}

TEST(OctetReader, AFieldThatIsCutOffLeavesThePositionAndSaysWhere) {
  const Octets input = *from_hex("0102030405060708");
  for (std::size_t at = 0; at <= input.size(); ++at) {
    OctetReader reader(input);
    ASSERT_TRUE(reader.take(at));
    const std::size_t left = input.size() - at;
    const auto expect_refused = [&](const auto& result) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().code, Code(Errc::out_of_input));
      EXPECT_EQ(result.error().at.offset, at);
      EXPECT_EQ(reader.offset(), at);
    };
    if (left < 1) expect_refused(OctetReader(reader).u8());
    if (left < 2) expect_refused(OctetReader(reader).u16());
    if (left < 4) expect_refused(OctetReader(reader).u32());
    if (left < 8) expect_refused(OctetReader(reader).u64());
    expect_refused(reader.take(left + 1));
    expect_refused(reader.take(static_cast<std::size_t>(-1)));
    expect_refused(reader.until_nul());
  }
}

TEST(OctetWriter, WritesWhatTheReaderReads) {
  Octets out;
  OctetWriter(out)
      .u8(1)
      .u16(0x0203)
      .u32(0x04050607)
      .u64(0x08090a0b0c0d0e0f)
      .put("ab")
      .put(*from_hex("00"));
  EXPECT_EQ(to_hex(out), "0102030405060708090a0b0c0d0e0f616200");
}

TEST(Hex, TakesEitherCaseAndSkipsWhiteSpaceAndLineEnds) {
  EXPECT_EQ(to_hex(*from_hex("0a 0B\t0c\r\n0D")), "0a0b0c0d");
  EXPECT_EQ(to_hex(*from_hex("0a0b"), HexCase::upper), "0A0B");
  EXPECT_TRUE(from_hex("")->empty());
}

TEST(Hex, NamesTheOffsetOfWhatIsNoDigit) {
  struct Case {
    const char* text;
    std::size_t offset;
  };
  for (const Case c : {Case{"0g", 1}, Case{"00 x", 3}, Case{"0", 1}, Case{"000", 3}}) {
    const auto result = from_hex(c.text);
    ASSERT_FALSE(result) << c.text;
    EXPECT_EQ(result.error().code, Code(Errc::bad_hex));
    EXPECT_EQ(result.error().at.offset, c.offset) << c.text;
  }
}

}  // namespace
}  // namespace cpgw
