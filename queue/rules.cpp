#include "queue/rules.h"

#include <algorithm>

namespace cpgw::queue::detail {
namespace {

/// Ids of this store are above every tenant's singles() queue.
constexpr std::uint64_t kFirstId = std::uint64_t{1} << 33;
constexpr unsigned kNodeBits = 10;
constexpr unsigned kSequenceBits = 12;

}  // namespace

RuledStore::RuledStore(std::unique_ptr<Rows> rows, const StoreOptions& options, Loaded loaded)
    : rows_(std::move(rows)), options_(options), last_id_(std::max(loaded.last_id, kFirstId)) {
  for (QueueRecord& q : loaded.queues) {
    queue_names_[{q.info.tenant, q.info.name}] = q.info.id;
    if (q.sweep_next.value != UINT64_MAX) to_sweep_.insert(q.info.id);
    queues_.emplace(q.info.id, std::move(q));
  }
  counters_.insert(loaded.counters.begin(), loaded.counters.end());
  for (EarlyReceipt& early : loaded.early) early_.load(std::move(early));
  for (const std::uint64_t recipient : loaded.busy) ++busy_[recipient];
  for (auto& [id, name] : loaded.tenants) {
    tenants_[name] = id;
    tenant_names_[id] = name;
  }
  for (auto& [id, name] : loaded.route_groups) {
    route_groups_[name] = id;
    route_group_names_[id] = name;
  }
  published_queues_ = queues_;
  published_counters_ = counters_;
  published_early_ = early_.size();
}

Result<std::vector<std::vector<StepResult>>> RuledStore::commit(
    std::span<const std::vector<Step>> requests, WallTime now) {
  const std::lock_guard lock(commit_mutex_);
  if (auto good = usable(); !good) return fail(std::move(good).error());
  now_ = now;
  rows_->begin(now);
  std::vector<std::vector<StepResult>> results;
  results.reserve(requests.size());
  for (const std::vector<Step>& request : requests) {
    std::vector<StepResult>& answers = results.emplace_back();
    answers.reserve(request.size());
    for (const Step& step : request) {
      answers.push_back(std::visit([this](const auto& s) { return apply(s); }, step));
    }
  }
  if (auto written = finish(); !written) return fail(std::move(written).error());
  return results;
}

Result<void> RuledStore::usable() {
  const std::lock_guard lock(names_mutex_);
  if (name_failure_) fatal_ = name_failure_;
  if (fatal_) return fail(*fatal_);
  return {};
}

Result<void> RuledStore::finish() {
  settle_contents();
  for (const auto& [id, more] : changed_queues_) rows_->put_queue(queues_.at(id), !more);
  for (const TenantId id : changed_counters_) rows_->put_counter(id, counters_.at(id));
  if (last_id_changed_) rows_->put_last_id(last_id_);
  if (auto written = rows_->write(); !written) {
    fatal_ = std::move(written).error();
    return fail(*fatal_);
  }
  publish();
  return {};
}

void RuledStore::publish() {
  const std::lock_guard lock(shared_);
  for (const auto& [id, more] : changed_queues_) {
    QueueRecord& shown = published_queues_[id];
    if (more || shown.info.id != id) {
      shown = queues_.at(id);
    } else {
      const QueueRecord& q = queues_.at(id);
      shown.info.counts = q.info.counts;
      shown.info.state = q.info.state;
      shown.retired = q.retired;
      shown.sweep_next = q.sweep_next;
    }
  }
  for (const TenantId id : changed_counters_) published_counters_[id] = counters_.at(id);
  published_early_ = early_.size();
  changed_queues_.clear();
  changed_counters_.clear();
  touched_contents_.clear();
  last_id_changed_ = false;
}

Result<std::uint64_t> RuledStore::recover(WallTime now) {
  const std::lock_guard lock(commit_mutex_);
  if (auto good = usable(); !good) return fail(std::move(good).error());
  now_ = now;
  std::uint64_t recovered = 0;
  for (;;) {
    rows_->begin(now);
    const std::vector<JobId> leases = rows_->leases(1000);
    for (const JobId id : leases) {
      Record* r = rows_->job(id);
      if (r == nullptr || r->job.state != JobState::claimed) {
        rows_->lease_remove(id);
        continue;
      }
      ++recovered;
      r->job.due = now;
      if (r->composed) {
        // Something may have been written in this epoch: every part not answered is in doubt.
        const std::uint32_t all = r->job.parts >= kMaxParts ? ~0u : (1u << r->job.parts) - 1;
        r->job.in_doubt |= all & ~r->job.accepted & ~r->job.delivered;
        if (options_.hold_in_doubt) r->job.due = deadline_of(*r) + kHeld;
        charge(*r);
        emit(EventKind::in_doubt, *r);
        back_to_waiting(*r, JobState::in_doubt);
      } else {
        back_to_waiting(*r, JobState::waiting);
      }
    }
    if (auto written = finish(); !written) return fail(std::move(written).error());
    if (leases.empty()) return recovered;
  }
}

std::uint64_t RuledStore::next_id() {
  const auto since = std::max<std::int64_t>((now_ - kIdEpoch).count(), 0);
  const std::uint64_t fresh = (static_cast<std::uint64_t>(since) << (kNodeBits + kSequenceBits)) |
                              (std::uint64_t{options_.node & 0x3FFu} << kSequenceBits);
  constexpr std::uint64_t kSequence = (1u << kSequenceBits) - 1;
  if (fresh > last_id_) {
    last_id_ = fresh;
  } else if ((last_id_ & kSequence) < kSequence) {
    ++last_id_;
  } else {  // the millisecond's ids are used up: the next millisecond's
    last_id_ = (((last_id_ >> (kNodeBits + kSequenceBits)) + 1) << (kNodeBits + kSequenceBits)) |
               (std::uint64_t{options_.node & 0x3FFu} << kSequenceBits);
  }
  last_id_changed_ = true;
  return last_id_;
}

QueueRecord* RuledStore::queue_record(QueueId id, bool change) {
  const auto at = queues_.find(id);
  if (at == queues_.end()) return nullptr;
  if (change) changed_queues_[id] = true;
  return &at->second;
}

namespace {

/// The count a job of this state is in.
std::uint64_t& bucket(QueueCounts& counts, JobState state) {
  switch (state) {
    case JobState::waiting:
    case JobState::held:
    case JobState::in_doubt: return counts.waiting;
    case JobState::claimed: return counts.in_flight;
    case JobState::sent: return counts.sent;
    case JobState::delivered: return counts.delivered;
    case JobState::failed: return counts.failed;
    case JobState::expired: return counts.expired;
    case JobState::cancelled: return counts.cancelled;
  }
  return counts.failed;
}

}  // namespace

void RuledStore::count(const Record& r, JobState state, std::int64_t by) {
  const auto at = queues_.find(r.job.queue);
  if (at == queues_.end()) return;
  const bool open =
      state == JobState::waiting || state == JobState::held || state == JobState::in_doubt;
  // Waiting jobs of a cancelled queue were counted as cancelled by the tombstone.
  const bool tombstone = at->second.info.state == QueueState::cancelled && open;
  bucket(at->second.info.counts, tombstone ? JobState::cancelled : state) +=
      static_cast<std::uint64_t>(by);
  if (state == JobState::sent && !is_over(r.job)) {
    at->second.info.counts.awaiting += static_cast<std::uint64_t>(by);
  }
  changed_queues_.try_emplace(r.job.queue, false);
}

void RuledStore::emit(EventKind kind, const Record& r) {
  EventCounter& counter = counters_[r.job.tenant];
  changed_counters_.insert(r.job.tenant);
  Event event;
  event.tenant = r.job.tenant;
  event.sequence = ++counter.last;
  event.kind = kind;
  event.at = now_;
  event.queue = r.job.queue;
  event.job = r.job.id;
  event.recipient = r.job.recipient.packed();
  event.attempt = r.job.attempt;
  event.parts = r.job.parts;
  event.possible_duplicate = r.job.possible_duplicate;
  event.reason_class = r.job.reason_class;
  event.reason = r.job.reason;
  const auto q = queues_.find(r.job.queue);
  if (q != queues_.end()) event.queue_state = q->second.info.state;
  event.trace = r.job.trace;
  rows_->put_event(event);
}

void RuledStore::emit_queue(const QueueInfo& q) {
  if (q.name.empty()) return;  // single pushes are no campaign
  EventCounter& counter = counters_[q.tenant];
  changed_counters_.insert(q.tenant);
  Event event;
  event.tenant = q.tenant;
  event.sequence = ++counter.last;
  event.kind = EventKind::queue_changed;
  event.at = now_;
  event.queue = q.id;
  event.queue_state = q.state;
  rows_->put_event(event);
}

}  // namespace cpgw::queue::detail
