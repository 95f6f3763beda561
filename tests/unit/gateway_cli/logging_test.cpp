#include "gateway/cli/logging.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace cpgw::gateway::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class FixedClock final : public Clock {
 public:
  WallTime wall() const override { return WallTime(std::chrono::milliseconds(1769903999007)); }
  SteadyTime steady() const override { return {}; }
};

std::string text(std::string_view event, std::string_view words,
                 std::initializer_list<LogField> fields = {}) {
  return log_line(LogFormat::text, FixedClock().wall(), LogLevel::info, event, words, fields);
}
std::string json(std::string_view event, std::string_view words,
                 std::initializer_list<LogField> fields = {}) {
  return log_line(LogFormat::json, FixedClock().wall(), LogLevel::warning, event, words, fields);
}

TEST(LogLine, LooksTheSameForEver) {
  EXPECT_EQ(
      text("link-bound", "carrier smsc-a is bound", {{"carrier", "smsc-a"}, {"window", "10"}}),
      "2026-01-31T23:59:59.007Z info    link-bound: carrier smsc-a is bound carrier=smsc-a "
      "window=10");
  EXPECT_EQ(
      json("link-bound", "carrier smsc-a is bound", {{"carrier", "smsc-a"}, {"window", "10"}}),
      "{\"at\":\"2026-01-31T23:59:59.007Z\",\"level\":\"warning\",\"event\":\"link-bound\","
      "\"text\":\"carrier smsc-a is bound\",\"carrier\":\"smsc-a\",\"window\":\"10\"}");
}

TEST(LogLine, StaysOneLineWhateverComes) {
  const std::string nasty("a\nb\r\t\x1b[31m\x7f\0\"\\", 14);
  EXPECT_EQ(
      text("e", nasty, {{"v", nasty}}),
      "2026-01-31T23:59:59.007Z info    e: a\\nb\\u000d\\u0009\\u001b[31m\\u007f\\u0000\\\"\\\\"
      " v=\"a\\nb\\u000d\\u0009\\u001b[31m\\u007f\\u0000\\\"\\\\\"");
  EXPECT_THAT(json("e", nasty),
              HasSubstr("\"a\\nb\\u000d\\u0009\\u001b[31m\\u007f\\u0000\\\"\\\\\""));
  EXPECT_THAT(text("e", "", {{"a", ""}, {"b", "x y"}, {"c", "x=y"}, {"d", "x"}}),
              HasSubstr(" a=\"\" b=\"x y\" c=\"x=y\" d=x"));
}

TEST(LogLine, KeepsUtf8AndEscapesTheRest) {
  EXPECT_THAT(text("e", "Äö €😀"), HasSubstr(": Äö €😀"));
  // Stray and overlong octets, a surrogate, beyond Unicode, a cut character.
  EXPECT_THAT(text("e", "\x80|\xc0\xaf|\xed\xa0\x80|\xf5|\xe2\x82"),
              HasSubstr(": \\x80|\\xc0\\xaf|\\xed\\xa0\\x80|\\xf5|\\xe2\\x82"));
  EXPECT_THAT(json("e", "\xff"), HasSubstr("\"text\":\"\\ufffd\""));
  // A second control set, a line separator, right-to-left override.
  EXPECT_THAT(text("e", "\xc2\x9b|\xe2\x80\xa8|\xe2\x80\xae"),
              HasSubstr(": \\u009b|\\u2028|\\u202e"));
}

TEST(LogLine, EscapesEveryOctetSoThatJsonStaysJson) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string one(1, static_cast<char>(octet));
    for (const std::string& line : {json("e", one), text("e", one), text("e", "", {{"v", one}})}) {
      for (const char c : line) EXPECT_TRUE(c >= ' ' && c < '\x7f') << octet;
    }
  }
}

TEST(LogLine, CutsLongValuesAndNamesNothingTwice) {
  const std::string line = json("e", std::string(100000, 'x'), {{"text", "y"}, {"at", "z"}});
  EXPECT_LT(line.size(), 2300u);
  EXPECT_THAT(line, HasSubstr("xxx...\""));
  EXPECT_THAT(line, HasSubstr("\"text_\":\"y\",\"at_\":\"z\""));
}

class Writer : public ::testing::Test {
 protected:
  Writer() {
    folder_ = std::filesystem::temp_directory_path() / "cpgw-log-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    file_ = folder_ + "/cpgw.log";
  }
  ~Writer() override { std::filesystem::remove_all(folder_); }
  static std::vector<std::string> lines(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  std::unique_ptr<LogWriter> open(LogLevel level = LogLevel::info, std::size_t queue = 8192) {
    auto log = LogWriter::open({file_, LogFormat::text, level}, clock_, queue);
    if (!log) ADD_FAILURE() << to_string(log.error());
    return std::move(*log);
  }
  FixedClock clock_;
  std::string folder_, file_;
};

TEST_F(Writer, WritesLinesFromItsLevelUp) {
  auto log = open();
  log->write(LogLevel::debug, "no", "below");
  log->write(LogLevel::info, "one", "first", {{"a", "b"}});
  log->set_level(LogLevel::debug);
  log->write(LogLevel::debug, "two", "second");
  log->set_level(LogLevel::error);
  log->write(LogLevel::warning, "no", "below");
  log->write(LogLevel::error, "three", "third");
  log->flush();
  const auto got = lines(file_);
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0], "2026-01-31T23:59:59.007Z info    one: first a=b");
  EXPECT_THAT(got[1], HasSubstr("debug   two: second"));
  EXPECT_THAT(got[2], HasSubstr("error   three: third"));
}

