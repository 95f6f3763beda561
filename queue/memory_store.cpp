// The reference engine: plain ordered containers, nothing cached, nothing durable. Slow where that
// is simple.
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "queue/rules.h"

namespace cpgw::queue {
namespace detail {
namespace {

/// Readers wait while a commit is under way: they see it whole or not at all.
class MemoryRows final : public Rows {
 public:
  void begin(WallTime now) override {
    mutex_.lock();
    now_ = now;
  }
  Result<void> write() override {
    mutex_.unlock();
    return {};
  }

  Record* job(JobId id) override {
    const auto at = jobs_.find(id);
    return at == jobs_.end() ? nullptr : &at->second;
  }
  Record& insert(Record record, const Octets& sealed) override {
    const JobId id = record.job.id;
    recipients_[record.job.recipient.packed()].emplace(id, 0);
    by_queue_[record.job.queue].insert(id);
    if (!sealed.empty()) sealed_[id] = sealed;
    return jobs_.emplace(id, std::move(record)).first->second;
  }
  void save(Record&) override {}
  void erase(Record& record) override {
    const JobId id = record.job.id;
    const auto recipient = recipients_.find(record.job.recipient.packed());
    if (recipient != recipients_.end()) {
      recipient->second.erase(id);
      if (recipient->second.empty()) recipients_.erase(recipient);
    }
    by_queue_[record.job.queue].erase(id);
    sealed_.erase(id);
    jobs_.erase(id);
  }
  Octets sealed_now(JobId id) override {
    const auto at = sealed_.find(id);
    return at == sealed_.end() ? Octets() : at->second;
  }
  void erase_sealed(JobId id) override { sealed_.erase(id); }
  Record* next_job(JobId from, JobId last) override {
    const auto at = jobs_.lower_bound(from);
    return at == jobs_.end() || at->first > last ? nullptr : &at->second;
  }

  void ready_add(const ReadyKey& key) override { ready_.insert(key); }
  void ready_remove(const ReadyKey& key) override { ready_.erase(key); }
  std::optional<JobId> ready_first(RouteGroup group, QueueId queue, WallTime now) override {
    for (std::uint8_t priority = 0; priority < 10; ++priority) {
      const auto at =
          ready_.lower_bound(ReadyKey{group, queue, priority, WallTime::min(), JobId{0}});
      if (at != ready_.end() && at->group == group && at->queue == queue &&
          at->priority == priority && at->due <= now) {
        return at->id;
      }
    }
    return std::nullopt;
  }
  void park(std::uint64_t recipient, const ReadyKey& key) override {
    parked_.emplace(recipient, key);
  }
  void unpark(std::uint64_t recipient, const ReadyKey& key) override {
    parked_.erase({recipient, key});
  }
  std::optional<ReadyKey> parked_from(std::uint64_t recipient, const ReadyKey& from) override {
    const auto at = parked_.lower_bound({recipient, from});
    if (at == parked_.end() || at->first != recipient) return std::nullopt;
    return at->second;
  }

  void lease_add(JobId id) override { leases_.insert(id); }
  void lease_remove(JobId id) override { leases_.erase(id); }
  std::vector<JobId> leases(std::size_t most) override {
    std::vector<JobId> found;
    for (const JobId id : leases_) {
      if (found.size() == most) break;
      found.push_back(id);
    }
    return found;
  }

  bool recipient_known(std::uint64_t recipient) override { return recipients_.contains(recipient); }
  std::vector<RecipientRow> recipient_rows(std::uint64_t recipient, std::size_t most) override {
    std::vector<RecipientRow> rows;
    const auto at = recipients_.find(recipient);
    if (at == recipients_.end()) return rows;
    for (auto row = at->second.rbegin(); row != at->second.rend() && rows.size() < most; ++row) {
      rows.push_back({row->first, row->second});
    }
    return rows;
  }
  void set_draw(std::uint64_t recipient, JobId id, std::uint32_t draw) override {
    recipients_[recipient][id] = draw;
  }

