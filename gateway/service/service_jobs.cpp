#include <algorithm>

#include "gateway/service/errors.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;
using queue::Applied;

constexpr std::string_view kNoSuchJob = "the tenant has no job of this id";

}  // namespace

JobView Service::view(queue::Job job) const {
  JobView view{std::move(job), {}, std::nullopt};
  view.tenant = setup_.store.tenant_name(view.job.tenant);
  if (auto queue = setup_.store.queue(view.job.queue); queue && !queue->name.empty()) {
    view.campaign = std::move(queue->name);
  }
  return view;
}

Outcome<queue::Job> Service::own_job(std::string_view tenant_name, queue::JobId id) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  auto job = setup_.store.job(id);
  // Another tenant's job is answered exactly as one that does not exist.
  if (!job || job->tenant != *owner) {
    return refuse(Errc::unknown_job, std::string(kNoSuchJob), "id");
  }
  return *std::move(job);
}

Outcome<JobView> Service::job(std::string_view tenant_name, queue::JobId id) const {
  auto job = own_job(tenant_name, id);
  if (!job) return tl::unexpected(std::move(job).error());
  return view(*std::move(job));
}

void Service::cancel_job(std::string_view tenant_name, queue::JobId id, Reply<JobView> reply) {
  const auto known = own_job(tenant_name, id);
  if (!known) return reply(tl::unexpected(known.error()));
  auto done = [this, id, tenant = std::string(tenant_name), trace = known->trace,
               reply](Result<std::vector<queue::StepResult>> committed) {
    if (!committed) return reply(refuse(Errc::store, "the store failed: nothing was changed"));
    auto job = setup_.store.job(id);
    if (!job) return reply(refuse(Errc::unknown_job, std::string(kNoSuchJob), "id"));
    queue::StepResult& step = committed->front();
    if (step.error) return reply(refuse(std::move(*step.error)));
    if (job->state != queue::JobState::cancelled) {
      return reply(refuse(Errc::wrong_state,
                          "the job is " + std::string(queue::to_string(job->state)) +
                              " and cannot be cancelled any more",
                          "id"));
    }
    if (step.applied == Applied::applied) {
      setup_.log.write(
          LogLevel::info, "job-cancelled", "a job was cancelled on request",
          {{"trace_id", to_hex(trace)}, {"tenant", tenant}, {"job", std::to_string(id.value)}});
    }
    setup_.wake();
    reply(view(*std::move(job)));
  };
  std::vector<queue::Step> steps;
  steps.emplace_back(queue::step::CancelJob{id});
  if (!setup_.committer.commit(queue::Lane::interactive, std::move(steps), std::move(done))) {
    ++stats_.busy;
    reply(busy());
  }
}

Outcome<Secret> Service::job_code(std::string_view tenant_name, queue::JobId id) {
  const auto job = own_job(tenant_name, id);
  if (!job) return tl::unexpected(job.error());
  const auto content = contents_.load(job->content, setup_.store);
  if (!content) return refuse(content.error());
  if ((*content)->compiled.security != signer::Security::USERPINMAC) {
    return refuse(Errc::wrong_state, "only a USERPINMAC push has a code", "id");
  }
  const auto sealed = setup_.store.sealed(id);
  if (!sealed) return refuse(sealed.error());
  if (sealed->empty()) {
    return refuse(Errc::wrong_state, "the push's inputs were erased: its code is gone", "id");
  }
  const std::string owner = flow::seal_owner(job->recipient, job->content);
  const auto plain = setup_.sealer.open(*sealed, {tenant_name, owner, "job"});
  if (!plain) return refuse(plain.error());
  const auto inputs = flow::read_sealed(plain->expose());
  if (!inputs) return refuse(inputs.error());
  flow::Composed composed;
  const auto done = composer_.compose((*content)->compiled, *inputs, job->drawn, composed);
  if (!done) return refuse(done.error());
  return std::move(composed.code);
}

Outcome<JobList> Service::list_jobs(std::string_view tenant_name,
                                    const JobListRequest& request) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  queue::JobQuery query;
  query.tenant = *owner;
  query.state = request.state;
  query.after_id = request.after;
  query.limit = std::min(request.limit, kMostListed);
  Errors mistakes;
  if (request.campaign) {
    const auto queue = campaign_queue(tenant_name, *request.campaign);
    if (queue) {
      query.queue = queue->id;
    } else {
      mistakes.emplace_back(Errc::unknown_campaign, "the tenant has no campaign of this name",
                            at_field("campaign"));
    }
  }
  if (request.number) {
    auto number = flow::normalise(*request.number, settings_.numbers);
    if (number) {
      query.recipient = *number;
    } else {
      mistakes.push_back(std::move(number).error());
      mistakes.back().at.field = "number";
    }
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  JobList list;
  queue::JobPage page = setup_.store.find(query);
  for (queue::Job& job : page.jobs) list.jobs.push_back(view(std::move(job)));
  list.next = page.next;
  return list;
}

Outcome<SubscriberView> Service::subscriber(std::string_view tenant_name,
                                            std::string_view number) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  auto normal = flow::normalise(number, settings_.numbers);
  if (!normal) {
    Error error = std::move(normal).error();
    error.at.field = "number";
    return refuse(std::move(error));
  }
  queue::JobQuery query;
  query.tenant = *owner;
  query.recipient = *normal;
  query.limit = kMostListed;
  SubscriberView subscriber{normal->international(), {}, {}};
  queue::JobPage page = setup_.store.find(query);
  for (queue::Job& job : page.jobs) subscriber.jobs.push_back(view(std::move(job)));
  subscriber.next = page.next;
  return subscriber;
}

Outcome<EventPage> Service::events(std::string_view tenant_name, std::uint64_t after,
                                   std::uint32_t credit) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  auto stored = setup_.store.events(*owner, after, std::min(credit, kMostListed));
  EventPage page;
  page.first_kept = stored.first_kept;
  page.last = stored.last;
  page.events.reserve(stored.events.size());
  std::map<queue::QueueId, std::optional<std::string>> names;
  for (const queue::Event& event : stored.events) {
    const auto [name, fresh] = names.try_emplace(event.queue);
    if (fresh) {
      if (auto queue = setup_.store.queue(event.queue); queue && !queue->name.empty()) {
        name->second = std::move(queue->name);
      }
    }
    page.events.push_back({event, name->second});
  }
  return page;
}

Outcome<std::vector<carriers::LinkReport>> Service::links() const {
  if (stopping_) return refuse(Errc::stopping, "the gateway is going down: ask again later");
  return setup_.links();
}

Outcome<queue::StoreStats> Service::store_stats() const {
  if (stopping_) return refuse(Errc::stopping, "the gateway is going down: ask again later");
  return setup_.store.stats();
}

Outcome<std::vector<std::string>> Service::reload() {
  if (stopping_) return refuse(Errc::stopping, "the gateway is going down: ask again later");
  return setup_.reload();
}

}  // namespace cpgw::gateway::service
