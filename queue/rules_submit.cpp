// Steps that bring things in: content, queues and their state, jobs.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxJobs = 10'000;           ///< of one Submit
constexpr std::size_t kMaxSealed = 64 * 1024;      ///< octets
constexpr std::size_t kMaxBlob = 4 * 1024 * 1024;  ///< octets: content, settings
constexpr std::size_t kMaxFollowers = 32;

StepResult answer(Applied applied) {
  StepResult result;
  result.applied = applied;
  return result;
}

StepResult refused(Errc code, std::string message, Position at = {}) {
  StepResult result = answer(Applied::refused);
  result.error = Error(code, std::move(message), std::move(at));
  return result;
}

std::string job_field(std::size_t index, std::string_view field) {
  return "jobs[" + std::to_string(index) + "]." + std::string(field);
}

}  // namespace

StepResult RuledStore::apply(const step::PutContent& s) {
  if (s.content.body.size() > kMaxBlob || s.content.source.size() > kMaxBlob) {
    return refused(Errc::limit, "a content of over 4 MiB is not stored", at_field("content"));
  }
  TouchedContent& content = touch_content(s.content.digest);
  content.changed = content.put = true;
  if (content.stored) return answer(Applied::duplicate);
  content.stored = true;
  rows_->put_content(s.content);
  return {};
}

StepResult RuledStore::apply(const step::PutQueue& s) {
  const QueueInfo& wanted = s.queue;
  if (wanted.name.size() > kMaxName || wanted.settings.size() > kMaxBlob) {
    return refused(Errc::limit, "a queue's name has at most 128 octets, its settings 4 MiB",
                   at_field("queue"));
  }
  const auto named = queue_names_.find({wanted.tenant, wanted.name});
  if (named != queue_names_.end()) {
    const QueueInfo& known = queues_.at(named->second).info;
    const bool same = known.group == wanted.group && known.settings == wanted.settings &&
                      (known.content == wanted.content || known.state == QueueState::cancelled) &&
                      (wanted.id.value == 0 || wanted.id == known.id);
    StepResult result = answer(same ? Applied::duplicate : Applied::conflict);
    result.queue = known.id;
    return result;
  }
  if (queues_.contains(wanted.id)) {
    StepResult result = answer(Applied::conflict);
    result.queue = wanted.id;
    return result;
  }
  if (wanted.content && !touch_content(*wanted.content).stored) {
    return refused(Errc::unknown_content, "no content is stored under this digest",
                   at_field("queue.content"));
  }
  QueueRecord record;
  record.info = wanted;
  record.info.counts = {};
  if (record.info.id.value == 0) {
    record.info.id = record.info.name.empty() ? singles(record.info.tenant) : QueueId{next_id()};
    if (queues_.contains(record.info.id)) return answer(Applied::conflict);
  }
  const QueueId id = record.info.id;
  if (wanted.content) {
    TouchedContent& content = touch_content(*wanted.content);
    content.changed = true;
    ++content.uses.queues;
  }
  queue_names_[{wanted.tenant, wanted.name}] = id;
  emit_queue(record.info);
  queues_.emplace(id, std::move(record));
  changed_queues_[id] = true;
  StepResult result;
  result.queue = id;
  return result;
}

StepResult RuledStore::apply(const step::SetQueueState& s) {
  QueueRecord* q = queue_record(s.queue, false);
  if (q == nullptr) {
    return refused(Errc::unknown_queue, "no queue has this id", at_field("queue"));
  }
  if (q->info.state == s.state) return answer(Applied::duplicate);
  if (q->info.state == QueueState::cancelled) return answer(Applied::final);
  if (to_string(s.state) == "unknown") {
    return refused(Errc::limit, "no such queue state", at_field("state"));
  }
  if (q->info.state == QueueState::draft) q->info.started = now_;
  q->info.state = s.state;
  changed_queues_[s.queue] = true;
  if (s.state == QueueState::cancelled) {
    // The tombstone: all that waits is cancelled from here on; the rows are swept in pieces.
    q->info.counts.cancelled += q->info.counts.waiting;
    q->info.counts.waiting = 0;
    q->sweep_next = JobId{0};
    if (q->info.content) {
      // It takes no more jobs; those it has hold uses of their own.
      TouchedContent& content = touch_content(*q->info.content);
      if (content.uses.queues > 0) --content.uses.queues;
      content.changed = true;
      q->info.content.reset();
    }
    to_sweep_.insert(s.queue);
  }
  emit_queue(q->info);
  return {};
}

