// Rows of an import: accepted, checked for duplicates and stored with the cursor.
#include <iterator>

#include "gateway/campaigns/import.h"
#include "gateway/service/errors.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;
using queue::Applied;

constexpr std::size_t kMostImports = 64;  // of one campaign, remembered as under way
constexpr unsigned kMostPages = 10;       // of a number's jobs, looked at for duplicates

/// All jobs of the query, however the store cuts the answer; nothing when there is no end in sight.
std::optional<std::vector<queue::Job>> all_of(const queue::JobStore& store, queue::JobQuery query) {
  std::vector<queue::Job> jobs;
  for (unsigned page = 0; page < kMostPages; ++page) {
    queue::JobPage found = store.find(query);
    jobs.insert(jobs.end(), std::make_move_iterator(found.jobs.begin()),
                std::make_move_iterator(found.jobs.end()));
    if (!found.next) return jobs;
    query.after_id = *found.next;
  }
  return std::nullopt;
}

}  // namespace

Outcome<queue::ImportCursor> Service::open_import(std::string_view tenant_name,
                                                  std::string_view campaign,
                                                  std::string_view import,
                                                  const queue::Digest& source) {
  auto found = campaign_queue(tenant_name, campaign);
  if (!found) {
    for (Error& e : found.error()) e.at.field = e.at.field == "name" ? "campaign" : e.at.field;
    return tl::unexpected(std::move(found).error());
  }
  if (!campaigns::takes_rows(found->state)) {
    return refuse(Errc::wrong_state, "a cancelled campaign takes no more rows", "campaign");
  }
  if (auto known = setup_.store.import_cursor(found->id, import)) {
    if (known->source != source) {
      return refuse(Errc::conflict,
                    "another file was imported under this name; give this one a name of its own",
                    "source");
    }
    return *std::move(known);
  }
  queue::ImportCursor fresh;
  fresh.name = import;
  fresh.queue = found->id;
  fresh.source = source;
  return fresh;
}

void Service::import_rows(std::string_view tenant_name, ImportRequest request,
                          Reply<Imported> reply) {
  const auto owner = tenant(tenant_name);
  if (!owner) return reply(tl::unexpected(owner.error()));
  const auto open = open_import(tenant_name, request.campaign, request.import, request.source);
  if (!open) return reply(tl::unexpected(open.error()));
  const queue::QueueId id = open->queue;
  auto shared = std::make_shared<ImportRequest>(std::move(request));
  auto work = [this, id, owner = *owner, tenant = std::string(tenant_name), shared, reply] {
    const auto info = setup_.store.queue(id);
    if (!info || !campaigns::takes_rows(info->state)) {
      reply(refuse(Errc::wrong_state, "a cancelled campaign takes no more rows", "campaign"));
      return release(id);
    }
    rows_turn(owner, tenant, *shared, *info, reply);
  };
  if (!exclusively(id, std::move(work))) {
    ++stats_.busy;
    reply(busy());
  }
}

