// From the carrier to the store: outcomes and receipts become steps, and their effects wait until
// they are durable.
#include <algorithm>
#include <bit>
#include <boost/asio/post.hpp>

#include "gateway/flow/flow_impl.h"

namespace cpgw::gateway::flow {
namespace {

/// The link slows down by itself; the push only steps aside.
constexpr std::chrono::seconds kThrottledPause{1};
constexpr std::size_t kDoubtsKept = 8192;
constexpr std::size_t kCountedKept = 8192;

queue::ReceiptState state_of(carriers::DeliveryState state) {
  switch (state) {
    case carriers::DeliveryState::pending: return queue::ReceiptState::pending;
    case carriers::DeliveryState::delivered: return queue::ReceiptState::delivered;
    case carriers::DeliveryState::failed: return queue::ReceiptState::failed;
  }
  return queue::ReceiptState::pending;
}

/// The gateway's delays where the carrier has none of its own. Read anew each time: both may have
/// been reloaded.
queue::RetryPolicy retry_policy(const FlowSettings& settings, const carriers::Carrier& carrier) {
  queue::RetryPolicy policy = settings.retry;
  const carriers::RetryDelays own = carrier.retry_delays();
  if (own.first) policy.first = *own.first;
  if (own.most) policy.most = *own.most;
  // One alone moves the other out of its way.
  if (own.first) policy.most = std::max(policy.most, policy.first);
  policy.first = std::min(policy.first, policy.most);
  return policy;
}

}  // namespace

void Flow::Impl::commit(std::vector<queue::Step> steps,
                        std::function<void(std::vector<queue::StepResult>&)> then) {
  if (dead) return;
  ++requests_open;
  const bool taken = committer.commit(queue::Lane::settle, std::move(steps),
                                      [weak = weak_from_this(), then = std::move(then)](
                                          Result<std::vector<queue::StepResult>> results) {
                                        const auto self = weak.lock();
                                        if (self == nullptr) return;
                                        --self->requests_open;
                                        if (self->dead) return;
                                        if (!results) {
                                          self->store_failed(results.error());
                                          return;
                                        }
                                        then(*results);
                                        self->check_stopped();
                                      });
  if (!taken) {
    --requests_open;
    store_failed(Error(Errc::stopping, "the store takes no more steps"));
  }
}

void Flow::Impl::settle(queue::Step step, Settled then) {
  if (dead) return;
  settling.push_back({std::move(step), std::move(then)});
  if (flush_posted) return;
  flush_posted = true;
  // All that one turn of the reactor brings becomes one request.
  boost::asio::post(reactor, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->flush_posted = false;
      self->flush();
    }
  });
}

void Flow::Impl::flush() {
  if (settling.empty()) return;
  std::vector<queue::Step> steps;
  std::vector<Settled> then;
  steps.reserve(settling.size());
  then.reserve(settling.size());
  for (Settling& one : settling) {
    steps.push_back(std::move(one.step));
    then.push_back(std::move(one.then));
  }
  settling.clear();
  commit(std::move(steps), [then = std::move(then)](std::vector<queue::StepResult>& results) {
    for (std::size_t i = 0; i < then.size(); ++i) then[i](results[i]);
  });
}

void Flow::Impl::returned(std::uint64_t road_id, std::uint32_t credits) {
  if (Road* const road = this->road(road_id)) {
    --road->requests;
    road->credits_used -= credits;
    dirty = true;  // a push to be sent again, or a recipient free for the next one
    pump_soon();
    check_closed(road_id);
  }
}

void Flow::Impl::outcome(const std::string& carrier, const carriers::Outcome& outcome) {
  if (dead) return;
  for (const auto& road : roads) {
    if (road->name != carrier) continue;
    const auto found = road->in_flight.find(outcome.token);
    if (found == road->in_flight.end()) continue;
    InFlight& flight = found->second;
    const Attempt::Taken taken = flight.attempt.take(outcome);
    if (taken == Attempt::Taken::ignored) return;
    if (taken == Attempt::Taken::first) {
      --road->on_wire;
      if (outcome.outcome == OutcomeClass::unknown) {
        ++stats.parts_unanswered;
      } else if (outcome.outcome != OutcomeClass::accepted) {
        ++stats.parts_refused;
      }
    }
    if (outcome.outcome == OutcomeClass::accepted) accepted(*road, flight, outcome);
    if (flight.attempt.complete()) decide(*road, outcome.token);
    return;
  }
  late_outcome(outcome);
}

