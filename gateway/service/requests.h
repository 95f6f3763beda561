// What doors ask of the service, typed: see docs/zeromq.md for the same in JSON.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.h"
#include "gateway/flow/accept.h"
#include "queue/job_store.h"

namespace cpgw::gateway::service {

using Errors = std::vector<Error>;
template <class T>
using Outcome = tl::expected<T, Errors>;
/// Called exactly once, on the reactor, at once or after the commit.
template <class T>
using Reply = std::function<void(Outcome<T>)>;

inline constexpr std::size_t kMostSubmissions = 1000;  ///< of one request
inline constexpr std::size_t kMostRecipients = 1000;   ///< of one submission
/// Of one request: what the reactor may seal without keeping the links waiting.
inline constexpr std::size_t kMostJobs = 10'000;
inline constexpr std::size_t kMostRows = 1000;
/// Listed of one submission or row; the rest is left out.
inline constexpr std::size_t kMostErrors = 100;
inline constexpr std::size_t kMostXml = 64 * 1024;
inline constexpr std::size_t kMostKey = 128;
inline constexpr std::uint32_t kMostListed = 1000;
inline constexpr std::int64_t kMostExpiresIn = 30 * 86'400;
inline constexpr std::uint8_t kDefaultPriority = 4;

/// The views are valid during the call only.
struct ContentRequest {
  std::string_view type;  ///< one of flow::content_types()
  std::string_view source;
  flow::ContentType::Form form = flow::ContentType::Form::xml;  ///< of `source`
  std::optional<std::string_view> security;  ///< absent is a mistake of what changes settings
  std::vector<wbxml::SlotSpec> slots;
  std::optional<std::uint32_t> application_id = {};
  std::optional<std::uint8_t> message_class = {};
};

struct Submission {
  std::optional<std::string> key;
  ContentRequest content;
  std::vector<flow::RecipientRequest> recipients;
  std::uint8_t priority = kDefaultPriority;
  std::optional<WallTime> not_before;
  std::optional<std::chrono::seconds> expires_in;
};

struct Submitted {
  std::vector<queue::JobId> ids;
  std::optional<queue::TraceId> trace;  ///< absent for a replay whose jobs are gone
  bool duplicate = false;
};

struct Campaign {
  queue::QueueInfo queue;
  signer::Security security = signer::Security::none;
};

struct ImportRow {
  std::uint64_t row = 0;
  flow::RecipientRequest recipient;
  Errors mistakes;  ///< of its form; such a row is rejected with them
};

struct ImportRequest {
  std::string campaign, import;
  queue::Digest source{};
  std::uint64_t expect_offset = 0, next_offset = 0, next_row = 0;
  std::vector<ImportRow> rows;
  bool finished = false;
  bool check_only = false;
};

struct RejectedRow {
  std::uint64_t row = 0;
  Errors errors;
};

struct Imported {
  queue::ImportCursor cursor;
  std::vector<RejectedRow> rejected;
  std::optional<Error> conflict;  ///< nothing was changed; the cursor is the stored one
};

struct JobView {
  queue::Job job;
  std::string tenant;
  std::optional<std::string> campaign;
};

struct JobListRequest {
  std::optional<std::string> campaign, number;
  std::optional<queue::JobState> state;
  queue::JobId after;
  std::uint32_t limit = 100;
};
struct JobList {
  std::vector<JobView> jobs;
  std::optional<queue::JobId> next;  ///< where to go on, also after a short page; nothing: the end
};

struct SubscriberView {
  std::string number;
  std::vector<JobView> jobs;
  std::optional<queue::JobId> next;  ///< there is more: go on with a job list of the number
};

struct EventView {
  queue::Event event;
  std::optional<std::string> campaign;
};
struct EventPage {
  std::vector<EventView> events;
  std::uint64_t first_kept = 1, last = 0;
};

}  // namespace cpgw::gateway::service
