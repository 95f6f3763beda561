#include "gateway/cli/child.h"

#include <gmock/gmock.h>
#include <signal.h>

#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli {
namespace {

using namespace std::chrono_literals;

struct ChildTest : testing::Test {
  test::TemporaryFolder folder;
  SystemClock clock;
  Result<Child> shell(const std::string& script, std::string input = {},
                      std::chrono::milliseconds patience = 20s) {
    return Child::start("/bin/sh", {"-c", script},
                        {folder.path(), folder.path("errors"), std::move(input), patience});
  }
};

TEST_F(ChildTest, SaysItsLinesOneByOne) {
  auto child = shell("pwd; echo; printf last; echo oops >&2");
  ASSERT_TRUE(child) << child.error().message;
  EXPECT_EQ(child->line(clock, 20s), folder.path());
  EXPECT_EQ(child->line(clock, 20s), "");
  EXPECT_FALSE(child->line(clock, 20s));  // it ended within the line
  EXPECT_EQ(child->stop(clock, 20s), "last");
  EXPECT_EQ(child->ended(), 0);
  EXPECT_EQ(folder.read("errors"), "oops\n");
}

TEST_F(ChildTest, TakesInputLargerThanAnyPipeWhileItTalks) {
  std::string input;
  for (int i = 0; input.size() < 700'000; ++i) input += std::to_string(i) + "\n";
  auto child = shell("exec cat", input);
  ASSERT_TRUE(child) << child.error().message;
  const auto said = child->stop(clock, 20s);
  ASSERT_TRUE(said);
  EXPECT_TRUE(*said == input || input.starts_with(*said));
}

TEST_F(ChildTest, IsGivenUpWhenItDoesNotTakeItsInput) {
  const auto child = shell("exec sleep 60", std::string(4 << 20, 'x'), 200ms);
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().message, testing::HasSubstr("does not take its input"));
}

TEST_F(ChildTest, IsGivenUpWhenItTalksForEverInsteadOfReading) {
  const auto child = shell("exec yes", std::string(4 << 20, 'x'), 200ms);
  ASSERT_FALSE(child);
}

TEST_F(ChildTest, EndingBeforeItsInputIsAnErrorAndNoSignalToUs) {
  const auto child = shell("exit 3", std::string(4 << 20, 'x'));
  ASSERT_FALSE(child);
}

TEST_F(ChildTest, ThatSaysNothingInTimeIsAnError) {
  auto child = shell("exec sleep 60");
  ASSERT_TRUE(child);
  const auto line = child->line(clock, 50ms);
  ASSERT_FALSE(line);
  EXPECT_THAT(line.error().message, testing::HasSubstr("in time"));
}

TEST_F(ChildTest, ALineWithoutEndIsAnError) {
  auto child = shell("exec tr '\\0' x < /dev/zero");
  ASSERT_TRUE(child);
  const auto line = child->line(clock, 20s);
  ASSERT_FALSE(line);
  EXPECT_THAT(line.error().message, testing::HasSubstr("more than a line"));
}

TEST_F(ChildTest, StopsInOrderAndTellsItsLastWords) {
  auto child = shell("trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
  ASSERT_TRUE(child);
  ASSERT_EQ(child->line(clock, 20s), "ready");
  EXPECT_EQ(child->ended(), std::nullopt);
  EXPECT_EQ(child->stop(clock, 20s), "bye\n");
  EXPECT_EQ(child->ended(), 5);
}

TEST_F(ChildTest, IsKilledWhenItDoesNotStop) {
  auto child = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
  ASSERT_TRUE(child);
  ASSERT_EQ(child->line(clock, 20s), "ready");
  EXPECT_FALSE(child->stop(clock, 100ms));
  EXPECT_EQ(child->ended(), 128 + SIGKILL);
}

TEST_F(ChildTest, TellsTheSignalItDiedOf) {
  auto child = shell("kill -9 $$");
  ASSERT_TRUE(child);
  EXPECT_FALSE(child->line(clock, 20s));
  EXPECT_TRUE(child->stop(clock, 20s));
  EXPECT_EQ(child->ended(), 128 + SIGKILL);
}

TEST_F(ChildTest, DoesNotOutliveItsOwner) {
  std::string pid;
  {
    auto child = shell("echo $$; exec sleep 60");
    ASSERT_TRUE(child);
    pid = child->line(clock, 20s).value_or("");
    Child moved = std::move(*child);
    EXPECT_EQ(::kill(std::stoi(pid), 0), 0);
  }
  EXPECT_NE(::kill(std::stoi(pid), 0), 0);
}

TEST_F(ChildTest, AProgramThatIsNotThereIsAnError) {
  const auto child = Child::start("/no/such/program", {"x"}, {folder.path(), "/dev/null", {}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code(Errc::io));
}

}  // namespace
}  // namespace cpgw::gateway::cli
