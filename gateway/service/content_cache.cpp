#include "gateway/service/content_cache.h"

#include <openssl/sha.h>

#include <algorithm>

#include "base/secret.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;

constexpr std::string_view kProvisioningXml = "text/vnd.wap.connectivity-xml";
constexpr std::string_view kSecurityChoices = "netwpin, userpin, usernetwpin, userpinmac or none";

void field(Octets& out, std::string_view text) {
  OctetWriter(out).u32(static_cast<std::uint32_t>(text.size())).put(text);
}

queue::Digest request_key(const ContentRequest& request) {
  Octets meaning;
  meaning.reserve(request.xml.size() + 256);
  field(meaning, "request");
  field(meaning, request.type);
  field(meaning, request.security.value_or(""));
  field(meaning, request.xml);
  for (const wbxml::SlotSpec& slot : request.slots) {
    field(meaning, slot.name);
    OctetWriter(meaning).u8(static_cast<std::uint8_t>(slot.type)).u16(slot.max_octets);
  }
  queue::Digest key{};
  SHA256(reinterpret_cast<const unsigned char*>(meaning.data()), meaning.size(),
         reinterpret_cast<unsigned char*>(key.data()));
  // A document without slots may hold one subscriber's password.
  wipe(meaning);
  return key;
}

}  // namespace

std::shared_ptr<const PreparedContent> ContentCache::find(const queue::Digest& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->content;
}

void ContentCache::keep(const queue::Digest& key, std::shared_ptr<const PreparedContent> content) {
  if (entries_.contains(key)) return;
  order_.push_front({key, std::move(content)});
  entries_.emplace(key, order_.begin());
  if (order_.size() > most_) {
    entries_.erase(order_.back().key);
    order_.pop_back();
  }
}

void ContentCache::clear() {
  entries_.clear();
  order_.clear();
}

Outcome<std::shared_ptr<const PreparedContent>> ContentCache::compile(
    const ContentRequest& request, const flow::DeliveryProfile& profile) {
  Errors mistakes;
  if (request.type != kProvisioningXml) {
    mistakes.emplace_back(Errc::bad_content,
                          "the only content type taken is " + std::string(kProvisioningXml),
                          at_field("type"));
  }
  std::optional<signer::Security> security;
  if (!request.security) {
    mistakes.emplace_back(
        Errc::security_missing,
        "a provisioning push names its security: " + std::string(kSecurityChoices),
        at_field("security"));
  } else if (const auto named = signer::security(*request.security)) {
    security = *named;
  } else {
    mistakes.emplace_back(Errc::bad_content, "must be " + std::string(kSecurityChoices),
                          at_field("security"));
  }
  const queue::Digest key = request_key(request);
  if (mistakes.empty()) {
    if (auto known = find(key)) return known;
  }
  // Compiled under any method when none is named, so that the document's mistakes are told too.
  auto compiled = flow::compile_content(request.xml, security.value_or(signer::Security::none),
                                        request.slots, profile);
  if (!compiled) {
    Error error = std::move(compiled).error();
    if (error.at.field.empty()) error.at.field = "xml";
    mistakes.push_back(std::move(error));
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  auto stored = flow::seal_content(flow::store_content(*compiled, request.xml), sealer_);
  if (!stored) return tl::unexpected(Errors{std::move(stored).error()});
  auto content = std::make_shared<const PreparedContent>(
      PreparedContent{std::move(*stored), std::move(*compiled)});
  keep(key, content);
  keep(content->stored.digest, content);
  return content;
}

Result<std::shared_ptr<const PreparedContent>> ContentCache::load(const queue::Digest& digest,
                                                                  const queue::JobStore& store) {
  if (auto known = find(digest)) return known;
  auto stored = store.content(digest);
  if (!stored) return fail(Errc::unknown_content, "the content is not in the store");
  auto opened = flow::open_content(*stored, sealer_);
  if (!opened) return fail(std::move(opened).error());
  auto compiled = flow::load_content(*opened);
  if (!compiled) return fail(std::move(compiled).error());
  auto content = std::make_shared<const PreparedContent>(
      PreparedContent{std::move(*stored), std::move(*compiled)});
  keep(digest, content);
  return content;
}

}  // namespace cpgw::gateway::service
