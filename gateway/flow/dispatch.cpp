// From the store to the carrier: claim in turns, compose, make it durable, hand over.
#include <algorithm>
#include <bit>
#include <boost/asio/post.hpp>

#include "gateway/flow/flow_impl.h"
#include "gateway/flow/reasons.h"

namespace cpgw::gateway::flow {
namespace {

/// While there are turns left the store is not asked more often than this.
constexpr std::chrono::milliseconds kLookPause{5};
constexpr std::chrono::minutes kSafetyPause{1};
/// Queues claimed from in one commit.
constexpr std::size_t kMostTurns = 8;

constexpr std::uint32_t all_parts(std::size_t count) {
  return count >= 32 ? ~0u : (std::uint32_t{1} << count) - 1;
}
std::uint32_t count_of(std::uint32_t bitmap) {
  return static_cast<std::uint32_t>(std::popcount(bitmap));
}

}  // namespace

void Flow::Impl::pump_soon() {
  if (pump_posted || dead || !running) return;
  pump_posted = true;
  boost::asio::post(reactor, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->pump_posted = false;
      self->pump();
    }
  });
}

void Flow::Impl::pump() {
  if (dead || !running || stopping) return;
  for (const auto& road : roads) {
    if (road->closing || !road->started) continue;
    submit_ready(*road);
    compose_ahead(*road);
    claim(*road);
    if (dead) return;
  }
}

void Flow::Impl::look(WallTime at) {
  if (!dirty) return;
  dirty = false;
  looked = clock.steady();
  const std::vector<queue::ReadyQueue> work = store.ready_queues();
  scheduler.update(work);
  stranded.clear();
  for (const queue::ReadyQueue& q : work) {
    if (q.next_due > at) continue;
    const std::string name = store.route_group_name(q.group);
    if (road(name) == nullptr && std::ranges::find(stranded, name) == stranded.end()) {
      stranded.push_back(name);
    }
  }
}

void Flow::Impl::arm_due(WallTime at) {
  std::optional<WallTime> next;
  for (const auto& road : roads) {
    if (road->closing || road->claiming) continue;
    const auto due = scheduler.next_due(road->group);
    if (due && (!next || *due < *next)) next = due;
  }
  if (!next || *next <= at) return;
  if (*next - at <= kTickPause) look_again(*next - at);  // the tick looks anyhow
}

void Flow::Impl::look_again(std::chrono::milliseconds pause) {
  if (stopping) return;
  due_timer.expires_after(pause);
  due_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || self == nullptr) return;
    self->dirty = true;
    self->pump();
  });
}

void Flow::Impl::claim(Road& road) {
  // Full with our own parts is as good as ready; anything else may last.
  if (road.claiming || (road.carrier->ready_parts() == 0 && road.on_wire == 0)) return;
  const std::uint32_t window = road.window();
  std::uint32_t room = window > road.waiting_parts ? window - road.waiting_parts : 0;
  // A claim takes one push even when it is larger than asked: so ask only when the largest fits.
  if (room < road.largest && road.waiting_parts > 0) return;
  if (road.waiting_parts == 0) room = std::max(room, 1u);

  const WallTime at = now();
  if (dirty && clock.steady() - looked >= kLookPause) look(at);
  std::vector<queue::FairScheduler::Turn> turns;
  std::vector<queue::Step> steps;
  while (room > 0 && turns.size() < kMostTurns && (turns.empty() || room >= road.largest)) {
    auto turn = scheduler.next(road.group, room, at);
    if (!turn && turns.empty() && dirty) {
      look(at);
      turn = scheduler.next(road.group, room, at);
    }
    if (!turn) break;
    room -= std::min(room, turn->parts);
    steps.emplace_back(queue::step::Claim{.group = turn->group,
                                          .queue = turn->queue,
                                          .max_jobs = turn->parts,
                                          .max_parts = turn->parts,
                                          .expire = !expiry_held});
    turns.push_back(*turn);
  }
  if (turns.empty()) {
    arm_due(at);
    return;
  }
  road.claiming = true;
  ++road.requests;
  commit(std::move(steps),
         [this, id = road.id, turns = std::move(turns)](std::vector<queue::StepResult>& results) {
           claimed(id, turns, results);
         });
}

