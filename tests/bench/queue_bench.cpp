// What the durable store costs: rows imported per second, CPU per document, claims beside a
// backlog, pause and cancel of a large queue.
//   queue_bench [DIRECTORY [ROWS [DOCUMENTS]]]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "queue/job_store.h"

namespace {

using namespace cpgw;
using namespace cpgw::queue;

double wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// CPU of this thread alone: without RocksDB's own threads.
double thread_cpu() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

struct Span {
  double wall_start = wall(), cpu_start = cpu(), thread_start = thread_cpu();
  void report(const char* what, std::uint64_t count) const {
    const auto n = static_cast<double>(count);
    std::printf("%-44s %10.0f /s  %7.2f us CPU, %7.2f us in the committing thread\n", what,
                n / (wall() - wall_start), 1e6 * (cpu() - cpu_start) / n,
                1e6 * (thread_cpu() - thread_start) / n);
    std::fflush(stdout);
  }
};

class Bench {
 public:
  explicit Bench(const std::string& directory) {
    auto opened = open_rocksdb_store(directory, {});
    if (!opened) fatal(opened.error());
    store_ = std::move(*opened);
    if (auto r = store_->recover(now_); !r) fatal(r.error());
    tenant_ = store_->tenant("acme");
    group_ = store_->route_group("smsc");
    Content content;
    content.digest[0] = std::byte{1};
    content.body.resize(300);
    commit({step::PutContent{content}});
  }

  QueueId make_queue(const std::string& name) {
    QueueInfo info;
    info.tenant = tenant_;
    info.name = name;
    info.group = group_;
    return *commit({step::PutQueue{info}}).front().queue;
  }

