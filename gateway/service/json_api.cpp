#include "gateway/service/json_api.h"

#include <algorithm>
#include <array>

#include "gateway/service/errors.h"
#include "gateway/service/json_answers.h"
#include "gateway/service/json_requests.h"
#include "gateway/service/service.h"

namespace cpgw::gateway::service {
namespace {

using campaigns::Action;
using flow::Errc;
using Answer = std::function<void(std::string)>;

constexpr std::size_t kMostName = 128;  // names are checked more closely by the service

/// One request being read: its fields, its mistakes, where the answer goes.
struct Call {
  Service& service;
  const std::string& version;
  ObjectReader& fields;
  Mistakes& mistakes;
  Answer reply;

  std::string_view tenant() { return fields.required_text("tenant", 1, kMostName); }
  /// Refuses unknown fields; true when the request may be carried out.
  [[nodiscard]] bool good() {
    fields.finish();
    if (mistakes.empty()) return true;
    reply(error_answer(std::move(mistakes).take()));
    return false;
  }
  template <class T>
  void answer(const Outcome<T>& outcome, std::string (*write)(const T&)) const {
    reply(outcome ? write(*outcome) : error_answer(outcome.error()));
  }
  template <class T>
  [[nodiscard]] Reply<T> later(std::string (*write)(const T&)) const {
    return [answer = reply, write](Outcome<T> outcome) {
      answer(outcome ? write(*outcome) : error_answer(outcome.error()));
    };
  }
};

void ping(Call& call) {
  if (call.good()) call.reply(ping_answer(call.version, call.service.now()));
}

void submit(Call& call) {
  const auto tenant = call.tenant();
  std::optional<std::string> key;
  if (const auto given = call.fields.text("key", 1, kMostKey)) key = *given;
  const JsonNode* list = call.fields.required_array("submissions", 1, kMostSubmissions);
  if (!call.good()) return;
  std::vector<Outcome<Submission>> submissions;
  submissions.reserve(list->children);
  for (const JsonNode* n = list->first; n; n = n->next) {
    submissions.push_back(read_submission(*n, call.service.now()));
  }
  call.service.submit(tenant, key, std::move(submissions), call.later(submit_answer));
}

void campaign_new(Call& call) {
  const auto tenant = call.tenant();
  const auto name = call.fields.required_text("name", 1, kMostName);
  ContentRequest content;
  if (const JsonNode* node = call.fields.required_object("content")) {
    content = read_content(*node, "content", call.mistakes);
  }
  const auto priority = read_priority(call.fields);
  const auto expires_in = read_expires_in(call.fields);
  if (!call.good()) return;
  call.service.new_campaign(tenant, name, content, priority, expires_in,
                            call.later(campaign_answer));
}

template <Action action>
void campaign_change(Call& call) {
  const auto tenant = call.tenant();
  const auto name = call.fields.required_text("name", 1, kMostName);
  if (!call.good()) return;
  call.service.change_campaign(tenant, name, action, call.later(campaign_answer));
}

void campaign_status(Call& call) {
  const auto tenant = call.tenant();
  const auto name = call.fields.required_text("name", 1, kMostName);
  if (call.good()) call.answer(call.service.campaign(tenant, name), campaign_answer);
}

void campaign_list(Call& call) {
  const auto tenant = call.tenant();
  if (call.good()) call.answer(call.service.list_campaigns(tenant), campaigns_answer);
}

void import_open(Call& call) {
  const auto tenant = call.tenant();
  const auto campaign = call.fields.required_text("campaign", 1, kMostName);
  const auto import = read_import_name(call.fields);
  const auto source = read_digest(call.fields, "source");
  if (!call.good()) return;
  call.answer(call.service.open_import(tenant, campaign, import, source), cursor_answer);
}

void import_rows(Call& call) {
  const auto tenant = call.tenant();
  ImportRequest request;
  request.campaign = call.fields.required_text("campaign", 1, kMostName);
  request.import = read_import_name(call.fields);
  request.source = read_digest(call.fields, "source");
  const auto count = [&](std::string_view name) {
    return static_cast<std::uint64_t>(call.fields.required_integer(name, 0, INT64_MAX));
  };
  request.expect_offset = count("expect_offset");
  request.next_offset = count("next_offset");
  request.next_row = count("next_row");
  request.finished = call.fields.flag("finished").value_or(false);
  request.check_only = call.fields.flag("check_only").value_or(false);
  if (!request.check_only && request.next_offset < request.expect_offset) {
    call.fields.mistake("next_offset", "must not be before expect_offset", Errc::bad_request);
  }
  if (const JsonNode* rows = call.fields.required_array("rows", 0, kMostRows)) {
    request.rows.reserve(rows->children);
    std::optional<std::uint64_t> before;
    for (const JsonNode* n = rows->first; n; n = n->next) {
      const std::string path = "rows[" + std::to_string(request.rows.size()) + "]";
      const std::size_t mistakes = call.mistakes.count();
      request.rows.push_back(read_row(*n, path, call.mistakes));
      if (call.mistakes.count() != mistakes) continue;
      const std::uint64_t row = request.rows.back().row;
      if (before && row <= *before) {
        call.fields.mistake(path + ".row", "must be above the row before it", Errc::bad_request);
      }
      before = row;
    }
  }
  if (!call.good()) return;
  call.service.import_rows(tenant, std::move(request), call.later(imported_answer));
}

void job_show(Call& call) {
  const auto tenant = call.tenant();
  const auto id = read_job_id(call.fields, "id", true);
  if (call.good()) call.answer(call.service.job(tenant, id), job_answer);
}

void job_cancel(Call& call) {
  const auto tenant = call.tenant();
  const auto id = read_job_id(call.fields, "id", true);
  if (call.good()) call.service.cancel_job(tenant, id, call.later(job_answer));
}

void job_code(Call& call) {
  const auto tenant = call.tenant();
  const auto id = read_job_id(call.fields, "id", true);
  if (call.good()) call.answer(call.service.job_code(tenant, id), code_answer);
}

void job_list(Call& call) {
  const auto tenant = call.tenant();
  JobListRequest request;
  if (const auto campaign = call.fields.text("campaign", 1, kMostName))
    request.campaign = *campaign;
  if (const auto number = call.fields.text("number", 1, kMostName)) request.number = *number;
  if (const auto state = call.fields.text("state", 1, 16)) {
    for (unsigned s = 1; s <= static_cast<unsigned>(queue::JobState::cancelled); ++s) {
      const auto known = static_cast<queue::JobState>(s);
      if (queue::to_string(known) == *state) request.state = known;
    }
    if (!request.state) {
      call.fields.mistake("state",
                          "must be waiting, held, claimed, in_doubt, sent, delivered, failed, "
                          "expired or cancelled",
                          Errc::bad_request);
    }
  }
  request.after = read_job_id(call.fields, "after", false);
  request.limit = static_cast<std::uint32_t>(
      call.fields.integer("limit", 1, kMostListed).value_or(request.limit));
  if (call.good()) call.answer(call.service.list_jobs(tenant, request), jobs_answer);
}

void subscriber(Call& call) {
  const auto tenant = call.tenant();
  const auto number = call.fields.required_text("number", 1, kMostName);
  if (call.good()) call.answer(call.service.subscriber(tenant, number), subscriber_answer);
}

void carrier_list(Call& call) {
  if (call.good()) call.answer(call.service.links(), carriers_answer);
}

void config_reload(Call& call) {
  if (call.good()) call.answer(call.service.reload(), changes_answer);
}

void store_stats(Call& call) {
  if (call.good()) call.answer(call.service.store_stats(), store_answer);
}

struct Operation {
  std::string_view name;
  void (*run)(Call&);
};

// docs/zeromq.md, "Intake: requests".
constexpr auto kOperations = std::to_array<Operation>({
    {"campaign.cancel", campaign_change<Action::cancel>},
    {"campaign.list", campaign_list},
    {"campaign.new", campaign_new},
    {"campaign.pause", campaign_change<Action::pause>},
    {"campaign.resume", campaign_change<Action::resume>},
    {"campaign.start", campaign_change<Action::start>},
    {"campaign.status", campaign_status},
    {"carrier.list", carrier_list},
    {"config.reload", config_reload},
    {"import.open", import_open},
    {"import.rows", import_rows},
    {"job.cancel", job_cancel},
    {"job.code", job_code},
    {"job.list", job_list},
    {"job.show", job_show},
    {"ping", ping},
    {"store.stats", store_stats},
    {"submit", submit},
    {"subscriber", subscriber},
});
static_assert(std::is_sorted(kOperations.begin(), kOperations.end(),
                             [](const auto& a, const auto& b) { return a.name <= b.name; }));

}  // namespace

IntakeApi::IntakeApi(Service& service, std::string version)
    : service_(service), version_(std::move(version)) {}

void IntakeApi::handle(std::string_view request, std::function<void(std::string)> reply) {
  const auto document = JsonDocument::parse(request);
  if (!document) return reply(error_answer({document.error()}));
  Mistakes mistakes;
  ObjectReader fields(document->root(), "", mistakes);
  const auto op = fields.required_text("op", 1, 64);
  const auto found =
      std::lower_bound(kOperations.begin(), kOperations.end(), op,
                       [](const Operation& o, std::string_view name) { return o.name < name; });
  if (mistakes.empty() && (found == kOperations.end() || found->name != op)) {
    fields.mistake("op", "is not a request of this socket", Errc::bad_request);
  }
  if (!mistakes.empty()) return reply(error_answer(std::move(mistakes).take()));
  Call call{service_, version_, fields, mistakes, std::move(reply)};
  found->run(call);
}

}  // namespace cpgw::gateway::service