  void follower_add(JobId before, JobId follower) override { followers_.emplace(before, follower); }
  void follower_remove(JobId before, JobId follower) override {
    followers_.erase({before, follower});
  }
  std::vector<JobId> followers(JobId before) override {
    std::vector<JobId> found;
    for (auto at = followers_.lower_bound({before, JobId{0}});
         at != followers_.end() && at->first == before; ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  std::vector<MidEntry> mid(const std::string& account, const std::string& id) override {
    const auto at = mids_.find({account, id});
    return at == mids_.end() ? std::vector<MidEntry>() : at->second;
  }
  void put_mid(const std::string& account, const std::string& id,
               std::vector<MidEntry> entries) override {
    mids_[{account, id}] = std::move(entries);
  }

  void put_early(const EarlyReceipt&) override {}
  void erase_early(std::uint64_t) override {}

  std::optional<IdempotencyRecord> idempotency(TenantId tenant, const std::string& key) override {
    const auto at = idempotency_.find({tenant, key});
    if (at == idempotency_.end()) return std::nullopt;
    return at->second;
  }
  void put_idempotency(TenantId tenant, const std::string& key,
                       const IdempotencyRecord& record) override {
    idempotency_[{tenant, key}] = record;
  }
  std::uint32_t sweep_idempotency(std::uint32_t most) override {
    std::uint32_t gone = 0;
    for (auto at = idempotency_.begin(); at != idempotency_.end() && gone < most;) {
      const bool over = at->second.until <= now_;
      at = over ? idempotency_.erase(at) : std::next(at);
      gone += over ? 1u : 0u;
    }
    std::erase_if(mids_, [this](const auto& row) { return all_over(row.second, now_); });
    return gone;
  }

  std::optional<ImportCursor> cursor(QueueId queue, const std::string& name) override {
    return read_cursor(queue, name);
  }
  void put_cursor(const ImportCursor& cursor) override {
    cursors_[{cursor.queue, cursor.name}] = cursor;
  }

  std::optional<ContentUses> content_uses(const Digest& digest) override {
    const auto at = uses_.find(digest);
    if (at == uses_.end()) return std::nullopt;
    return at->second;
  }
  void put_content(const Content& content) override { contents_.emplace(content.digest, content); }
  void put_content_uses(const Digest& digest, const ContentUses& uses) override {
    uses_[digest] = uses;
  }
  void erase_content(const Digest& digest) override {
    contents_.erase(digest);
    uses_.erase(digest);
  }
  void put_unused(const Unused& unused) override { unused_.insert(unused); }
  void erase_unused(const Unused& unused) override { unused_.erase(unused); }
  std::optional<Unused> first_unused() override {
    if (unused_.empty()) return std::nullopt;
    return *unused_.begin();
  }

  static auto span_key(const Span& span) {
    return std::tuple(span.stage, span.time, span.first, span.late);
  }
  void put_span(const Span& span) override { spans_.insert_or_assign(span_key(span), span); }
  void erase_span(const Span& span) override { spans_.erase(span_key(span)); }
  std::optional<Span> first_span(Span::Stage stage) override {
    const auto at = spans_.lower_bound(std::tuple(stage, WallTime::min(), JobId{0}, false));
    if (at == spans_.end() || at->second.stage != stage) return std::nullopt;
    return at->second;
  }
  void put_run(QueueId, JobId, JobId) override {}  // by_queue_ says it
  void erase_run(QueueId, JobId, JobId) override {}
  Record* next_of_queue(QueueId queue, JobId from) override {
    const std::set<JobId>& ids = by_queue_[queue];
    const auto at = ids.lower_bound(from);
    return at == ids.end() ? nullptr : job(*at);
  }

  void put_event(const Event& event) override { events_[event.tenant][event.sequence] = event; }
  void trim_events(TenantId tenant, std::uint64_t, std::uint64_t first_kept) override {
    auto& events = events_[tenant];
    events.erase(events.begin(), events.lower_bound(first_kept));
  }
  std::optional<Event> event(TenantId tenant, std::uint64_t sequence) override {
    const auto& events = events_[tenant];
    const auto at = events.find(sequence);
    if (at == events.end()) return std::nullopt;
    return at->second;
  }

  void put_queue(const QueueRecord&, bool) override {}
  void put_counter(TenantId, const EventCounter&) override {}
  void put_last_id(std::uint64_t) override {}
  Result<void> put_name(NameKind, std::uint32_t, std::string_view) override { return {}; }

  std::optional<Record> read_job(JobId id) const override {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(id);
    if (at == jobs_.end()) return std::nullopt;
    return at->second;
  }
  Result<Octets> read_sealed(JobId id) const override {
    const std::lock_guard lock(mutex_);
    const auto at = sealed_.find(id);
    return at == sealed_.end() ? Octets() : at->second;
  }
  std::optional<Content> read_content(const Digest& digest) const override {
    const std::lock_guard lock(mutex_);
    const auto at = contents_.find(digest);
    if (at == contents_.end()) return std::nullopt;
    return at->second;
  }
  std::optional<ImportCursor> read_cursor(QueueId queue, std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    const auto at = cursors_.find({queue, std::string(name)});
    if (at == cursors_.end()) return std::nullopt;
    return at->second;
  }
  std::vector<Event> read_events(TenantId tenant, std::uint64_t from,
                                 std::uint32_t most) const override {
    const std::lock_guard lock(mutex_);
    std::vector<Event> found;
    const auto events = events_.find(tenant);
    if (events == events_.end()) return found;
    for (auto at = events->second.lower_bound(from);
         at != events->second.end() && found.size() < most; ++at) {
      found.push_back(at->second);
    }
    return found;
  }
  void visit_jobs(std::optional<std::uint64_t> recipient, std::optional<QueueId> queue, JobId after,
                  const Visitor& visit) const override {
    const std::lock_guard lock(mutex_);
    for (auto at = jobs_.upper_bound(after); at != jobs_.end(); ++at) {
      const Job& job = at->second.job;
      if (recipient && job.recipient.packed() != *recipient) continue;
      if (!recipient && queue && job.queue != *queue) continue;
      if (!visit(at->second)) return;
    }
  }
  std::vector<ReadyHead> ready_heads() const override {
    const std::lock_guard lock(mutex_);
    std::vector<ReadyHead> heads;
    for (const ReadyKey& key : ready_) {
      if (heads.empty() || heads.back().group != key.group || heads.back().queue != key.queue) {
        heads.push_back({key.group, key.queue, key.due});
      }
      heads.back().due = std::min(heads.back().due, key.due);
    }
    return heads;
  }
  std::uint64_t octets_on_disk() const override { return 0; }

  bool has_ready(const ReadyKey& key) const override {
    const std::lock_guard lock(mutex_);
    return ready_.contains(key);
  }
  bool has_parked(std::uint64_t recipient, const ReadyKey& key) const override {
    const std::lock_guard lock(mutex_);
    return parked_.contains({recipient, key});
  }
  bool has_lease(JobId id) const override {
    const std::lock_guard lock(mutex_);
    return leases_.contains(id);
  }
  bool has_recipient(std::uint64_t recipient, JobId id) const override {
    const std::lock_guard lock(mutex_);
    const auto at = recipients_.find(recipient);
    return at != recipients_.end() && at->second.contains(id);
  }
  bool has_follower(JobId before, JobId follower) const override {
    const std::lock_guard lock(mutex_);
    return followers_.contains({before, follower});
  }
  bool has_run(QueueId queue, JobId id) const override {
    const std::lock_guard lock(mutex_);
    const auto at = by_queue_.find(queue);
    return at != by_queue_.end() && at->second.contains(id);
  }
  void visit_ready(const std::function<void(const ReadyKey&)>& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const ReadyKey& key : ready_) visit(key);
  }
  void visit_parked(
      const std::function<void(std::uint64_t, const ReadyKey&)>& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const auto& [recipient, key] : parked_) visit(recipient, key);
  }
  void visit_leases(const std::function<void(JobId)>& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const JobId id : leases_) visit(id);
  }
  void visit_spans(const std::function<void(const Span&)>& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, span] : spans_) visit(span);
  }
  void visit_contents(const std::function<void(const Digest&, const std::optional<ContentUses>&)>&
                          visit) const override {
    const std::lock_guard lock(mutex_);
    for (const auto& [digest, uses] : uses_) visit(digest, uses);
  }
  void visit_unused(const std::function<void(const Unused&)>& visit) const override {
    const std::lock_guard lock(mutex_);
    for (const Unused& unused : unused_) visit(unused);
  }
  std::vector<Error> damaged() const override { return {}; }

