#include "gateway/service/request_digest.h"

#include <openssl/sha.h>

#include <algorithm>

namespace cpgw::gateway::service {
namespace {

constexpr std::string_view kPurpose = "cpgw request digest 1";

/// Every value with its length in front, so that no two requests read alike.
class Meaning {
 public:
  explicit Meaning(std::size_t octets) { octets_.reserve(octets); }
  ~Meaning() { wipe(octets_); }
  Meaning(const Meaning&) = delete;
  Meaning& operator=(const Meaning&) = delete;

  Meaning& put(OctetView value) {
    OctetWriter(octets_).u32(static_cast<std::uint32_t>(value.size())).put(value);
    return *this;
  }
  Meaning& put(std::string_view value) { return put(as_octets(value)); }
  Meaning& put(std::uint64_t value) {
    OctetWriter(octets_).u64(value);
    return *this;
  }
  [[nodiscard]] OctetView octets() const { return octets_; }

 private:
  Octets octets_;
};

/// Room for all of it, so that no copy of a secret is left behind by growing.
std::size_t room(const Submission& s) {
  std::size_t octets = 256 + s.content.type.size() + s.content.source.size();
  for (const auto& slot : s.content.slots) octets += slot.name.size() + 32;
  for (const auto& r : s.recipients) {
    octets += r.number.size() + r.imsi.size() + r.pin.size() + 64;
    for (const auto& [name, value] : r.slots) octets += name.size() + value.size() + 16;
  }
  return octets;
}

}  // namespace

RequestDigest::RequestDigest(const signer::Keyring& keyring) : digest_(keyring, kPurpose) {}

Result<queue::Digest> RequestDigest::of(const Submission& submission) {
  Meaning meaning(room(submission));
  const ContentRequest& content = submission.content;
  meaning.put(content.type).put(content.source).put(content.security.value_or(""));
  // What provisioning XML has not is left out, so that its digests stay what they were.
  if (content.form != flow::ContentType::Form::xml) meaning.put(flow::field_of(content.form));
  if (content.application_id)
    meaning.put("application_id").put(std::uint64_t{*content.application_id});
  if (content.message_class)
    meaning.put("message_class").put(std::uint64_t{*content.message_class});
  meaning.put(content.slots.size());
  std::vector<const wbxml::SlotSpec*> specs;
  for (const auto& slot : content.slots) specs.push_back(&slot);
  std::sort(specs.begin(), specs.end(), [](auto* a, auto* b) { return a->name < b->name; });
  for (const auto* slot : specs) {
    meaning.put(slot->name).put(static_cast<std::uint64_t>(slot->type)).put(slot->max_octets);
  }
  meaning.put(submission.recipients.size());
  std::vector<const std::pair<std::string, Secret>*> values;
  for (const auto& recipient : submission.recipients) {
    meaning.put(recipient.number).put(recipient.imsi.expose()).put(recipient.pin.expose());
    values.clear();
    for (const auto& value : recipient.slots) values.push_back(&value);
    std::sort(values.begin(), values.end(), [](auto* a, auto* b) { return a->first < b->first; });
    meaning.put(values.size());
    for (const auto* value : values) meaning.put(value->first).put(value->second.expose());
  }
  meaning.put(submission.priority);
  meaning.put(submission.not_before
                  ? static_cast<std::uint64_t>(submission.not_before->time_since_epoch().count())
                  : 0);
  meaning.put(submission.expires_in ? static_cast<std::uint64_t>(submission.expires_in->count())
                                    : 0);
  return digest_.of(meaning.octets());
}

std::string RequestDigest::key_name(std::string_view key) {
  queue::Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return to_hex(digest);
}

}  // namespace cpgw::gateway::service
