// Accept: one recipient's request to a job that can be stored, or every reason why not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/flow/content.h"
#include "gateway/flow/numbers.h"
#include "gateway/flow/settings.h"
#include "queue/types.h"
#include "signer/sealing.h"

namespace cpgw::gateway::flow {

/// One recipient as a door hands it in.
struct RecipientRequest {
  std::string number;  ///< any form numbers.h can complete
  Secret imsi, pin;    ///< empty = not given
  std::vector<std::pair<std::string, Secret>> slots;
};

/// What is the same for all jobs of one submission or campaign.
struct JobTerms {
  queue::TenantId tenant;
  std::string tenant_name;
  queue::QueueId queue;
  std::uint8_t priority = 4;
  WallTime due, deadline;
  queue::TraceId trace{};
};

/// Per-job inputs of compose, as sealed in the job: slot values in the template's order, IMSI, PIN.
struct SealedInputs {
  std::vector<Secret> slots;
  std::optional<Imsi> imsi;
  std::optional<UserPin> pin;  ///< USERPINMAC: the drawn digits
};
[[nodiscard]] Octets write_sealed(const SealedInputs& inputs);
[[nodiscard]] Result<SealedInputs> read_sealed(OctetView plain);
/// The context a job's record is sealed in: tenant, then recipient and content digest.
[[nodiscard]] std::string seal_owner(const Msisdn& recipient, const queue::Digest& content);

/// Owned by the reactor thread. Touches no store: everything it needs is handed in.
class Acceptor {
 public:
  Acceptor(const FlowSettings& settings, signer::Sealer& sealer, Random& random);

  /// The route group's name for a number (the carrier of the longest matching [[route]] prefix).
  /// Errc::no_route.
  [[nodiscard]] Result<std::string> route(const Msisdn& recipient) const;

  /// Checks number, safety, route, security inputs and slots; every mistake at once, each with its
  /// field ("number", "imsi", "slots.apn"). `groups` gives the store's number of a route group by
  /// name.
  [[nodiscard]] tl::expected<queue::NewJob, std::vector<Error>> job(
      const RecipientRequest& recipient, const CompiledContent& content,
      const queue::Digest& digest, const JobTerms& terms,
      const std::function<queue::RouteGroup(const std::string&)>& groups);

 private:
  const FlowSettings& settings_;
  signer::Sealer& sealer_;
  Random& random_;
};

}  // namespace cpgw::gateway::flow
