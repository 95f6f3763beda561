// Random steps on the durable engine and on the reference: every answer and every observable agree,
// also when the store is opened again at any point. CPGW_MODEL_SEED and CPGW_MODEL_RUNS choose
// more.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "support.h"

namespace cpgw::queue::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::uint64_t setting(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

StoreOptions small_bounds() {
  StoreOptions o;
  o.receipt_patience = minutes(30);
  o.content_patience = minutes(20);
  o.retention = hours(3);
  o.idempotency_life = hours(2);
  o.events_kept = 300;
  return o;
}

class Model {
 public:
  explicit Model(std::uint64_t seed)
      : random_(seed),
        memory_(Engine::memory, small_bounds()),
        disk_(Engine::rocksdb, small_bounds()) {
    for (Bench* b : both()) {
      tenants_[0] = b->tenant;
      tenants_[1] = b->store->tenant("other");
      groups_[0] = b->group;
      groups_[1] = b->store->route_group("smsc-b");
    }
    queues_.emplace_back(tenants_[0], memory_.queue);
  }

  void round() {
    std::vector<std::vector<Step>> requests(1 + draw(3));
    for (auto& request : requests) {
      for (std::uint64_t n = 1 + draw(4); n > 0; --n) request.push_back(step());
    }
    memory_.now = disk_.now += time_passes();
    const auto expected = memory_.store->commit(requests, memory_.now);
    const auto got = disk_.store->commit(requests, disk_.now);
    ASSERT_TRUE(expected && got) << to_string(got.error());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      for (std::size_t k = 0; k < requests[i].size(); ++k) {
        ASSERT_NO_FATAL_FAILURE(compare((*expected)[i][k], (*got)[i][k]))
            << "step kind " << requests[i][k].index();
        learn(requests[i][k], (*got)[i][k]);
      }
    }
    if (draw(25) == 0) {
      ASSERT_EQ(memory_.reopen(), disk_.reopen());
    }
  }

  void observe() {
    JobId at{};
    for (;;) {
      const auto a = memory_.store->find({.after_id = at, .limit = 1000}).jobs;
      const auto b = disk_.store->find({.after_id = at, .limit = 1000}).jobs;
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NO_FATAL_FAILURE(compare(a[i], b[i]));
      if (a.empty()) break;
      for (const Job& j : a) ASSERT_EQ(*memory_.store->sealed(j.id), *disk_.store->sealed(j.id));
      at = a.back().id;
    }
    for (const auto& [tenant, queue] : queues_) {
      const auto a = memory_.store->queue(queue);
      const auto b = disk_.store->queue(queue);
      ASSERT_EQ(a.has_value(), b.has_value());
      if (a) {
        ASSERT_EQ(a->counts, b->counts);
        ASSERT_EQ(a->state, b->state);
      }
      ASSERT_EQ(memory_.store->find({.queue = queue, .limit = 1000}).jobs.size(),
                disk_.store->find({.queue = queue, .limit = 1000}).jobs.size());
      const auto x = memory_.store->import_cursor(queue, "import");
      const auto y = disk_.store->import_cursor(queue, "import");
      ASSERT_EQ(x.has_value(), y.has_value());
      if (x) {
        ASSERT_EQ(x->next_offset, y->next_offset);
      }
    }
    for (const QueueId queue : {QueueId{}, queues_.back().second}) {
      JobQuery query{.state = JobState::sent, .limit = 5, .most_read = 30};
      if (queue != QueueId{}) query.queue = queue;
      for (std::optional<JobId> from{JobId{}}; from;) {
        query.after_id = *from;
        const auto a = memory_.store->find(query);
        const auto b = disk_.store->find(query);
        ASSERT_EQ(a.jobs.size(), b.jobs.size());
        ASSERT_EQ(a.next, b.next);
        from = a.next;
      }
    }
    for (std::uint64_t n = 0; n < kPhones; ++n) {
      ASSERT_EQ(memory_.store->find({.recipient = number(n), .limit = 1000}).jobs.size(),
                disk_.store->find({.recipient = number(n), .limit = 1000}).jobs.size());
    }
    for (const TenantId tenant : tenants_) {
      const auto a = memory_.store->events(tenant, 0, 100'000);
      const auto b = disk_.store->events(tenant, 0, 100'000);
      ASSERT_EQ(a.last, b.last);
      ASSERT_EQ(a.first_kept, b.first_kept);
      ASSERT_EQ(a.events.size(), b.events.size());
      std::uint64_t sequence = a.first_kept;
      for (std::size_t i = 0; i < a.events.size(); ++i) {
        const Event& e = a.events[i];
        const Event& f = b.events[i];
        ASSERT_EQ(e.sequence, sequence++) << "a gap";
        ASSERT_EQ(e.sequence, f.sequence);
        ASSERT_EQ(e.kind, f.kind);
        ASSERT_EQ(e.job, f.job);
        ASSERT_EQ(e.queue, f.queue);
        ASSERT_EQ(e.at, f.at);
        ASSERT_EQ(e.attempt, f.attempt);
        ASSERT_EQ(e.possible_duplicate, f.possible_duplicate);
        ASSERT_EQ(e.reason, f.reason);
        ASSERT_EQ(e.queue_state, f.queue_state);
      }
    }
    for (std::uint8_t n = 1; n < 7; ++n) {
      const auto x = memory_.store->content(digest(n));
      const auto y = disk_.store->content(digest(n));
      ASSERT_EQ(x.has_value(), y.has_value());
      if (x) {
        ASSERT_EQ(x->body, y->body);
      }
    }
    const auto a = memory_.store->ready_queues();
    const auto b = disk_.store->ready_queues();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(a[i].queue, b[i].queue);
      ASSERT_EQ(a[i].group, b[i].group);
      ASSERT_EQ(a[i].next_due, b[i].next_due);
    }
    const StoreStats s = memory_.store->stats();
    const StoreStats t = disk_.store->stats();
    ASSERT_EQ(s.jobs, t.jobs);
    ASSERT_EQ(s.waiting, t.waiting);
    ASSERT_EQ(s.in_flight, t.in_flight);
    ASSERT_EQ(s.events, t.events);
    ASSERT_EQ(s.early_receipts, t.early_receipts);
    memory_.expect_sound();
    disk_.expect_sound();
  }

 private:
  static constexpr std::uint64_t kPhones = 12;

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  std::vector<Bench*> both() { return {&memory_, &disk_}; }

  milliseconds time_passes() {
    switch (draw(8)) {
      case 0: return minutes(draw(40));
      case 1: return seconds(draw(60));
      case 2: return milliseconds(draw(3));
      default: return milliseconds(0);
    }
  }

  NewJob new_job() {
    const auto& [tenant, queue] = queues_[draw(queues_.size())];
    NewJob j = memory_.job(number(draw(kPhones)), static_cast<std::uint8_t>(1 + draw(3)));
    j.tenant = tenant;
    j.queue = queue;
    j.group = groups_[draw(2)];
    j.priority = static_cast<std::uint8_t>(draw(3) * 4);
    j.due = memory_.now + minutes(draw(3) == 0 ? draw(60) : 0);
    j.deadline = memory_.now + minutes(30 * (1 + draw(6)));
    if (draw(3) == 0) j.sealed.clear();
    if (draw(10) == 0 && !jobs_.empty()) j.after = any_job();
    j.trace[0] = static_cast<std::byte>(draw(256));
    return j;
  }
  JobId any_job() {
    if (jobs_.empty()) return JobId{1};
    // Mostly recent ones.
    const std::uint64_t back =
        draw(4) == 0 ? draw(jobs_.size()) : draw(std::min<std::uint64_t>(jobs_.size(), 20));
    return jobs_[jobs_.size() - 1 - back];
  }
  Fence any_fence() {
    if (fences_.empty()) return {JobId{1}, 1};
    const std::uint64_t back =
        draw(3) == 0 ? draw(fences_.size()) : draw(std::min<std::uint64_t>(fences_.size(), 8));
    return fences_[fences_.size() - 1 - back];
  }
  std::string any_id() {
    if (draw(12) == 0) return "000";
    return "id-" + std::to_string(draw(4) == 0 ? draw(60) : 1000 + draw(400));
  }

  Step step() {
    switch (draw(16)) {
      case 0:
      case 1: return submit();
      case 2:
      case 3: {
        const auto& q = queues_[draw(queues_.size())];
        return step::Claim{.group = groups_[draw(2)],
                           .queue = q.second,
                           .max_jobs = static_cast<std::uint32_t>(1 + draw(6)),
                           .max_parts = static_cast<std::uint32_t>(1 + draw(9)),
                           .expire = draw(5) != 0};
      }
      case 4:
      case 5: return step::Composed{any_fence(), static_cast<std::uint8_t>(1 + draw(3)), digest(9)};
      case 6:
      case 7:
      case 8:
        return step::PartAccepted{any_fence(), static_cast<std::uint8_t>(draw(3)), "acct", any_id(),
                                  draw(4) != 0};
      case 9:
        return step::Retry{any_fence(), memory_.now + minutes(draw(20)), OutcomeClass::temporary,
                           static_cast<std::uint16_t>(draw(99)), draw(2) == 0};
      case 10:
        if (draw(2) == 0) return step::Release{any_fence()};
        return step::InDoubt{any_fence(), static_cast<std::uint32_t>(draw(8)),
                             memory_.now + minutes(draw(5))};
      case 11:
        if (draw(3) != 0) return step::Fail{any_fence(), OutcomeClass::permanent, 7};
        return draw(2) == 0 ? Step(step::CancelJob{any_job()}) : Step(step::Expire{any_job()});
      case 12:
      case 13: return receipt();
      case 14: return step::Sweep{.max_records = 100'000, .expire = draw(4) != 0};
      default: return queue_step();
    }
  }

  Step submit() {
    step::Submit s;
    const std::uint64_t many = 1 + draw(draw(6) == 0 ? 700 : 8);
    // They are put now and then, come and go.
    const Digest content = digest(static_cast<std::uint8_t>(draw(2) == 0 ? 1 : 1 + draw(4)));
    for (std::uint64_t n = 0; n < many; ++n) {
      NewJob j = new_job();
      j.content = content;
      if (n == 0) s.tenant = j.tenant;
      if (j.tenant != s.tenant) continue;
      if (!s.jobs.empty() && draw(15) == 0) {
        j.after.reset();
        j.after_index = static_cast<std::uint32_t>(draw(s.jobs.size()));
      }
      s.jobs.push_back(std::move(j));
    }
    if (draw(4) == 0) {
      s.idempotency = Idempotency{"key-" + std::to_string(draw(20)),
                                  digest(static_cast<std::uint8_t>(draw(2)))};
    }
    if (draw(4) == 0) {
      const auto& queue = s.jobs.front().queue;
      s.expect_offset = draw(4) * 100;
      s.cursor =
          ImportCursor{.name = "import", .queue = queue, .next_offset = s.expect_offset + 100};
    }
    return s;
  }

  Step receipt() {
    Receipt r;
    r.account = "acct";
    for (std::uint64_t n = draw(3); n > 0; --n) r.candidates.push_back(any_id());
    if (draw(3) != 0) r.recipient = number(draw(kPhones));
    if (draw(3) == 0) {
      r.user_reference = user_reference(any_job(), static_cast<unsigned>(draw(3)));
    }
    r.state = static_cast<ReceiptState>(1 + draw(3));
    r.code = static_cast<std::uint16_t>(draw(50));
    r.at = memory_.now;
    return step::ApplyReceipt{r};
  }

  Step queue_step() {
    if (draw(2) == 0) {
      Content c;
      c.digest = digest(static_cast<std::uint8_t>(1 + draw(6)));
      c.body = octets(std::to_string(draw(2)));
      return step::PutContent{c};
    }
    if (draw(3) == 0) {
      QueueInfo q;
      q.tenant = tenants_[draw(2)];
      q.name = "campaign-" + std::to_string(draw(12));
      q.group = groups_[0];
      q.created = kStart;
      q.settings = octets(std::to_string(draw(2)));
      if (draw(3) == 0) q.content = digest(static_cast<std::uint8_t>(5 + draw(2)));
      return step::PutQueue{q};
    }
    static constexpr std::array kStates{QueueState::running,  QueueState::running,
                                        QueueState::running,  QueueState::paused,
                                        QueueState::finished, QueueState::cancelled};
    auto state = kStates[draw(kStates.size())];
    const auto& q = queues_[draw(queues_.size())];
    if (q.second == memory_.queue) state = QueueState::running;
    return step::SetQueueState{q.second, state};
  }

  void learn(const Step& step, const StepResult& result) {
    jobs_.insert(jobs_.end(), result.ids.begin(), result.ids.end());
    for (const Claimed& c : result.claimed) fences_.push_back(c.fence);
    if (result.queue && result.applied == Applied::applied) {
      queues_.emplace_back(std::get<step::PutQueue>(step).queue.tenant, *result.queue);
    }
  }

  static void compare(const Job& a, const Job& b) {
    ASSERT_EQ(a.id, b.id);
    ASSERT_EQ(a.state, b.state);
    ASSERT_EQ(a.due, b.due);
    ASSERT_EQ(a.epoch, b.epoch);
    ASSERT_EQ(a.attempt, b.attempt);
    ASSERT_EQ(a.drawn, b.drawn);
    ASSERT_EQ(a.parts, b.parts);
    ASSERT_EQ(a.accepted, b.accepted);
    ASSERT_EQ(a.delivered, b.delivered);
    ASSERT_EQ(a.in_doubt, b.in_doubt);
    ASSERT_EQ(a.no_receipt, b.no_receipt);
    ASSERT_EQ(a.possible_duplicate, b.possible_duplicate);
    ASSERT_EQ(a.reason, b.reason);
    ASSERT_EQ(a.reason_class, b.reason_class);
    ASSERT_EQ(a.push_digest, b.push_digest);
    ASSERT_EQ(a.recipient, b.recipient);
    ASSERT_EQ(a.queue, b.queue);
    ASSERT_EQ(a.tenant, b.tenant);
    ASSERT_EQ(a.group, b.group);
    ASSERT_EQ(a.priority, b.priority);
    ASSERT_EQ(a.deadline, b.deadline);
    ASSERT_EQ(a.after, b.after);
    ASSERT_EQ(a.trace, b.trace);
  }
  static void compare(const StepResult& a, const StepResult& b) {
    ASSERT_EQ(a.applied, b.applied);
    ASSERT_EQ(a.ids, b.ids);
    ASSERT_EQ(a.job, b.job);
    ASSERT_EQ(a.queue, b.queue);
    ASSERT_EQ(a.error, b.error);
    ASSERT_EQ(a.claimed.size(), b.claimed.size());
    for (std::size_t i = 0; i < a.claimed.size(); ++i) {
      ASSERT_EQ(a.claimed[i].fence, b.claimed[i].fence);
      ASSERT_EQ(a.claimed[i].sealed, b.claimed[i].sealed);
      ASSERT_EQ(a.claimed[i].parts_to_send, b.claimed[i].parts_to_send);
      ASSERT_NO_FATAL_FAILURE(compare(a.claimed[i].job, b.claimed[i].job));
    }
  }

  std::mt19937_64 random_;
  Bench memory_, disk_;
  std::array<TenantId, 2> tenants_{};
  std::array<RouteGroup, 2> groups_{};
  std::vector<std::pair<TenantId, QueueId>> queues_;
  std::vector<JobId> jobs_;
  std::vector<Fence> fences_;
};

TEST(StoreModel, TheDurableEngineAnswersAsTheReferenceDoes) {
  const std::uint64_t first = setting("CPGW_MODEL_SEED", 1);
  const std::uint64_t runs = setting("CPGW_MODEL_RUNS", 3);
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE("CPGW_MODEL_SEED=" + std::to_string(seed));
    Model model(seed);
    for (int n = 0; n < 400; ++n) {
      ASSERT_NO_FATAL_FAILURE(model.round()) << "round " << n;
      if (n % 50 == 49) {
        ASSERT_NO_FATAL_FAILURE(model.observe()) << "round " << n;
      }
      if (::testing::Test::HasNonfatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace cpgw::queue::test
