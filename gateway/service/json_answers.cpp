#include "gateway/service/json_answers.h"

#include <algorithm>
#include <bit>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/service/time_text.h"

namespace cpgw::gateway::service {
namespace {

namespace json = boost::json;

json::value text(std::string_view value) { return json::value(json::string(valid_utf8(value))); }
json::value optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : json::value();
}

std::string done(json::object answer) { return json::serialize(json::value(std::move(answer))); }
json::object good() { return json::object{{"ok", true}}; }

json::array errors_json(const Errors& errors) {
  json::array list;
  for (const Error& error : errors) {
    json::object e;
    e["code"] = text(error.code.name());
    e["message"] = text(error.message);
    if (!error.at.file.empty()) e["file"] = text(error.at.file);
    if (!error.at.field.empty()) e["field"] = text(error.at.field);
    if (error.at.line != 0) e["line"] = error.at.line;
    if (error.at.column != 0) e["column"] = error.at.column;
    if (error.at.offset) e["offset"] = *error.at.offset;
    list.push_back(std::move(e));
  }
  return list;
}

json::object counts_json(const queue::QueueCounts& counts) {
  return {{"submitted", counts.submitted},      {"waiting", counts.waiting},
          {"in_flight", counts.in_flight},      {"sent", counts.sent},
          {"delivered", counts.delivered},      {"failed", counts.failed},
          {"expired", counts.expired},          {"cancelled", counts.cancelled},
          {"resent_parts", counts.resent_parts}};
}

json::object campaign_json(const Campaign& campaign) {
  return {{"name", text(campaign.queue.name)},
          {"state", text(queue::to_string(campaign.queue.state))},
          {"created", text(time_text(campaign.queue.created))},
          {"security", text(signer::to_string(campaign.security))},
          {"counts", counts_json(campaign.queue.counts)}};
}

void put_cursor(json::object& answer, const queue::ImportCursor& cursor) {
  answer["next_offset"] = cursor.next_offset;
  answer["next_row"] = cursor.next_row;
  answer["accepted"] = cursor.accepted;
  answer["rejected"] = cursor.rejected;
  answer["finished"] = cursor.finished;
}

/// A class is only told where something went wrong.
void put_reason(json::object& to, std::uint16_t reason, OutcomeClass reason_class) {
  to["reason"] = reason;
  to["reason_class"] =
      reason_class == OutcomeClass::accepted ? json::value() : text(cpgw::to_string(reason_class));
}

bool all_zero(const queue::Digest& digest) {
  return std::all_of(digest.begin(), digest.end(), [](std::byte b) { return b == std::byte{}; });
}

json::object job_json(const JobView& view) {
  const queue::Job& job = view.job;
  json::object o;
  o["id"] = text(std::to_string(job.id.value));
  o["tenant"] = text(view.tenant);
  o["campaign"] = optional_text(view.campaign);
  o["number"] = text(job.recipient.international());
  o["state"] = text(queue::to_string(job.state));
  o["attempt"] = job.attempt;
  o["parts"] = job.parts;
  o["accepted_parts"] = std::popcount(job.accepted);
  o["delivered_parts"] = std::popcount(job.delivered);
  o["in_doubt_parts"] = std::popcount(job.in_doubt);
  o["possible_duplicate"] = job.possible_duplicate;
  o["due"] = text(time_text(job.due));
  o["deadline"] = text(time_text(job.deadline));
  put_reason(o, job.reason, job.reason_class);
  o["trace_id"] = text(to_hex(job.trace));
  o["push_digest"] = all_zero(job.push_digest) ? json::value() : text(to_hex(job.push_digest));
  return o;
}

json::array jobs_json(const std::vector<JobView>& jobs) {
  json::array list;
  list.reserve(jobs.size());
  for (const JobView& job : jobs) list.push_back(job_json(job));
  return list;
}

json::object event_json(const EventView& view) {
  const queue::Event& event = view.event;
  const bool of_queue = event.kind == queue::EventKind::queue_changed;
  const auto number = Msisdn::unpack(event.recipient);
  json::object o;
  o["sequence"] = event.sequence;
  o["kind"] = text(queue::to_string(event.kind));
  o["at"] = text(time_text(event.at));
  o["campaign"] = optional_text(view.campaign);
  o["campaign_state"] = of_queue ? text(queue::to_string(event.queue_state)) : json::value();
  o["job"] = event.job.value == 0 ? json::value() : text(std::to_string(event.job.value));
  o["number"] = number ? text(number->international()) : json::value();
  o["attempt"] = event.attempt;
  o["parts"] = event.parts;
  o["possible_duplicate"] = event.possible_duplicate;
  put_reason(o, event.reason, event.reason_class);
  o["trace_id"] = of_queue ? json::value() : text(to_hex(event.trace));
  return o;
}

std::string_view to_text(carriers::LinkState state) {
  switch (state) {
    case carriers::LinkState::connecting: return "connecting";
    case carriers::LinkState::bound: return "bound";
    case carriers::LinkState::suspended: return "suspended";
    case carriers::LinkState::stopped: return "stopped";
  }
  return "unknown";
}

}  // namespace

std::string error_answer(const Errors& errors) {
  return done({{"ok", false}, {"errors", errors_json(errors)}});
}

