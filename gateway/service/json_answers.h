// Answers as JSON documents: names and forms of docs/zeromq.md.
#pragma once

#include <string>

#include "gateway/service/requests.h"

namespace cpgw::gateway::service {

[[nodiscard]] std::string error_answer(const Errors& errors);
[[nodiscard]] std::string ping_answer(std::string_view version, WallTime now);
[[nodiscard]] std::string submit_answer(const std::vector<Outcome<Submitted>>& results);
[[nodiscard]] std::string campaign_answer(const Campaign& campaign);
[[nodiscard]] std::string campaigns_answer(const std::vector<Campaign>& campaigns);
[[nodiscard]] std::string cursor_answer(const queue::ImportCursor& cursor);
[[nodiscard]] std::string imported_answer(const Imported& imported);
[[nodiscard]] std::string job_answer(const JobView& job);
/// The code is in the answer and nowhere else.
[[nodiscard]] std::string code_answer(const Secret& code);
[[nodiscard]] std::string jobs_answer(const JobList& list);
[[nodiscard]] std::string subscriber_answer(const SubscriberView& subscriber);
[[nodiscard]] std::string carriers_answer(const std::vector<carriers::LinkReport>& links);
[[nodiscard]] std::string changes_answer(const std::vector<std::string>& changes);
[[nodiscard]] std::string store_answer(const queue::StoreStats& stats);
[[nodiscard]] std::string events_answer(const EventPage& page);

/// `text` with what is no UTF-8 replaced by U+FFFD: operators' words are not always text.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace cpgw::gateway::service
