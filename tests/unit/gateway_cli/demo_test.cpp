#include "gateway/cli/demo.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <set>

#include "gateway/cli/demo_folder.h"
#include "gateway/cli/settings.h"
#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

TEST(DemoPhones, AreAllDifferentAndOfTheTestNetwork) {
  test::Counting random;
  std::set<std::string> numbers, imsis;
  for (const demo::Phone& phone : demo::draw_phones(20'000, 1, random)) {
    EXPECT_TRUE(Msisdn::parse(phone.number)) << phone.number;
    EXPECT_TRUE(Imsi::parse(phone.imsi));
    EXPECT_TRUE(phone.imsi.starts_with("00101"));
    EXPECT_EQ(phone.imsi.size(), 15u);
    numbers.insert(phone.number);
    imsis.insert(phone.imsi);
  }
  EXPECT_EQ(numbers.size(), 20'000u);
  EXPECT_EQ(imsis.size(), 20'000u);
}

TEST(DemoPhones, AreTheSameForTheSameSeed) {
  test::Counting random;
  const auto numbers = [&](std::uint64_t seed) {
    std::vector<std::string> out;
    for (const demo::Phone& phone : demo::draw_phones(50, seed, random))
      out.push_back(phone.number + phone.imsi);
    return out;
  };
  EXPECT_EQ(numbers(7), numbers(7));
  EXPECT_NE(numbers(7), numbers(8));
  EXPECT_NE(numbers(0), numbers(0));  // drawn
}

TEST(DemoVerdict, IsGoodOnlyWhenEveryPhoneHasVerified) {
  const auto verdict = [](std::uint64_t accepted, std::uint64_t delivered, std::uint64_t verified,
                          std::uint64_t failed, std::uint64_t lost) {
    demo::Verdict v;
    v.accepted = accepted;
    v.delivered = delivered;
    v.verified = verified;
    v.failed = failed;
    v.lost = lost;
    return v.good();
  };
  EXPECT_TRUE(verdict(10, 10, 10, 0, 0));
  EXPECT_FALSE(verdict(0, 0, 0, 0, 0));
  EXPECT_FALSE(verdict(10, 9, 10, 0, 0));
  EXPECT_FALSE(verdict(10, 10, 9, 0, 0));
  EXPECT_FALSE(verdict(10, 10, 10, 1, 0));
  EXPECT_FALSE(verdict(10, 10, 10, 0, 1));
  EXPECT_FALSE(verdict(10, 11, 10, 0, 0));
}

TEST(DemoVerdict, TakesTheLastLineOfTheHandsets) {
  demo::Verdict verdict;
  verdict.failed = 1;
  verdict.possible_duplicates = 2;
  ASSERT_TRUE(demo::add_handsets(
      "{\"verified\":1}\nbound\n"
      R"({"phones":9,"verified":7,"failed":2,"duplicates":1,"reasons":{"mac":2}})"
      "\n",
      verdict));
  EXPECT_EQ(verdict.verified, 7u);
  EXPECT_EQ(verdict.failed, 3u);
  EXPECT_EQ(verdict.possible_duplicates, 2u);
  for (const char* wrong : {"", "\n", "bound\n", "[]", "{\"verified\":1", "{}\nx"})
    EXPECT_FALSE(demo::add_handsets(wrong, verdict)) << wrong;
}

TEST(DemoVerdict, IsATableAndAnObject) {
  demo::Verdict verdict;
  verdict.accepted = verdict.delivered = verdict.verified = 10;
  verdict.parts = 30;
  verdict.seconds = 1.5;
  EXPECT_EQ(demo::to_json(verdict).at("parts").to_number<int>(), 30);
  EXPECT_THAT(demo::to_table(verdict), testing::HasSubstr("1.50"));
}

TEST(DemoSettings, AreSettings) {
  const test::TemporaryFolder folder;
  const auto settings =
      load_settings(folder.write("cpgw.toml", demo::settings_text(2775, "00ff00ff")));
  ASSERT_TRUE(settings) << to_string(settings.error().front());
  ASSERT_EQ(settings->carriers.size(), 1u);
  ASSERT_EQ(settings->flow.tenants.size(), 1u);
}

TEST(DemoFolder, IsPrivateAndGoneAtTheEnd) {
  std::string path;
  {
    auto folder = demo::Folder::make("");
    ASSERT_TRUE(folder);
    path = folder->path();
    struct stat about = {};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777u, 0700u);
    ASSERT_TRUE(demo::write_file(folder->file("f"), "text"));
    EXPECT_FALSE(demo::write_file(folder->file("f"), "again"));
    ASSERT_EQ(::stat(folder->file("f").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777u, 0600u);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(DemoFolder, IsKeptWhenNamedAndMustBeEmpty) {
  const test::TemporaryFolder outer;
  {
    auto folder = demo::Folder::make(outer.path("a/b"));
    ASSERT_TRUE(folder);
    ASSERT_TRUE(demo::write_file(folder->file("f"), "text"));
  }
  EXPECT_EQ(outer.read("a/b/f"), "text");
  EXPECT_FALSE(demo::Folder::make(outer.path("a/b")));
  EXPECT_FALSE(demo::Folder::make(outer.write("file", "x")));
  EXPECT_FALSE(demo::Folder::make("/proc/none"));
}

TEST(Demo, WithoutADatabaseSaysWhichPackageHasIt) {
  test::CommandIo io;
  DemoCommand command;
  command.providers_file = "/no/such/file";
  EXPECT_EQ(run(command, io.io), kMalformed);
  EXPECT_THAT(io.err.str(), testing::HasSubstr("/no/such/file"));
}

TEST(Demo, OfAProviderThatIsNotThereIsANo) {
  const test::TemporaryFolder folder;
  test::CommandIo io;
  DemoCommand command;
  command.providers_file = folder.write(
      "p.xml", "<?xml version=\"1.0\"?><serviceproviders format=\"2.0\"></serviceproviders>");
  EXPECT_EQ(run(command, io.io), kNo);
  EXPECT_THAT(io.err.str(), testing::StartsWith("cpgw: error: "));
}

}  // namespace
}  // namespace cpgw::gateway::cli
