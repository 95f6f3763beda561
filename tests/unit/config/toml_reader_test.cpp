#include "config/toml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/starter.h"

namespace cpgw::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const SettingsNode& at(const SettingsNode& node, std::string_view name) {
  return node.table()->find(name)->second;
}

TEST(TomlReader, GivesEveryKindOfValueWithItsPlace) {
  const auto root = read_toml(
      "top = true\n"
      "[zmq]\n"
      "  intake = \"ipc://x\"\n"
      "[[carrier]]\n"
      "window = 10\n"
      "rate = 2.5\n"
      "list = [\"a\",\n"
      "  \"b\"]\n"
      "[[carrier]]\n"
      "inline = { deep = -1 }\n",
      "t.toml");
  ASSERT_TRUE(root) << to_string(root.error());
  EXPECT_EQ(std::get<bool>(at(*root, "top").value), true);
  const auto& intake = at(at(*root, "zmq"), "intake");
  EXPECT_EQ(std::get<std::string>(intake.value), "ipc://x");
  EXPECT_EQ(intake.at.file, "t.toml");
  EXPECT_EQ(intake.at.line, 3u);
  EXPECT_EQ(intake.at.column, 12u);
  const auto& carriers = *at(*root, "carrier").list();
  ASSERT_EQ(carriers.size(), 2u);
  EXPECT_EQ(carriers[0].at.line, 4u);
  EXPECT_EQ(carriers[1].at.line, 9u);
  EXPECT_EQ(std::get<std::int64_t>(at(carriers[0], "window").value), 10);
  EXPECT_EQ(std::get<double>(at(carriers[0], "rate").value), 2.5);
  EXPECT_EQ((*at(carriers[0], "list").list())[1].at.line, 8u);
  EXPECT_EQ(std::get<std::int64_t>(at(at(carriers[1], "inline"), "deep").value), -1);
}

TEST(TomlReader, NamesEveryMistakeByItsLine) {
  struct Case {
    const char* text;
    Code code;
    std::uint32_t line;
    const char* says;
  };
  const Case cases[] = {
      {"a = 1\na = 2\n", Errc::syntax, 2, "redefine"},
      {"[a]\nb = 1\n[a]\n", Errc::syntax, 3, "redefine"},
      {"a = \"x\nb = 1\n", Errc::syntax, 1, ""},
      {"\n\n= 5\n", Errc::syntax, 3, ""},
      {"[a\n", Errc::syntax, 1, ""},
      {"a = 1979-05-27\n", Errc::date, 1, "date"},
      {"a = 1\nb = [07:32:00]\n", Errc::date, 2, "date"},
      {"\na = 1979-05-27T07:32:00Z\n", Errc::date, 2, "date"},
      {"a = 99999999999999999999\n", Errc::syntax, 1, "not representable"},
      {"a = 0123\n", Errc::syntax, 1, ""},
      {"\na.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r = 1\n", Errc::too_deep, 2, "dots"},
      {"a = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", Errc::too_deep, 1, "deep"},
      {"a = 1\nb\u00e9 = 1\n", Errc::syntax, 2, ""},
      {"a = \"\xff\"\n", Errc::syntax, 1, ""},
      {"a = \"x\x01y\"\n", Errc::syntax, 1, ""},
  };
  for (const Case& c : cases) {
    const auto root = read_toml(c.text, "f.toml");
    ASSERT_FALSE(root) << c.text;
    EXPECT_EQ(root.error().code, c.code) << c.text << to_string(root.error());
    EXPECT_EQ(root.error().at.line, c.line) << c.text << to_string(root.error());
    EXPECT_EQ(root.error().at.file, "f.toml");
    EXPECT_THAT(root.error().message, HasSubstr(c.says));
  }
}

TEST(TomlReader, QuotesNoValueInAMessage) {
  for (const char* text :
       {"password = 99999999999999999999\n", "password = truXsecret\n", "password = hunter2\n",
        "password = 1e9999999\n", "password = 0xFFFFFFFFFFFFFFFFF\n", "password = infsecret\n",
        "password = tsecret\n"}) {
    const auto root = read_toml(text, "f");
    ASSERT_FALSE(root) << text;
    const std::string said = to_string(root.error());
    for (const char* part : {"9999", "secret", "hunter", "FFFF", "truX", "tsec"}) {
      EXPECT_THAT(said, Not(HasSubstr(part))) << text;
    }
  }
}

TEST(TomlReader, CountsDotsOnlyInNames) {
  const auto root = read_toml(
      "a = \"....................\" # ....................\n"
      "b = '....................'\n"
      "c = \"\"\"\n....................\\\"\"\"\"\n"
      "d = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]\n"
      "f = \"\"\"\u00e9\"\"\"\"\"\ng = '''x'''\nh = \"\u00e9\" # \u00e9 .................\n"
      "e = \"\\\"....................\"\n",
      "f");
  EXPECT_TRUE(root) << to_string(root.error());
}

TEST(TomlReader, SurvivesAMegabyteOfDots) {
  std::string text;
  while (text.size() < kMostOctets - 8) text += "a.";
  text += "a=1";
  EXPECT_EQ(read_toml(text, "f").error().code, Code(Errc::too_deep));
  text = std::string(kMostOctets / 2, '[');
  EXPECT_FALSE(read_toml(text, "f"));
  text = "a = " + std::string(kMostOctets / 2, '[');
  EXPECT_FALSE(read_toml(text, "f"));
}

TEST(TomlReader, EveryTruncationOfTheStarterIsAValueOrAPlacedError) {
  const std::string whole(starter_settings());
  ASSERT_TRUE(read_toml(whole, "f"));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto root = read_toml(std::string_view(whole).substr(0, n), "f");
    ASSERT_TRUE(root || root.error().at.line > 0) << n << to_string(root.error());
  }
}

TEST(TomlReader, EveryCorruptionIsAValueOrAPlacedError) {
  const std::string whole =
      "[gateway]\ndata_dir = \"var\" # comment\n[[carrier]]\nname = 'a'\nport = 2775\n"
      "rate = 1.5\nlist = [\"x\", \"\"\"y\\\n z\"\"\"]\ninline = { a.b = true, c = -0x1F }\n";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    for (int wrong = 0; wrong < 256; ++wrong) {
      std::string text = whole;
      text[n] = static_cast<char>(wrong);
      const auto root = read_toml(text, "f");
      ASSERT_TRUE(root || root.error().at.line > 0) << n << to_string(root.error());
    }
  }
}

TEST(TomlReader, PastTroubleStaysPast) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(CPGW_VECTORS "/../fuzz/config/corpus/toml_reader")) {
    const auto root = read_toml_file(entry.path());
    EXPECT_TRUE(root || root.error().at.line > 0) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 9u);
}

TEST(TomlReader, ReadsFilesAndSaysWhyNot) {
  std::string folder = std::filesystem::temp_directory_path() / "cpgw-toml-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string file = folder + "/s.toml";
  EXPECT_EQ(read_toml_file(file).error().code, Code(Errc::unreadable));
  EXPECT_THAT(to_string(read_toml_file(file).error()), HasSubstr("s.toml"));
  EXPECT_EQ(read_toml_file(folder).error().code, Code(Errc::unreadable));
  std::ofstream(file) << "a = 7\n";
  const auto root = read_toml_file(file);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->table()->at("a").at.file, file);
  std::ofstream(file) << std::string(kMostOctets + 1, '#');
  EXPECT_EQ(read_toml_file(file).error().code, Code(Errc::too_large));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cpgw::config
