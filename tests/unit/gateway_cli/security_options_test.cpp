#include "gateway/cli/security_options.h"

#include <gmock/gmock.h>

#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kImsi = "244051234567890";
constexpr const char* kPin = "86421357";

struct Case {
  const char* sec;
  bool imsi, pin;       ///< given
  const char* problem;  ///< code, or nullptr
  const char* field;
};
constexpr Case kCases[] = {
    {"netwpin", true, false, nullptr, ""},
    {"netwpin", false, false, "cli/usage", "--imsi"},
    {"netwpin", true, true, "cli/usage", "--pin"},
    {"netwpin", false, true, "cli/usage", "--pin"},
    {"userpin", false, true, nullptr, ""},
    {"userpin", false, false, "cli/usage", "--pin"},
    {"userpin", true, true, "cli/usage", "--imsi"},
    {"userpin", true, false, "cli/usage", "--imsi"},
    {"usernetwpin", true, true, nullptr, ""},
    {"usernetwpin", true, false, "cli/usage", "--pin"},
    {"usernetwpin", false, true, "cli/usage", "--imsi"},
    {"usernetwpin", false, false, "cli/usage", "--imsi"},
    {"userpinmac", false, false, nullptr, ""},
    {"userpinmac", true, false, "cli/usage", "--imsi"},
    {"userpinmac", false, true, "cli/usage", "--pin"},
    {"none", false, false, nullptr, ""},
    {"none", true, false, "cli/usage", "--imsi"},
    {"none", false, true, "cli/usage", "--pin"},
    {"", false, false, nullptr, ""},
    {"", true, false, "cli/usage", "--imsi"},
    {"NETWPIN", true, false, "cli/usage", "--sec"},
};

TEST(SecurityOptions, NeedExactlyWhatTheMethodUses) {
  const test::TemporaryFolder folder;
  const std::string imsi_file = folder.write("imsi", std::string(kImsi) + "\n");
  const std::string pin_file = folder.write("pin", std::string(kPin) + "\n");
  for (const Case& c : kCases) {
    for (const bool by_file : {false, true}) {
      SCOPED_TRACE(std::string(c.sec) + (c.imsi ? " imsi" : "") + (c.pin ? " pin" : ""));
      test::CommandIo io;
      SecurityOptions options;
      options.sec = c.sec;
      if (c.imsi) (by_file ? options.imsi_file : options.imsi) = by_file ? imsi_file : kImsi;
      if (c.pin) (by_file ? options.pin_file : options.pin) = by_file ? pin_file : kPin;
      const auto inputs = read_security(io.io, options);
      ASSERT_EQ(inputs.has_value(), c.problem == nullptr);
      if (inputs) {
        EXPECT_EQ(inputs->imsi.has_value(), c.imsi);
        EXPECT_EQ(inputs->pin.has_value(), c.pin);
        continue;
      }
      EXPECT_EQ(inputs.error().code.name(), c.problem);
      EXPECT_EQ(inputs.error().at.field, c.field);
      const std::string text = to_string(inputs.error());
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(kImsi)));
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(kPin)));
    }
  }
}

TEST(SecurityOptions, LookIntoTheEnvironmentOnlyForWhatIsUsed) {
  test::CommandIo io;
  io.environment = {{"CPGW_IMSI", kImsi}, {"CPGW_PIN", kPin}};
  for (const char* sec : {"netwpin", "userpin", "usernetwpin", "userpinmac", "none"}) {
    const auto inputs = read_security(io.io, {sec, "", "", "", ""});
    ASSERT_TRUE(inputs) << sec;
    EXPECT_EQ(inputs->imsi.has_value(), signer::needs_imsi(inputs->method)) << sec;
    EXPECT_EQ(inputs->pin.has_value(), signer::needs_pin(inputs->method)) << sec;
  }
}

TEST(SecurityOptions, TellAWrongOptionFromAWrongFile) {
  const test::TemporaryFolder folder;
  test::CommandIo io;
  const auto code = [&](const SecurityOptions& options) {
    return read_security(io.io, options).error().code.name();
  };
  EXPECT_EQ(code({"netwpin", "x", "", "", ""}), "cli/usage");
  EXPECT_EQ(code({"netwpin", "", folder.write("imsi", "x"), "", ""}), "base/bad-imsi");
  EXPECT_EQ(code({"userpin", "", "", "x", ""}), "cli/usage");
  io.environment = {{"CPGW_PIN", "x"}};
  EXPECT_EQ(code({"userpin", "", "", "", ""}), "base/bad-pin");
}

TEST(SecurityOptions, NeverTellABadSecret) {
  test::CommandIo io;
  for (const auto& options : {SecurityOptions{"netwpin", "24405123456789x", "", "", ""},
                              SecurityOptions{"netwpin", "2440512345678901", "", "", ""},
                              SecurityOptions{"userpin", "", "", "8642 1357", ""},
                              SecurityOptions{"userpin", "", "", "86421357864213578", ""}}) {
    const auto inputs = read_security(io.io, options);
    ASSERT_FALSE(inputs);
    EXPECT_THAT(
        to_string(inputs.error()),
        testing::Not(testing::AnyOf(testing::HasSubstr("24405"), testing::HasSubstr("8642"))));
  }
}

TEST(Slots, AreDeclaredWithTypeAndSize) {
  const auto slots = parse_slots({{"apn=host:9", "pin=digits"}, {"apn=a.example", "other=x=y"}});
  ASSERT_TRUE(slots) << slots.error().message;
  EXPECT_EQ(slots->specs, (std::vector<wbxml::SlotSpec>{{"apn", wbxml::SlotType::host, 9},
                                                        {"pin", wbxml::SlotType::digits, 64},
                                                        {"other", wbxml::SlotType::text, 255}}));
  const auto values = slots->values_for(std::vector{slots->specs[2], slots->specs[0]});
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<std::string_view>{"x=y", "a.example"}));
  const auto missing = slots->values_for(slots->specs);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("'pin'"));
}

TEST(Slots, RefuseWhatIsNoDeclarationAndNeverTellAValue) {
  for (const SlotOptions& wrong :
       std::initializer_list<SlotOptions>{{{"apn"}, {}},
                                          {{"=host"}, {}},
                                          {{"apn="}, {}},
                                          {{"apn=colour"}, {}},
                                          {{"apn=host:"}, {}},
                                          {{"apn=host:0"}, {}},
                                          {{"apn=host:65536"}, {}},
                                          {{"apn=host:9x"}, {}},
                                          {{"apn=host:-1"}, {}},
                                          {{"apn=host", "apn=text"}, {}},
                                          {{}, {"hush"}},
                                          {{}, {"=hush"}},
                                          {{}, {"apn=hush", "apn=hush"}}}) {
    const auto slots = parse_slots(wrong);
    ASSERT_FALSE(slots) << testing::PrintToString(wrong.types)
                        << testing::PrintToString(wrong.values);
    EXPECT_THAT(to_string(slots.error()), testing::Not(testing::HasSubstr("hush")));
    EXPECT_THAT(slots.error().at.field, testing::StartsWith("--slot"));
    EXPECT_EQ(slots.error().code.name(), "cli/usage");
  }
}

}  // namespace
}  // namespace cpgw::gateway::cli
