#include "gateway/campaigns/campaign.h"

#include <algorithm>
#include <array>
#include <string>

namespace cpgw::gateway::campaigns {
namespace {

using queue::QueueState;

constexpr std::uint8_t kRecordVersion = 1;
constexpr std::size_t kMostName = 64;

struct Transition {
  QueueState from;
  Action action;
  QueueState to;
  friend constexpr bool operator<(const Transition& a, const Transition& b) {
    return a.from != b.from ? a.from < b.from : a.action < b.action;
  }
};

// Every legal change; what is not here is refused. Ordered by state, then action.
constexpr auto kTransitions = std::to_array<Transition>({
    {QueueState::running, Action::start, QueueState::running},
    {QueueState::running, Action::pause, QueueState::paused},
    {QueueState::running, Action::resume, QueueState::running},
    {QueueState::running, Action::cancel, QueueState::cancelled},
    {QueueState::running, Action::finish, QueueState::finished},
    {QueueState::paused, Action::pause, QueueState::paused},
    {QueueState::paused, Action::resume, QueueState::running},
    {QueueState::paused, Action::cancel, QueueState::cancelled},
    {QueueState::cancelled, Action::cancel, QueueState::cancelled},
    {QueueState::finished, Action::finish, QueueState::finished},
    {QueueState::draft, Action::start, QueueState::running},
    {QueueState::draft, Action::cancel, QueueState::cancelled},
});
static_assert(std::is_sorted(kTransitions.begin(), kTransitions.end()));
static_assert(std::adjacent_find(kTransitions.begin(), kTransitions.end(),
                                 [](const Transition& a, const Transition& b) {
                                   return a.from == b.from && a.action == b.action;
                                 }) == kTransitions.end());

}  // namespace

Octets write_settings(const CampaignSettings& settings) {
  Octets out;
  out.reserve(1 + sizeof(queue::Digest) + 1 + 1 + 8 + 8);
  OctetWriter(out)
      .u8(kRecordVersion)
      .put(settings.content)
      .u8(static_cast<std::uint8_t>(settings.security))
      .u8(settings.priority)
      .u64(static_cast<std::uint64_t>(settings.expires_in.count()))
      .u64(static_cast<std::uint64_t>(settings.cool_down.count()));
  return out;
}

Result<CampaignSettings> read_settings(OctetView record) {
  OctetReader in(record);
  const auto bad = [&](std::string_view what) {
    return fail(Errc::bad_record, "a campaign's stored settings " + std::string(what),
                at_offset(in.offset()));
  };
  const auto version = in.u8();
  if (!version) return bad("are empty");
  if (*version != kRecordVersion) return bad("have a version this program does not know");
  const auto digest = in.take(32);
  const auto security = digest ? in.u8() : Result<std::uint8_t>(0);
  const auto priority = in.u8();
  const auto expires = in.u64();
  const auto cool_down = in.u64();
  if (!digest || !security || !priority || !expires || !cool_down) return bad("end too early");
  if (!in.empty()) return bad("are too long");
  CampaignSettings settings;
  std::copy(digest->begin(), digest->end(), settings.content.begin());
  if (*security > 3 && *security != 255) return bad("name a security method nobody knows");
  settings.security = static_cast<signer::Security>(*security);
  if (*priority > 9) return bad("hold a priority above 9");
  settings.priority = *priority;
  constexpr std::uint64_t kMostSeconds = 10ULL * 366 * 86'400;
  if (*expires > kMostSeconds || *cool_down > kMostSeconds) return bad("hold a time over 10 years");
  settings.expires_in = std::chrono::seconds(static_cast<std::int64_t>(*expires));
  settings.cool_down = std::chrono::seconds(static_cast<std::int64_t>(*cool_down));
  return settings;
}

Result<void> check_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (name.empty() || name.size() > kMostName || !std::all_of(name.begin(), name.end(), good)) {
    return fail(Errc::bad_name, "a name has 1 to 64 letters, digits, '.', '_' and '-'");
  }
  return {};
}

std::string_view to_string(Action action) {
  switch (action) {
    case Action::start: return "start";
    case Action::pause: return "pause";
    case Action::resume: return "resume";
    case Action::cancel: return "cancel";
    case Action::finish: return "finish";
  }
  return "none";
}

Result<QueueState> next_state(QueueState from, Action action) {
  std::string allowed;
  for (const Transition& t : kTransitions) {
    if (t.from != from) continue;
    if (t.action == action) return t.to;
    if (t.to == from || t.action == Action::finish) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(to_string(t.action));
  }
  return fail(Errc::wrong_state,
              "a campaign that is " + std::string(queue::to_string(from)) + " cannot " +
                  std::string(to_string(action)) +
                  (allowed.empty() ? "; nothing changes it any more" : "; it can " + allowed));
}

bool FinishRule::finished(const queue::QueueCounts& counts, bool import_open, SteadyTime now) {
  if (!since_ || !(counts == last_)) {
    last_ = counts;
    since_ = now;
  }
  if (counts.submitted == 0 || counts.waiting != 0 || counts.in_flight != 0 || import_open) {
    return false;
  }
  return counts.awaiting == 0 || now - *since_ >= patience_;
}

}  // namespace cpgw::gateway::campaigns