void Flow::Impl::claimed(std::uint64_t road_id,
                         const std::vector<queue::FairScheduler::Turn>& turns,
                         std::vector<queue::StepResult>& results) {
  Road* const road = this->road(road_id);
  if (road == nullptr) return;  // a carrier is forgotten only after its requests: cannot be
  road->claiming = false;
  --road->requests;
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    std::uint32_t parts = 0;
    for (queue::Claimed& one : results[i].claimed) {
      ++stats.claimed;
      Sending sending{.claimed = std::move(one), .parts = {}};
      const queue::Job& job = sending.claimed.job;
      sending.estimate = std::max(1u, job.parts == 0 ? std::uint32_t{job.parts_estimate}
                                                     : count_of(sending.claimed.parts_to_send));
      parts += sending.estimate;
      largest = std::max(largest, sending.estimate);
      road->ahead.push_back(std::move(sending));
    }
    road->waiting_parts += parts;
    scheduler.spent(turns[i], parts);
  }
  if (largest == 0) {
    look_again(empty_claim_pause);
    empty_claim_pause = std::min<std::chrono::milliseconds>(2 * empty_claim_pause, kTickPause);
  } else {
    road->largest = largest;
    empty_claim_pause = kFirstEmptyClaimPause;
  }
  if (road->closing || stopping) {
    release_unsent(*road, "the carrier is being stopped");
    check_closed(road_id);
    return;
  }
  // This carrier's next steps at once; what became free for others waits for the next turn.
  compose_ahead(*road);
  pump_soon();
}

void Flow::Impl::fail(Road& road, const queue::Fence& fence, OwnReason reason) {
  ++stats.failed;
  ++road.requests;
  settle(queue::step::Fail{.fence = fence,
                           .why = OutcomeClass::configuration,
                           .code = static_cast<std::uint16_t>(reason)},
         [this, id = road.id](const queue::StepResult&) { returned(id, 0); });
}

std::optional<OwnReason> Flow::Impl::compose(Sending& sending) {
  const queue::Job& job = sending.claimed.job;
  const auto refuse = [&](OwnReason reason, const Error& error) {
    job_line(LogLevel::error, "push-not-composed", "The push cannot be made and fails", job,
             std::string(to_string(reason)) + ": " + to_string(error));
    return reason;
  };
  auto content = contents.get(job.content);
  if (!content) return refuse(OwnReason::content_unreadable, content.error());

  SealedInputs inputs;
  if (!sending.claimed.sealed.empty()) {
    const std::string tenant = store.tenant_name(job.tenant);
    const std::string owner = seal_owner(job.recipient, job.content);
    auto plain =
        sealer.open(sending.claimed.sealed, {.tenant = tenant, .owner = owner, .field = "job"});
    if (!plain) return refuse(OwnReason::inputs_unreadable, plain.error());
    auto read = read_sealed(plain->expose());
    if (!read) return refuse(OwnReason::inputs_unreadable, read.error());
    inputs = *std::move(read);
  }
  if (auto done = composer.compose(**content, inputs, job.drawn, scratch); !done) {
    return refuse(OwnReason::cannot_compose, done.error());
  }
  sending.to_send = sending.claimed.parts_to_send & all_parts(scratch.parts.size());
  const bool differs = job.parts != 0 && (job.parts != scratch.parts.size() ||
                                          job.push_digest != scratch.push_digest);
  if ((differs && (job.accepted | job.delivered | job.in_doubt) != 0) || sending.to_send == 0) {
    return refuse(
        OwnReason::composed_differently,
        Error(Errc::wrong_state, "parts of an earlier form of this push were accepted already"));
  }
  sending.parts.assign(scratch.parts.begin(), scratch.parts.end());
  ++stats.composed;
  return std::nullopt;
}

void Flow::Impl::compose_ahead(Road& road) {
  const std::uint32_t limit = 2 * road.window();
  auto batch = std::make_shared<std::vector<Sending>>();
  std::vector<queue::Step> steps;
  while (!road.ahead.empty()) {
    Sending& next = road.ahead.front();
    if (road.credits_used > 0 && road.credits_used + next.estimate > limit) break;
    if (const auto failed = compose(next)) {
      road.waiting_parts -= next.estimate;
      fail(road, next.claimed.fence, *failed);
    } else {
      next.credits = count_of(next.to_send);
      road.credits_used += next.credits;
      steps.emplace_back(
          queue::step::Composed{.fence = next.claimed.fence,
                                .parts = static_cast<std::uint8_t>(next.parts.size()),
                                .push_digest = scratch.push_digest});
      batch->push_back(std::move(next));
    }
    road.ahead.pop_front();
  }
  if (batch->empty()) return;
  ++road.requests;
  commit(std::move(steps), [this, id = road.id, batch](std::vector<queue::StepResult>& results) {
    composed(id, *batch, results);
  });
}

void Flow::Impl::composed(std::uint64_t road_id, std::vector<Sending>& batch,
                          const std::vector<queue::StepResult>& results) {
  Road* const road = this->road(road_id);
  if (road == nullptr) return;
  --road->requests;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const queue::Job& job = batch[i].claimed.job;
    const queue::Applied applied = results[i].applied;
    if (applied == queue::Applied::applied || applied == queue::Applied::duplicate) {
      road->ready.push_back(std::move(batch[i]));
      continue;
    }
    if (applied == queue::Applied::conflict || applied == queue::Applied::refused) {
      const OwnReason reason = applied == queue::Applied::conflict ? OwnReason::composed_differently
                                                                   : OwnReason::cannot_compose;
      job_line(LogLevel::error, "push-not-composed", "The push cannot be made and fails", job,
               std::string(to_string(reason)));
      fail(*road, batch[i].claimed.fence, reason);
    } else {
      // Cancelled or expired since the claim: nothing of it was written.
      job_line(LogLevel::info, "push-dropped", "The job changed before its push was handed over",
               job);
    }
    road->waiting_parts -= batch[i].estimate;
    road->credits_used -= batch[i].credits;
  }
  if (road->closing || stopping) {
    release_unsent(*road, "the carrier is being stopped");
    check_closed(road_id);
    return;
  }
  submit_ready(*road);
  pump_soon();
}

