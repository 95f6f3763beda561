#include "wbxml/template.h"

#include <gtest/gtest.h>

#include "vectors.h"
#include "wbxml/decoder.h"
#include "wbxml/xml_reader.h"

namespace cpgw::wbxml {
namespace {

using Values = std::vector<std::string_view>;

Document document(std::string_view parms) {
  return read_xml("<wap-provisioningdoc>\n" + std::string(parms) + "</wap-provisioningdoc>")
      .value();
}

Result<Octets> filled(const Template& t, const Values& values) {
  Octets out;
  if (auto done = t.fill(values, out); !done) return fail(std::move(done).error());
  return out;
}

std::string hex_filled(const Template& t, const Values& values) {
  const auto out = filled(t, values);
  return out ? to_hex(*out) : to_string(out.error());
}

const std::vector<SlotSpec> kUser = {{"user", SlotType::text, 20}};

TEST(WbxmlTemplate, FillsASlotInFrontOfBehindAndInsideOfText) {
  const auto d = document("<parm name='NAME' value='a-${user}-${user}'/>");
  const Template t = Template::compile(d, kUser).value();
  EXPECT_EQ(hex_filled(t, {"xy"}),
            "030b6a0045870706"
            "03612d78792d787900"
            "0101");
  EXPECT_EQ(hex_filled(t, {""}),
            "030b6a0045870706"
            "03612d2d00"
            "0101");
}

TEST(WbxmlTemplate, LeavesTheStringOutWhenAWholeValueIsEmpty) {
  const auto sole =
      Template::compile(document("<parm name='NAME' value='${user}'/>"), kUser).value();
  EXPECT_EQ(hex_filled(sole, {""}), "030b6a00458707060101");
  EXPECT_EQ(hex_filled(sole, {"x"}), "030b6a00458707060378000101");

  const std::vector<SlotSpec> two = {{"a", SlotType::text, 5}, {"b", SlotType::text, 5}};
  const auto both =
      Template::compile(document("<parm name='NAME' value='${a}${b}'/><parm value='${b}'/>"), two)
          .value();
  EXPECT_EQ(hex_filled(both, {"", ""}), "030b6a00458707060187060101");
  EXPECT_EQ(hex_filled(both, {"x", ""}),
            "030b6a0045870706037800018706"
            "0101");
  EXPECT_EQ(hex_filled(both, {"", "y"}),
            "030b6a0045870706037900018706"
            "0379000101");
  EXPECT_EQ(hex_filled(both, {"x", "y"}),
            "030b6a004587070603787900018706"
            "0379000101");
}

TEST(WbxmlTemplate, KeepsAValueThatSpellsATokenAsText) {
  const auto t =
      Template::compile(document("<parm name='BEARER' value='${user}'/>"), kUser).value();
  EXPECT_EQ(hex_filled(t, {"GSM-GPRS"}),
            "030b6a0045871006"
            "0347534d2d4750525300"
            "0101");
  const auto around =
      Template::compile(document("<parm name='${user}' value='GSM-${user}'/>"), kUser).value();
  EXPECT_EQ(hex_filled(around, {"NAME"}),
            "030b6a00458705034e414d45000603"
            "47534d2d4e414d45"
            "000101");
}

TEST(WbxmlTemplate, TakesTwoDollarsForALiteral) {
  const auto literal = [](std::string_view value) {
    const auto t = Template::compile(document("<parm value='" + std::string(value) + "'/>"), {});
    if (!t) return to_string(t.error());
    const auto out = decode(filled(*t, {}).value()).value();
    return out.root.children[0].attributes[0].value;
  };
  EXPECT_EQ(literal("$${user}"), "${user}");
  EXPECT_EQ(literal("a$${"), "a${");
  EXPECT_EQ(literal("$$${x"), "$${x");
  EXPECT_EQ(literal("$ $$ $x {y} }{ $"), "$ $$ $x {y} }{ $");
  const auto mixed = Template::compile(document("<parm value='$${user}=${user}'/>"), kUser).value();
  EXPECT_EQ(decode(filled(mixed, {"u"}).value()).value().root.children[0].attributes[0].value,
            "${user}=u");
}

TEST(WbxmlTemplate, WithoutSlotsIsTheEncodedDocument) {
  for (const test::Vector& v : test::read_vectors("prov.vectors")) {
    const auto t = Template::compile(read_xml(v.xml).value(), {});
    ASSERT_TRUE(t) << v.name;
    EXPECT_EQ(filled(*t, {}).value(), v.octets()) << v.name;
    EXPECT_EQ(t->max_octets(), v.octets().size()) << v.name;
  }
}

TEST(WbxmlTemplate, RefusesSlotsThatAreUndeclaredUnusedOrMalformedAndSaysWhere) {
  struct Case {
    const char* parms;
    std::vector<SlotSpec> slots;
    std::uint32_t line, column;
    const char* field;
  };
  const Case cases[] = {
      {"<parm name='NAME' value='${other}'/>", kUser, 2, 19, "parm@value"},
      {"<parm name='NAME'\n  value='${user'/>", kUser, 3, 3, "parm@value"},
      {"<parm value='${}'/>", kUser, 2, 7, "parm@value"},
      {"<parm value='${a b}'/>", kUser, 2, 7, "parm@value"},
      {"<parm value='${1a}'/>", kUser, 2, 7, "parm@value"},
      {"<parm value='${user}${'/>", kUser, 2, 7, "parm@value"},
      {"<parm value='${${user}}'/>", kUser, 2, 7, "parm@value"},
      {"<parm value='x'/>", kUser, 0, 0, "user"},
      {"<parm value='$${user}'/>", kUser, 0, 0, "user"},
      {"<parm value='${user}'/>", {kUser[0], kUser[0]}, 0, 0, "user"},
      {"<parm value='${user}'/>", {{"user", SlotType::text, 0}}, 0, 0, "user"},
      {"<parm value='${user}'/>", {{"user", SlotType{9}, 5}}, 0, 0, "user"},
      {"<parm value='${a-b}'/>", {{"a-b", SlotType::text, 5}}, 0, 0, "a-b"},
      {"<parm value='${user}'/>",
       {{std::string(33, 'a'), SlotType::text, 5}},
       0,
       0,
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.parms);
    const auto t = Template::compile(document(c.parms), c.slots);
    ASSERT_FALSE(t);
    EXPECT_EQ(t.error().code, Code(Errc::bad_slot)) << to_string(t.error());
    EXPECT_EQ(t.error().at.line, c.line);
    EXPECT_EQ(t.error().at.column, c.column);
    EXPECT_EQ(t.error().at.field, c.field);
  }
  EXPECT_EQ(Template::compile(document("<parm/>"), std::vector<SlotSpec>(300)).error().code,
            Code(Errc::bad_slot));
  EXPECT_EQ(Template::compile(Document{}, {}).error().code, Code(Errc::unknown_document));
}

TEST(WbxmlTemplate, ChecksValuesByTheTypeOfTheSlot) {
  using namespace std::string_literals;
  struct Case {
    SlotType type;
    std::vector<std::string> good, bad;
  };
  const Case cases[] = {
      {SlotType::text,
       {"", "a", "\t\r\n", "\"<>&'", "\xF0\x9F\x93\xB6", "a\xCC\x81"},
       {"\0"s, "a\0b"s, "\x01", "\x1F", "\xC0\x80", "\xFF", "\xED\xA0\x80", "\xEF\xBF\xBE",
        "\xC3"}},
      {SlotType::digits, {"0", "0123456789"}, {"", "-1", "1 ", "1.5", "\xD9\xA1", "1\0"s}},
      {SlotType::host,
       {"a", "mms.acme.example", "a-b.c", "192.0.2.1", "2001:db8::1", "::", "3com.example",
        std::string(63, 'a') + ".b"},
       {"", "-a", "a-", "a..b", ".a", "a.", "a_b", "a b", "256.1.1.1", "1.2.3", "1", "http://a",
        "a:80", "\xC3\xA4.example", std::string(64, 'a') + ".b", "a\0b"s, "[::1]", "%41"}},
      {SlotType::ip,
       {"0.0.0.0", "255.255.255.255", "::1", "2001:db8::", "::ffff:192.0.2.1"},
       {"", "a", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "::g", "1.2.3.4 ", "1.2.3.4\0"s,
        ":::", "fe80::1%eth0", std::string(60, '1')}},
      {SlotType::uri,
       {"http://a", "https://a.example:8/p?q=1&r=%20#f", "urn:x", "sip:u@h", "http://[::1]/",
        "a:b"},
       {"", "http", ":a", "http:", "1a:b", "http://a b", "http://a/%2", "http://a/%zz", "//a",
        "http://\xC3\xA4", "http://a/<", "http://a\"", "http://a\n", "a:b\0"s, "/p:q"}},
  };
  for (const Case& c : cases) {
    const SlotSpec slot{"s", c.type, 100};
    for (const std::string& value : c.good) {
      EXPECT_TRUE(check_slot(slot, value)) << to_string(c.type) << " " << value;
    }
    for (const std::string& value : c.bad) {
      const auto wrong = check_slot(slot, value);
      ASSERT_FALSE(wrong) << to_string(c.type) << " " << value;
      EXPECT_EQ(wrong.error().code, Code(Errc::bad_slot));
      EXPECT_EQ(wrong.error().at.field, "s");
    }
    EXPECT_EQ(slot_type(to_string(c.type)).value(), c.type);
  }
  EXPECT_FALSE(slot_type("Text"));
  EXPECT_FALSE(slot_type(""));
}

TEST(WbxmlTemplate, HoldsTheMaximumOfASlotAndNeverShowsTheValue) {
  const SlotSpec slot{"pin", SlotType::digits, 4};
  EXPECT_TRUE(check_slot(slot, "1234"));
  for (const char* value : {"98765", "98a7"}) {
    const auto wrong = check_slot(slot, value);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(to_string(wrong.error()).find("98"), std::string::npos);
    EXPECT_NE(wrong.error().message.find("pin"), std::string::npos);
  }
}

TEST(WbxmlTemplate, LeavesTheOutputAloneOnAnErrorAndAppendsOtherwise) {
  const auto t = Template::compile(document("<parm value='${user}'/>"), kUser).value();
  Octets out{std::byte{0xAA}};
  const Octets before = out;
  EXPECT_FALSE(t.fill(Values{}, out));
  EXPECT_FALSE(t.fill(Values{"a", "b"}, out));
  EXPECT_FALSE(t.fill(Values{std::string_view("\0", 1)}, out));
  EXPECT_FALSE(t.fill(Values{"123456789012345678901"}, out));
  EXPECT_EQ(out, before);
  ASSERT_TRUE(t.fill(Values{"a"}, out));
  EXPECT_EQ(to_hex(out), "aa" + hex_filled(t, {"a"}));
}

TEST(WbxmlTemplate, DoesNotAllocateWhenTheOutputHasRoom) {
  const auto t = Template::compile(document("<parm name='NAME' value='x${user}'/>"), kUser).value();
  Octets out;
  out.reserve(t.max_octets());
  const std::byte* const memory = out.data();
  const std::string longest(20, 'x');
  ASSERT_TRUE(t.fill(Values{longest}, out));
  EXPECT_EQ(out.data(), memory);
  EXPECT_EQ(out.size(), t.max_octets());
}

Template rich() {
  const std::vector<SlotSpec> slots = {
      {"user", SlotType::text, 40}, {"pin", SlotType::digits, 8}, {"mmsc", SlotType::uri, 100}};
  return Template::compile(
             document("<characteristic type='NAPDEF'><parm name='NAME' value='${user}${pin}'/>"
                      "<parm name='NAPID' value='n${pin}'/><parm name='NAPID'/></characteristic>"
                      "<characteristic type='APPLICATION'><parm name='ADDR' value='${mmsc}'/>"
                      "</characteristic>"),
             slots)
      .value();
}

TEST(WbxmlTemplate, OfPlainTextIsFilledAsUtf8) {
  const Template t = Template::of_text("PIN for ${user}: $${user} ${user}\n", kUser).value();
  EXPECT_EQ(as_text(filled(t, {"Zoë"}).value()), "PIN for Zoë: ${user} Zoë\n");
  EXPECT_EQ(as_text(filled(t, {""}).value()), "PIN for : ${user} \n");
  EXPECT_EQ(t.max_octets(), as_text(t.constant()).size() + 40);
  EXPECT_EQ(Template::parse(t.serialize()).value(), t);
  EXPECT_EQ(Template::of_text("${pin}", kUser).error().code, Code(Errc::bad_slot));
  EXPECT_EQ(Template::of_text("no slot", kUser).error().code, Code(Errc::bad_slot));
  EXPECT_EQ(Template::of_text("a\x01", {}).error().code, Code(Errc::bad_value));
  EXPECT_EQ(Template::of_text("a\xFF", {}).error().at.offset, 1u);
}

TEST(WbxmlTemplate, OfReadyOctetsGivesThemBack) {
  const Octets octets = from_hex("00010203ff").value();
  const Template t = Template::of_octets(octets);
  EXPECT_EQ(filled(t, {}).value(), octets);
  EXPECT_EQ(t.max_octets(), 5u);
  EXPECT_EQ(Template::parse(t.serialize()).value(), t);
}

TEST(WbxmlTemplate, IsTheSameAfterBeingStored) {
  const Template t = rich();
  const Octets stored = t.serialize();
  const auto back = Template::parse(stored);
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(*back, t);
  EXPECT_EQ(back->serialize(), stored);
  EXPECT_EQ(hex_filled(*back, {"u", "12", "http://m"}), hex_filled(t, {"u", "12", "http://m"}));
}

TEST(WbxmlTemplate, SurvivesEveryTruncationAndCorruptionOfItsStoredForm) {
  const Octets stored = rich().serialize();
  for (std::size_t n = 0; n < stored.size(); ++n) {
    const auto cut = Template::parse(OctetView(stored).first(n));
    ASSERT_FALSE(cut) << n;
    ASSERT_TRUE(cut.error().at.offset) << n;
  }
  Octets longer = stored;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(Template::parse(longer));
  Octets changed = stored;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    for (unsigned v = 0; v < 256; ++v) {
      changed[i] = std::byte(v);
      const auto t = Template::parse(changed);
      if (!t) continue;
      const std::vector<std::string_view> all(t->slots().size(), "12345678");
      Octets out;
      if (t->fill(all, out)) {
        ASSERT_LE(out.size(), t->max_octets());
      }
    }
    changed[i] = stored[i];
  }
}

TEST(WbxmlTemplate, RefusesAGroupThatIsInterrupted) {
  // slots a and b in one value: the first piece says a group of 2, the second must follow at once.
  const std::vector<SlotSpec> two = {{"a", SlotType::text, 5}, {"b", SlotType::text, 5}};
  Octets stored = Template::compile(document("<parm value='${a}${b}'/>"), two).value().serialize();
  ASSERT_TRUE(Template::parse(stored));
  const std::size_t first_group = stored.size() - 3 * 8 + 7;
  stored[first_group] = std::byte{3};
  EXPECT_FALSE(Template::parse(stored));
  stored[first_group] = std::byte{2};
  stored[first_group + 8] = std::byte{1};
  EXPECT_FALSE(Template::parse(stored));
}

}  // namespace
}  // namespace cpgw::wbxml