 private:
  mutable std::recursive_mutex mutex_;
  WallTime now_{};
  std::map<JobId, Record> jobs_;
  std::map<JobId, Octets> sealed_;
  std::set<ReadyKey> ready_;
  std::set<std::pair<std::uint64_t, ReadyKey>> parked_;
  std::set<JobId> leases_;
  std::map<std::uint64_t, std::map<JobId, std::uint32_t>> recipients_;
  std::map<QueueId, std::set<JobId>> by_queue_;
  std::set<std::pair<JobId, JobId>> followers_;
  std::map<std::pair<std::string, std::string>, std::vector<MidEntry>> mids_;
  std::map<std::pair<TenantId, std::string>, IdempotencyRecord> idempotency_;
  std::map<std::pair<QueueId, std::string>, ImportCursor> cursors_;
  std::map<Digest, Content> contents_;
  std::map<Digest, ContentUses> uses_;
  std::set<Unused> unused_;
  std::map<std::tuple<Span::Stage, WallTime, JobId, bool>, Span> spans_;
  std::map<TenantId, std::map<std::uint64_t, Event>> events_;
};

}  // namespace
}  // namespace detail

std::unique_ptr<JobStore> open_memory_store(const StoreOptions& options) {
  return std::make_unique<detail::RuledStore>(std::make_unique<detail::MemoryRows>(), options,
                                              detail::Loaded{});
}

}  // namespace cpgw::queue
