// A job's life: claimed, composed, accepted, back to waiting, over.
#include <algorithm>
#include <bit>

#include "queue/rules.h"

namespace cpgw::queue::detail {
namespace {

constexpr unsigned kClaimScan = 1000;  ///< rows one claim may set aside or expire
constexpr std::uint32_t kMaxClaim = 1000;
constexpr unsigned kWokenQueues = 64;  ///< queues in which one recipient's parked jobs are woken
constexpr std::size_t kDrawScan = 512;
constexpr std::uint16_t kComposerVersion = 1;

StepResult answer(Applied applied) {
  StepResult result;
  result.applied = applied;
  return result;
}

StepResult refused(Errc code, std::string message, Position at) {
  StepResult result = answer(Applied::refused);
  result.error = Error(code, std::move(message), std::move(at));
  return result;
}

std::uint32_t mask(unsigned parts) { return parts >= kMaxParts ? ~0u : (1u << parts) - 1; }

std::uint32_t parts_to_send(const Job& job) {
  const std::uint32_t all = job.parts == 0 ? ~0u : mask(job.parts);
  return all & ~job.accepted & ~job.delivered;
}

bool multi_part(const Job& job) { return job.parts_estimate > 1 || job.parts > 1; }

}  // namespace

bool RuledStore::over(const Record& r) const {
  if (is_over(r.job)) return true;
  if (r.job.state == JobState::claimed || r.job.state == JobState::sent) return false;
  const auto q = queues_.find(r.job.queue);
  return q != queues_.end() && q->second.info.state == QueueState::cancelled;
}

void RuledStore::move(Record& r, JobState to) {
  count(r, r.job.state, -1);
  const JobState from = r.job.state;
  const bool parked = r.parked;
  leave(r);
  enter(r, to);
  count(r, to, +1);
  rows_->save(r);
  const std::uint64_t recipient = r.job.recipient.packed();
  // A recipient is free again, or the one job that stood for the parked ones behind it is gone;
  // also when late answers make it sent without another claim.
  const bool gone = is_final(to) || to == JobState::sent;
  if (from == JobState::claimed || (gone && r.was_parked && !parked)) {
    wake_parked(recipient);
  }
  if (r.has_followers &&
      (to == JobState::sent || to == JobState::delivered || to == JobState::failed)) {
    release_followers(r);
  }
}

void RuledStore::set_busy(const Record& r, bool busy) {
  const std::uint64_t recipient = r.job.recipient.packed();
  if (busy) {
    ++busy_[recipient];
    return;
  }
  const auto at = busy_.find(recipient);
  if (at != busy_.end() && --at->second == 0) busy_.erase(at);
}

void RuledStore::leave(Record& r) {
  switch (r.job.state) {
    case JobState::waiting:
    case JobState::in_doubt:
      if (r.parked) {
        rows_->unpark(r.job.recipient.packed(), ready_key(r));
        r.parked = false;
      } else {
        rows_->ready_remove(ready_key(r));
      }
      break;
    case JobState::held:
      if (r.job.after) rows_->follower_remove(*r.job.after, r.job.id);
      break;
    case JobState::claimed:
      rows_->lease_remove(r.job.id);
      if (multi_part(r.job)) set_busy(r, false);
      break;
    default: break;
  }
}

WallTime RuledStore::deadline_of(const Record& r) {
  const QueueRecord* q = queue_record(r.job.queue, false);
  if (q == nullptr) return r.job.deadline;
  if (q->info.state == QueueState::draft) return WallTime::max();
  return deadline_in(r.job, q->info);
}

void RuledStore::enter(Record& r, JobState to) {
  r.job.state = to;
  switch (to) {
    case JobState::waiting:
    case JobState::in_doubt:
      rows_->ready_add(ready_key(r));
      if (deadline_of(r) <= now_) {
        // Its span may be through already: it expires by a row of its own.
        Span late;
        late.time = deadline_of(r);
        late.first = late.last = late.next = r.job.id;
        late.queue = r.job.queue;
        late.late = true;
        rows_->put_span(late);
      }
      break;
    case JobState::claimed:
      rows_->lease_add(r.job.id);
      if (multi_part(r.job)) set_busy(r, true);
      break;
    default:
      // Sent without a receipt to come keeps them to the deadline: the code of a USERPINMAC push is
      // made of them, and its user asks for it after the push.
      if (is_final(to) && r.has_sealed) {
        rows_->erase_sealed(r.job.id);
        r.has_sealed = false;
      }
      break;
  }
}

void RuledStore::release_followers(Record& r) {
  r.has_followers = false;
  rows_->save(r);
  for (const JobId id : rows_->followers(r.job.id)) {
    Record* follower = rows_->job(id);
    if (follower != nullptr && follower->job.state == JobState::held && !over(*follower)) {
      move(*follower, JobState::waiting);
    }
  }
}

void RuledStore::wake_parked(std::uint64_t recipient) {
  if (busy_.contains(recipient)) return;
  ReadyKey from{};
  for (unsigned n = 0; n < kWokenQueues; ++n) {
    const auto key = rows_->parked_from(recipient, from);
    if (!key) return;
    Record* r = rows_->job(key->id);
    rows_->unpark(recipient, *key);
    if (r != nullptr) {
      r->parked = false;
      r->was_parked = true;
      rows_->ready_add(*key);
      rows_->save(*r);
    }
    // One of each queue is enough: the next is woken when this one is over.
    from = ReadyKey{key->group, QueueId{key->queue.value + 1}, 0, WallTime::min(), JobId{0}};
  }
}

void RuledStore::charge(Record& r) {
  if (r.charged) return;
  r.charged = true;
  if (r.job.attempt < UINT8_MAX) ++r.job.attempt;
}

void RuledStore::draw_reference(Record& r) {
  if (r.draw != 0) return;
  const std::uint64_t recipient = r.job.recipient.packed();
  r.draw = 1;
  if (!r.alone) {
    std::uint32_t drawn = 1;  // the first job's, which needs no row of its own
    for (const auto& row : rows_->recipient_rows(recipient, kDrawScan)) {
      drawn = std::max(drawn, row.draw);
    }
    r.draw = drawn + 1;
    rows_->set_draw(recipient, r.job.id, r.draw);
  }
  // Recipients start at different places, each goes up by one.
  const auto start = static_cast<std::uint32_t>((recipient * 0x9E3779B97F4A7C15u) >> 56);
  r.job.drawn.reference = static_cast<std::uint16_t>((start + r.draw) & 0xFF);
  r.job.drawn.transaction_id = static_cast<std::uint8_t>(r.job.drawn.reference);
  r.job.drawn.composer_version = kComposerVersion;
}

Claimed RuledStore::hand_out(Record& r) {
  draw_reference(r);
  ++r.job.epoch;
  r.composed = false;
  r.charged = false;
  const std::uint32_t to_send = parts_to_send(r.job);
  const std::uint32_t again = r.job.in_doubt & to_send;
  if (again != 0) {
    r.job.possible_duplicate = true;
    queues_.at(r.job.queue).info.counts.resent_parts +=
        static_cast<std::uint64_t>(std::popcount(again));
    emit(EventKind::resent, r);
  }
  move(r, JobState::claimed);
  Claimed claimed{{r.job.id, r.job.epoch}, r.job, {}, to_send};
  claimed.job.deadline = deadline_of(r);
  if (r.has_sealed) claimed.sealed = rows_->sealed_now(r.job.id);
  return claimed;
}

StepResult RuledStore::apply(const step::Claim& s) {
  const QueueRecord* q = queue_record(s.queue, false);
  if (q == nullptr) {
    return refused(Errc::unknown_queue, "no queue has this id", at_field("queue"));
  }
  StepResult result;
  if (q->info.state != QueueState::running) return result;
  const std::uint32_t most = std::min(s.max_jobs, kMaxClaim);
  std::uint32_t parts = 0;
  for (unsigned aside = 0; result.claimed.size() < most && aside < kClaimScan;) {
    const auto id = rows_->ready_first(s.group, s.queue, now_);
    if (!id) break;
    Record* r = rows_->job(*id);
    if (r == nullptr) break;  // the failed read is reported by write()
    if (s.expire && deadline_of(*r) <= now_) {
      move(*r, JobState::expired);
      emit(EventKind::expired, *r);
      ++aside;
      continue;
    }
    if (multi_part(r->job) && busy_.contains(r->job.recipient.packed())) {
      const ReadyKey key = ready_key(*r);
      rows_->ready_remove(key);
      rows_->park(r->job.recipient.packed(), key);
      r->parked = true;
      rows_->save(*r);
      ++aside;
      continue;
    }
    const std::uint32_t takes =
        r->job.parts == 0 ? r->job.parts_estimate
                          : static_cast<std::uint32_t>(std::popcount(parts_to_send(r->job)));
    if (!result.claimed.empty() && parts + takes > s.max_parts) break;
    parts += takes;
    result.claimed.push_back(hand_out(*r));
  }
  return result;
}

RuledStore::Held RuledStore::holder(const Fence& fence) {
  Record* r = rows_->job(fence.id);
  if (r == nullptr) return {nullptr, Applied::unknown_job};
  if (over(*r)) return {nullptr, Applied::final};
  if (r->job.state != JobState::claimed || r->job.epoch != fence.epoch) {
    return {nullptr, Applied::fenced};
  }
  return {r, Applied::applied};
}

StepResult RuledStore::apply(const step::Composed& s) {
  const auto [r, refusal] = holder(s.fence);
  if (r == nullptr) return answer(refusal);
  if (s.parts == 0 || s.parts > kMaxParts) {
    return refused(Errc::limit, "a push has 1 to 32 parts", at_field("parts"));
  }
  if (r->composed && r->job.parts == s.parts && r->job.push_digest == s.push_digest) {
    return answer(Applied::duplicate);
  }
  const bool some_out = (r->job.accepted | r->job.in_doubt) != 0;
  if (some_out && r->job.parts != 0 &&
      (r->job.parts != s.parts || r->job.push_digest != s.push_digest)) {
    return answer(Applied::conflict);  // parts of two different pushes never mix at one phone
  }
  if ((r->job.accepted & ~mask(s.parts)) != 0) return answer(Applied::conflict);
  const bool was_multi = multi_part(r->job);
  r->job.parts = s.parts;
  r->job.push_digest = s.push_digest;
  r->job.in_doubt &= mask(s.parts);
  r->composed = true;
  if (was_multi != multi_part(r->job)) set_busy(*r, !was_multi);
  rows_->save(*r);
  complete(*r);
  return {};
}

void RuledStore::complete(Record& r) {
  const std::uint32_t all = mask(r.job.parts);
  if (r.job.parts == 0 || is_final(r.job.state)) return;
  if (r.job.state != JobState::sent && (r.job.accepted & all) == all) {
    move(r, JobState::sent);
    emit(EventKind::sent, r);
  }
  const std::uint32_t awaited = all & ~r.job.no_receipt;
  if (r.job.state == JobState::sent && awaited != 0 && (r.job.delivered & awaited) == awaited) {
    move(r, JobState::delivered);
    emit(EventKind::delivered, r);
  }
}

StepResult RuledStore::apply(const step::PartAccepted& s) {
  Record* r = rows_->job(s.fence.id);
  if (r == nullptr) return answer(Applied::unknown_job);
  if (s.part >= kMaxParts || (r->job.parts != 0 && s.part >= r->job.parts)) {
    return refused(Errc::limit, "the push has fewer parts", at_field("part"));
  }
  if (over(*r)) return answer(Applied::final);
  const std::uint32_t bit = 1u << s.part;
  if ((r->job.accepted & bit) != 0 && s.fence.epoch <= r->job.epoch) {
    // A second answer, of a resend or of the first sending: its id may be the one a receipt names.
    index_part(*r, s.part, s.account, s.id);
    consume_early(*r, s.part, s.account, s.id);
    return answer(Applied::duplicate);
  }
  const bool current = r->job.state == JobState::claimed && r->job.epoch == s.fence.epoch;
  // An answer after its timeout still counts: then the part need not be sent again.
  const bool late = s.fence.epoch <= r->job.epoch && (r->job.in_doubt & bit) != 0;
  if (!current && !late) return answer(Applied::fenced);
  if (current) charge(*r);
  r->job.accepted |= bit;
  r->job.in_doubt &= ~bit;
  if (!s.receipt_expected) r->job.no_receipt |= bit;
  rows_->save(*r);
  // A receipt nobody asked for is this part's all the same, not another push's.
  index_part(*r, s.part, s.account, s.id);
  complete(*r);
  consume_early(*r, s.part, s.account, s.id);
  return {};
}

void RuledStore::back_to_waiting(Record& r, JobState state) {
  const auto q = queues_.find(r.job.queue);
  if (q != queues_.end() && q->second.info.state == QueueState::cancelled) {
    move(r, JobState::cancelled);
    emit(EventKind::cancelled, r);
    return;
  }
  move(r, state);
}

StepResult RuledStore::apply(const step::Retry& s) {
  const auto [r, refusal] = holder(s.fence);
  if (r == nullptr) return answer(refusal);
  if (s.charge) charge(*r);
  r->job.reason_class = s.why;
  r->job.reason = s.code;
  r->job.due = s.due;
  if (s.charge) emit(EventKind::retry, *r);
  back_to_waiting(*r, JobState::waiting);
  return {};
}

StepResult RuledStore::apply(const step::Release& s) {
  const auto [r, refusal] = holder(s.fence);
  if (r == nullptr) return answer(refusal);
  back_to_waiting(*r, JobState::waiting);
  return {};
}

StepResult RuledStore::apply(const step::Fail& s) {
  const auto [r, refusal] = holder(s.fence);
  if (r == nullptr) return answer(refusal);
  charge(*r);
  r->job.reason_class = s.why;
  r->job.reason = s.code;
  move(*r, JobState::failed);
  emit(EventKind::failed, *r);
  return {};
}

StepResult RuledStore::apply(const step::InDoubt& s) {
  const auto [r, refusal] = holder(s.fence);
  if (r == nullptr) return answer(refusal);
  const std::uint32_t parts = s.parts & parts_to_send(r->job);
  charge(*r);
  r->job.in_doubt |= parts;
  r->job.reason_class = OutcomeClass::unknown;
  r->job.due = s.due;
  if (parts != 0) emit(EventKind::in_doubt, *r);
  back_to_waiting(*r, parts != 0 ? JobState::in_doubt : JobState::waiting);
  return {};
}

StepResult RuledStore::apply(const step::CancelJob& s) {
  Record* r = rows_->job(s.id);
  if (r == nullptr) return answer(Applied::unknown_job);
  if (r->job.state == JobState::cancelled) return answer(Applied::duplicate);
  if (over(*r) || r->job.state == JobState::sent) return answer(Applied::final);
  if (r->job.state == JobState::claimed) return answer(Applied::fenced);
  move(*r, JobState::cancelled);
  emit(EventKind::cancelled, *r);
  return {};
}

StepResult RuledStore::apply(const step::Expire& s) {
  Record* r = rows_->job(s.id);
  if (r == nullptr) return answer(Applied::unknown_job);
  if (r->job.state == JobState::expired) return answer(Applied::duplicate);
  if (over(*r) || r->job.state == JobState::sent) return answer(Applied::final);
  if (deadline_of(*r) > now_) return answer(Applied::not_due);
  if (r->job.state == JobState::claimed) return answer(Applied::fenced);
  move(*r, JobState::expired);
  emit(EventKind::expired, *r);
  return {};
}

}  // namespace cpgw::queue::detail
