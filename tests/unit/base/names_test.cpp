#include "base/names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <ostream>

#include "base/clock.h"

namespace cpgw {
namespace {

TEST(Msisdn, TakesInternationalDigitsWithOrWithoutPlus) {
  EXPECT_EQ(Msisdn::parse("+358401234567")->digits(), "358401234567");
  EXPECT_EQ(Msisdn::parse("358401234567")->international(), "+358401234567");
  EXPECT_EQ(Msisdn::parse("001")->digits(), "001");
  EXPECT_EQ(Msisdn::parse("123456789012345")->digits(), "123456789012345");
}

TEST(Msisdn, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "+", "++1", "1234567890123456", "12 34", "+12a", "-1"}) {
    const auto result = Msisdn::parse(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code(Errc::bad_number));
  }
}

TEST(Msisdn, PacksLosslesslyAndRefusesWhatPackingCannotGive) {
  for (const char* text : {"1", "0", "00", "358401234567", "999999999999999"}) {
    const auto number = Msisdn::parse(text);
    EXPECT_EQ(Msisdn::unpack(number->packed()), number) << text;
  }
  for (const std::uint64_t packed : {std::uint64_t{0}, std::uint64_t{1} << 60,
                                     (std::uint64_t{1} << 56) | 10u, ~std::uint64_t{0}}) {
    EXPECT_FALSE(Msisdn::unpack(packed)) << packed;
  }
}

TEST(Imsi, HasSixToFifteenDigits) {
  EXPECT_TRUE(Imsi::parse("310150"));
  EXPECT_TRUE(Imsi::parse("001010123456789"));
  for (const char* text : {"", "12345", "1234567890123456", "00101012345678x", " 310150"}) {
    const auto result = Imsi::parse(text);
    ASSERT_FALSE(result) << text;
    if (*text != 0) {
      EXPECT_EQ(result.error().message.find(text), std::string::npos) << "a secret in a message";
    }
  }
}

TEST(UserPin, KeepsLeadingZeros) {
  EXPECT_EQ(as_text(UserPin::parse("0012")->expose()), "0012");
  for (const char* text : {"", "12345678901234567", "12a4"})
    EXPECT_FALSE(UserPin::parse(text)) << text;
}

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Streams<Secret> && !Streams<Imsi> && !Streams<UserPin>);

TEST(Secret, ComparesByContentAndMovesWithoutLeavingACopy) {
  Secret a(std::string_view("1234"));
  EXPECT_EQ(a, Secret(std::string_view("1234")));
  EXPECT_NE(a, Secret(std::string_view("1235")));
  EXPECT_NE(a, Secret(std::string_view("123")));
  const Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): emptied by contract
  EXPECT_EQ(b.size(), 4u);
}

TEST(Wipe, OverwritesEveryOctet) {
  std::array<std::byte, 33> octets;
  octets.fill(std::byte{0xaa});
  wipe(octets);
  EXPECT_TRUE(std::ranges::all_of(octets, [](std::byte b) { return b == std::byte{0}; }));
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  SystemRandom random;
  std::array<int, 7> seen{};
  for (int i = 0; i < 2000; ++i) {
    const auto value = random.below(7);
    ASSERT_LT(value, 7u);
    ++seen.at(value);
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](int n) { return n > 0; }));
  EXPECT_EQ(random.below(1), 0u);
}

}  // namespace
}  // namespace cpgw
