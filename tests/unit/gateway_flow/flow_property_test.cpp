// Whatever operators do: nothing is lost, nothing stuck, nothing over the window.
#include <set>

#include "tests/unit/gateway_flow/flow_bench.h"

namespace cpgw::gateway::flow {
namespace {

using queue::JobState;
using C = OutcomeClass;

class FlowProperty : public FlowBench {
 protected:
  std::uint64_t pick(std::uint64_t limit) { return chance->below(limit); }

  void watch(ScriptedCarrier& carrier, std::uint32_t window) {
    carrier.on_submit = [this, window, &carrier](const Handed& h) {
      const auto jobs = store->find({.recipient = h.recipient}).jobs;
      ASSERT_EQ(jobs.size(), 1u);
      // What was told of it late may be on its way to the disk right now.
      if (!told_late.contains(h.recipient.packed())) {
        EXPECT_EQ(h.to_send & jobs[0].accepted, 0u) << "an accepted part was sent again";
        EXPECT_EQ(jobs[0].state, JobState::claimed);
      }
      // Octets of a job never change.
      auto& first = sent[jobs[0].id.value];
      if (first.empty()) first = h.parts;
      EXPECT_EQ(first, h.parts);
      EXPECT_LE(carrier.open_parts, std::max<std::uint32_t>(window, 3));
      std::uint32_t out = 0;
      const auto claimed = store->find({.state = JobState::claimed, .limit = 1000});
      for (const queue::Job& job : claimed.jobs) {
        if (job.parts == 0) continue;
        out += static_cast<std::uint32_t>(
            std::popcount(((1u << job.parts) - 1) & ~job.accepted & ~job.delivered));
      }
      // Two windows composed, one claimed ahead (again composed before), one push over.
      EXPECT_LE(out, 3 * window + 3);
    };
  }

  C random_outcome() {
    switch (pick(12)) {
      case 0: return C::throttled;
      case 1: return C::temporary;
      case 2: return pick(4) == 0 ? C::permanent : C::temporary;
      case 3: return C::session;
      case 4: return C::unknown;
      case 5: return pick(6) == 0 ? C::configuration : C::unknown;
      default: return C::accepted;
    }
  }

  /// Answers one open part somehow.
  void answer_something() {
    if (smsc->open.empty()) return;
    auto it = smsc->open.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(pick(smsc->open.size())));
    const auto token = it->first;
    auto part = static_cast<std::uint8_t>(pick(32));
    while ((it->second >> part & 1) == 0) part = static_cast<std::uint8_t>((part + 1) % 32);
    const C what = random_outcome();
    const std::string id = what == C::accepted ? ScriptedCarrier::id(token, part) : "";
    smsc->tell(token, part, what, what == C::accepted ? 0 : 0x14, id);
    if (what == C::accepted) ids.emplace_back(token, part);
    if (what == C::unknown) doubtful.emplace_back(token, part);
  }

  void deliver_something() {
    if (ids.empty()) return;
    const auto [token, part] = ids[pick(ids.size())];
    const auto it = std::ranges::find(smsc->handed, token, &Handed::token);
    if (it == smsc->handed.end()) return;
    smsc->receipt(
        it->recipient, ScriptedCarrier::id(token, part),
        pick(20) == 0 ? carriers::DeliveryState::failed : carriers::DeliveryState::delivered);
  }

  void answer_late() {
    if (doubtful.empty()) return;
    const auto [token, part] = doubtful[pick(doubtful.size())];
    const auto it = std::ranges::find(smsc->handed, token, &Handed::token);
    if (it != smsc->handed.end()) told_late.insert(it->recipient.packed());
    smsc->tell(token, part, C::accepted, 0, ScriptedCarrier::id(token, part));
  }

  void turn() {
    switch (pick(16)) {
      case 0: smsc->bind(!smsc->bound); break;
      case 1: later(std::chrono::milliseconds(pick(8000))); break;
      case 2: answer_late(); break;
      case 3: deliver_something(); break;
      case 4: smsc->receipt(*Msisdn::parse("358409999999"), "unheard of"); break;
      case 5: quiesce(); break;
      default: answer_something(); break;
    }
    const auto runs = pick(8);
    for (std::uint64_t i = 0; i < runs; ++i) {
      reactor.restart();
      reactor.poll_one();
    }
  }

  void run(std::uint64_t seed, bool crashes) {
    chance.emplace(seed);
    const auto window = static_cast<std::uint32_t>(1 + pick(12));
    start(window);
    watch(*smsc, window);
    std::vector<std::string> numbers;
    const auto count = 5 + pick(25);
    for (std::uint64_t i = 0; i < count; ++i) {
      numbers.push_back("+35840" + std::to_string(1'000'000 + i));
    }
    const auto half = static_cast<std::ptrdiff_t>(numbers.size() / 2);
    auto jobs = submit({numbers.begin(), numbers.begin() + half}, kLongName, "acme");
    const auto more = submit({numbers.begin() + half, numbers.end()}, "x", "zeta");
    jobs.insert(jobs.end(), more.begin(), more.end());

    for (int i = 0; i < 300; ++i) {
      turn();
      if (crashes && pick(100) == 0) {
        flow.reset();
        quiesce();
        ASSERT_TRUE(store->recover(clock.wall()));
        ids.clear();
        doubtful.clear();
        start(window);
        watch(*smsc, window);
      }
    }
    // Then the operator recovers.
    smsc->script = ScriptedCarrier::accepted;
    for (const auto& [token, parts] : std::map(smsc->open)) {
      for (std::uint8_t p = 0; p < 32; ++p) {
        if ((parts >> p & 1) != 0) {
          smsc->tell(token, p, C::accepted, 0, ScriptedCarrier::id(token, p));
        }
      }
    }
    smsc->bind(true);
    const auto over = [&] {
      for (const auto id : jobs) {
        const JobState s = state(id);
        if (s != JobState::sent && !is_final(s)) return false;
      }
      return true;
    };
    for (int i = 0; i < 50 && !over(); ++i) {
      later(std::chrono::seconds(6));
      quiesce();
      quiesce();
      quiesce();
    }
    ASSERT_TRUE(until(over)) << "seed " << seed;
    ASSERT_TRUE(until([&] { return flow->stats().in_flight_parts == 0; }));
    EXPECT_EQ(store->find({.limit = 1000}).jobs.size(), jobs.size());
    ASSERT_TRUE(stop());
    for (const auto id : jobs) {
      EXPECT_NE(state(id), JobState::claimed);
      EXPECT_NE(state(id), JobState::cancelled);
    }
  }

  std::optional<SeededRandom> chance;
  std::map<std::uint64_t, std::vector<si_sl::Part>> sent;
  std::set<std::uint64_t> told_late;  ///< recipients with a receipt or a late answer
  std::vector<std::pair<std::uint64_t, std::uint8_t>> ids, doubtful;
};

class FlowSeeds : public FlowProperty, public testing::WithParamInterface<unsigned> {};

TEST_P(FlowSeeds, EveryPushEndsWhateverTheOperatorDoes) { run(1000 + GetParam(), false); }
TEST_P(FlowSeeds, EveryPushEndsThoughTheGatewayDiesInBetween) { run(2000 + GetParam(), true); }

INSTANTIATE_TEST_SUITE_P(Some, FlowSeeds, testing::Range(0u, 25u));

}  // namespace
}  // namespace cpgw::gateway::flow
