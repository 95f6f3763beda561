// A campaign: a queue of the store with a name, a content and a state that people change.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"
#include "queue/types.h"
#include "signer/bootstrap_mac.h"

namespace cpgw::gateway::campaigns {

enum class Errc {
  bad_record,   ///< the stored settings of a campaign cannot be read; run `cpgw store check`
  wrong_state,  ///< the campaign's state does not allow the action; the message says which would
  bad_name,     ///< not 1 to 64 of letters, digits, '.', '_' and '-'
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_record: return "campaigns/bad-record";
    case Errc::wrong_state: return "gateway/wrong-state";
    case Errc::bad_name: return "gateway/bad-request";
  }
  return "campaigns/none";
}

/// What a campaign's queue keeps in `QueueInfo::settings`. Equal settings give equal octets.
struct CampaignSettings {
  queue::Digest content{};
  signer::Security security = signer::Security::none;
  std::uint8_t priority = 4;           ///< 0 first … 9 last
  std::chrono::seconds expires_in{0};  ///< from the import of a row; 0 = as configured
  std::chrono::seconds cool_down{0};   ///< 0 = as configured
  bool operator==(const CampaignSettings&) const = default;
};
[[nodiscard]] Octets write_settings(const CampaignSettings& settings);
[[nodiscard]] Result<CampaignSettings> read_settings(OctetView record);

/// 1 to 64 of letters, digits, '.', '_' and '-': it appears in paths, logs and file names.
[[nodiscard]] Result<void> check_name(std::string_view name);

enum class Action : std::uint8_t { start, pause, resume, cancel, finish };
[[nodiscard]] std::string_view to_string(Action action);

/// The state an action leads to. An action whose state is reached already gives that state again,
/// so that a request whose answer was lost may be repeated. Errc::wrong_state otherwise.
[[nodiscard]] Result<queue::QueueState> next_state(queue::QueueState from, Action action);

/// May rows still be added?
[[nodiscard]] constexpr bool takes_rows(queue::QueueState state) {
  return state != queue::QueueState::cancelled;
}

/// Decides when a running campaign is finished: it had jobs, none waits or is in flight, and no
/// import is under way. Jobs that wait for a receipt that never comes hold it for `patience` after
/// the last change of its counts.
class FinishRule {
 public:
  explicit FinishRule(std::chrono::milliseconds patience) : patience_(patience) {}
  [[nodiscard]] bool finished(const queue::QueueCounts& counts, bool import_open, SteadyTime now);

 private:
  std::chrono::milliseconds patience_;
  queue::QueueCounts last_;
  std::optional<SteadyTime> since_;
};

}  // namespace cpgw::gateway::campaigns