  void import(QueueId queue, std::uint64_t rows, std::uint8_t parts) {
    for (std::uint64_t row = 0; row < rows; row += 1000) {
      step::Submit submit{.tenant = tenant_};
      submit.jobs.reserve(1000);
      for (std::uint64_t n = 0; n < 1000 && row + n < rows; ++n) {
        // Numbers come in no order.
        const std::uint64_t number = (next_number_++ * 7'368'787ULL) % 1'000'000'007ULL;
        NewJob job{.tenant = tenant_,
                   .queue = queue,
                   .group = group_,
                   .recipient = *Msisdn::parse(std::to_string(358'000'000'000ULL + number)),
                   .sealed = Octets(120, std::byte{7}),
                   .due = now_,
                   .deadline = now_ + std::chrono::hours(24),
                   .parts_estimate = parts};
        job.content[0] = std::byte{1};
        submit.jobs.push_back(std::move(job));
      }
      ImportCursor cursor{.name = "rows", .queue = queue, .next_offset = row + 1000};
      submit.cursor = cursor;
      submit.expect_offset = row;
      const auto r = commit({submit});
      if (r.front().applied != Applied::applied) std::abort();
      now_ += std::chrono::milliseconds(1);
    }
  }

  std::vector<Claimed> claim(QueueId queue, std::uint32_t most) {
    return commit({step::Claim{
                      .group = group_, .queue = queue, .max_jobs = most, .max_parts = 100'000}})
        .front()
        .claimed;
  }

  /// `documents` of three parts: claim, composed, accepted, receipts, `batch` documents a commit.
  void documents(QueueId queue, std::uint64_t documents, std::uint32_t batch) {
    std::vector<std::string> ids;
    for (std::uint64_t done = 0; done < documents;) {
      const auto claimed = claim(queue, batch);
      if (claimed.empty()) std::abort();
      std::vector<Step> steps;
      for (const Claimed& c : claimed) steps.push_back(step::Composed{c.fence, 3, c.job.content});
      commit(std::move(steps));
      steps.clear();
      ids.clear();
      for (const Claimed& c : claimed) {
        for (std::uint8_t part = 0; part < 3; ++part) {
          // Random-looking ids of 16 digits.
          char id[24];
          std::snprintf(id, sizeof id, "%016llX",
                        static_cast<unsigned long long>(++next_id_ * 0x9E3779B97F4A7C15ULL));
          steps.push_back(step::PartAccepted{c.fence, part, "smsc-a", id});
          ids.emplace_back(id);
        }
      }
      commit(std::move(steps));
      steps.clear();
      for (const std::string& id : ids) {
        Receipt receipt;
        receipt.account = "smsc-a";
        receipt.candidates = {id};
        receipt.state = ReceiptState::delivered;
        steps.push_back(step::ApplyReceipt{receipt});
      }
      for (const StepResult& r : commit(std::move(steps))) {
        if (r.applied != Applied::applied) std::abort();
      }
      done += claimed.size();
    }
  }

  double timed(Step step) {
    const double start = wall();
    std::vector<Step> steps;
    steps.push_back(std::move(step));
    commit(std::move(steps));
    return 1e3 * (wall() - start);
  }

  std::vector<StepResult> commit(std::vector<Step> steps) {
    const std::vector<std::vector<Step>> requests{std::move(steps)};
    auto results = store_->commit(requests, now_);
    if (!results) fatal(results.error());
    return std::move(results->front());
  }

  [[nodiscard]] const JobStore& store() const { return *store_; }

 private:
  [[noreturn]] static void fatal(const Error& error) {
    std::fprintf(stderr, "%s\n", to_string(error).c_str());
    std::exit(1);
  }
  std::unique_ptr<JobStore> store_;
  WallTime now_{std::chrono::milliseconds(1'800'000'000'000)};
  TenantId tenant_;
  RouteGroup group_;
  std::uint64_t next_number_ = 1, next_id_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string directory = argc > 1 ? argv[1] : "/tmp/cpgw-queue-bench";
  const std::uint64_t rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  const std::uint64_t documents = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 50'000;
  std::filesystem::remove_all(directory);
  {
    Bench bench(directory);
    const std::uint64_t first = std::min<std::uint64_t>(rows, 100'000);
    const QueueId small = bench.make_queue("small");
    {
      const Span span;
      bench.import(small, first, 1);
      span.report("import, 1 part, 1000 a commit, into an empty store", first);
    }
    const QueueId work = bench.make_queue("work");
    bench.import(work, documents * 2, 3);
    {
      const Span span;
      bench.documents(work, documents, 100);
      span.report("3-part document with 3 receipts, 100 a commit", documents);
    }
    const QueueId large = bench.make_queue("large");
    {
      const Span span;
      bench.import(large, rows, 1);
      span.report("import, 1 part, 1000 a commit, whole", rows);
    }
    {
      const Span span;
      bench.documents(work, documents, 100);
      span.report("the same document beside the large queue", documents);
    }
    {
      const Span span;
      for (int n = 0; n < 1000; ++n) (void)bench.claim(large, 32);
      span.report("claim of 32 jobs, one a commit: jobs", 32'000);
    }
    std::printf("pause  %.2f ms\n", bench.timed(step::SetQueueState{large, QueueState::paused}));
    std::printf("resume %.2f ms\n", bench.timed(step::SetQueueState{large, QueueState::running}));
    std::printf("cancel %.2f ms\n", bench.timed(step::SetQueueState{large, QueueState::cancelled}));
    double worst = 0;
    double total = 0;
    std::uint64_t swept = 0;
    for (;;) {
      const double start = wall();
      const auto r = bench.commit({step::Sweep{}});
      if (r.front().swept == 0) break;
      swept += r.front().swept;
      worst = std::max(worst, wall() - start);
      total += wall() - start;
      if (swept > 200'000) break;
    }
    std::printf("sweep of the cancelled queue: %.0f records/s, worst piece %.2f ms\n",
                static_cast<double>(swept) / total, worst * 1e3);
    std::printf("on disk %.1f MB\n",
                static_cast<double>(bench.store().stats().octets_on_disk) / 1e6);
  }
  const double start = wall();
  { const Bench again(directory); }
  std::printf("open again and close %.2f s\n", wall() - start);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("peak memory %.0f MB\n", static_cast<double>(used.ru_maxrss) / 1024);
  std::filesystem::remove_all(directory);
  return 0;
}
