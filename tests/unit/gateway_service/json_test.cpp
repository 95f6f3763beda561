#include "gateway/service/json.h"

#include <gtest/gtest.h>

#include "gateway/flow/content.h"
#include "gateway/service/json_answers.h"
#include "gateway/service/time_text.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;

TEST(JsonDocument, ReadsEveryKindOfValue) {
  const auto document = JsonDocument::parse(
      R"( {"a":[1,-2,true,false,null,"x\u00e4\n"],"b":{"c":1.5},"d":18446744073709551615} )");
  ASSERT_TRUE(document) << to_string(document.error());
  const JsonNode& root = document->root();
  ASSERT_EQ(root.children, 3u);
  const JsonNode* a = root.first;
  EXPECT_EQ(a->name, "a");
  ASSERT_EQ(a->children, 6u);
  EXPECT_EQ(a->first->integer, 1);
  EXPECT_EQ(a->first->next->integer, -2);
  EXPECT_TRUE(a->first->next->next->flag);
  const JsonNode* text = a->first->next->next->next->next->next;
  EXPECT_EQ(text->text, "x\xC3\xA4\n");
  EXPECT_EQ(a->next->first->kind, JsonNode::Kind::real);
  EXPECT_EQ(a->next->next->kind, JsonNode::Kind::real) << "no signed 64-bit integer";
}

TEST(JsonDocument, RefusesWhatIsAmbiguousOrBroken) {
  struct Case {
    std::string text;
    std::string_view says;
  };
  const std::string deep(17, '[');
  for (const Case& c : {Case{"", "not JSON"}, Case{"{", "not JSON"}, Case{"{\"a\":1,}", "not JSON"},
                        Case{"{\"a\":1} x", "follows the end"}, Case{"{\"a\":01}", "not JSON"},
                        Case{"// c\n{}", "not JSON"}, Case{"[NaN]", "not JSON"},
                        Case{"{\"a\":1,\"b\":2,\"a\":3}", "\"a\" appears twice"},
                        Case{"{\"x\":{\"a\":1,\"\\u0061\":3}}", "\"a\" appears twice"},
                        Case{"[\"\xFF\"]", "not JSON"}, Case{"[\"\xC0\x80\"]", "not JSON"},
                        Case{"[\"\xED\xA0\x80\"]", "not JSON"}, Case{"[\"\\ud800\"]", "not JSON"},
                        Case{"[\"a\nb\"]", "not JSON"}, Case{deep, "nested more than 16 deep"}}) {
    const auto document = JsonDocument::parse(c.text);
    ASSERT_FALSE(document) << c.text;
    EXPECT_EQ(document.error().code, Code(Errc::bad_request));
    EXPECT_NE(document.error().message.find(c.says), std::string::npos)
        << c.text << ": " << document.error().message;
  }
}

TEST(JsonDocument, SaysWhere) {
  const auto document = JsonDocument::parse("{\n  \"a\": 1,\n  \"b\": ?\n}");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().at.line, 3u);
  EXPECT_EQ(document.error().at.column, 8u);
  EXPECT_EQ(document.error().at.offset, 19u);
}

TEST(JsonDocument, IsBounded) {
  JsonLimits limits;
  limits.octets = 10;
  EXPECT_FALSE(JsonDocument::parse("[\"123456789\"]", limits));
  limits = {};
  limits.values = 3;
  EXPECT_TRUE(JsonDocument::parse("[1,2]", limits));
  EXPECT_FALSE(JsonDocument::parse("[1,2,3]", limits));
  std::string many = "[";
  while (many.size() < (4u << 20) - 10) many += "[],";
  many += "[]]";
  EXPECT_FALSE(JsonDocument::parse(many));
}

