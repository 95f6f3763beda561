#include "gateway/campaigns/import.h"

#include <openssl/sha.h>

#include <algorithm>

namespace cpgw::gateway::campaigns {

ImportTag::ImportTag(queue::QueueId queue, std::string_view import) {
  Octets input;
  OctetWriter(input).put("cpgw import 1").u64(queue.value).put(import);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  std::transform(digest.begin(), digest.begin() + 8, tag_.begin(),
                 [](unsigned char c) { return std::byte{c}; });
}

queue::TraceId ImportTag::trace(std::uint64_t row) const {
  queue::TraceId trace{};
  std::copy(tag_.begin(), tag_.end(), trace.begin());
  for (unsigned i = 0; i < 8; ++i) trace[8 + i] = static_cast<std::byte>(row >> (56 - 8 * i));
  return trace;
}

std::optional<std::uint64_t> ImportTag::row(const queue::TraceId& trace) const {
  if (!std::equal(tag_.begin(), tag_.end(), trace.begin())) return std::nullopt;
  std::uint64_t row = 0;
  for (unsigned i = 0; i < 8; ++i) row = row << 8 | to_u8(trace[8 + i]);
  return row;
}

std::optional<std::string> DuplicateCheck::reason(const Msisdn& number, std::uint64_t row,
                                                  std::span<const queue::Job> jobs) const {
  if (const auto found = rows_.find(number.packed()); found != rows_.end()) {
    return "duplicate of row " + std::to_string(found->second);
  }
  std::optional<std::string> why;
  for (const queue::Job& job : jobs) {
    const auto other = tag_.row(job.trace);
    if (other == row) return std::nullopt;
    if (other) {
      // A later row of the same file cannot have been in the way of this one.
      if (*other < row && !why) why = "duplicate of row " + std::to_string(*other);
      continue;
    }
    if (!queue::is_over(job) || queue::stored_at(job.id) + cool_down_ > now_) {
      if (!why) why = "duplicate of job " + std::to_string(job.id.value) + " of this campaign";
    }
  }
  return why;
}

}  // namespace cpgw::gateway::campaigns
