#include <gmock/gmock.h>

#include "gateway/cli/interruptible.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/table.h"
#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(Table, SetsNumbersRightAndTextLeft) {
  EXPECT_EQ(table({"name", "count"}, {{"a", "1"}, {"long name", "1000"}}),
            "name       count\n"
            "a              1\n"
            "long name   1000\n");
  EXPECT_EQ(table({"a", "b"}, {{"1", "x"}, {"-", "yy"}}), "a  b\n1  x\n-  yy\n");
}

TEST(Table, CountsCharactersNotOctets) {
  EXPECT_EQ(table({"a", "b"}, {{"ä", "x"}, {"aa", "x"}}), "a   b\nä   x\naa  x\n");
}

TEST(Table, HasAHeaderWithoutRowsAndTakesShortAndLongRows) {
  EXPECT_EQ(table({"a", "b"}, {}), "a  b\n");
  EXPECT_EQ(table({"a", "b"}, {{"x"}, {}, {"x", "y", "z"}}), "a  b\nx\n\nx  y\n");
}

TEST(Table, KeepsTheTerminalSafe) {
  EXPECT_EQ(table({"a"}, {{"\x1b[2J\n\x7f"}}), "a\n?[2J??\n");
  EXPECT_EQ(printable("a\xC2\x9B\x41\xC3\xA4\xC2"), "a?A\xC3\xA4\xC2");
}

struct ProgressTest : testing::Test {
  test::CommandIo streams;
  test::HandClock clock;
  Io io(bool terminal) {
    return {streams.in, streams.out, streams.err, streams.io.environment, clock, streams.random,
            false,      terminal,    {}};
  }
};

TEST_F(ProgressTest, IsSilentWhileNothingIsWorthALine) {
  Io plain = io(false);
  Progress progress(plain, "file", 100);
  progress.show(50, "half");
  clock.now += milliseconds(4999);
  progress.show(60, "more");
  progress.done();
  EXPECT_EQ(streams.err.str(), "");
}

TEST_F(ProgressTest, WritesPlainLinesNowAndThenWithoutATerminal) {
  Io plain = io(false);
  Progress progress(plain, "file", 100), unknown(plain, "stdin", 0);
  clock.now += milliseconds(5000);
  progress.show(50, "half");
  progress.show(51, "at once");
  unknown.show(3, "three");
  progress.done();
  EXPECT_EQ(streams.err.str(), "file: half (50 %)\nstdin: three\n");
}

TEST_F(ProgressTest, DrawsABarOnATerminalAndTakesItAway) {
  Io terminal = io(true);
  Progress progress(terminal, "file", 3);
  clock.now += milliseconds(100);
  progress.show(1, "one");
  clock.now += milliseconds(100);
  progress.show(7, "too much");
  progress.done();
  progress.done();
  EXPECT_THAT(streams.err.str(), HasSubstr("[=========                     ] 33 % one"));
  EXPECT_THAT(streams.err.str(), HasSubstr("100 % too much"));
  EXPECT_TRUE(streams.err.str().ends_with("\r\033[K"));
}

TEST(Input, IsAFileOrStandardInputAndBounded) {
  const test::TemporaryFolder folder;
  test::CommandIo streams("from stdin");
  const std::string file = folder.write("f", "text\0more");
  EXPECT_EQ(read_input(streams.io, file), "text");
  EXPECT_EQ(read_input(streams.io, "-"), "from stdin");
  EXPECT_EQ(read_input(streams.io, folder.write("empty", "")), "");
  EXPECT_EQ(read_input(streams.io, folder.write("full", "1234"), 4), "1234");
  const auto large = read_input(streams.io, folder.write("large", "12345"), 4);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().at.file, folder.path("large"));
  for (const std::string& wrong : {folder.path("none"), folder.path()}) {
    const auto none = read_input(streams.io, wrong);
    ASSERT_FALSE(none) << wrong;
    EXPECT_EQ(none.error().code, Code(Errc::io));
    EXPECT_EQ(none.error().at.file, wrong);
  }
}

TEST(SecretInput, ComesFromTheOptionTheFileOrTheEnvironmentInThisOrder) {
  const test::TemporaryFolder folder;
  test::CommandIo streams("5555\nrest");
  streams.environment["CPGW_PIN"] = "3333";
  const std::string file = folder.write("pin", "2222\r\nsecond line\n");
  EXPECT_EQ(read_secret(streams.io, "1111", file, "CPGW_PIN"), Secret("1111"));
  EXPECT_EQ(read_secret(streams.io, "", file, "CPGW_PIN"), Secret("2222"));
  EXPECT_EQ(read_secret(streams.io, "", "", "CPGW_PIN"), Secret("3333"));
  EXPECT_EQ(read_secret(streams.io, "", "", "CPGW_IMSI"), Secret());
  EXPECT_EQ(read_secret(streams.io, "", "-", "CPGW_PIN"), Secret("5555"));
  EXPECT_EQ(read_secret(streams.io, "", folder.write("empty", ""), "CPGW_PIN"), Secret());
  EXPECT_EQ(read_secret(streams.io, "", folder.write("bare", "77"), "CPGW_PIN"), Secret("77"));
  EXPECT_FALSE(read_secret(streams.io, "", folder.path("none"), "CPGW_PIN"));
  EXPECT_FALSE(read_secret(streams.io, "", folder.path(), "CPGW_PIN"));
  EXPECT_FALSE(
      read_secret(streams.io, "", folder.write("large", std::string(4097, '1')), "CPGW_PIN"));
}

TEST(Complaints, NameEveryErrorAndGiveTheStatusBack) {
  test::CommandIo streams;
  Position at;
  at.file = "a\x1b.csv";
  at.line = 3;
  EXPECT_EQ(complain(streams.io, {Error(Errc::io, "one", at), Error(Errc::busy, "two")}, kNo), kNo);
  EXPECT_EQ(streams.err.str(),
            "cpgw: error: a?.csv:3: one [base/io]\ncpgw: error: two [base/busy]\n");
}

TEST(Interruptible, OnlySetsAFlagWhileItLives) {
  {
    const Interruptible guard;
    EXPECT_EQ(interrupted(), 0);
    std::raise(SIGPIPE);
    std::raise(SIGTERM);
    EXPECT_EQ(interrupted(), SIGTERM);
  }
  const Interruptible again;
  EXPECT_EQ(interrupted(), 0);
}

}  // namespace
}  // namespace cpgw::gateway::cli
