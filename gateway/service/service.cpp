#include "gateway/service/service.h"

#include <algorithm>

#include "gateway/service/errors.h"

namespace cpgw::gateway::service {

using flow::Errc;
using queue::Applied;

Service::Service(ServiceSetup setup, flow::FlowSettings settings)
    : setup_(std::move(setup)),
      settings_(std::move(settings)),
      acceptor_(settings_, setup_.sealer, setup_.random),
      composer_(setup_.keyring),
      digest_(setup_.keyring) {
  apply(flow::FlowSettings(settings_));
  // Campaigns that were running when the process ended come to their end under this one.
  for (const queue::QueueInfo& info : setup_.store.queues(std::nullopt)) {
    if (!info.name.empty() && info.state == queue::QueueState::running) watch(info.id);
  }
}

Service::~Service() = default;

void Service::apply(flow::FlowSettings settings) {
  if (!(settings.profile == settings_.profile)) contents_.clear();
  settings_ = std::move(settings);
  tenants_.clear();
  for (const flow::Tenant& t : settings_.tenants) {
    tenants_.emplace(t.name, setup_.store.tenant(t.name));
  }
  groups_.clear();
  for (const flow::Route& route : settings_.routes) {
    groups_.emplace(route.carrier, setup_.store.route_group(route.carrier));
  }
}

Outcome<queue::TenantId> Service::tenant(std::string_view name) const {
  if (stopping_) return refuse(Errc::stopping, "the gateway is going down: ask again later");
  const auto found = tenants_.find(name);
  if (found == tenants_.end()) {
    return refuse(Errc::unknown_tenant, "no [[tenant]] of the settings has this name", "tenant");
  }
  return found->second;
}

queue::RouteGroup Service::group(const std::string& carrier) {
  const auto found = groups_.find(carrier);
  if (found != groups_.end()) return found->second;
  return groups_.emplace(carrier, setup_.store.route_group(carrier)).first->second;
}

Outcome<std::shared_ptr<const PreparedContent>> Service::prepare(const ContentRequest& request) {
  if (const auto* type = flow::content_type(request.type);
      type != nullptr && type->document == wbxml::sl && !settings_.service_loading) {
    return refuse(Errc::not_allowed,
                  "service loading makes phones load without asking; [safety] service_loading = "
                  "true takes it",
                  "content.type");
  }
  auto content = contents_.compile(request, settings_.profile);
  if (!content) return tl::unexpected(inside(std::move(content).error(), "content"));
  return content;
}

queue::QueueId Service::singles(queue::TenantId tenant, std::vector<queue::Step>& steps) {
  if (const auto known = setup_.store.queue(tenant, "")) return known->id;
  queue::QueueInfo info;
  info.id = queue::singles(tenant);
  info.tenant = tenant;
  info.created = now();
  steps.emplace_back(queue::step::PutQueue{info});
  return info.id;
}

Outcome<queue::NewJob> Service::accept(const flow::RecipientRequest& recipient,
                                       const PreparedContent& content,
                                       const flow::JobTerms& terms) {
  return acceptor_.job(recipient, content.compiled, content.stored.digest, terms,
                       [this](const std::string& carrier) { return group(carrier); });
}

namespace {

struct Pending {
  std::size_t result;  ///< which submission
  std::size_t step;    ///< its Submit
  queue::TraceId trace;
  std::size_t jobs;
};

}  // namespace

void Service::submit(std::string_view tenant_name, const std::optional<std::string>& key,
                     std::vector<Outcome<Submission>> submissions,
                     Reply<std::vector<Outcome<Submitted>>> reply) {
  const auto owner = tenant(tenant_name);
  if (!owner) return reply(tl::unexpected(owner.error()));
  std::size_t jobs = 0;
  for (const auto& s : submissions) jobs += s ? s->recipients.size() : 0;
  if (jobs > kMostJobs) {
    return reply(refuse(Errc::bad_request,
                        "one request takes at most " + std::to_string(kMostJobs) + " recipients",
                        "submissions"));
  }

  const WallTime at = now();
  std::vector<queue::Step> steps;
  std::vector<queue::Digest> contents_put;
  std::vector<Outcome<Submitted>> results(submissions.size(), tl::unexpected(Errors()));
  std::vector<Pending> pending;
  std::optional<queue::QueueId> queue;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    if (!submissions[i]) {
      results[i] = tl::unexpected(std::move(submissions[i]).error());
      ++stats_.submissions_refused;
      continue;
    }
    const Submission& submission = *submissions[i];
    Errors mistakes;
    auto content = prepare(submission.content);
    if (!content) mistakes = content.error();

    flow::JobTerms terms;
    terms.tenant = *owner;
    terms.tenant_name = tenant_name;
    terms.priority = submission.priority;
    terms.due = std::max(at, submission.not_before.value_or(at));
    terms.deadline = terms.due + submission.expires_in.value_or(settings_.expiry);
    setup_.random.fill(terms.trace);
    if (!queue) queue = singles(*owner, steps);
    terms.queue = *queue;

    queue::step::Submit submit{*owner, {}, std::nullopt, std::nullopt, 0};
    submit.jobs.reserve(submission.recipients.size());
    for (std::size_t r = 0; content && r < submission.recipients.size(); ++r) {
      auto job = accept(submission.recipients[r], **content, terms);
      if (job) {
        submit.jobs.push_back(std::move(*job));
      } else if (mistakes.size() < kMostErrors) {
        auto errors = inside(std::move(job).error(), "recipients[" + std::to_string(r) + "]");
        std::move(errors.begin(), errors.end(), std::back_inserter(mistakes));
      }
    }
    if (!mistakes.empty()) {
      results[i] = tl::unexpected(std::move(mistakes));
      ++stats_.submissions_refused;
      continue;
    }
    const queue::Digest& digest = (*content)->stored.digest;
    if (std::find(contents_put.begin(), contents_put.end(), digest) == contents_put.end()) {
      contents_put.push_back(digest);
      steps.emplace_back(queue::step::PutContent{(*content)->stored});
    }
    if (submission.key || key) {
      auto meaning = digest_.of(submission);
      if (!meaning) {
        results[i] = refuse(std::move(meaning).error());
        ++stats_.submissions_refused;
        continue;
      }
      submit.idempotency = {submission.key
                                ? "s" + RequestDigest::key_name(*submission.key)
                                : "r" + RequestDigest::key_name(*key) + "." + std::to_string(i),
                            *meaning};
    }
    pending.push_back({i, steps.size(), terms.trace, submit.jobs.size()});
    steps.emplace_back(std::move(submit));
  }
  if (pending.empty()) return reply(std::move(results));

