// Housekeeping in bounded pieces.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {

StepResult RuledStore::apply(const step::Sweep& s) {
  std::uint32_t left = s.max_records;
  sweep_cancelled(left);
  if (s.expire) sweep_deadlines(left);
  sweep_early(left);
  // What retention forgets depends on the clock as much as what expires.
  if (s.expire) sweep_retention(left);
  if (s.expire) sweep_unused(left);
  if (left > 0) left -= std::min(left, rows_->sweep_idempotency(left));
  sweep_events(left);
  StepResult result;
  result.swept = s.max_records - left;
  return result;
}

void RuledStore::sweep_cancelled(std::uint32_t& left) {
  while (left > 0 && !to_sweep_.empty()) {
    QueueRecord& q = *queue_record(*to_sweep_.begin(), true);
    Record* r = rows_->next_of_queue(q.info.id, q.sweep_next);
    --left;
    if (r == nullptr) {
      q.sweep_next = JobId{UINT64_MAX};
      to_sweep_.erase(to_sweep_.begin());
      continue;
    }
    q.sweep_next = JobId{r->job.id.value + 1};
    if (over(*r) && !is_over(r->job)) {
      move(*r, JobState::cancelled);
      emit(EventKind::cancelled, *r);
    }
  }
}

void RuledStore::sweep_deadlines(std::uint32_t& left) {
  while (left > 0) {
    auto span = rows_->first_span(Span::Stage::deadline);
    if (!span || span->time > now_) return;
    while (left > 0) {
      Record* r = rows_->next_job(span->next, span->last);
      --left;
      if (r == nullptr) {
        rows_->erase_span(*span);
        if (!span->late) {
          span->stage = Span::Stage::retention;
          span->next = span->first;
          rows_->put_span(*span);
        }
        span.reset();
        break;
      }
      span->next = JobId{r->job.id.value + 1};
      const bool sent = r->job.state == JobState::sent;
      if ((over(*r) && !sent) || r->job.state == JobState::claimed) continue;
      if (const WallTime real = deadline_of(*r); real > now_) {
        // Stored in a draft: the whole span is looked at again, for a draft within the hour.
        rows_->erase_span(*span);
        span->time = std::min(real, now_ + std::chrono::hours(1));
        span->next = r->job.id;
        rows_->put_span(*span);
        span.reset();
        break;
      }
      if (sent) {
        if (r->has_sealed) {  // nothing of it is sent again: the secrets have served
          rows_->erase_sealed(r->job.id);
          r->has_sealed = false;
          rows_->save(*r);
        }
        continue;
      }
      move(*r, JobState::expired);
      emit(EventKind::expired, *r);
    }
    if (span) rows_->put_span(*span);
  }
}

void RuledStore::sweep_early(std::uint32_t& left) {
  while (left > 0) {
    const EarlyReceipt* oldest = early_.oldest();
    if (oldest == nullptr || oldest->stored + options_.receipt_patience > now_) return;
    const std::uint64_t number = oldest->number;
    early_.erase(number);
    rows_->erase_early(number);
    --left;
  }
}

void RuledStore::put_retention_span(WallTime time, JobId first, JobId last, QueueId queue) {
  Span span;
  span.stage = Span::Stage::retention;
  span.time = time;
  span.first = span.next = first;
  span.last = last;
  span.queue = queue;
  rows_->put_span(span);
  rows_->put_run(queue, first, last);
}

void RuledStore::sweep_retention(std::uint32_t& left) {
  while (left > 0) {
    auto span = rows_->first_span(Span::Stage::retention);
    if (!span || span->time + options_.retention >= now_) return;
    while (left > 0) {
      Record* r = rows_->next_job(span->next, span->last);
      --left;
      if (r == nullptr) {
        rows_->erase_span(*span);
        rows_->erase_run(span->queue, span->first, span->last);
        span.reset();
        break;
      }
      span->next = JobId{r->job.id.value + 1};
      if (is_final(r->job.state) || r->job.state == JobState::sent) {
        if (QueueRecord* q = queue_record(r->job.queue, false)) {
          ++q->retired;
          if (!is_over(r->job)) --q->info.counts.awaiting;
          changed_queues_.try_emplace(r->job.queue, false);
        }
        TouchedContent& content = touch_content(r->job.content);
        if (content.uses.jobs > 0) --content.uses.jobs;
        content.changed = true;
        rows_->erase(*r);
        continue;
      }
      // Not over yet: it gets another term with rows of its own; those before it are gone.
      rows_->erase_span(*span);
      rows_->erase_run(span->queue, span->first, span->last);
      put_retention_span(now_, r->job.id, r->job.id, span->queue);
      if (span->next <= span->last) {
        put_retention_span(span->time, span->next, span->last, span->queue);
      }
      span.reset();
      break;
    }
    if (span) rows_->put_span(*span);
  }
}

void RuledStore::sweep_events(std::uint32_t& left) {
  for (auto& [tenant, counter] : counters_) {
    if (left == 0) return;
    const std::uint64_t from = counter.first_kept;
    std::uint64_t first = from;
    if (counter.last > options_.events_kept) {
      first = std::max(first, counter.last - options_.events_kept + 1);
    }
    first = std::min(first, from + left);
    while (first <= counter.last && first - from < left) {
      const auto event = rows_->event(tenant, first);
      if (!event || event->at + options_.retention >= now_) break;
      ++first;
    }
    if (first == from) continue;
    rows_->trim_events(tenant, from, first);
    left -= static_cast<std::uint32_t>(first - from);
    counter.first_kept = first;
    changed_counters_.insert(tenant);
  }
}

}  // namespace cpgw::queue::detail