void Flow::Impl::accepted(Road& road, InFlight& flight, const carriers::Outcome& outcome) {
  ++stats.parts_accepted;
  --flight.sending.credits;
  ++road.requests;
  settle(queue::step::PartAccepted{.fence = flight.sending.claimed.fence,
                                   .part = outcome.part,
                                   .account = road.carrier->account(),
                                   .id = outcome.id,
                                   .receipt_expected = outcome.receipt_to_come},
         [this, id = road.id](const queue::StepResult&) { returned(id, 1); });
}

void Flow::Impl::late_outcome(const carriers::Outcome& outcome) {
  const auto found = doubts.find(outcome.token);
  if (found == doubts.end() || outcome.outcome != OutcomeClass::accepted ||
      outcome.part >= queue::kMaxParts ||
      (found->second.parts & (std::uint32_t{1} << outcome.part)) == 0) {
    return;
  }
  Doubt& doubt = found->second;
  doubt.parts &= ~(std::uint32_t{1} << outcome.part);
  ++stats.parts_accepted;
  settle(queue::step::PartAccepted{.fence = doubt.fence,
                                   .part = outcome.part,
                                   .account = doubt.account,
                                   .id = outcome.id,
                                   .receipt_expected = outcome.receipt_to_come},
         [this, fence = doubt.fence, trace = doubt.trace](const queue::StepResult& result) {
           const bool in_time = result.applied == queue::Applied::applied;
           log.write(LogLevel::info, "answer-late",
                     in_time ? "A part in doubt was accepted after all"
                             : "A part in doubt was accepted after it had been sent again",
                     {{"job", std::to_string(fence.id.value)}, {"trace_id", trace_text(trace)}});
           dirty = true;
           pump_soon();
         });
}

void Flow::Impl::decide(Road& road, std::uint64_t token) {
  const auto found = road.in_flight.find(token);
  const InFlight& flight = found->second;
  const Verdict verdict = flight.attempt.verdict();
  const queue::Job& job = flight.sending.claimed.job;
  const queue::Fence fence = flight.sending.claimed.fence;
  const unsigned attempt = job.attempt + 1u;
  const WallTime at = now();
  const auto detail = [&] {
    return road.name + ", " + std::string(to_string(verdict.why)) + " " +
           std::to_string(verdict.code) + ", " +
           std::to_string(std::popcount(flight.attempt.accepted())) + " of " +
           std::to_string(std::popcount(flight.attempt.to_send())) + " parts accepted";
  };

  std::optional<queue::Step> step;
  switch (verdict.kind) {
    case Verdict::Kind::sent:
      if (log.enabled(LogLevel::info)) {
        job_line(LogLevel::info, "push-sent", "The operator took every part", job, detail());
      }
      break;
    case Verdict::Kind::release:
      job_line(LogLevel::info, "push-released", "The link went away; the push goes back unsent",
               job, detail());
      step = queue::step::Release{fence};
      break;
    case Verdict::Kind::retry: {
      WallTime due = at;
      if (verdict.why == OutcomeClass::temporary)
        due += retry_policy(settings, *road.carrier).delay(attempt, random);
      if (verdict.why == OutcomeClass::throttled) due += kThrottledPause;
      job_line(LogLevel::info, "push-retry", "The push will be sent again", job, detail());
      step = queue::step::Retry{.fence = fence,
                                .due = due,
                                .why = verdict.why,
                                .code = verdict.code,
                                .charge = verdict.charge};
      break;
    }
    case Verdict::Kind::fail:
      ++stats.failed;
      job_line(LogLevel::warning, "push-failed", "The operator refuses the push for good", job,
               detail());
      step = queue::step::Fail{.fence = fence, .why = verdict.why, .code = verdict.code};
      break;
    case Verdict::Kind::in_doubt: {
      const bool hold = settings.in_doubt == FlowSettings::Doubt::hold;
      const WallTime due = hold ? job.deadline + queue::kHeld
                                : at + retry_policy(settings, *road.carrier).delay(attempt, random);
      if (hold) ++held_in_doubt;
      job_line(LogLevel::warning, "push-in-doubt",
               hold ? "Parts were never answered; the push is held until its deadline"
                    : "Parts were never answered; they will be sent again",
               job, detail());
      step = queue::step::InDoubt{.fence = fence, .parts = verdict.doubtful, .due = due};
      doubts.emplace(token, Doubt{.fence = fence,
                                  .account = road.carrier->account(),
                                  .trace = job.trace,
                                  .parts = verdict.doubtful});
      doubt_order.push_back(token);
      if (doubt_order.size() > kDoubtsKept) {
        doubts.erase(doubt_order.front());
        doubt_order.pop_front();
      }
      break;
    }
  }
  if (step) {
    ++road.requests;
    settle(*std::move(step), [this, id = road.id, credits = flight.sending.credits](
                                 const queue::StepResult&) { returned(id, credits); });
  }
  road.in_flight.erase(found);
}