  auto shared = std::make_shared<std::vector<Outcome<Submitted>>>(std::move(results));
  auto done = [this, shared, pending, reply, owner_name = std::string(tenant_name)](
                  Result<std::vector<queue::StepResult>> committed) {
    if (!committed) {
      return reply(refuse(Errc::store, "the store failed: nothing was accepted"));
    }
    for (const Pending& p : pending) {
      queue::StepResult& step = (*committed)[p.step];
      Outcome<Submitted>& result = (*shared)[p.result];
      switch (step.applied) {
        case Applied::applied:
          result = Submitted{std::move(step.ids), p.trace, false};
          ++stats_.submissions_accepted;
          stats_.jobs_accepted += p.jobs;
          setup_.log.write(LogLevel::info, "submission-accepted", "a submission is stored",
                           {{"trace_id", to_hex(p.trace)},
                            {"tenant", owner_name},
                            {"jobs", std::to_string(p.jobs)}});
          break;
        case Applied::duplicate: {
          Submitted replay{std::move(step.ids), std::nullopt, true};
          if (!replay.ids.empty()) {
            if (const auto job = setup_.store.job(replay.ids.front())) replay.trace = job->trace;
          }
          result = std::move(replay);
          ++stats_.submissions_replayed;
          break;
        }
        case Applied::conflict:
          result = refuse(Errc::conflict, "the key was used before with another request", "key");
          ++stats_.submissions_refused;
          break;
        default:
          result = refuse(step.error ? std::move(*step.error)
                                     : Error(Errc::store, "the store refused the submission"));
          ++stats_.submissions_refused;
      }
    }
    setup_.wake();
    reply(std::move(*shared));
  };
  if (!setup_.committer.commit(queue::Lane::interactive, std::move(steps), std::move(done))) {
    ++stats_.busy;
    reply(busy());
  }
}

}  // namespace cpgw::gateway::service
