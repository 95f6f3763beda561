// The durable values of the queue: ids, job, content, receipts, events. What they mean to a push is
// not known here.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "base/octets.h"

namespace cpgw::queue {

/// 41 bits of milliseconds since 2020-01-01 UTC, 10 bits of node, 12 bits of sequence: orders by
/// time. Text form: decimal digits.
struct JobId {
  std::uint64_t value = 0;
  friend auto operator<=>(const JobId&, const JobId&) = default;
};

/// One campaign, or one tenant's single pushes (`singles(tenant)`). Unique over all tenants.
struct QueueId {
  std::uint64_t value = 0;
  friend auto operator<=>(const QueueId&, const QueueId&) = default;
};

/// Small numbers given to tenants and route groups when first seen; their names are durable in the
/// store.
struct TenantId {
  std::uint32_t value = 0;
  friend auto operator<=>(const TenantId&, const TenantId&) = default;
};
struct RouteGroup {
  std::uint16_t value = 0;
  friend auto operator<=>(const RouteGroup&, const RouteGroup&) = default;
};

/// The queue of a tenant's single pushes; made with PutQueue like any other, its name is empty.
[[nodiscard]] constexpr QueueId singles(TenantId tenant) { return QueueId{tenant.value}; }

using Digest = std::array<std::byte, 32>;  ///< SHA-256
using TraceId =
    std::array<std::byte, 16>;  ///< one per submission, in every log line and event of its jobs

/// Written to disk: never renumber.
enum class JobState : std::uint8_t {
  waiting = 1,    ///< due at `due`
  held = 2,       ///< waits for another job (`after`)
  claimed = 3,    ///< leased to this process; its parts may be on the wire
  in_doubt = 4,   ///< written, never answered; will be sent again marked possible_duplicate
  sent = 5,       ///< every part accepted by the operator
  delivered = 6,  ///< every part has a delivered receipt
  failed = 7,
  expired = 8,
  cancelled = 9,
};
[[nodiscard]] std::string_view to_string(JobState state);
/// delivered, failed, expired and cancelled never change again; `sent` may still become delivered,
/// failed, unless is_over().
[[nodiscard]] constexpr bool is_final(JobState state) { return state >= JobState::delivered; }

inline constexpr WallTime kIdEpoch{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
inline constexpr int kIdTimeShift = 22;  ///< 10 bits of node and 12 of sequence

/// A job in doubt that may not be sent again is due so long after its deadline: it expires first,
/// whatever the clock does.
inline constexpr std::chrono::hours kHeld{366 * 24};

/// When the store gave `id`.
[[nodiscard]] WallTime stored_at(JobId id);

inline constexpr unsigned kMaxParts = 32;  ///< parts of one push: the width of the part bitmaps

/// What a submitter hands in. Everything here is immutable once stored.
struct NewJob {
  TenantId tenant{};
  QueueId queue{};
  RouteGroup group{};
  std::uint8_t priority = 4;  ///< 0 first … 9 last
  Msisdn recipient;
  Digest content{};  ///< stored before or in the same request (PutContent)
  Octets sealed{};   ///< slot values, IMSI, PIN: one AEAD record, opaque here; may be empty
  WallTime due{};
  WallTime deadline{};
  std::uint8_t parts_estimate = 1;  ///< what the scheduler counts, 1 to kMaxParts
  std::optional<JobId> after{};     ///< start when that job is sent, delivered or failed
  /// The same for an earlier job of the same Submit, by its position there; not with `after`.
  std::optional<std::uint32_t> after_index{};
  TraceId trace{};
};

/// Drawn at claim and kept over retries, so that a handset can drop doubles.
struct Drawn {
  std::uint16_t reference =
      0;  ///< concatenation reference, unique per recipient while parts may be in flight
  std::uint8_t transaction_id = 0;  ///< WSP TID
  std::uint16_t composer_version = 0;
  friend bool operator==(const Drawn&, const Drawn&) = default;
};

/// A job as read back: the immutable head and the mutable state.
struct Job {
  JobId id{};
  TenantId tenant{};
  QueueId queue{};
  RouteGroup group{};
  std::uint8_t priority = 4;
  Msisdn recipient;
  Digest content{};
  WallTime due{};
  WallTime deadline{};
  std::uint8_t parts_estimate = 1;
  std::optional<JobId> after{};
  TraceId trace{};

  JobState state = JobState::waiting;
  std::uint8_t attempt = 0;  ///< claims that reached an operator
  std::uint32_t epoch = 0;   ///< counts claims; the fence
  Drawn drawn{};
  Digest push_digest{};             ///< keyed digest of the push octets, zero until composed
  std::uint8_t parts = 0;           ///< 0 until composed
  std::uint32_t accepted = 0;       ///< bit k: part k+1 accepted by the operator
  std::uint32_t delivered = 0;      ///< bit k: part k+1 delivered
  std::uint32_t in_doubt = 0;       ///< bit k: part k+1 written and never answered
  std::uint32_t no_receipt = 0;     ///< bit k: part k+1 accepted, and no receipt of it is to come
  bool possible_duplicate = false;  ///< some part was sent again after being in doubt
  std::uint16_t reason = 0;         ///< operator's or our code of the last failure, 0 = none
  OutcomeClass reason_class = OutcomeClass::accepted;
};

/// Nothing changes the job any more: it is final, or sent with no receipt to come.
[[nodiscard]] constexpr bool is_over(const Job& job) {
  return is_final(job.state) || (job.state == JobState::sent && job.no_receipt != 0 &&
                                 (job.accepted & ~job.no_receipt) == 0);
}

/// user_message_reference of part `part` (0-based): a base drawn from the id, plus the part, modulo
/// 2^16. Carriers get user_reference(id, 0) and add the part; receipts are matched with it.
[[nodiscard]] constexpr std::uint16_t user_reference(JobId id, unsigned part) {
  return static_cast<std::uint16_t>(((id.value * 0x9E3779B97F4A7C15u) >> 48) + part);
}

/// Handed out by a claim and demanded by every later step of that attempt.
struct Fence {
  JobId id{};
  std::uint32_t epoch = 0;
  friend bool operator==(const Fence&, const Fence&) = default;
};

/// A claimed job with all that composing needs, in one read.
struct Claimed {
  Fence fence{};
  Job job;
  Octets sealed{};
  std::uint32_t parts_to_send =
      0;  ///< bitmap; all ones on the first attempt, else what is neither accepted nor delivered
};

/// Kept while a job or a queue names it.
struct Content {
  Digest digest{};
  std::uint8_t kind = 0;  ///< the composer's number for what `body` is
  Octets body{};          ///< compiled form, opaque here
  Octets source{};        ///< what it was compiled from, opaque here
};

/// A state of a part as a receipt tells it.
enum class ReceiptState : std::uint8_t { pending = 1, delivered = 2, failed = 3 };

struct Receipt {
  std::string account{};  ///< carrier account: ids are unique in it
  std::vector<std::string>
      candidates;  ///< the id in every form it may have been stored in, likeliest first
  std::optional<Msisdn> recipient{};
  std::optional<std::uint16_t> user_reference{};
  std::vector<RouteGroup>
      groups{};  ///< of the account: without an id only their jobs match; empty = any
  ReceiptState state = ReceiptState::pending;
  std::uint16_t code = 0;  ///< operator's error code, 0 = none
  WallTime at{};
};

enum class QueueState : std::uint8_t {
  running = 1,
  paused = 2,
  cancelled = 3,  ///< for good
  finished = 4,   ///< every job final and no more to come; more jobs make it running again
  draft = 5,      ///< not started yet: takes jobs, hands out none
};
[[nodiscard]] std::string_view to_string(QueueState state);

/// Counts in jobs, kept in the same commit as the steps that change them. A job counts in exactly
/// one of waiting (waiting, held, in doubt), in_flight (claimed), sent … cancelled; their sum is
/// `submitted`. resent_parts counts parts, awaiting the sent jobs with receipts to come.
struct QueueCounts {
  std::uint64_t submitted = 0, waiting = 0, in_flight = 0, sent = 0, delivered = 0, failed = 0,
                expired = 0, cancelled = 0, resent_parts = 0, awaiting = 0;
  friend bool operator==(const QueueCounts&, const QueueCounts&) = default;
};

struct QueueInfo {
  QueueId id{};
  TenantId tenant{};
  std::string name{};  ///< campaign name, empty for single pushes; unique per tenant
  QueueState state = QueueState::running;
  RouteGroup group{};
  WallTime created{};
  WallTime started{};               ///< when it left draft; zero: never was one, or still is
  Octets settings{};                ///< the campaign's own settings, opaque here
  std::optional<Digest> content{};  ///< kept as long as the queue; stored before, as for a job
  QueueCounts counts{};
};

/// When `job` expires: its deadline; when its queue was a draft as it was stored, as much later as
/// it lay there before the start.
[[nodiscard]] WallTime deadline_in(const Job& job, const QueueInfo& queue);

/// Written to disk: never renumber.
enum class EventKind : std::uint8_t {
  sent = 1,
  delivered = 2,
  failed = 3,
  expired = 4,
  cancelled = 5,
  retry = 6,
  in_doubt = 7,
  resent = 8,
  queue_changed = 9,  ///< a campaign was made, paused, resumed, cancelled, finished
};
[[nodiscard]] std::string_view to_string(EventKind kind);

/// One change of a job or queue: a gap-free sequence per tenant, starting at 1.
struct Event {
  TenantId tenant{};
  std::uint64_t sequence = 0;
  EventKind kind = EventKind::sent;
  WallTime at{};
  QueueId queue{};
  JobId job{};                  ///< 0 for queue_changed
  std::uint64_t recipient = 0;  ///< packed Msisdn, 0 = none
  std::uint8_t attempt = 0;
  std::uint8_t parts = 0;
  bool possible_duplicate = false;
  OutcomeClass reason_class = OutcomeClass::accepted;
  std::uint16_t reason = 0;
  QueueState queue_state = QueueState::running;
  TraceId trace{};
};

}  // namespace cpgw::queue
