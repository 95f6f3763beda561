#include "carriers/smpp/outbox.h"

#include <bit>

namespace cpgw::carriers::smpp {

namespace {

constexpr std::size_t kMostParts = 32;  // the width of the bitmaps
constexpr std::uint32_t bit(std::uint8_t part) { return std::uint32_t{1} << part; }
std::uint8_t lowest(std::uint32_t bitmap) {
  return static_cast<std::uint8_t>(std::countr_zero(bitmap));
}

}  // namespace

bool Outbox::take(const Push& push) {
  const std::size_t count = push.parts.size();
  if (count == 0 || count > kMostParts || pushes_.contains(push.token)) return false;
  const std::uint32_t all = count == kMostParts ? ~0u : bit(static_cast<std::uint8_t>(count)) - 1;
  const std::uint32_t wanted = push.to_send & all;
  if (wanted == 0) return false;
  Entry entry{.push = {push.token,
                       push.recipient,
                       {push.parts.begin(), push.parts.end()},
                       push.user_reference,
                       push.validity},
              .unwritten = wanted,
              .throttled_since = {}};
  pushes_.emplace(push.token, std::move(entry));
  open_ += static_cast<std::size_t>(std::popcount(wanted));
  for (std::uint32_t rest = wanted; rest != 0; rest &= rest - 1) {
    ready_.push_back({push.token, lowest(rest)});
    if (order_ == PartOrder::answered) break;
  }
  return true;
}

Outbox::Next Outbox::front() const {
  const Ready& first = ready_.front();
  return {pushes_.at(first.token).push, first.part};
}

void Outbox::written() {
  const Ready first = ready_.front();
  ready_.pop_front();
  Entry& entry = pushes_.at(first.token);
  entry.unwritten &= ~bit(first.part);
  entry.waiting |= bit(first.part);
}

void Outbox::refuse_front(OutcomeClass outcome) {
  const Ready first = ready_.front();
  written();
  conclude({.token = first.token, .part = first.part}, outcome, 0, "");
}

void Outbox::offer_first(const Ready& item) {
  // Before everything else, but after earlier parts of the same push.
  auto at = ready_.begin();
  while (at != ready_.end() && at->token == item.token && at->part < item.part) ++at;
  ready_.insert(at, item);
}

bool Outbox::answered(Answer answer, SteadyTime now) {
  const auto it = pushes_.find(answer.tag.token);
  if (answer.late || it == pushes_.end()) {
    outcomes_.push_back({.token = answer.tag.token,
                         .part = answer.tag.part,
                         .outcome = answer.outcome,
                         .code = answer.code,
                         .id = std::move(answer.id),
                         .receipt_to_come = answer.tag.receipt});
    return false;
  }
  Entry& entry = it->second;
  if (answer.outcome != OutcomeClass::throttled) {
    entry.queue_full = 0;
    if (answer.outcome == OutcomeClass::accepted) entry.throttled_since.reset();
    conclude(answer.tag, answer.outcome, answer.code, std::move(answer.id));
    return false;
  }
  if (answer.code == status::ESME_RMSGQFUL && ++entry.queue_full >= kQueueFullOfOneNumber) {
    conclude(answer.tag, OutcomeClass::temporary, answer.code, "");
    return false;
  }
  if (!entry.throttled_since) entry.throttled_since = now;
  if (now - *entry.throttled_since >= kThrottlePatience) {
    conclude(answer.tag, OutcomeClass::throttled, answer.code, "");
  } else {
    entry.waiting &= ~bit(answer.tag.part);
    entry.unwritten |= bit(answer.tag.part);
    offer_first({answer.tag.token, answer.tag.part});
  }
  return true;
}

void Outbox::conclude(const SubmitTag& tag, OutcomeClass outcome, std::uint32_t code,
                      std::string id) {
  Entry& entry = pushes_.at(tag.token);
  entry.waiting &= ~bit(tag.part);
  --open_;
  outcomes_.push_back({.token = tag.token,
                       .part = tag.part,
                       .outcome = outcome,
                       .code = code,
                       .id = std::move(id),
                       .receipt_to_come = outcome == OutcomeClass::accepted && tag.receipt});
  if (outcome != OutcomeClass::accepted) {
    stop_rest(entry);
  } else if (order_ == PartOrder::answered && entry.unwritten != 0) {
    ready_.push_front({tag.token, lowest(entry.unwritten)});
  }
  if (entry.unwritten == 0 && entry.waiting == 0) pushes_.erase(tag.token);
}

// A handset cannot use half a document: the rest stays unsent, for the flow to decide.
void Outbox::stop_rest(Entry& entry) {
  if (entry.unwritten == 0) return;
  const std::uint64_t token = entry.push.token;
  std::erase_if(ready_, [token](const Ready& r) { return r.token == token; });
  for (; entry.unwritten != 0; entry.unwritten &= entry.unwritten - 1) {
    --open_;
    Outcome unsent;
    unsent.token = token;
    unsent.part = lowest(entry.unwritten);
    unsent.outcome = OutcomeClass::session;
    outcomes_.push_back(std::move(unsent));
  }
}

void Outbox::give_back() {
  for (auto it = pushes_.begin(); it != pushes_.end();) {
    stop_rest(it->second);
    it = it->second.waiting == 0 ? pushes_.erase(it) : std::next(it);
  }
}

}  // namespace cpgw::carriers::smpp