std::optional<StepResult> RuledStore::replay(const step::Submit& s) {
  if (s.idempotency) {
    const auto known = rows_->idempotency(s.tenant, s.idempotency->key);
    if (known && known->until > now_) {
      if (known->request != s.idempotency->request) return answer(Applied::conflict);
      StepResult result = answer(Applied::duplicate);
      result.ids = known->ids;
      return result;
    }
  }
  if (s.cursor) {
    const auto known = rows_->cursor(s.cursor->queue, s.cursor->name);
    if (known && known->source != s.cursor->source) return answer(Applied::conflict);
    const std::uint64_t offset = known ? known->next_offset : 0;
    if (offset != s.expect_offset) {
      const bool done = known && s.cursor->next_offset > s.expect_offset &&
                        known->next_offset >= s.cursor->next_offset;
      return answer(done ? Applied::duplicate : Applied::conflict);
    }
  }
  return std::nullopt;
}

std::optional<Error> RuledStore::refuse_job(const step::Submit& s, std::size_t index) {
  const NewJob& job = s.jobs[index];
  const auto because = [index](Errc code, std::string_view field, std::string why) {
    return Error(code, std::move(why), at_field(job_field(index, field)));
  };
  if (job.tenant != s.tenant) {
    return because(Errc::unknown_queue, "tenant", "the job is of another tenant than its request");
  }
  const QueueRecord* q = queue_record(job.queue, false);
  if (q == nullptr || q->info.tenant != s.tenant) {
    return because(Errc::unknown_queue, "queue", "the tenant has no queue of this id");
  }
  if (q->info.state == QueueState::cancelled) {
    return because(Errc::queue_cancelled, "queue", "the queue is cancelled; use another one");
  }
  if (!touch_content(job.content).stored) {
    return because(Errc::unknown_content, "content", "no content is stored under this digest");
  }
  if (job.parts_estimate == 0 || job.parts_estimate > kMaxParts) {
    return because(Errc::limit, "parts_estimate", "a push has 1 to 32 parts");
  }
  if (job.priority > 9) return because(Errc::limit, "priority", "priorities are 0 to 9");
  if (job.sealed.size() > kMaxSealed) {
    return because(Errc::limit, "sealed", "sealed inputs have at most 64 KiB");
  }
  if (job.after_index && (job.after || *job.after_index >= index)) {
    return because(Errc::cycle, "after_index", "a job waits for one earlier job only");
  }
  if (job.after) {
    if (job.after->value > last_id_) {
      return because(Errc::cycle, "after", "a job can only wait for one that is stored already");
    }
    const Record* before = rows_->job(*job.after);
    if (before == nullptr || before->job.tenant != s.tenant) {
      return because(Errc::unknown_job, "after", "the tenant has no job of this id");
    }
    const bool ended = before->job.state == JobState::expired ||
                       before->job.state == JobState::cancelled ||
                       (over(*before) && !is_over(before->job));
    if (ended) {
      return because(Errc::unknown_job, "after", "that job was cancelled or has expired");
    }
  }
  return std::nullopt;
}

