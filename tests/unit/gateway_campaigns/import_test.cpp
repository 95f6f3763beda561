#include "gateway/campaigns/import.h"

#include <gtest/gtest.h>

namespace cpgw::gateway::campaigns {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

queue::Job job(const queue::TraceId& trace, queue::JobState state, WallTime at) {
  constexpr WallTime epoch{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
  queue::Job j{queue::JobId{static_cast<std::uint64_t>((at - epoch).count()) << 22 | 5},
               {},
               {},
               {},
               4,
               *Msisdn::parse("358401234567")};
  j.trace = trace;
  j.state = state;
  return j;
}

TEST(ImportTag, TellsTheRowOfItsOwnJobsOnly) {
  const ImportTag tag(queue::QueueId{7}, "list.csv");
  for (const std::uint64_t row : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 40}) {
    EXPECT_EQ(tag.row(tag.trace(row)), row);
  }
  EXPECT_EQ(ImportTag(queue::QueueId{8}, "list.csv").row(tag.trace(2)), std::nullopt);
  EXPECT_EQ(ImportTag(queue::QueueId{7}, "other.csv").row(tag.trace(2)), std::nullopt);
  EXPECT_EQ(tag.row(queue::TraceId{}), std::nullopt);
}

TEST(JobId, TellsWhenItWasMade) {
  EXPECT_EQ(queue::stored_at(job({}, queue::JobState::sent, kNow).id), kNow);
}

TEST(DuplicateCheck, NamesTheEarlierRow) {
  const ImportTag tag(queue::QueueId{7}, "list.csv");
  const auto number = *Msisdn::parse("358401234567");
  DuplicateCheck check(tag, 1h, kNow);
  EXPECT_EQ(check.reason(number, 10, {}), std::nullopt);
  check.taken(number, 10);
  EXPECT_EQ(check.reason(number, 11, {}), "duplicate of row 10");
  EXPECT_EQ(check.reason(*Msisdn::parse("358401234568"), 12, {}), std::nullopt);
}

TEST(DuplicateCheck, KnowsRowsOfEarlierRequests) {
  const ImportTag tag(queue::QueueId{7}, "list.csv");
  const auto number = *Msisdn::parse("358401234567");
  // However long ago, and whatever became of it: one file never sends to a number twice.
  const std::array stored{job(tag.trace(3), queue::JobState::delivered, kNow - 48h)};
  const DuplicateCheck check(tag, 1h, kNow);
  EXPECT_EQ(check.reason(number, 4, stored), "duplicate of row 3");
  EXPECT_EQ(check.reason(number, 3, stored), std::nullopt) << "the row itself, checked again";
  EXPECT_EQ(check.reason(number, 2, stored), std::nullopt) << "a later row was not in the way";
}

TEST(DuplicateCheck, TakesAPushWithoutReceiptsToComeForDone) {
  const ImportTag tag(queue::QueueId{7}, "list.csv");
  const ImportTag before(queue::QueueId{7}, "yesterday.csv");
  const DuplicateCheck check(tag, 1h, kNow);
  std::array stored{job(before.trace(3), queue::JobState::sent, kNow - 61min)};
  stored[0].accepted = stored[0].no_receipt = 3;
  EXPECT_EQ(check.reason(*Msisdn::parse("358401234567"), 1, stored), std::nullopt);
  stored[0].accepted = 7;
  EXPECT_TRUE(check.reason(*Msisdn::parse("358401234567"), 1, stored));
}

TEST(DuplicateCheck, LetsANumberInAgainAfterTheCoolDown) {
  const ImportTag tag(queue::QueueId{7}, "list.csv");
  const ImportTag before(queue::QueueId{7}, "yesterday.csv");
  const auto number = *Msisdn::parse("358401234567");
  const DuplicateCheck check(tag, 1h, kNow);
  struct Case {
    queue::JobState state;
    std::chrono::minutes ago;
    bool refused;
  };
  for (const auto& c :
       {Case{queue::JobState::delivered, 59min, true},
        Case{queue::JobState::delivered, 61min, false}, Case{queue::JobState::failed, 61min, false},
        Case{queue::JobState::sent, 48h, true}, Case{queue::JobState::waiting, 48h, true}}) {
    const std::array stored{job(before.trace(3), c.state, kNow - c.ago)};
    const auto why = check.reason(number, 1, stored);
    EXPECT_EQ(why.has_value(), c.refused) << queue::to_string(c.state);
    if (why) {
      EXPECT_EQ(*why,
                "duplicate of job " + std::to_string(stored[0].id.value) + " of this campaign");
    }
  }
}

}  // namespace
}  // namespace cpgw::gateway::campaigns