TEST_F(Writer, WritesWhatWaitsBeforeItGoes) {
  {
    auto log = open();
    for (int n = 0; n < 1000; ++n) log->write(LogLevel::info, "n", std::to_string(n));
  }
  EXPECT_EQ(lines(file_).size(), 1000u);
}

TEST_F(Writer, AppendsAndFollowsARotation) {
  std::ofstream(file_) << "older\n";
  auto log = open();
  log->write(LogLevel::info, "a", "before");
  log->flush();
  std::filesystem::rename(file_, file_ + ".1");
  log->write(LogLevel::info, "b", "still the old file");
  log->flush();
  ASSERT_TRUE(log->reopen());
  log->write(LogLevel::info, "c", "new file");
  log->flush();
  EXPECT_EQ(lines(file_ + ".1").size(), 3u);
  ASSERT_EQ(lines(file_).size(), 1u);
  EXPECT_THAT(lines(file_)[0], HasSubstr("c: new file"));
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007u, 0u);

  // A folder that has gone: the old file stays in use.
  std::filesystem::rename(folder_, folder_ + "x");
  EXPECT_FALSE(log->reopen());
  log->write(LogLevel::info, "d", "after");
  log->flush();
  std::filesystem::rename(folder_ + "x", folder_);
  EXPECT_EQ(lines(file_).size(), 2u);
}

TEST_F(Writer, DropsTheLeastImportantAndSaysHowMany) {
  // A pipe nobody reads stops the writing thread.
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  const int reader = ::open(file_.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  auto log = open(LogLevel::info, 16);
  const std::string large(2000, 'x');
  for (int n = 0; n < 200; ++n) log->write(LogLevel::info, "info", large);
  const std::uint64_t infos = log->lost();
  EXPECT_GT(infos, 100u);  // a pipe holds 64 KiB
  log->write(LogLevel::error, "important", "there is still room for this");
  EXPECT_EQ(log->lost(), infos);
  for (int n = 0; n < 100; ++n) log->write(LogLevel::error, "error", large);
  EXPECT_GT(log->lost(), infos);  // and an end to that too: nobody waits

  std::string got;
  std::thread drain([&] {
    char piece[65536];
    while (got.find("log-lines-lost") == std::string::npos ||
           got.find("finally") == std::string::npos) {
      const ssize_t size = ::read(reader, piece, sizeof(piece));
      if (size > 0) got.append(piece, static_cast<std::size_t>(size));
      if (size <= 0) std::this_thread::yield();
    }
  });
  log->flush();
  log->write(LogLevel::info, "finally", "room again");
  log->flush();
  drain.join();
  ::close(reader);
  EXPECT_THAT(got, HasSubstr("important: there is still room for this"));
  EXPECT_THAT(got,
              HasSubstr("log-lines-lost: lines could not be written as fast as they came lost="));
}

TEST_F(Writer, TakesLinesFromManyThreads) {
  auto log = open();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int n = 0; n < 500; ++n) {
          log->write(LogLevel::info, "t", std::to_string(t) + "." + std::to_string(n));
        }
      });
    }
  }
  log->flush();
  const auto got = lines(file_);
  EXPECT_EQ(got.size() + log->lost(), 2000u);
  for (const auto& line : got) EXPECT_THAT(line, StartsWith("2026-01-31T23:59:59.007Z info"));
}

TEST_F(Writer, SaysWhyItCannotOpen) {
  const auto log =
      LogWriter::open({folder_ + "/no/such.log", LogFormat::text, LogLevel::info}, clock_);
  ASSERT_FALSE(log);
  EXPECT_THAT(to_string(log.error()), HasSubstr("no/such.log"));
}

TEST(LogSettingsSection, NamesItsMistakes) {
  SettingsNode log, root;
  log.value = SettingsNode::Table{{"format", SettingsNode{std::string("xml"), {}}},
                                  {"level", SettingsNode{std::string("warning"), {}}},
                                  {"colour", SettingsNode{true, {}}}};
  root.value = SettingsNode::Table{{"log", log}};
  std::vector<Error> mistakes;
  EXPECT_EQ(read_log_settings(root, mistakes).level, LogLevel::warning);
  ASSERT_EQ(mistakes.size(), 2u);
  EXPECT_EQ(mistakes[0].at.field, "log.format");
  EXPECT_EQ(mistakes[1].at.field, "log.colour");
}

}  // namespace
}  // namespace cpgw::gateway::cli
