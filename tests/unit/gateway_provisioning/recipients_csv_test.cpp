#include "gateway/provisioning/recipients_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cpgw::gateway::provisioning {
namespace {

CsvRow row(std::vector<std::string_view> fields, std::uint64_t number = 1) {
  CsvRow made;
  made.number = made.line = number;
  made.fields = std::move(fields);
  return made;
}

RecipientColumnRules rules(ColumnUse imsi, ColumnUse pin, std::vector<std::string> slots) {
  RecipientColumnRules made;
  made.imsi = imsi;
  made.pin = pin;
  made.slots = std::move(slots);
  return made;
}

TEST(RecipientColumns, MapsColumnsInAnyOrder) {
  const auto columns =
      RecipientColumns::read(row({"user", "imsi", "number", "apn"}),
                             rules(ColumnUse::required, ColumnUse::optional, {"apn", "user"}));
  ASSERT_TRUE(columns);
  EXPECT_THAT(columns->slot_names(), testing::ElementsAre("apn", "user"));
  RecipientRow out;
  ASSERT_TRUE(columns->map(row({"u", "001", "+3585", "a.b"}, 2), out));
  EXPECT_EQ(out.number, "+3585");
  EXPECT_EQ(out.imsi, "001");
  EXPECT_EQ(out.pin, "");
  EXPECT_THAT(out.slots, testing::ElementsAre("a.b", "u"));
}

TEST(RecipientColumns, TellsEveryMistakeByNameAtOnce) {
  const auto columns =
      RecipientColumns::read(row({"pin", "Number", "apn", "apn", "", "pin"}),
                             rules(ColumnUse::required, ColumnUse::refused, {"apn", "user"}));
  ASSERT_FALSE(columns);
  std::vector<std::string> told;
  for (const Error& e : columns.error()) {
    EXPECT_EQ(e.code, Code(Errc::bad_column));
    told.push_back(e.message);
  }
  EXPECT_THAT(told,
              testing::ElementsAre(
                  "this content's security does not use column \"pin\": leave it out",
                  "column 2 \"Number\" is neither number, imsi, pin nor a slot of the content",
                  "column \"apn\" stands twice, as column 3 and 4", "column 5 has no name",
                  "this content's security does not use column \"pin\": leave it out",
                  "column \"number\" is missing", "column \"imsi\" is missing",
                  "column \"user\" is missing"));
}

TEST(RecipientColumns, TakesAnyColumnAsASlotWhenToldTo) {
  RecipientColumnRules any;
  any.any_slots = true;
  const auto columns = RecipientColumns::read(row({"number", "pin", "x", "y"}), any);
  ASSERT_TRUE(columns);
  EXPECT_THAT(columns->slot_names(), testing::ElementsAre("x", "y"));
  EXPECT_FALSE(RecipientColumns::read(row({"number", "x", "x"}), any));
}

TEST(RecipientColumns, RefusesARowOfAnotherWidth) {
  const auto columns = RecipientColumns::read(row({"number", "imsi"}), {});
  ASSERT_TRUE(columns);
  RecipientRow out;
  const auto mapped = columns->map(row({"1"}, 7), out);
  ASSERT_FALSE(mapped);
  EXPECT_EQ(mapped.error().code, Code(Errc::csv_row));
  EXPECT_EQ(mapped.error().message, "row 7 has 1 fields, the header has 2");
}

}  // namespace
}  // namespace cpgw::gateway::provisioning