std::optional<Error> RuledStore::refuse(const step::Submit& s) {
  if (s.jobs.size() > kMaxJobs) {
    return Error(Errc::limit, "one request carries at most 10000 jobs", at_field("jobs"));
  }
  if (s.idempotency && (s.idempotency->key.empty() || s.idempotency->key.size() > kMaxName)) {
    return Error(Errc::limit, "an idempotency key has 1 to 128 octets", at_field("idempotency"));
  }
  if (s.cursor) {
    const QueueRecord* q = queue_record(s.cursor->queue, false);
    if (q == nullptr || q->info.tenant != s.tenant) {
      return Error(Errc::unknown_queue, "the tenant has no queue of this id",
                   at_field("cursor.queue"));
    }
    if (s.cursor->name.size() > kMaxName) {
      return Error(Errc::limit, "an import's name has at most 128 octets", at_field("cursor.name"));
    }
  }
  std::map<std::size_t, std::size_t> by_index;
  std::map<JobId, std::size_t> by_id;
  for (std::size_t i = 0; i < s.jobs.size(); ++i) {
    if (auto error = refuse_job(s, i)) return error;
    const NewJob& job = s.jobs[i];
    std::size_t held = 0;
    if (job.after_index) held = ++by_index[*job.after_index];
    if (job.after) {
      const auto [at, first] = by_id.try_emplace(*job.after, 0);
      if (first) at->second = rows_->followers(*job.after).size();
      held = ++at->second;
    }
    if (held > kMaxFollowers) {
      return Error(Errc::limit, "at most 32 jobs wait for the same one",
                   at_field(job_field(i, "after")));
    }
  }
  return std::nullopt;
}

StepResult RuledStore::apply(const step::Submit& s) {
  if (auto known = replay(s)) return *known;
  if (auto error = refuse(s)) {
    StepResult result = answer(Applied::refused);
    result.error = std::move(error);
    return result;
  }
  StepResult result;
  result.ids.reserve(s.jobs.size());
  for (std::size_t i = 0; i < s.jobs.size(); ++i) result.ids.push_back(JobId{next_id()});
  for (std::size_t i = 0; i < s.jobs.size(); ++i) {
    const NewJob& job = s.jobs[i];
    store_job(job, result.ids[i], job.after_index ? result.ids[*job.after_index] : job.after);
  }
  // One span per run of jobs with the same queue and deadline.
  for (std::size_t from = 0; from < s.jobs.size();) {
    std::size_t to = from + 1;
    while (to < s.jobs.size() && s.jobs[to].queue == s.jobs[from].queue &&
           s.jobs[to].deadline == s.jobs[from].deadline) {
      ++to;
    }
    Span span;
    span.time = s.jobs[from].deadline;
    span.first = span.next = result.ids[from];
    span.last = result.ids[to - 1];
    span.queue = s.jobs[from].queue;
    rows_->put_span(span);
    rows_->put_run(span.queue, span.first, span.last);
    from = to;
  }
  if (s.idempotency) {
    rows_->put_idempotency(s.tenant, s.idempotency->key,
                           {s.idempotency->request, result.ids, now_ + options_.idempotency_life});
  }
  if (s.cursor) rows_->put_cursor(*s.cursor);
  return result;
}

void RuledStore::store_job(const NewJob& job, JobId id, std::optional<JobId> after) {
  Record r{Job{.id = id,
               .tenant = job.tenant,
               .queue = job.queue,
               .group = job.group,
               .priority = job.priority,
               .recipient = job.recipient,
               .content = job.content,
               .due = job.due,
               .deadline = job.deadline,
               .parts_estimate = job.parts_estimate,
               .after = after,
               .trace = job.trace}};
  r.has_sealed = !job.sealed.empty();
  r.alone = !rows_->recipient_known(job.recipient.packed());
  QueueRecord& q = queues_.at(job.queue);
  if (q.info.state == QueueState::finished) {
    q.info.state = QueueState::running;  // more jobs make it run again
    changed_queues_[job.queue] = true;
    emit_queue(q.info);
  }
  ++q.info.counts.submitted;
  TouchedContent& content = touch_content(job.content);
  content.changed = true;
  ++content.uses.jobs;
  bool held = false;
  if (after) {
    Record* before = rows_->job(*after);
    held = before != nullptr && before->job.state != JobState::sent &&
           before->job.state != JobState::delivered && before->job.state != JobState::failed;
    if (held) {
      before->has_followers = true;
      rows_->save(*before);
      rows_->follower_add(*after, id);
    }
  }
  r.job.state = held ? JobState::held : JobState::waiting;
  count(r, r.job.state, +1);
  const ReadyKey key = ready_key(r);
  rows_->insert(std::move(r), job.sealed);
  if (!held) rows_->ready_add(key);
}

}  // namespace cpgw::queue::detail
