// Whether every index agrees with the jobs, and the counts with both.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {
namespace {

constexpr std::size_t kMostErrors = 1000;  ///< more of them would say nothing new

Position at_job(JobId id) { return at_field("job " + std::to_string(id.value)); }

bool open_state(JobState state) {
  return state == JobState::waiting || state == JobState::held || state == JobState::in_doubt;
}

}  // namespace

std::vector<Error> RuledStore::check() const {
  const std::lock_guard lock(commit_mutex_);
  std::vector<Error> wrong = rows_->damaged();
  rows_->visit_jobs(std::nullopt, std::nullopt, JobId{0}, [&](const Record& r) {
    check_job(r, wrong);
    return wrong.size() < kMostErrors;
  });
  check_rows(wrong);
  check_counts(wrong);
  check_contents(wrong);
  return wrong;
}

void RuledStore::check_job(const Record& r, std::vector<Error>& wrong) const {
  const Job& job = r.job;
  const auto expect = [&](bool good, std::string_view what) {
    if (!good) wrong.emplace_back(Errc::corrupt, std::string(what), at_job(job.id));
  };
  const std::uint64_t recipient = job.recipient.packed();
  const bool queued = job.state == JobState::waiting || job.state == JobState::in_doubt;
  expect(rows_->has_ready(ready_key(r)) == (queued && !r.parked),
         "the ready row does not agree with the job's state");
  expect(rows_->has_parked(recipient, ready_key(r)) == (queued && r.parked),
         "the parked row does not agree with the job's state");
  expect(rows_->has_lease(job.id) == (job.state == JobState::claimed),
         "the lease does not agree with the job's state");
  expect(rows_->has_recipient(recipient, job.id), "the job is not among its recipient's");
  expect(rows_->has_run(job.queue, job.id), "the job is not among its queue's");
  expect(queues_.contains(job.queue), "the job's queue is not stored");
  if (job.state == JobState::held) {
    expect(job.after && rows_->has_follower(*job.after, job.id),
           "a held job that nobody will release");
  }
  const auto sealed = rows_->read_sealed(job.id);
  expect(sealed && sealed->empty() != r.has_sealed,
         "the sealed inputs are there and should not be, or the other way round");
  expect(!is_final(job.state) || !r.has_sealed, "sealed inputs outlive the final state");
  expect((job.delivered & ~job.accepted) == 0, "a part is delivered but was never accepted");
  expect((job.no_receipt & ~job.accepted) == 0, "a part without a receipt was never accepted");
  expect((job.in_doubt & job.accepted) == 0, "a part is both accepted and in doubt");
}

void RuledStore::check_rows(std::vector<Error>& wrong) const {
  const auto complain = [&wrong](JobId id, std::string what) {
    if (wrong.size() < kMostErrors) {
      wrong.emplace_back(Errc::corrupt, std::move(what), at_job(id));
    }
  };
  rows_->visit_ready([&](const ReadyKey& key) {
    const auto r = rows_->read_job(key.id);
    if (!r || ready_key(*r) != key) complain(key.id, "a ready row without its job");
  });
  rows_->visit_parked([&](std::uint64_t recipient, const ReadyKey& key) {
    const auto r = rows_->read_job(key.id);
    if (!r || !r->parked || ready_key(*r) != key || r->job.recipient.packed() != recipient) {
      complain(key.id, "a parked row without its job");
      return;
    }
    if (busy_.contains(recipient) || queue_cancelled(key.queue)) return;
    // Somebody must be there to wake it: a ready job of the same recipient and queue.
    bool somebody = false;
    rows_->visit_jobs(recipient, std::nullopt, JobId{0}, [&](const Record& other) {
      const bool queued =
          other.job.state == JobState::waiting || other.job.state == JobState::in_doubt;
      somebody = queued && !other.parked && other.was_parked && other.job.queue == key.queue &&
                 other.job.group == key.group;
      return !somebody;
    });
    if (!somebody) complain(key.id, "a parked job that nobody will wake");
  });
  rows_->visit_leases([&](JobId id) {
    const auto r = rows_->read_job(id);
    if (!r || r->job.state != JobState::claimed) complain(id, "a lease without its claimed job");
  });
  rows_->visit_spans([&](const Span& span) {
    if (span.first > span.last || span.next < span.first) {
      complain(span.first, "a span of jobs that ends before it begins");
    }
  });
}

void RuledStore::check_counts(std::vector<Error>& wrong) const {
  struct Seen {
    std::uint64_t jobs = 0, waiting = 0, in_flight = 0, sent = 0, awaiting = 0;
  };
  std::map<QueueId, Seen> seen;
  std::unordered_map<std::uint64_t, std::uint32_t> busy;
  rows_->visit_jobs(std::nullopt, std::nullopt, JobId{0}, [&](const Record& r) {
    Seen& s = seen[r.job.queue];
    ++s.jobs;
    if (open_state(r.job.state) && !queue_cancelled(r.job.queue)) ++s.waiting;
    if (r.job.state == JobState::claimed) {
      ++s.in_flight;
      if (r.job.parts_estimate > 1 || r.job.parts > 1) ++busy[r.job.recipient.packed()];
    }
    if (r.job.state == JobState::sent) ++s.sent;
    if (r.job.state == JobState::sent && !is_over(r.job)) ++s.awaiting;
    return true;
  });
  if (busy != busy_) {
    wrong.emplace_back(Errc::corrupt,
                       "the recipients taken for busy are not those of claimed pushes");
  }
  for (const auto& [id, q] : queues_) {
    const Seen s = seen[id];
    const QueueCounts& c = q.info.counts;
    const auto expect = [&, queue = id](bool good, std::string_view what) {
      if (good) return;
      wrong.emplace_back(Errc::corrupt, "the queue's count of " + std::string(what) + " is wrong",
                         at_field("queue " + std::to_string(queue.value)));
    };
    expect(c.submitted - q.retired == s.jobs, "jobs");
    expect(c.waiting == s.waiting, "waiting jobs");
    expect(c.in_flight == s.in_flight, "jobs in flight");
    expect(c.sent >= s.sent, "sent jobs");
    expect(c.awaiting == s.awaiting, "jobs with receipts to come");
    expect(c.waiting + c.in_flight + c.sent + c.delivered + c.failed + c.expired + c.cancelled ==
               c.submitted,
           "all states together");
  }
}

}  // namespace cpgw::queue::detail
