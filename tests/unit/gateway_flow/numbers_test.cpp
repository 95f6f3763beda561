#include "gateway/flow/numbers.h"

#include <gtest/gtest.h>

#include "gateway/flow/content.h"
#include "gateway/flow/country_codes.h"

namespace cpgw::gateway::flow {
namespace {

NumberRules finland() {
  NumberRules rules;
  rules.default_country = "358";
  return rules;
}

TEST(Numbers, TakesTheFormsPeopleWrite) {
  struct Case {
    const char* text;
    const char* international;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"+358401234567", "+358401234567"},
           {"+358 40 123-4567", "+358401234567"},
           {" +358.40.123.4567 ", "+358401234567"},
           {"(+358) 40 123 4567", "+358401234567"},
           {"00358401234567", "+358401234567"},
           {"00 358/40/1234567", "+358401234567"},
           {"0401234567", "+358401234567"},
           {"(040) 123 4567", "+358401234567"},
           {"+1 (202) 555-0101", "+12025550101"},
           {"+7 912 345 67 89", "+79123456789"},
           {"+39 06 1234567", "+39061234567"},
           {"+6834002", "+6834002"},
           {"+882161234567890", "+882161234567890"},
       }) {
    const auto number = normalise(c.text, finland());
    ASSERT_TRUE(number) << c.text << ": " << to_string(number.error());
    EXPECT_EQ(number->international(), c.international) << c.text;
  }
}

TEST(Numbers, SaysWhatIsWrong) {
  struct Case {
    const char* text;
    const char* why;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", "no digits"},
           {"+", "no digits"},
           {"++358401234567", "does not belong"},
           {"358+401234567", "does not belong"},
           {"+35840123456x", "does not belong"},
           {"+358\n401234567", "does not belong"},
           {"358401234567", "begins neither with"},
           {"+999123456789", "not assigned"},
           {"+800 1234 5678", "not assigned"},
           {"+0401234567", "not assigned"},
           {"+3584012345678901", "at most 15"},
           {"+358123", "too short"},
           {"+44 (0)20 7946 0958", "'(0)'"},
           {"0000", "not assigned"},
       }) {
    const auto number = normalise(c.text, finland());
    ASSERT_FALSE(number) << c.text;
    EXPECT_EQ(number.error().code, Code(Errc::bad_recipient));
    EXPECT_EQ(number.error().at.field, "number");
    EXPECT_NE(number.error().message.find(c.why), std::string::npos) << number.error().message;
  }
  EXPECT_FALSE(normalise(std::string(1000, '1'), finland()));
}

TEST(Numbers, NationalNumbersNeedADefaultCountry) {
  const auto number = normalise("0401234567", NumberRules{});
  ASSERT_FALSE(number);
  EXPECT_NE(number.error().message.find("default_country"), std::string::npos);
}

TEST(Numbers, WithoutNationalPrefixEveryNumberIsNational) {
  NumberRules italy{.default_country = "39", .national_prefix = "", .international_prefix = "00"};
  EXPECT_EQ(normalise("061234567", italy)->international(), "+39061234567");
  EXPECT_EQ(normalise("3331234567", italy)->international(), "+393331234567");
  EXPECT_EQ(normalise("0044 7911 123456", italy)->international(), "+447911123456");
}

TEST(Numbers, NormalisingAgainChangesNothing) {
  for (const std::uint16_t code : kCountryCodes) {
    const std::string text = "+" + std::to_string(code) + "1234567";
    const auto once = normalise(text, finland());
    ASSERT_TRUE(once) << text;
    EXPECT_EQ(once->international(), text);
    EXPECT_EQ(normalise(once->international(), finland()), *once);
  }
}

TEST(Numbers, MessagesShowNoControlCharacters) {
  const auto number = normalise("\x1b[2J+358", finland());
  ASSERT_FALSE(number);
  for (const char c : number.error().message) EXPECT_FALSE(c > 0 && c < ' ');
}

}  // namespace
}  // namespace cpgw::gateway::flow
