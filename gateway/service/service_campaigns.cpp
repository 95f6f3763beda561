#include <algorithm>

#include "gateway/campaigns/import.h"
#include "gateway/service/errors.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;
using queue::Applied;
using queue::QueueState;

constexpr std::size_t kMostWaiting = 16;     // requests behind one change of a campaign
constexpr std::size_t kWatchedPerTick = 64;  // campaigns looked at in one tick
constexpr std::chrono::minutes kImportQuiet{10};
constexpr std::chrono::hours kLateReceipts{1};

}  // namespace

Outcome<queue::QueueInfo> Service::campaign_queue(std::string_view tenant_name,
                                                  std::string_view name) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  // The empty name is the queue of single pushes.
  auto found = name.empty() ? std::nullopt : setup_.store.queue(*owner, name);
  if (!found) {
    return refuse(Errc::unknown_campaign, "the tenant has no campaign of this name", "name");
  }
  return *std::move(found);
}

Campaign Service::view(queue::QueueInfo queue) const {
  Campaign campaign{std::move(queue)};
  if (const auto settings = campaigns::read_settings(campaign.queue.settings)) {
    campaign.security = settings->security;
  }
  return campaign;
}

bool Service::exclusively(queue::QueueId queue, Work work) {
  const auto [gate, free] = gates_.try_emplace(queue);
  if (free) {
    work();
    return true;
  }
  if (gate->second.size() >= kMostWaiting) return false;
  gate->second.push_back(std::move(work));
  return true;
}

void Service::release(queue::QueueId queue) {
  const auto gate = gates_.find(queue);
  if (gate == gates_.end()) return;
  if (gate->second.empty()) {
    gates_.erase(gate);
    return;
  }
  const Work next = std::move(gate->second.front());
  gate->second.pop_front();
  next();
}

void Service::watch(queue::QueueId queue) {
  watched_.try_emplace(queue, Watched{campaigns::FinishRule(settings_.expiry + kLateReceipts), {}});
}

void Service::new_campaign(std::string_view tenant_name, std::string_view name,
                           const ContentRequest& content, std::uint8_t priority,
                           std::optional<std::chrono::seconds> expires_in, Reply<Campaign> reply) {
  const auto owner = tenant(tenant_name);
  if (!owner) return reply(tl::unexpected(owner.error()));
  Errors mistakes;
  if (auto good = campaigns::check_name(name); !good) {
    mistakes.push_back(std::move(good).error().in("name"));
  }
  auto prepared = prepare(content);
  if (!prepared) {
    std::move(prepared.error().begin(), prepared.error().end(), std::back_inserter(mistakes));
  }
  if (!mistakes.empty()) return reply(tl::unexpected(std::move(mistakes)));

  campaigns::CampaignSettings settings;
  settings.content = (*prepared)->stored.digest;
  settings.security = (*prepared)->compiled.security;
  settings.priority = priority;
  settings.expires_in = expires_in.value_or(std::chrono::seconds(0));

  queue::QueueInfo info;  // the store gives the id
  info.tenant = *owner;
  info.name = name;
  info.state = QueueState::draft;
  info.created = now();
  info.settings = campaigns::write_settings(settings);
  info.content = settings.content;  // kept as long as the campaign
  const auto taken = [] {
    return refuse(Errc::conflict,
                  "the tenant has a campaign of this name with other settings or past its draft",
                  "name");
  };
  if (auto known = setup_.store.queue(*owner, name)) {
    if (known->state != QueueState::draft || known->settings != info.settings) {
      return reply(taken());
    }
    return reply(view(*std::move(known)));
  }
  std::vector<queue::Step> steps;
  steps.emplace_back(queue::step::PutContent{(*prepared)->stored});
  steps.emplace_back(queue::step::PutQueue{info});
  auto done = [this, owner = *owner, taken, name = info.name, tenant = std::string(tenant_name),
               reply](Result<std::vector<queue::StepResult>> committed) {
    if (!committed) return reply(refuse(Errc::store, "the store failed: nothing was made"));
    queue::StepResult& made = committed->back();
    if (made.applied == Applied::conflict) return reply(taken());
    auto stored = setup_.store.queue(owner, name);
    if (!stored) {
      return reply(refuse(made.error ? std::move(*made.error)
                                     : Error(Errc::store, "the store refused the campaign")));
    }
    setup_.log.write(LogLevel::info, "campaign-made", "a campaign is stored as a draft",
                     {{"tenant", tenant}, {"campaign", name}});
    reply(view(*std::move(stored)));
  };
  if (!setup_.committer.commit(queue::Lane::interactive, std::move(steps), std::move(done))) {
    ++stats_.busy;
    reply(busy());
  }
}

