// The parts of a JSON request as typed values; every mistake of their form with its field path.
#pragma once

#include "gateway/service/json.h"
#include "gateway/service/requests.h"

namespace cpgw::gateway::service {

/// The views of the result are the document's.
[[nodiscard]] ContentRequest read_content(const JsonNode& node, const std::string& path,
                                          Mistakes& mistakes);
/// `now` bounds not_before. Field paths start inside the submission.
[[nodiscard]] Outcome<Submission> read_submission(const JsonNode& node, WallTime now);
/// {"row": N, ...recipient}; mistakes of the recipient stay in the row, so that only it is
/// rejected.
[[nodiscard]] ImportRow read_row(const JsonNode& node, const std::string& path, Mistakes& mistakes);

[[nodiscard]] std::uint8_t read_priority(ObjectReader& reader);
[[nodiscard]] std::optional<std::chrono::seconds> read_expires_in(ObjectReader& reader);
/// Any printable text: often a file's name.
[[nodiscard]] std::string read_import_name(ObjectReader& reader);
/// 64 hexadecimal digits.
[[nodiscard]] queue::Digest read_digest(ObjectReader& reader, std::string_view name);
[[nodiscard]] queue::JobId read_job_id(ObjectReader& reader, std::string_view name, bool required);

}  // namespace cpgw::gateway::service
