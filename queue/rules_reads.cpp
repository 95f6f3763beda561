// Reads from any thread: committed rows, and what publish() copied.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {
namespace {

template <class Names, class Ids, class Put>
std::uint32_t number_of(std::string_view name, Names& names, Ids& ids, std::uint32_t most,
                        std::optional<Error>& failure, const Put& put) {
  const auto known = names.find(name);
  if (known != names.end()) return known->second;
  const std::uint32_t id = ids.empty() ? 1 : ids.rbegin()->first + 1;
  if (id > most) {
    failure = Error(Errc::limit, "there are no more numbers for names; the settings are wrong");
    return 0;
  }
  if (auto written = put(id); !written) failure = std::move(written).error();
  names.emplace(std::string(name), id);
  ids.emplace(id, std::string(name));
  return id;
}

}  // namespace

TenantId RuledStore::tenant(std::string_view name) {
  const std::lock_guard lock(names_mutex_);
  return TenantId{
      number_of(name, tenants_, tenant_names_, UINT32_MAX, name_failure_,
                [&](std::uint32_t id) { return rows_->put_name(NameKind::tenant, id, name); })};
}

RouteGroup RuledStore::route_group(std::string_view name) {
  const std::lock_guard lock(names_mutex_);
  return RouteGroup{static_cast<std::uint16_t>(number_of(
      name, route_groups_, route_group_names_, UINT16_MAX, name_failure_,
      [&](std::uint32_t id) { return rows_->put_name(NameKind::route_group, id, name); }))};
}

std::string RuledStore::tenant_name(TenantId id) const {
  const std::lock_guard lock(names_mutex_);
  const auto at = tenant_names_.find(id.value);
  return at == tenant_names_.end() ? std::string() : at->second;
}

std::string RuledStore::route_group_name(RouteGroup id) const {
  const std::lock_guard lock(names_mutex_);
  const auto at = route_group_names_.find(id.value);
  return at == route_group_names_.end() ? std::string() : at->second;
}

std::vector<ReadyQueue> RuledStore::ready_queues() const {
  std::vector<ReadyQueue> ready;
  const auto heads = rows_->ready_heads();
  const std::lock_guard lock(shared_);
  for (const auto& head : heads) {
    const auto q = published_queues_.find(head.queue);
    if (q == published_queues_.end() || q->second.info.state != QueueState::running) continue;
    ready.push_back({q->second.info.tenant, head.queue, head.group, head.due});
  }
  return ready;
}

bool RuledStore::queue_cancelled(QueueId id) const {
  const std::lock_guard lock(shared_);
  const auto q = published_queues_.find(id);
  return q != published_queues_.end() && q->second.info.state == QueueState::cancelled;
}

Job RuledStore::shown(Record r) const {
  const bool open = r.job.state == JobState::waiting || r.job.state == JobState::held ||
                    r.job.state == JobState::in_doubt;
  const std::lock_guard lock(shared_);
  if (const auto q = published_queues_.find(r.job.queue); q != published_queues_.end()) {
    if (open && q->second.info.state == QueueState::cancelled) r.job.state = JobState::cancelled;
    r.job.deadline = deadline_in(r.job, q->second.info);
  }
  return std::move(r.job);
}

std::optional<Job> RuledStore::job(JobId id) const {
  auto r = rows_->read_job(id);
  if (!r) return std::nullopt;
  return shown(std::move(*r));
}

Result<Octets> RuledStore::sealed(JobId id) const { return rows_->read_sealed(id); }

JobPage RuledStore::find(const JobQuery& query) const {
  JobPage page;
  const std::uint32_t limit = std::min(query.limit, 1000u);
  if (limit == 0) return page;
  std::optional<std::uint64_t> recipient;
  if (query.recipient) recipient = query.recipient->packed();
  const std::uint32_t most_read = std::max(query.most_read, 1u);
  std::uint32_t read = 0;
  JobId last{};
  rows_->visit_jobs(recipient, query.queue, query.after_id, [&](const Record& r) {
    if (page.jobs.size() == limit || read == most_read) {
      page.next = last;
      return false;
    }
    ++read;
    last = r.job.id;
    if (query.tenant && r.job.tenant != *query.tenant) return true;
    if (query.queue && r.job.queue != *query.queue) return true;
    Job job = shown(r);
    if (!query.state || job.state == *query.state) page.jobs.push_back(std::move(job));
    return true;
  });
  return page;
}

std::optional<Content> RuledStore::content(const Digest& digest) const {
  return rows_->read_content(digest);
}

std::optional<QueueInfo> RuledStore::queue(QueueId id) const {
  const std::lock_guard lock(shared_);
  const auto q = published_queues_.find(id);
  if (q == published_queues_.end()) return std::nullopt;
  return q->second.info;
}

std::optional<QueueInfo> RuledStore::queue(TenantId tenant, std::string_view name) const {
  const std::lock_guard lock(shared_);
  for (const auto& [id, q] : published_queues_) {
    if (q.info.tenant == tenant && q.info.name == name) return q.info;
  }
  return std::nullopt;
}

std::vector<QueueInfo> RuledStore::queues(std::optional<TenantId> tenant) const {
  std::vector<QueueInfo> found;
  const std::lock_guard lock(shared_);
  for (const auto& [id, q] : published_queues_) {
    if (!tenant || q.info.tenant == *tenant) found.push_back(q.info);
  }
  return found;
}

std::optional<ImportCursor> RuledStore::import_cursor(QueueId queue, std::string_view name) const {
  return rows_->read_cursor(queue, name);
}

JobStore::EventPage RuledStore::events(TenantId tenant, std::uint64_t after,
                                       std::uint32_t limit) const {
  EventPage page;
  {
    const std::lock_guard lock(shared_);
    const auto counter = published_counters_.find(tenant);
    if (counter == published_counters_.end()) return page;
    page.first_kept = counter->second.first_kept;
    page.last = counter->second.last;
  }
  const std::uint64_t from = std::max(after == UINT64_MAX ? after : after + 1, page.first_kept);
  page.events = rows_->read_events(tenant, from, limit);
  // A commit may have come between: the page ends where `last` says.
  std::erase_if(page.events, [&](const Event& e) { return e.sequence > page.last; });
  return page;
}

StoreStats RuledStore::stats() const {
  StoreStats stats;
  {
    const std::lock_guard lock(shared_);
    for (const auto& [id, q] : published_queues_) {
      stats.jobs += q.info.counts.submitted - q.retired;
      stats.waiting += q.info.counts.waiting;
      stats.in_flight += q.info.counts.in_flight;
    }
    for (const auto& [id, counter] : published_counters_) {
      stats.events += counter.last + 1 - counter.first_kept;
    }
    stats.early_receipts = published_early_;
  }
  stats.octets_on_disk = rows_->octets_on_disk();
  return stats;
}

}  // namespace cpgw::queue::detail