TEST(JsonDocument, EveryTruncationAndChangedOctetIsAValueOrAnError) {
  const std::string good = R"({"op":"x","list":[{"a":"\u20ac\ud83d\ude00"},12,true],"o":{}})";
  ASSERT_TRUE(JsonDocument::parse(good));
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(JsonDocument::parse(good.substr(0, n))) << n;
    for (unsigned v = 0; v < 256; ++v) {
      std::string changed = good;
      changed[n] = static_cast<char>(v);
      static_cast<void>(JsonDocument::parse(changed));
    }
  }
}

TEST(ObjectReader, NamesEveryMistakeWithItsField) {
  const auto document = JsonDocument::parse(
      R"({"text":1,"short":"","big":99,"real":1.5,"flag":"x","object":[],"array":{},"odd":1})");
  ASSERT_TRUE(document);
  Mistakes mistakes;
  ObjectReader reader(document->root(), "top", mistakes);
  static_cast<void>(reader.text("text", 0, 9));
  static_cast<void>(reader.required_text("short", 1, 9));
  static_cast<void>(reader.integer("big", 0, 9));
  static_cast<void>(reader.required_integer("real", 0, 9));
  static_cast<void>(reader.flag("flag"));
  static_cast<void>(reader.object("object"));
  static_cast<void>(reader.required_array("array", 0, 9));
  static_cast<void>(reader.required_text("missing", 0, 9));
  static_cast<void>(reader.text("absent", 0, 9));
  reader.finish();
  const auto errors = std::move(mistakes).take();
  std::vector<std::string> said;
  for (const Error& e : errors) said.push_back(e.at.field + ": " + e.message);
  EXPECT_EQ(said, (std::vector<std::string>{
                      "top.text: must be a text, not an integer",
                      "top.short: must have 1 to 9 octets, not 0", "top.big: must be from 0 to 9",
                      "top.real: must be an integer, not a number that is no 64-bit integer",
                      "top.flag: must be true or false, not a text",
                      "top.object: must be an object, not an array",
                      "top.array: must be an array, not an object", "top.missing: is required",
                      "top.odd: is not a field of this request"}));
}

TEST(Mistakes, AreBounded) {
  Mistakes mistakes;
  for (int i = 0; i < 1000; ++i) mistakes.add(Error(Errc::bad_request, "wrong"));
  const auto errors = std::move(mistakes).take();
  EXPECT_EQ(errors.size(), 101u);
  EXPECT_EQ(errors.back().message, "900 more mistakes are not listed");
}

TEST(Shown, CutsBetweenCharactersAndHidesControls) {
  EXPECT_EQ(shown("a\nb\x7F"), "a?b?");
  const std::string wide = std::string(63, 'a') + "\xC3\xA4" + "b";
  EXPECT_EQ(shown(wide), std::string(63, 'a') + "...");
}

TEST(ValidUtf8, KeepsTextAndReplacesTheRest) {
  EXPECT_EQ(valid_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  for (const std::string bad :
       {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    const std::string out = valid_utf8("a" + bad);
    EXPECT_EQ(out.substr(0, 4), "a\xEF\xBF\xBD");
    EXPECT_TRUE(JsonDocument::parse("[\"" + out + "\"]"));
  }
}

TEST(TimeText, IsReadAsWritten) {
  for (const char* text :
       {"2026-01-31T23:59:59.000Z", "1999-12-31T00:00:00.001Z", "2024-02-29T12:34:56.789Z"}) {
    const auto at = read_time(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(time_text(*at), text);
  }
  EXPECT_EQ(read_time("2026-01-31T23:59:59Z"), read_time("2026-01-31T23:59:59.000Z"));
  for (const char* text :
       {"", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T23:60:00Z",
        "2026-01-31T23:59:60Z", "2026-01-31T23:59:59+00", "2026-01-31 23:59:59Z",
        "2026-13-01T00:00:00Z", "20x6-01-31T23:59:59Z", "2026-01-31T23:59:59.00Z"}) {
    EXPECT_FALSE(read_time(text)) << text;
  }
}

}  // namespace
}  // namespace cpgw::gateway::service
