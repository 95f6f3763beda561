#include "writer.h"

namespace cpgw::queue::test {
namespace {

constexpr std::string_view kImport = "rows.csv";

Msisdn phone(std::uint64_t row) { return *Msisdn::parse(std::to_string(358400000000 + row)); }

Digest content_digest(std::uint64_t n = 1) {
  Digest d{};
  d[0] = static_cast<std::byte>(n);
  return d;
}

Step put_content(std::uint64_t n) { return step::PutContent{{.digest = content_digest(n)}}; }

}  // namespace

Writer::Writer(JobStore& store, std::uint64_t seed, Tell tell)
    : store_(store), random_(seed), tell_(std::move(tell)) {}

bool Writer::start() {
  tenant_ = store_.tenant("acme");
  group_ = store_.route_group("smsc");
  if (!store_.recover(now_)) return false;
  QueueInfo queue;
  queue.id = singles(tenant_);
  queue.tenant = tenant_;
  queue.group = group_;
  const std::vector<std::vector<Step>> requests{{step::PutQueue{queue}}};
  return store_.commit(requests, now_).has_value();
}

Step Writer::import_rows(std::uint64_t content) {
  const auto known = store_.import_cursor(singles(tenant_), kImport);
  ImportCursor cursor =
      known.value_or(ImportCursor{.name = std::string(kImport), .queue = singles(tenant_)});
  step::Submit submit{.tenant = tenant_};
  submit.expect_offset = cursor.next_offset;
  for (std::uint64_t n = 1 + draw(40); n > 0; --n) {
    const std::uint64_t row = cursor.next_row++;
    const std::string_view sealed = "sealed";
    submit.jobs.push_back(NewJob{.tenant = tenant_,
                                 .queue = singles(tenant_),
                                 .group = group_,
                                 .recipient = phone(row),
                                 .content = content_digest(content),
                                 .sealed = {as_octets(sealed).begin(), as_octets(sealed).end()},
                                 .due = now_,
                                 .deadline = now_ + std::chrono::hours(24),
                                 .parts_estimate = 2});
  }
  cursor.next_offset = cursor.next_row;
  submit.cursor = cursor;
  return submit;
}

bool Writer::turn() {
  now_ += std::chrono::milliseconds(draw(5));
  if (draw(64) == 0) now_ += std::chrono::minutes(61);  // contents nobody uses go
  std::vector<Step> steps;
  if (draw(2) == 0) {
    const std::uint64_t content = 1 + draw(4);
    steps.push_back(put_content(content));
    steps.push_back(import_rows(content));
  }
  if (draw(8) == 0) steps.push_back(put_content(5 + draw(200)));
  if (draw(16) == 0) steps.emplace_back(step::Sweep{});
  for (const Claimed& c : in_flight_) {
    const auto id = std::to_string(c.fence.id.value);
    if (draw(8) == 0) {
      steps.push_back(step::Retry{c.fence, now_, OutcomeClass::temporary, 8, true});
      continue;
    }
    steps.push_back(step::Composed{c.fence, 2, content_digest()});
    for (const std::uint8_t part : {std::uint8_t{0}, std::uint8_t{1}}) {
      const std::string mid = id + "-" + std::to_string(part);
      steps.push_back(step::PartAccepted{c.fence, part, "acct", mid});
      receipts_due_.emplace_back(mid, c.fence.id);
    }
  }
  in_flight_.clear();
  while (!receipts_due_.empty() && draw(5) != 0) {
    Receipt receipt;
    receipt.account = "acct";
    receipt.candidates = {receipts_due_.back().first};
    receipt.state = ReceiptState::delivered;
    steps.push_back(step::ApplyReceipt{receipt});
    receipts_due_.pop_back();
  }
  steps.push_back(step::Claim{.group = group_,
                              .queue = singles(tenant_),
                              .max_jobs = static_cast<std::uint32_t>(draw(20)),
                              .max_parts = 100});
  const std::vector<std::vector<Step>> requests{std::move(steps)};
  const auto results = store_.commit(requests, now_);
  if (!results) return false;
  in_flight_ = results->front().back().claimed;
  const auto cursor = store_.import_cursor(singles(tenant_), kImport);
  if (cursor) tell_('R', cursor->next_row);
  for (std::size_t i = 0; i < requests[0].size(); ++i) {
    const auto* accepted = std::get_if<step::PartAccepted>(&requests[0][i]);
    const StepResult& result = results->front()[i];
    if (accepted != nullptr && accepted->part == 1 && result.applied == Applied::applied) {
      tell_('S', accepted->fence.id.value);
    }
    if (result.job) {
      const auto job = store_.job(*result.job);
      if (job && job->state == JobState::delivered) tell_('D', result.job->value);
    }
  }
  tell_('E', store_.events(tenant_, 0, 0).last);
  return true;
}

std::string broken_promise(JobStore& store, const Promised& promised) {
  for (const Error& error : store.check()) return to_string(error);
  const TenantId tenant = store.tenant("acme");
  std::uint64_t rows = 0;
  if (const auto cursor = store.import_cursor(singles(tenant), kImport)) rows = cursor->next_row;
  if (rows < promised.rows) {
    return "rows " + std::to_string(rows) + " to " + std::to_string(promised.rows) + " are lost";
  }
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto found = store.find({.recipient = phone(row)}).jobs.size();
    if (found != 1) {
      return "row " + std::to_string(row) + " is stored " + std::to_string(found) + " times";
    }
  }
  if (!store.find({.recipient = phone(rows)}).jobs.empty())
    return "a row beyond the cursor is stored";
  const auto at_least = [&](std::uint64_t id, bool delivered) {
    const auto job = store.job(JobId{id});
    return job &&
           (job->state == JobState::delivered || (!delivered && job->state == JobState::sent));
  };
  for (const std::uint64_t id : promised.sent) {
    if (!at_least(id, false)) return "job " + std::to_string(id) + " is no longer sent";
  }
  for (const std::uint64_t id : promised.delivered) {
    if (!at_least(id, true)) return "job " + std::to_string(id) + " is no longer delivered";
  }
  const auto page = store.events(tenant, 0, 1'000'000);
  if (page.last < promised.last_event) return "events are lost";
  std::uint64_t sequence = page.first_kept;
  for (const Event& event : page.events) {
    if (event.sequence != sequence++) return "the events have a gap";
  }
  if (sequence != page.last + 1) return "the last events are missing";
  return {};
}

}  // namespace cpgw::queue::test