void Service::rows_turn(queue::TenantId owner, const std::string& tenant_name,
                        ImportRequest& request, const queue::QueueInfo& queue,
                        const Reply<Imported>& reply) {
  const auto leave = [&](Outcome<Imported> answer) {
    reply(std::move(answer));
    release(queue.id);
  };
  Imported imported;
  if (auto known = setup_.store.import_cursor(queue.id, request.import)) {
    imported.cursor = *std::move(known);
  } else {
    imported.cursor.name = request.import;
    imported.cursor.queue = queue.id;
    imported.cursor.source = request.source;
  }
  queue::ImportCursor& cursor = imported.cursor;
  const auto conflict = [&](std::string message, std::string field) {
    imported.conflict = Error(Errc::conflict, std::move(message), at_field(std::move(field)));
    leave(std::move(imported));
  };
  if (cursor.source != request.source) {
    return conflict("another file was imported under this name; give this one a name of its own",
                    "source");
  }
  if (!request.check_only && request.expect_offset != cursor.next_offset) {
    return conflict("the import goes on from octet " + std::to_string(cursor.next_offset),
                    "expect_offset");
  }
  if (!request.check_only && cursor.finished) {
    return conflict("the import is finished", "import");
  }
  const auto settings = campaigns::read_settings(queue.settings);
  if (!settings) return leave(refuse(settings.error()));
  const auto content = contents_.load(settings->content, setup_.store);
  if (!content) return leave(refuse(content.error()));

  const auto given = [](std::chrono::seconds own, std::chrono::seconds configured) {
    return own.count() != 0 ? own : configured;
  };
  const campaigns::ImportTag tag(queue.id, request.import);
  campaigns::DuplicateCheck duplicates(tag, given(settings->cool_down, settings_.cool_down), now());
  flow::JobTerms terms;
  terms.tenant = owner;
  terms.tenant_name = tenant_name;
  terms.queue = queue.id;
  terms.priority = settings->priority;
  terms.due = now();
  terms.deadline = terms.due + given(settings->expires_in, settings_.expiry);

  queue::step::Submit submit{owner, {}, std::nullopt, std::nullopt, request.expect_offset};
  submit.jobs.reserve(request.rows.size());
  queue::JobQuery query;
  query.tenant = owner;
  query.queue = queue.id;
  query.limit = kMostListed;
  query.after_id = queue::JobId{queue.id.value};  // ids grow: its jobs are younger than it is
  for (ImportRow& row : request.rows) {
    Errors mistakes = std::move(row.mistakes);
    terms.trace = tag.trace(row.row);
    if (!mistakes.empty()) {
      imported.rejected.push_back({row.row, std::move(mistakes)});
      continue;
    }
    auto job = accept(row.recipient, **content, terms);
    if (!job) mistakes = job.error();
    // A number that is good by itself is looked up even when something else is wrong.
    if (auto number = flow::normalise(row.recipient.number, settings_.numbers)) {
      query.recipient = *number;
      const auto known = all_of(setup_.store, query);
      if (!known) {
        mistakes.emplace_back(Errc::bad_recipient,
                              "this number has too many jobs to look for duplicates among them",
                              at_field("number"));
      } else if (auto why = duplicates.reason(*number, row.row, *known)) {
        mistakes.emplace_back(Errc::bad_recipient, *std::move(why), at_field("number"));
      } else if (mistakes.empty()) {
        duplicates.taken(*number, row.row);
      }
    }
    if (mistakes.empty()) {
      submit.jobs.push_back(*std::move(job));
    } else {
      imported.rejected.push_back({row.row, std::move(mistakes)});
    }
  }
  if (request.check_only) return leave(std::move(imported));

  cursor.next_offset = request.next_offset;
  cursor.next_row = request.next_row;
  cursor.accepted += submit.jobs.size();
  cursor.rejected += imported.rejected.size();
  cursor.finished = request.finished;
  submit.cursor = cursor;
  const std::size_t accepted = submit.jobs.size();
  auto shared = std::make_shared<Imported>(std::move(imported));
  auto done = [this, shared, accepted, id = queue.id, name = queue.name, tenant_name,
               reply](Result<std::vector<queue::StepResult>> committed) {
    if (committed && committed->front().applied == Applied::applied) {
      watch(id);
      auto& imports = watched_.at(id).imports;
      if (shared->cursor.finished) {
        imports.erase(shared->cursor.name);
      } else if (imports.size() < kMostImports || imports.contains(shared->cursor.name)) {
        imports[shared->cursor.name] = setup_.steady();
      }
    }
    const auto answer = [&](Outcome<Imported> outcome) {
      reply(std::move(outcome));
      release(id);
    };
    if (!committed) return answer(refuse(Errc::store, "the store failed: no row was taken"));
    queue::StepResult& step = committed->front();
    if (step.applied == Applied::conflict || step.applied == Applied::duplicate) {
      if (auto stored = setup_.store.import_cursor(id, shared->cursor.name)) {
        shared->cursor = *std::move(stored);
      }
      shared->rejected.clear();
      shared->conflict =
          Error(Errc::conflict, "the import went on elsewhere", at_field("expect_offset"));
      return answer(std::move(*shared));
    }
    if (step.applied != Applied::applied) {
      return answer(refuse(step.error ? std::move(*step.error)
                                      : Error(Errc::store, "the store refused the rows")));
    }
    stats_.jobs_accepted += accepted;
    stats_.rows_accepted += accepted;
    stats_.rows_rejected += shared->rejected.size();
    setup_.log.write(LogLevel::info, "rows-imported", "rows of an import are stored",
                     {{"tenant", tenant_name},
                      {"campaign", name},
                      {"import", shared->cursor.name},
                      {"accepted", std::to_string(accepted)},
                      {"rejected", std::to_string(shared->rejected.size())},
                      {"next_row", std::to_string(shared->cursor.next_row)}});
    setup_.wake();
    answer(std::move(*shared));
  };
  std::vector<queue::Step> steps;
  steps.emplace_back(std::move(submit));
  if (!setup_.committer.commit(queue::Lane::import, std::move(steps), std::move(done))) {
    ++stats_.busy;
    leave(busy());
  }
}

}  // namespace cpgw::gateway::service