void Flow::Impl::receipt(const std::string& carrier, carriers::Receipt receipt) {
  if (dead) return;
  Road* const from = road(carrier);
  if (from == nullptr) return;
  ++stats.receipts;
  ++from->requests;
  queue::step::ApplyReceipt step{{.account = std::move(receipt.account),
                                  .candidates = std::move(receipt.candidates),
                                  .recipient = receipt.recipient,
                                  .user_reference = receipt.user_reference,
                                  .state = state_of(receipt.state),
                                  .code = receipt.code,
                                  .at = now()}};
  for (const auto& road : roads) {
    if (road->carrier->account() == step.receipt.account)
      step.receipt.groups.push_back(road->group);
  }
  settle(std::move(step), [this, id = from->id, ack = receipt.ack,
                           state = receipt.state](const queue::StepResult& result) {
    // Durable, matched or not: the operator need not send it again.
    if (Road* const to = road(id)) to->carrier->acknowledge(ack, true);
    receipt_settled(state, result);
    returned(id, 0);
  });
}

void Flow::Impl::receipt_settled(carriers::DeliveryState state, const queue::StepResult& result) {
  if (result.applied == queue::Applied::stored_early) {
    ++stats.receipts_early;
    return;
  }
  if (result.applied == queue::Applied::unknown_job || result.applied == queue::Applied::refused) {
    ++stats.receipts_unmatched;
    return;
  }
  if (result.applied != queue::Applied::applied || !result.job ||
      state == carriers::DeliveryState::pending) {
    return;
  }
  const auto job = store.job(*result.job);
  if (!job || (job->state != queue::JobState::delivered && job->state != queue::JobState::failed)) {
    return;
  }
  if (!counted.insert(job->id.value).second) return;
  counted_order.push_back(job->id.value);
  if (counted_order.size() > kCountedKept) {
    counted.erase(counted_order.front());
    counted_order.pop_front();
  }
  if (job->state == queue::JobState::delivered) {
    ++stats.delivered;
    job_line(LogLevel::info, "push-delivered", "Every part reached the phone", *job);
  } else {
    ++stats.failed;
    job_line(LogLevel::warning, "push-undelivered", "A receipt says that a part is lost", *job,
             "operator's code " + std::to_string(job->reason));
  }
}

void Flow::Impl::inbound(const std::string& carrier, const carriers::Inbound& message) {
  if (dead) return;
  Road* const from = road(carrier);
  if (from == nullptr) return;
  ++stats.inbound_not_kept;
  // The store has no step for messages from phones. Refusing would make the operator send it for
  // ever, so it is answered, counted, and said.
  log.write(LogLevel::warning, "inbound-not-kept",
            "A message from a phone came in; this version answers it and does not keep it",
            {{"carrier", carrier}, {"octets", std::to_string(message.user_data.size())}});
  boost::asio::post(reactor, [weak = weak_from_this(), id = from->id, ack = message.ack] {
    const auto self = weak.lock();
    if (self == nullptr || self->dead) return;
    if (Road* const to = self->road(id)) to->carrier->acknowledge(ack, true);
  });
}

}  // namespace cpgw::gateway::flow
