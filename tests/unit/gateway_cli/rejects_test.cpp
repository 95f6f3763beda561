#include "gateway/cli/rejects.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

constexpr std::string_view kHeader = "row,line,code,field,reason\n";
constexpr std::uint64_t kAll = ~std::uint64_t{0};

std::string header_and(std::string_view lines) { return std::string(kHeader) + std::string(lines); }

TEST(Rejects, MakeTheFileWithTheFirstBadRow) {
  const test::TemporaryFolder folder;
  auto rejects = Rejects::open(folder.path("r.csv"), 0);
  ASSERT_TRUE(rejects);
  ASSERT_TRUE(rejects->add({}));
  EXPECT_FALSE(std::filesystem::exists(folder.path("r.csv")));
  ASSERT_TRUE(
      rejects->add({{2, 3, "a/b", "number", "is \"wrong\"\nindeed"}, {2, 3, "a/c", "", "x"}}));
  ASSERT_TRUE(rejects->add({{9, 12, "a/b", "imsi", "missing"}}));
  EXPECT_EQ(rejects->rows(), 2u);
  EXPECT_EQ(folder.read("r.csv"), header_and("2,3,a/b,\"number\",\"is \"\"wrong\"\" indeed\"\n"
                                             "2,3,a/c,\"\",\"x\"\n"
                                             "9,12,a/b,\"imsi\",\"missing\"\n"));
  struct stat about = {};
  ASSERT_EQ(::stat(folder.path("r.csv").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777u, 0600u);
}

struct Left {
  const char* lines;  ///< below the header
  std::uint64_t before_row;
  std::uint64_t rows;
  const char* kept;
};

TEST(Rejects, KeepWhatAnEarlierRunLeftOfTheRowsBefore) {
  for (const Left& left : std::initializer_list<Left>{
           {"2,2,c,\"\",\"r\"\n5,5,c,\"\",\"r\"\n", kAll, 2,
            "2,2,c,\"\",\"r\"\n5,5,c,\"\",\"r\"\n"},
           {"2,2,c,\"\",\"r\"\n5,5,c,\"\",\"r\"\n", 5, 1, "2,2,c,\"\",\"r\"\n"},
           {"2,2,c,\"\",\"r\"\n5,5,c,\"\",\"r\"\n", 2, 0, ""},
           {"2,2,c,\"\",\"r\"\n", 0, 0, ""},
           {"2,2,c,\"\",\"r\"\n5,5,c,\"\"", kAll, 0, ""},  // row 2 may have had one more line
           {"2,2,c,\"\",\"r\"\n3,3,c,\"\",\"r\"\n3,3,c,", kAll, 1, "2,2,c,\"\",\"r\"\n"},
           {"2,2,c,\"\",\"r\"\nx,5\n7,7,c,\"\",\"r\"\n", kAll, 1, "2,2,c,\"\",\"r\"\n"},
           {"5,5,c,\"\",\"r\"\n2,2,c,\"\",\"r\"\n", kAll, 1, "5,5,c,\"\",\"r\"\n"},
           {"0,0,c,\"\",\"r\"\n", kAll, 0, ""},
           {"99999999999999999999,1\n", kAll, 0, ""}}) {
    const test::TemporaryFolder folder;
    const std::string file = folder.write("r.csv", header_and(left.lines));
    auto rejects = Rejects::open(file, left.before_row);
    ASSERT_TRUE(rejects) << left.lines;
    EXPECT_EQ(rejects->rows(), left.rows) << left.lines;
    EXPECT_EQ(folder.read("r.csv"), left.rows == 0 ? "" : header_and(left.kept)) << left.lines;
    ASSERT_TRUE(rejects->add({{100, 100, "c", "", "r"}}));
    EXPECT_EQ(rejects->rows(), left.rows + 1);
    EXPECT_EQ(folder.read("r.csv"), header_and(left.kept) + "100,100,c,\"\",\"r\"\n");
  }
}

TEST(Rejects, EveryTruncationIsReadAgain) {
  const std::string whole = header_and("2,2,c,\"f\",\"r\"\n2,2,d,\"f\",\"r\"\n4,5,c,\"\",\"r\"\n");
  for (std::size_t octets = 0; octets <= whole.size(); ++octets) {
    const test::TemporaryFolder folder;
    auto rejects = Rejects::open(folder.write("r.csv", whole.substr(0, octets)), kAll);
    ASSERT_TRUE(rejects) << octets;
    // Whatever is kept is a whole beginning.
    EXPECT_TRUE(whole.starts_with(folder.read("r.csv"))) << octets;
    EXPECT_LE(rejects->rows(), 2u);
  }
}

TEST(Rejects, LeaveFilesOfOthersAlone) {
  const test::TemporaryFolder folder;
  for (const char* text : {"number,imsi\n1,2\n", "number", "row,line,code,field,reason!\n",
                           "row,line,code,field,reason\r\n2,2,c,,\r\n", "\n"}) {
    const std::string file = folder.write("people.csv", text);
    const auto rejects = Rejects::open(file, 0);
    ASSERT_FALSE(rejects) << text;
    EXPECT_EQ(rejects.error().at.file, file);
    EXPECT_EQ(folder.read("people.csv"), text);
  }
  EXPECT_FALSE(Rejects::open(folder.path(), 0));
  EXPECT_FALSE(Rejects::open("/dev/null", 0));
  EXPECT_TRUE(std::filesystem::exists("/dev/null"));
}

TEST(Rejects, TellWhenTheDiskIsFullAndCountNothing) {
  const test::TemporaryFolder folder;
  auto rejects = Rejects::open(folder.path("r.csv"), 0);
  ASSERT_TRUE(rejects);
  std::filesystem::create_symlink("/dev/full", folder.path("r.csv"));
  const auto done = rejects->add({{2, 2, "c", "", "r"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code(Errc::io));
  EXPECT_EQ(rejects->rows(), 0u);
  auto lost = Rejects::open(folder.path("none/r.csv"), 0);
  ASSERT_TRUE(lost);
  EXPECT_FALSE(lost->add({{2, 2, "c", "", "r"}}));
}

TEST(Rejects, StartAgainFromNothing) {
  const test::TemporaryFolder folder;
  auto rejects = Rejects::open(folder.write("r.csv", header_and("2,2,c,\"\",\"r\"\n")), kAll);
  ASSERT_TRUE(rejects);
  ASSERT_TRUE(rejects->restart());
  EXPECT_EQ(rejects->rows(), 0u);
  EXPECT_FALSE(std::filesystem::exists(folder.path("r.csv")));
  ASSERT_TRUE(rejects->add({{3, 3, "c", "", "r"}}));
  EXPECT_EQ(folder.read("r.csv"), header_and("3,3,c,\"\",\"r\"\n"));
}

}  // namespace
}  // namespace cpgw::gateway::cli
