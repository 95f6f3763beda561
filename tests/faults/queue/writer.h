// A busy user of a store: imports rows, sends them, takes receipts, and says what was acknowledged.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>

#include "queue/job_store.h"

namespace cpgw::queue::test {

/// What a store has promised. Row n goes to phone n, so each phone has one job.
struct Promised {
  std::uint64_t rows = 0;  ///< rows 0 … rows-1 are stored
  std::set<std::uint64_t> sent, delivered;
  std::uint64_t last_event = 0;
};

class Writer {
 public:
  /// Called after each commit with what it acknowledged: 'R' rows stored so far, 'S' id sent,
  /// 'D' id delivered, 'E' last event's sequence.
  using Tell = std::function<void(char kind, std::uint64_t value)>;
  Writer(JobStore& store, std::uint64_t seed, Tell tell);

  /// Recovers and sets up. False: the store failed.
  [[nodiscard]] bool start();
  /// One commit with a few steps. False: the store failed.
  [[nodiscard]] bool turn();

 private:
  [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] Step import_rows(std::uint64_t content);

  JobStore& store_;
  std::mt19937_64 random_;
  Tell tell_;
  WallTime now_{std::chrono::milliseconds(1'800'000'000'000)};
  TenantId tenant_;
  RouteGroup group_;
  std::vector<Claimed> in_flight_;
  std::vector<std::pair<std::string, JobId>> receipts_due_;
};

/// Whether an opened store holds all that was promised, each row once, and is sound. Empty: it is.
[[nodiscard]] std::string broken_promise(JobStore& store, const Promised& promised);

}  // namespace cpgw::queue::test
