// One push in a carrier's hands: which parts were answered how, and what that means for its job.
#pragma once

#include <bit>
#include <cstdint>

#include "carriers/carrier.h"

namespace cpgw::gateway::flow {

/// What becomes of the job once every part handed in has its outcome.
struct Verdict {
  enum class Kind : std::uint8_t {
    sent,      ///< every part was accepted
    retry,     ///< some part is to be sent again
    release,   ///< nothing of it left this machine
    fail,      ///< it can never succeed here
    in_doubt,  ///< some parts were written and never answered
  };
  Kind kind = Kind::sent;
  OutcomeClass why = OutcomeClass::accepted;
  std::uint16_t code = 0;      ///< the operator's, of the part that decided
  bool charge = false;         ///< counts as an attempt
  std::uint32_t doubtful = 0;  ///< bitmap of the parts never answered
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Sans-I/O. Knows nothing of the store.
class Attempt {
 public:
  explicit Attempt(std::uint32_t to_send) : to_send_(to_send) {}

  enum class Taken : std::uint8_t {
    first,        ///< the part's first outcome
    late_accept,  ///< accepted after all: it was thought unanswered
    ignored,      ///< not handed in, or answered before
  };
  Taken take(const carriers::Outcome& outcome);

  [[nodiscard]] bool complete() const { return answered_ == to_send_; }
  [[nodiscard]] std::uint32_t to_send() const { return to_send_; }
  [[nodiscard]] std::uint32_t accepted() const { return accepted_; }
  [[nodiscard]] std::uint32_t unanswered() const { return to_send_ & ~answered_; }
  /// Of a complete attempt. Permanent before unknown before temporary before throttled before
  /// session: a push with a refused part is useless to the phone, whatever the others became.
  [[nodiscard]] Verdict verdict() const;

 private:
  std::uint32_t to_send_;
  std::uint32_t answered_ = 0, accepted_ = 0, unknown_ = 0, session_ = 0;
  OutcomeClass worst_ = OutcomeClass::accepted;
  std::uint16_t code_ = 0;
};

}  // namespace cpgw::gateway::flow
