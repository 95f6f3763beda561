// Pushes a link has taken: which part may be written next, and what becomes of the others when one
// is refused. Sans-I/O.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carriers/carrier.h"
#include "carriers/smpp/session.h"

namespace cpgw::carriers::smpp {

enum class PartOrder : std::uint8_t {
  wire,      ///< parts are pipelined
  answered,  ///< part k+1 only after part k is accepted; other pushes fill the window
};

/// A push with its parts copied.
struct TakenPush {
  std::uint64_t token = 0;
  Msisdn recipient;
  std::vector<si_sl::Part> parts;
  std::uint16_t user_reference = 0;
  std::chrono::seconds validity{0};
};

/// Owned by one thread. Every part taken leaves by `take_outcomes` exactly once, except an
/// acceptance that comes after `unknown`.
class Outbox {
 public:
  /// Parts refused for speed are written again for this long before the flow hears of it.
  static constexpr std::chrono::seconds kThrottlePatience{30};
  /// "Message queue full" so often in a row is the recipient's trouble, not the link's.
  static constexpr unsigned kQueueFullOfOneNumber = 3;

  explicit Outbox(PartOrder order) : order_(order) {}

  /// False, and nothing taken, when there is no part to send, more than 32, or the token is here.
  [[nodiscard]] bool take(const Push& push);
  [[nodiscard]] bool empty() const { return ready_.empty(); }

  struct Next {
    const TakenPush& push;
    std::uint8_t part;
  };
  /// The part to write now, when not empty(); the view lasts until the next call.
  [[nodiscard]] Next front() const;
  /// The front part was written.
  void written();
  /// The front part cannot be written, now or later.
  void refuse_front(OutcomeClass outcome);

  /// What the session said of one part. True when the link must slow down.
  bool answered(Answer answer, SteadyTime now);
  /// The link is gone or stops: everything not written goes back unsent.
  void give_back();

  /// Parts taken and not finally answered.
  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] std::vector<Outcome> take_outcomes() { return std::exchange(outcomes_, {}); }

 private:
  struct Entry {
    TakenPush push;
    std::uint32_t unwritten = 0, waiting = 0;  ///< bitmaps of parts
    std::optional<SteadyTime> throttled_since;
    unsigned queue_full = 0;  ///< in a row
  };
  struct Ready {
    std::uint64_t token;
    std::uint8_t part;
  };
  void conclude(const SubmitTag& tag, OutcomeClass outcome, std::uint32_t code, std::string id);
  void stop_rest(Entry& entry);
  void offer_first(const Ready& item);

  PartOrder order_;
  std::unordered_map<std::uint64_t, Entry> pushes_;
  std::deque<Ready> ready_;
  std::vector<Outcome> outcomes_;
  std::size_t open_ = 0;
};

}  // namespace cpgw::carriers::smpp