bool Flow::Impl::refresh(Road& road, Sending& sending) {
  // Only a push that was sent before can have changed: by a late answer or a receipt.
  if (sending.claimed.job.parts == 0) return true;
  const auto job = store.job(sending.claimed.fence.id);
  std::uint32_t left = 0;
  if (job && job->state == queue::JobState::claimed && job->epoch == sending.claimed.fence.epoch) {
    left = sending.to_send & ~(job->accepted | job->delivered);
  }
  const std::uint32_t gone = count_of(sending.to_send) - count_of(left);
  road.credits_used -= gone;
  sending.credits -= gone;
  sending.to_send = left;
  if (left == 0) road.waiting_parts -= sending.estimate;
  return left != 0;
}

void Flow::Impl::submit_ready(Road& road) {
  bool took = false;
  while (!road.ready.empty()) {
    Sending& next = road.ready.front();
    const WallTime at = now();
    if (!expiry_held && next.claimed.job.deadline <= at) {
      release(road, next);  // the store expires it
      road.ready.pop_front();
      continue;
    }
    if (const auto& only = settings.only_to;
        !only.empty() && std::ranges::find(only, next.claimed.job.recipient) == only.end()) {
      hold_back(road, next, at);
      road.ready.pop_front();
      continue;
    }
    const std::uint32_t room = road.carrier->ready_parts();
    if (room == 0) break;
    if (!refresh(road, next)) {
      road.ready.pop_front();
      continue;
    }
    const std::uint32_t parts = count_of(next.to_send);
    // A push larger than the window goes when nothing else is under way.
    if (room < parts && road.on_wire > 0) break;
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(next.claimed.job.deadline - at);
    const std::uint64_t token = next_token++;
    const carriers::Push push{
        .token = token,
        .recipient = next.claimed.job.recipient,
        .parts = next.parts,
        .to_send = next.to_send,
        .user_reference = queue::user_reference(next.claimed.job.id, 0),
        .validity = std::max(left, std::chrono::seconds(1)),
    };
    if (!road.carrier->submit(push)) break;
    took = true;
    stats.parts_submitted += parts;
    stats.parts_resent += count_of(next.to_send & next.claimed.job.in_doubt);
    if (log.enabled(LogLevel::debug)) {
      job_line(LogLevel::debug, "push-submitted", "The push is with the carrier", next.claimed.job,
               road.name + ", " + std::to_string(parts) + " parts");
    }
    road.waiting_parts -= next.estimate;
    road.on_wire += parts;
    const Attempt attempt(next.to_send);
    road.in_flight.emplace(token, InFlight{std::move(next), attempt});
    road.ready.pop_front();
  }
  if (took || (road.ready.empty() && road.ahead.empty())) {
    road.stalled_since.reset();
  } else if (!road.stalled_since) {
    road.stalled_since = clock.steady();
  }
}

void Flow::Impl::release(Road& road, const Sending& sending) {
  road.waiting_parts -= sending.estimate;
  ++road.requests;
  settle(queue::step::Release{sending.claimed.fence},
         [this, id = road.id, credits = sending.credits](const queue::StepResult&) {
           returned(id, credits);
         });
}

/// [safety] only_to was narrowed after this push was accepted: it waits, uncharged, until that is
/// lifted or its deadline comes.
void Flow::Impl::hold_back(Road& road, const Sending& sending, WallTime at) {
  road.waiting_parts -= sending.estimate;
  ++road.requests;
  settle(queue::step::Retry{.fence = sending.claimed.fence,
                            .due = at + kSafetyPause,
                            .why = OutcomeClass::configuration,
                            .code = static_cast<std::uint16_t>(OwnReason::held_by_safety),
                            .charge = false},
         [this, id = road.id, credits = sending.credits](const queue::StepResult&) {
           returned(id, credits);
         });
}

void Flow::Impl::release_unsent(Road& road, std::string_view why) {
  if (road.ahead.empty() && road.ready.empty()) return;
  log.write(LogLevel::info, "claims-released", "Claimed pushes go back unsent",
            {{"carrier", road.name},
             {"pushes", std::to_string(road.ahead.size() + road.ready.size())},
             {"why", std::string(why)}});
  for (std::deque<Sending>* list : {&road.ahead, &road.ready}) {
    for (const Sending& sending : *list) release(road, sending);
    list->clear();
  }
  road.stalled_since.reset();
}

}  // namespace cpgw::gateway::flow
