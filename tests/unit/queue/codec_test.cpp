// Rows as octets: both directions, every truncation, every corrupted octet.
#include "queue/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support.h"

namespace cpgw::queue::test {
namespace {

using namespace detail;

TEST(Crc32c, HasThePublishedValues) {
  // RFC 3720, appendix B.4.
  EXPECT_EQ(crc32c(Octets(32, std::byte{0})), 0x8A9136AAu);
  EXPECT_EQ(crc32c(Octets(32, std::byte{0xFF})), 0x62A8AB43u);
  EXPECT_EQ(crc32c(as_octets("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c({}), 0u);
}

Record sample() {
  Record r{.job = {.recipient = number("358401234567")}};
  r.job.id = JobId{0x1122334455667788};
  r.job.tenant = TenantId{7};
  r.job.queue = QueueId{0x99};
  r.job.group = RouteGroup{3};
  r.job.priority = 2;
  r.job.content = digest(4);
  r.job.due = kStart;
  r.job.deadline = kStart + std::chrono::hours(2);
  r.job.parts_estimate = 3;
  r.job.after = JobId{5};
  r.job.trace[15] = std::byte{1};
  r.job.state = JobState::in_doubt;
  r.job.attempt = 9;
  r.job.epoch = 0x01020304;
  r.job.drawn = {0x2A, 0x2B, 1};
  r.job.push_digest = digest(6);
  r.job.parts = 3;
  r.job.accepted = 1;
  r.job.delivered = 2;
  r.job.in_doubt = 4;
  r.job.no_receipt = 16;
  r.job.possible_duplicate = true;
  r.job.reason = 0x58;
  r.job.reason_class = OutcomeClass::temporary;
  r.unindexed = 8;
  r.draw = 300;
  r.composed = r.was_parked = r.has_sealed = true;
  return r;
}

TEST(JobRow, ReadsBackWhatWasWritten) {
  const Record r = sample();
  const std::string row = encode(r);
  const auto back = decode_job(r.job.id, row);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), row);
  EXPECT_EQ(back->job.recipient, r.job.recipient);
  EXPECT_EQ(back->job.after, r.job.after);
  EXPECT_EQ(back->job.drawn, r.job.drawn);
  EXPECT_EQ(back->draw, 300u);
  EXPECT_EQ(back->job.no_receipt, 16u);
  EXPECT_TRUE(back->composed && back->was_parked && back->has_sealed);
  EXPECT_FALSE(back->charged || back->parked || back->alone || back->has_followers);
}

TEST(ContentRows, ReadBackWhatWasWritten) {
  const ContentUses uses{7, 1, kStart};
  EXPECT_EQ(decode_content_uses(encode(uses)), uses);
  EXPECT_EQ(decode_content_key(content_key(digest(3))), digest(3));
  EXPECT_EQ(decode_content_key(content_uses_key(digest(3))), digest(3));
  const Rows::Unused unused{kStart, digest(3)};
  EXPECT_EQ(decode_unused_key(unused_key(unused)), unused);
  EXPECT_LT(unused_key(unused), unused_key({after(std::chrono::milliseconds(1)), digest(0)}));
  EXPECT_FALSE(decode_content_key(unused_key(unused)));
}

TEST(QueueRow, KeepsItsContent) {
  QueueRecord queue;
  queue.info.name = "spring";
  queue.info.settings = octets("settings");
  for (const std::optional<Digest>& content :
       {std::optional<Digest>(), std::optional(digest(0)), std::optional(digest(8))}) {
    queue.info.content = content;
    const auto back = decode_queue(QueueId{1}, encode_info(queue.info), encode_counts(queue));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->info.content, content);
    EXPECT_EQ(back->info.settings, queue.info.settings);
  }
}

/// No damage is taken for a row.
template <class Decode>
void expect_every_damage_found(const std::string& row, const Decode& decode) {
  ASSERT_TRUE(decode(row));
  for (std::size_t n = 0; n < row.size(); ++n) {
    EXPECT_FALSE(decode(row.substr(0, n))) << "truncated to " << n;
    for (const unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      std::string bad = row;
      bad[n] = static_cast<char>(static_cast<unsigned char>(bad[n]) ^ flip);
      EXPECT_FALSE(decode(bad)) << "octet " << n;
    }
  }
  EXPECT_FALSE(decode(row + '\0'));
}

TEST(Rows, EveryTruncationAndEveryChangedOctetIsFound) {
  expect_every_damage_found(
      encode(sample()), [](const std::string& r) { return decode_job(JobId{1}, r).has_value(); });
  expect_every_damage_found(encode(std::vector{MidEntry{JobId{1}, 2, kStart}}),
                            [](const std::string& r) { return decode_mid(r).has_value(); });
  EarlyReceipt early;
  early.receipt.account = "acct";
  early.receipt.candidates = {"a", "bc"};
  early.receipt.recipient = number(1);
  early.receipt.user_reference = 7;
  early.receipt.state = ReceiptState::failed;
  expect_every_damage_found(encode(early),
                            [](const std::string& r) { return decode_early(1, r).has_value(); });
  expect_every_damage_found(encode(IdempotencyRecord{digest(1), {JobId{1}, JobId{2}}, kStart}),
                            [](const std::string& r) { return decode_idempotency(r).has_value(); });
  expect_every_damage_found(
      encode(ImportCursor{.name = "n", .queue = QueueId{1}, .next_offset = 9}),
      [](const std::string& r) { return decode_cursor(QueueId{1}, "n", r).has_value(); });
  Content content;
  content.body = octets("body");
  content.source = octets("source");
  expect_every_damage_found(encode(content), [](const std::string& r) {
    return decode_content(digest(1), r).has_value();
  });
  expect_every_damage_found(encode(ContentUses{7, 1, kStart}), [](const std::string& r) {
    return decode_content_uses(r).has_value();
  });
  expect_every_damage_found(encode(Event{.job = JobId{3}}), [](const std::string& r) {
    return decode_event(TenantId{1}, 1, r).has_value();
  });
  QueueRecord queue;
  queue.info.name = "spring";
  const std::string counts = encode_counts(queue);
  const std::string info = encode_info(queue.info);
  expect_every_damage_found(
      info, [&](const std::string& r) { return decode_queue(QueueId{1}, r, counts).has_value(); });
  expect_every_damage_found(
      counts, [&](const std::string& r) { return decode_queue(QueueId{1}, info, r).has_value(); });
  const Span span{.first = JobId{1}, .last = JobId{2}, .next = JobId{1}};
  expect_every_damage_found(encode_value(span), [&](const std::string& r) {
    return decode_span(span_key(span), r).has_value();
  });
}

TEST(EarlyRow, ReadsBackWhatWasWritten) {
  EarlyReceipt early;
  early.stored = kStart;
  early.receipt = {.account = "acct",
                   .candidates = {"1A2B", "6699", ""},
                   .recipient = number(1),
                   .user_reference = 7,
                   .state = ReceiptState::failed,
                   .code = 27,
                   .at = kStart};
  const auto back = decode_early(4, encode(early));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->number, 4u);
  EXPECT_EQ(back->receipt.candidates, early.receipt.candidates);
  EXPECT_EQ(back->receipt.recipient, early.receipt.recipient);
  EXPECT_EQ(back->receipt.user_reference, early.receipt.user_reference);
  EXPECT_EQ(back->receipt.code, 27);
}

RC_GTEST_PROP(ReadyKeys, SortAsOctetsLikeTheyDoAsValues, ()) {
  const auto key = [] {
    return ReadyKey{RouteGroup{*rc::gen::arbitrary<std::uint16_t>()},
                    QueueId{*rc::gen::inRange<std::uint64_t>(0, 3)},
                    *rc::gen::inRange<std::uint8_t>(0, 3),
                    WallTime(std::chrono::milliseconds(*rc::gen::arbitrary<std::int64_t>())),
                    JobId{*rc::gen::arbitrary<std::uint64_t>()}};
  };
  const ReadyKey a = key();
  const ReadyKey b = key();
  RC_ASSERT((a < b) == (encode_key(a) < encode_key(b)));
  RC_ASSERT(decode_ready_key(encode_key(a)) == a);
}

TEST(StoreFormat, TheWorkedExamplesOfTheDocumentHold) {
  const JobId id{0x0B1A5F3C40001000};
  EXPECT_EQ(
      to_hex(as_octets(encode_key({RouteGroup{1}, QueueId{7}, 4, kStart, id})), HexCase::upper),
      "0001000000000000000704800001A3185C50000B1A5F3C40001000");
  EXPECT_EQ(to_hex(as_octets(pair_key(number("358401234567").packed(), id.value)), HexCase::upper),
            "0C0000537260D6870B1A5F3C40001000");
  EXPECT_EQ(to_hex(as_octets(mid_key("smsc-a", "6699")), HexCase::upper),
            "0006736D73632D6136363939");
  const WallTime until = kStart + std::chrono::days(31);
  EXPECT_EQ(to_hex(as_octets(encode(std::vector{MidEntry{id, 1, until}})), HexCase::upper),
            "010B1A5F3C4000100001800001A3B8017400DB7944B2");
}

TEST(MidKeys, KeepAccountAndIdApart) {
  EXPECT_NE(mid_key("a", "bc"), mid_key("ab", "c"));
  EXPECT_NE(mid_key("", "a"), mid_key("a", ""));
}

}  // namespace
}  // namespace cpgw::queue::test