void Service::change_campaign(std::string_view tenant_name, std::string_view name,
                              campaigns::Action action, Reply<Campaign> reply) {
  auto found = campaign_queue(tenant_name, name);
  if (!found) return reply(tl::unexpected(std::move(found).error()));
  const queue::QueueId id = found->id;
  auto work = [this, id, action, reply, tenant = std::string(tenant_name)] {
    auto info = setup_.store.queue(id);
    const auto answer = [&](Outcome<Campaign> outcome) {
      reply(std::move(outcome));
      release(id);
    };
    if (!info) return answer(refuse(Errc::unknown_campaign, "the campaign is gone", "name"));
    auto to = campaigns::next_state(info->state, action);
    if (!to) return answer(refuse(std::move(to).error().in("name")));
    if (*to == info->state) return answer(view(*std::move(info)));
    auto done = [this, id, to = *to, name = info->name, tenant,
                 reply](Result<std::vector<queue::StepResult>> committed) {
      const auto leave = [&](Outcome<Campaign> outcome) {
        reply(std::move(outcome));
        release(id);
      };
      if (!committed) return leave(refuse(Errc::store, "the store failed: nothing was changed"));
      queue::StepResult& step = committed->front();
      auto stored = setup_.store.queue(id);
      if (step.applied != Applied::applied || !stored) {
        return leave(refuse(step.error ? std::move(*step.error)
                                       : Error(Errc::wrong_state,
                                               "the campaign's state does not allow it any more")));
      }
      if (to == QueueState::running) {
        watch(id);
      } else if (to == QueueState::cancelled) {
        watched_.erase(id);
      }
      setup_.log.write(
          LogLevel::info, "campaign-changed", "a campaign has a new state",
          {{"tenant", tenant}, {"campaign", name}, {"state", std::string(queue::to_string(to))}});
      setup_.wake();
      leave(view(*std::move(stored)));
    };
    std::vector<queue::Step> steps;
    steps.emplace_back(queue::step::SetQueueState{id, *to});
    if (!setup_.committer.commit(queue::Lane::interactive, std::move(steps), std::move(done))) {
      ++stats_.busy;
      answer(busy());
    }
  };
  if (!exclusively(id, std::move(work))) {
    ++stats_.busy;
    reply(busy());
  }
}

Outcome<Campaign> Service::campaign(std::string_view tenant_name, std::string_view name) const {
  auto found = campaign_queue(tenant_name, name);
  if (!found) return tl::unexpected(std::move(found).error());
  return view(*std::move(found));
}

Outcome<std::vector<Campaign>> Service::list_campaigns(std::string_view tenant_name) const {
  const auto owner = tenant(tenant_name);
  if (!owner) return tl::unexpected(owner.error());
  std::vector<Campaign> campaigns;
  for (queue::QueueInfo& info : setup_.store.queues(*owner)) {
    if (!info.name.empty()) campaigns.push_back(view(std::move(info)));
  }
  return campaigns;
}

void Service::tick() {
  const std::size_t most = std::min(kWatchedPerTick, watched_.size());
  for (std::size_t i = 0; i < most; ++i) {
    auto at = watched_.lower_bound(next_watched_);
    if (at == watched_.end()) at = watched_.begin();
    if (at == watched_.end()) return;
    next_watched_ = queue::QueueId{at->first.value + 1};
    finish_if_done(at->first, at->second);
  }
}

void Service::finish_if_done(queue::QueueId id, Watched& watched) {
  // Rows on their way would be overtaken: look again next time.
  if (gates_.contains(id)) return;
  const auto info = setup_.store.queue(id);
  if (!info || info->state == QueueState::cancelled || info->state == QueueState::finished) {
    watched_.erase(id);
    return;
  }
  const SteadyTime steady = setup_.steady();
  std::erase_if(watched.imports,
                [&](const auto& import) { return steady - import.second >= kImportQuiet; });
  if (!watched.rule.finished(info->counts, !watched.imports.empty(), steady) ||
      info->state != QueueState::running) {
    return;
  }
  static_cast<void>(exclusively(id, [this, id, name = info->name] {
    auto done = [this, id, name](Result<std::vector<queue::StepResult>> committed) {
      if (committed && committed->front().applied == Applied::applied) {
        watched_.erase(id);
        setup_.log.write(LogLevel::info, "campaign-finished", "every job of a campaign is final",
                         {{"campaign", name}});
      }
      release(id);
    };
    std::vector<queue::Step> steps;
    steps.emplace_back(queue::step::SetQueueState{id, QueueState::finished});
    if (!setup_.committer.commit(queue::Lane::interactive, std::move(steps), std::move(done))) {
      release(id);
    }
  }));
}

}  // namespace cpgw::gateway::service
