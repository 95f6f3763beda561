#include "gateway/campaigns/campaign.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace cpgw::gateway::campaigns {
namespace {

using queue::QueueState;

CampaignSettings sample() {
  CampaignSettings settings;
  for (std::size_t i = 0; i < settings.content.size(); ++i) {
    settings.content[i] = static_cast<std::byte>(i + 1);
  }
  settings.security = signer::Security::NETWPIN;
  settings.priority = 7;
  settings.expires_in = std::chrono::seconds(3600);
  settings.cool_down = std::chrono::seconds(60);
  return settings;
}

TEST(CampaignSettings, ReadBackAsWritten) {
  for (const auto security :
       {signer::Security::NETWPIN, signer::Security::USERPIN, signer::Security::USERNETWPIN,
        signer::Security::USERPINMAC, signer::Security::none}) {
    CampaignSettings settings = sample();
    settings.security = security;
    const Octets record = write_settings(settings);
    EXPECT_EQ(read_settings(record), settings);
  }
}

TEST(CampaignSettings, HaveOneStoredForm) {
  // version, digest, security, priority, expires_in, cool_down
  EXPECT_EQ(to_hex(write_settings(sample())),
            "01"
            "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
            "00"
            "07"
            "0000000000000e10"
            "000000000000003c");
}

TEST(CampaignSettings, EveryTruncationIsAnError) {
  const Octets record = write_settings(sample());
  for (std::size_t n = 0; n < record.size(); ++n) {
    EXPECT_FALSE(read_settings(OctetView(record).first(n))) << n;
  }
  Octets longer = record;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(read_settings(longer));
}

TEST(CampaignSettings, EveryChangedOctetGivesAValueOrAnError) {
  const Octets record = write_settings(sample());
  for (std::size_t i = 0; i < record.size(); ++i) {
    for (unsigned v = 0; v < 256; ++v) {
      Octets changed = record;
      changed[i] = static_cast<std::byte>(v);
      const auto settings = read_settings(changed);
      if (settings) {
        EXPECT_EQ(write_settings(*settings), changed);
      } else {
        EXPECT_EQ(settings.error().code, Code(Errc::bad_record));
      }
    }
  }
}

TEST(CampaignName, IsShortAndPlain) {
  for (const char* name : {"a", "spring-2026", "A.b_c-9"}) EXPECT_TRUE(check_name(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("\xC3\xA4"),
        std::string(65, 'a'), std::string("a\n")}) {
    EXPECT_FALSE(check_name(name)) << name;
  }
  EXPECT_TRUE(check_name(std::string(64, 'a')));
}

TEST(CampaignStates, FollowTheTableAndNothingElse) {
  constexpr std::array kStates{QueueState::running, QueueState::paused, QueueState::cancelled,
                               QueueState::finished, QueueState::draft};
  constexpr std::array kActions{Action::start, Action::pause, Action::resume, Action::cancel,
                                Action::finish};
  const auto r = QueueState::running, p = QueueState::paused, c = QueueState::cancelled,
             f = QueueState::finished;
  const std::optional<QueueState> no;
  // Rows: states in the order above; columns: start, pause, resume, cancel, finish.
  const std::array<std::array<std::optional<QueueState>, 5>, 5> table{{
      {r, p, r, c, f},
      {no, p, r, c, no},
      {no, no, no, c, no},
      {no, no, no, no, f},
      {r, no, no, c, no},
  }};
  for (std::size_t s = 0; s < kStates.size(); ++s) {
    for (std::size_t a = 0; a < kActions.size(); ++a) {
      const auto to = next_state(kStates[s], kActions[a]);
      EXPECT_EQ(to.has_value(), table[s][a].has_value()) << s << " " << a;
      if (to) {
        EXPECT_EQ(*to, *table[s][a]);
      } else {
        EXPECT_EQ(to.error().code, Code(Errc::wrong_state));
      }
    }
  }
}

TEST(CampaignStates, SayWhatIsPossibleInstead) {
  EXPECT_EQ(next_state(QueueState::draft, Action::pause).error().message,
            "a campaign that is draft cannot pause; it can start, cancel");
  EXPECT_EQ(next_state(QueueState::cancelled, Action::resume).error().message,
            "a campaign that is cancelled cannot resume; nothing changes it any more");
}

TEST(FinishRule, FinishesWhenEveryJobIsFinal) {
  FinishRule rule(std::chrono::hours(25));
  const SteadyTime t{};
  queue::QueueCounts counts;
  EXPECT_FALSE(rule.finished(counts, false, t)) << "nothing was submitted yet";
  counts.submitted = 3;
  counts.waiting = 1;
  counts.delivered = 2;
  EXPECT_FALSE(rule.finished(counts, false, t));
  counts.waiting = 0;
  counts.in_flight = 1;
  EXPECT_FALSE(rule.finished(counts, false, t));
  counts.in_flight = 0;
  counts.failed = 1;
  EXPECT_FALSE(rule.finished(counts, true, t)) << "an import is under way";
  EXPECT_TRUE(rule.finished(counts, false, t));
}

TEST(FinishRule, DoesNotWaitForReceiptsThatAreNotToCome) {
  FinishRule rule(std::chrono::hours(25));
  queue::QueueCounts counts;
  counts.submitted = counts.sent = 2;
  EXPECT_TRUE(rule.finished(counts, false, SteadyTime{}));
}

TEST(FinishRule, WaitsForReceiptsOnlySoLong) {
  FinishRule rule(std::chrono::hours(25));
  const SteadyTime t{};
  queue::QueueCounts counts;
  counts.submitted = 2;
  counts.sent = 2;
  counts.awaiting = 2;
  EXPECT_FALSE(rule.finished(counts, false, t));
  EXPECT_FALSE(rule.finished(counts, false, t + std::chrono::hours(24)));
  counts.sent = 1;
  counts.awaiting = 1;
  counts.delivered = 1;
  EXPECT_FALSE(rule.finished(counts, false, t + std::chrono::hours(26))) << "a receipt just came";
  EXPECT_TRUE(rule.finished(counts, false, t + std::chrono::hours(51)));
}

}  // namespace
}  // namespace cpgw::gateway::campaigns
