#include "gateway/flow/attempt.h"

#include <algorithm>

#include "queue/types.h"

namespace cpgw::gateway::flow {
namespace {

/// What decides when parts of one push fare differently.
constexpr int weight(OutcomeClass outcome) {
  switch (outcome) {
    case OutcomeClass::accepted: return 0;
    case OutcomeClass::session: return 1;
    case OutcomeClass::throttled: return 2;
    case OutcomeClass::temporary: return 3;
    case OutcomeClass::unknown: return 4;
    case OutcomeClass::configuration: return 5;
    case OutcomeClass::permanent: return 6;
  }
  return 4;
}

}  // namespace

Attempt::Taken Attempt::take(const carriers::Outcome& outcome) {
  if (outcome.part >= queue::kMaxParts) return Taken::ignored;
  const std::uint32_t bit = std::uint32_t{1} << outcome.part;
  if ((to_send_ & bit) == 0) return Taken::ignored;
  if ((answered_ & bit) != 0) {
    if (outcome.outcome != OutcomeClass::accepted || (unknown_ & bit) == 0) return Taken::ignored;
    unknown_ &= ~bit;
    accepted_ |= bit;
    return Taken::late_accept;
  }
  answered_ |= bit;
  switch (outcome.outcome) {
    case OutcomeClass::accepted: accepted_ |= bit; break;
    case OutcomeClass::session: session_ |= bit; break;
    case OutcomeClass::unknown: unknown_ |= bit; return Taken::first;
    default: break;
  }
  if (weight(outcome.outcome) > weight(worst_)) {
    worst_ = outcome.outcome;
    code_ = static_cast<std::uint16_t>(std::min<std::uint32_t>(outcome.code, UINT16_MAX));
  }
  return Taken::first;
}

Verdict Attempt::verdict() const {
  Verdict v{.why = worst_, .code = code_};
  if (worst_ == OutcomeClass::permanent || worst_ == OutcomeClass::configuration) {
    v.kind = Verdict::Kind::fail;
  } else if (unknown_ != 0) {
    v.kind = Verdict::Kind::in_doubt;
    v.why = OutcomeClass::unknown;
    v.doubtful = unknown_;
  } else if (worst_ == OutcomeClass::accepted) {
    v.kind = Verdict::Kind::sent;
  } else if (session_ == to_send_) {
    v.kind = Verdict::Kind::release;
  } else {
    v.kind = Verdict::Kind::retry;
    v.charge = worst_ == OutcomeClass::temporary;
  }
  return v;
}

}  // namespace cpgw::gateway::flow
