// The disk refuses a write or a sync, or the machine loses what it had not synced.
#include <gtest/gtest.h>

#include <cstdlib>

#include "../../unit/queue/support.h"
#include "faulty_files.h"
#include "queue/rocksdb_rows.h"
#include "writer.h"

namespace cpgw::queue::test {
namespace {

std::uint64_t rounds(std::uint64_t otherwise) {
  const char* text = std::getenv("CPGW_FAULT_ROUNDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void note(Promised& promised, char kind, std::uint64_t value) {
  switch (kind) {
    case 'R': promised.rows = value; break;
    case 'S': promised.sent.insert(value); break;
    case 'D': promised.delivered.insert(value); break;
    default: promised.last_event = value; break;
  }
}

/// Writes until the store fails or `turns` are over.
void write(JobStore& store, std::uint64_t seed, int turns, Promised& promised) {
  Writer writer(store, seed, [&](char kind, std::uint64_t value) { note(promised, kind, value); });
  if (!writer.start()) return;
  for (int n = 0; n < turns && writer.turn(); ++n) {
  }
}

TEST(Disk, AFailedStepIsFatalAndNothingAcknowledgedIsLost) {
  const TempDir dir;
  for (std::uint64_t round = 0; round < rounds(12); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const std::string directory = dir.file("store-" + std::to_string(round));
    make_empty_store(directory);
    std::atomic<bool> armed{false};
    std::atomic<std::uint64_t> left{1 + round * 3};
    std::atomic<bool> failed{false};
    FaultyFiles files([&](FileStep step, const std::string& file, std::uint64_t) {
      if (!armed || file.find("/LOG") != std::string::npos) return true;
      if (step != FileStep::append && step != FileStep::sync) return true;
      if (left > 0 && --left > 0) return true;
      failed = true;
      return false;  // and every later one
    });
    Promised promised;
    {
      auto opened = detail::open_rocksdb_store_on(directory, {}, files.env());
      ASSERT_TRUE(opened) << to_string(opened.error());
      armed = true;
      write(**opened, round, 100, promised);
      ASSERT_TRUE(failed);
      // Fatal: nothing is taken any more, whatever it is.
      const std::vector<std::vector<Step>> requests{{step::Sweep{}}};
      const auto refused = (*opened)->commit(requests, kStart);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Errc::io);
      EXPECT_FALSE((*opened)->recover(kStart));
      files.cut();
    }
    files.forget_unsynced();
    auto again = open_rocksdb_store(directory, {});
    ASSERT_TRUE(again) << to_string(again.error());
    ASSERT_EQ(broken_promise(**again, promised), "");
  }
}

TEST(Disk, NothingAcknowledgedIsLostWithThePower) {
  const TempDir dir;
  const std::string directory = dir.file("store");
  make_empty_store(directory);
  Promised promised;
  for (std::uint64_t round = 0; round < rounds(8); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    FaultyFiles files(nullptr);
    {
      auto opened = detail::open_rocksdb_store_on(directory, {}, files.env());
      ASSERT_TRUE(opened) << to_string(opened.error());
      ASSERT_EQ(broken_promise(**opened, promised), "");
      write(**opened, round, 40, promised);
      files.cut();
    }
    files.forget_unsynced();
  }
  auto again = open_rocksdb_store(directory, {});
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(broken_promise(**again, promised), "");
  EXPECT_GT(promised.delivered.size(), 0u);
}

TEST(Disk, ASecondProcessIsToldThatTheStoreIsOpen) {
  const TempDir dir;
  auto first = open_rocksdb_store(dir.file("store"), {});
  ASSERT_TRUE(first);
  const auto second = open_rocksdb_store(dir.file("store"), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::locked);
  EXPECT_EQ(
      std::filesystem::status(dir.file("store")).permissions() & std::filesystem::perms::others_all,
      std::filesystem::perms::none);
}

TEST(Disk, ADirectoryThatCannotBeMadeIsSaid) {
  const auto refused = open_rocksdb_store("/proc/cpgw/store", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
}

}  // namespace
}  // namespace cpgw::queue::test