std::string ping_answer(std::string_view version, WallTime now) {
  auto answer = good();
  answer["version"] = text(version);
  answer["now"] = text(time_text(now));
  return done(std::move(answer));
}

std::string submit_answer(const std::vector<Outcome<Submitted>>& results) {
  json::array list;
  list.reserve(results.size());
  for (const auto& result : results) {
    if (!result) {
      list.push_back(json::object{{"ok", false}, {"errors", errors_json(result.error())}});
      continue;
    }
    json::array ids;
    ids.reserve(result->ids.size());
    for (const queue::JobId id : result->ids) ids.push_back(text(std::to_string(id.value)));
    list.push_back(
        json::object{{"ok", true},
                     {"ids", std::move(ids)},
                     {"trace_id", result->trace ? text(to_hex(*result->trace)) : json::value()},
                     {"duplicate", result->duplicate}});
  }
  auto answer = good();
  answer["results"] = std::move(list);
  return done(std::move(answer));
}

std::string campaign_answer(const Campaign& campaign) {
  auto answer = good();
  answer["campaign"] = campaign_json(campaign);
  return done(std::move(answer));
}

std::string campaigns_answer(const std::vector<Campaign>& campaigns) {
  json::array list;
  for (const Campaign& campaign : campaigns) list.push_back(campaign_json(campaign));
  auto answer = good();
  answer["campaigns"] = std::move(list);
  return done(std::move(answer));
}

std::string cursor_answer(const queue::ImportCursor& cursor) {
  auto answer = good();
  put_cursor(answer, cursor);
  return done(std::move(answer));
}

std::string imported_answer(const Imported& imported) {
  json::object answer{{"ok", !imported.conflict}};
  if (imported.conflict) answer["errors"] = errors_json({*imported.conflict});
  put_cursor(answer, imported.cursor);
  json::array rows;
  for (const RejectedRow& row : imported.rejected) {
    rows.push_back(json::object{{"row", row.row}, {"errors", errors_json(row.errors)}});
  }
  answer["rejected_rows"] = std::move(rows);
  return done(std::move(answer));
}

std::string job_answer(const JobView& job) {
  auto answer = good();
  answer["job"] = job_json(job);
  return done(std::move(answer));
}

std::string code_answer(const Secret& code) {
  // Digits only; written out by hand so that no library's buffer keeps a copy.
  return "{\"ok\":true,\"code\":\"" + std::string(as_text(code.expose())) + "\"}";
}

std::string jobs_answer(const JobList& list) {
  auto answer = good();
  answer["jobs"] = jobs_json(list.jobs);
  answer["next"] = list.next ? text(std::to_string(list.next->value)) : json::value();
  return done(std::move(answer));
}

std::string subscriber_answer(const SubscriberView& subscriber) {
  auto answer = good();
  answer["number"] = text(subscriber.number);
  answer["jobs"] = jobs_json(subscriber.jobs);
  answer["next"] = subscriber.next ? text(std::to_string(subscriber.next->value)) : json::value();
  return done(std::move(answer));
}

std::string carriers_answer(const std::vector<carriers::LinkReport>& links) {
  json::array list;
  for (const carriers::LinkReport& link : links) {
    list.push_back(json::object{{"name", text(link.name)},
                                {"state", text(to_text(link.state))},
                                {"detail", text(link.detail)},
                                {"in_window", link.in_window},
                                {"submitted", link.submitted},
                                {"accepted", link.accepted},
                                {"refused", link.refused},
                                {"throttled", link.throttled},
                                {"unanswered", link.unanswered},
                                {"receipts", link.receipts},
                                {"reconnects", link.reconnects},
                                {"rate", link.rate}});
  }
  auto answer = good();
  answer["carriers"] = std::move(list);
  return done(std::move(answer));
}

std::string changes_answer(const std::vector<std::string>& changes) {
  json::array list;
  for (const std::string& change : changes) list.push_back(text(change));
  auto answer = good();
  answer["changes"] = std::move(list);
  return done(std::move(answer));
}

std::string store_answer(const queue::StoreStats& stats) {
  auto answer = good();
  answer["jobs"] = stats.jobs;
  answer["waiting"] = stats.waiting;
  answer["in_flight"] = stats.in_flight;
  answer["events"] = stats.events;
  answer["early_receipts"] = stats.early_receipts;
  answer["octets_on_disk"] = stats.octets_on_disk;
  return done(std::move(answer));
}

std::string events_answer(const EventPage& page) {
  json::array list;
  list.reserve(page.events.size());
  for (const EventView& event : page.events) list.push_back(event_json(event));
  auto answer = good();
  answer["events"] = std::move(list);
  answer["last"] = page.last;
  answer["first_kept"] = page.first_kept;
  return done(std::move(answer));
}

std::string valid_utf8(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(in[k]); };
    const unsigned char lead = at(i);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    bool valid = length != 0 && i + length <= in.size();
    for (std::size_t k = 1; valid && k < length; ++k) valid = (at(i + k) & 0xC0) == 0x80;
    // Overlong forms, surrogates and values above U+10FFFF (RFC 3629, 4).
    if (valid && length >= 3) {
      const unsigned char second = at(i + 1);
      valid = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second > 0x9F) &&
              !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second > 0x8F);
    }
    if (valid) {
      out.append(in.substr(i, length));
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

}  // namespace cpgw::gateway::service
