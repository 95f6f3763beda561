#include "queue/types.h"

namespace cpgw::queue {

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::waiting: return "waiting";
    case JobState::held: return "held";
    case JobState::claimed: return "claimed";
    case JobState::in_doubt: return "in_doubt";
    case JobState::sent: return "sent";
    case JobState::delivered: return "delivered";
    case JobState::failed: return "failed";
    case JobState::expired: return "expired";
    case JobState::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string_view to_string(QueueState state) {
  switch (state) {
    case QueueState::running: return "running";
    case QueueState::paused: return "paused";
    case QueueState::cancelled: return "cancelled";
    case QueueState::finished: return "finished";
    case QueueState::draft: return "draft";
  }
  return "unknown";
}

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::sent: return "sent";
    case EventKind::delivered: return "delivered";
    case EventKind::failed: return "failed";
    case EventKind::expired: return "expired";
    case EventKind::cancelled: return "cancelled";
    case EventKind::retry: return "retry";
    case EventKind::in_doubt: return "in_doubt";
    case EventKind::resent: return "resent";
    case EventKind::queue_changed: return "queue_changed";
  }
  return "unknown";
}

WallTime stored_at(JobId id) {
  return kIdEpoch + std::chrono::milliseconds(static_cast<std::int64_t>(id.value >> kIdTimeShift));
}

WallTime deadline_in(const Job& job, const QueueInfo& queue) {
  const WallTime stored = stored_at(job.id);
  return stored < queue.started ? queue.started + (job.deadline - stored) : job.deadline;
}

}  // namespace cpgw::queue
