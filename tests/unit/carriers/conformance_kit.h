// What every carrier must keep, whatever its protocol. A new carrier type runs the kit against a
// peer of its own.
#pragma once

#include "harness.h"

namespace cpgw::carriers::testing {

/// `bench.carrier` is made and its peer answers, well or ill; `sent` counts what it has answered.
/// Submits pushes as fast as room is announced, then stops it in the middle.
inline void expect_conforms(Bench& bench, std::uint64_t pushes, bool stop_in_the_middle) {
  ASSERT_GT(bench.carrier->window(), 0u);
  ASSERT_FALSE(bench.carrier->name().empty());
  EXPECT_EQ(bench.carrier->ready_parts(), 0u) << "nothing before start()";
  ASSERT_TRUE(bench.start());

  std::map<std::uint64_t, std::size_t> taken;  // token → parts
  std::size_t parts_taken = 0;
  std::uint64_t token = 0;
  const auto submit_what_fits = [&] {
    while (token < pushes && bench.carrier->ready_parts() > 0) {
      const auto count = static_cast<std::uint8_t>(token % 4 + 1);
      EXPECT_LE(bench.carrier->ready_parts(), bench.carrier->window());
      if (!bench.submit(token + 1, parts(count))) return;
      taken[++token] = count;
      parts_taken += count;
    }
  };
  const auto goal = stop_in_the_middle ? pushes / 2 : pushes;
  ASSERT_TRUE(bench.run_until([&] {
    submit_what_fits();
    return token >= goal;
  })) << "room must be announced again and again; "
      << token << " pushes were taken";
  if (!stop_in_the_middle) {
    ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() >= parts_taken; }));
  }
  ASSERT_TRUE(bench.stop()) << "stop() must call back";
  EXPECT_EQ(bench.carrier->ready_parts(), 0u);
  EXPECT_FALSE(bench.submit(999'999, parts(1))) << "nothing is taken after stop()";

  // Every part one outcome; only an acceptance may follow `unknown`.
  std::map<std::pair<std::uint64_t, int>, std::vector<OutcomeClass>> seen;
  for (const Outcome& outcome : bench.flow.outcomes) {
    EXPECT_LT(outcome.part, taken[outcome.token]);
    seen[{outcome.token, outcome.part}].push_back(outcome.outcome);
  }
  EXPECT_EQ(seen.size(), parts_taken);
  for (const auto& [part, all] : seen) {
    EXPECT_TRUE(all.size() == 1 || (all.size() == 2 && all[0] == OutcomeClass::unknown &&
                                    all[1] == OutcomeClass::accepted))
        << "push " << part.first << " part " << part.second << " had " << all.size();
  }
  EXPECT_FALSE(bench.flow.links.empty());
  EXPECT_EQ(bench.carrier->report().front().state, LinkState::stopped);
}

}  // namespace cpgw::carriers::testing
