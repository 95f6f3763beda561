// The one layer every door calls: who may, what exactly is asked, and the answer after the commit.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>

#include "base/clock.h"
#include "gateway/campaigns/campaign.h"
#include "gateway/flow/compose.h"
#include "gateway/flow/log.h"
#include "gateway/flow/settings.h"
#include "gateway/service/content_cache.h"
#include "gateway/service/request_digest.h"
#include "gateway/service/requests.h"
#include "queue/committer.h"

namespace cpgw::gateway::service {

/// What the service stands on; all of it outlives the service. Every function is called on the
/// reactor thread.
struct ServiceSetup {
  queue::JobStore& store;
  queue::Committer& committer;
  signer::Sealer& sealer;
  const signer::Keyring& keyring;
  Random& random;
  Log& log;
  std::function<WallTime()> now;  ///< guarded wall time
  std::function<SteadyTime()> steady;
  std::function<void()> wake = [] {};  ///< jobs were stored or a campaign changed
  std::function<std::vector<carriers::LinkReport>()> links = [] {
    return std::vector<carriers::LinkReport>();
  };
  /// Reads the settings file again: the changes made, or every reason why nothing changed.
  std::function<Outcome<std::vector<std::string>>()> reload = [] {
    return Outcome<std::vector<std::string>>();
  };
};

struct ServiceStats {
  std::uint64_t submissions_accepted = 0, submissions_refused = 0, submissions_replayed = 0,
                jobs_accepted = 0, rows_accepted = 0, rows_rejected = 0, busy = 0;
};

/// Owned by the reactor thread. Tenants must be configured; what belongs to another tenant does not
/// exist for this one. Replies after durable commits only.
class Service {
 public:
  Service(ServiceSetup setup, flow::FlowSettings settings);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// New rules from now on. Contents compiled under another delivery profile stay as they are.
  void apply(flow::FlowSettings settings);
  /// Everything asked from now on is answered gateway/stopping.
  void stop() { stopping_ = true; }
  /// Looks for campaigns that are finished, a bounded piece per call: once a second or so.
  void tick();

  /// Submissions with mistakes of their form come in as those mistakes, so that each has its
  /// result.
  void submit(std::string_view tenant, const std::optional<std::string>& key,
              std::vector<Outcome<Submission>> submissions,
              Reply<std::vector<Outcome<Submitted>>> reply);

  void new_campaign(std::string_view tenant, std::string_view name, const ContentRequest& content,
                    std::uint8_t priority, std::optional<std::chrono::seconds> expires_in,
                    Reply<Campaign> reply);
  void change_campaign(std::string_view tenant, std::string_view name, campaigns::Action action,
                       Reply<Campaign> reply);
  [[nodiscard]] Outcome<Campaign> campaign(std::string_view tenant, std::string_view name) const;
  [[nodiscard]] Outcome<std::vector<Campaign>> list_campaigns(std::string_view tenant) const;

  [[nodiscard]] Outcome<queue::ImportCursor> open_import(std::string_view tenant,
                                                         std::string_view campaign,
                                                         std::string_view import,
                                                         const queue::Digest& source);
  void import_rows(std::string_view tenant, ImportRequest request, Reply<Imported> reply);

  [[nodiscard]] Outcome<JobView> job(std::string_view tenant, queue::JobId id) const;
  void cancel_job(std::string_view tenant, queue::JobId id, Reply<JobView> reply);
  /// What the user of a USERPINMAC push types.
  [[nodiscard]] Outcome<Secret> job_code(std::string_view tenant, queue::JobId id);
  [[nodiscard]] Outcome<JobList> list_jobs(std::string_view tenant,
                                           const JobListRequest& request) const;
  [[nodiscard]] Outcome<SubscriberView> subscriber(std::string_view tenant,
                                                   std::string_view number) const;

  /// Events after `after`, with the names of their campaigns.
  [[nodiscard]] Outcome<EventPage> events(std::string_view tenant, std::uint64_t after,
                                          std::uint32_t credit) const;

  [[nodiscard]] Outcome<std::vector<carriers::LinkReport>> links() const;
  [[nodiscard]] Outcome<queue::StoreStats> store_stats() const;
  [[nodiscard]] Outcome<std::vector<std::string>> reload();

  [[nodiscard]] WallTime now() const { return setup_.now(); }
  [[nodiscard]] const ServiceStats& stats() const { return stats_; }

 private:
  struct Watched {
    campaigns::FinishRule rule;
    std::unordered_map<std::string, SteadyTime> imports;  // under way, and when last heard of
  };
  using Work = std::function<void()>;

  [[nodiscard]] Outcome<queue::TenantId> tenant(std::string_view name) const;
  [[nodiscard]] Outcome<queue::QueueInfo> campaign_queue(std::string_view tenant,
                                                         std::string_view name) const;
  [[nodiscard]] Campaign view(queue::QueueInfo queue) const;
  [[nodiscard]] JobView view(queue::Job job) const;
  [[nodiscard]] Outcome<queue::Job> own_job(std::string_view tenant, queue::JobId id) const;
  [[nodiscard]] Outcome<std::shared_ptr<const PreparedContent>> prepare(
      const ContentRequest& request);
  [[nodiscard]] queue::RouteGroup group(const std::string& carrier);
  /// The tenant's queue of single pushes, made in `steps` when it is not stored yet.
  [[nodiscard]] queue::QueueId singles(queue::TenantId tenant, std::vector<queue::Step>& steps);
  [[nodiscard]] Outcome<queue::NewJob> accept(const flow::RecipientRequest& recipient,
                                              const PreparedContent& content,
                                              const flow::JobTerms& terms);

  /// Runs `work` when no other change of the queue is under way; false: too many wait.
  [[nodiscard]] bool exclusively(queue::QueueId queue, Work work);
  /// The work under way on `queue` is done: the next may run.
  void release(queue::QueueId queue);
  void watch(queue::QueueId queue);
  void finish_if_done(queue::QueueId queue, Watched& watched);
  void rows_turn(queue::TenantId tenant, const std::string& tenant_name, ImportRequest& request,
                 const queue::QueueInfo& queue, const Reply<Imported>& reply);

  ServiceSetup setup_;
  flow::FlowSettings settings_;
  flow::Acceptor acceptor_;
  flow::Composer composer_;
  RequestDigest digest_;
  ContentCache contents_{setup_.sealer};
  std::map<std::string, queue::TenantId, std::less<>> tenants_;
  std::map<std::string, queue::RouteGroup, std::less<>> groups_;
  std::map<queue::QueueId, std::deque<Work>> gates_;  // present: a change is under way
  std::map<queue::QueueId, Watched> watched_;         // campaigns that may come to an end
  queue::QueueId next_watched_;
  ServiceStats stats_;
  bool stopping_ = false;
};

}  // namespace cpgw::gateway::service
