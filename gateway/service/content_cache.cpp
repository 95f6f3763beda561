#include "gateway/service/content_cache.h"

#include <openssl/sha.h>

#include <algorithm>

#include "base/secret.h"

namespace cpgw::gateway::service {
namespace {

using flow::Errc;

constexpr std::string_view kSecurityChoices = "netwpin, userpin, usernetwpin, userpinmac or none";

void field(Octets& out, std::string_view text) {
  OctetWriter(out).u32(static_cast<std::uint32_t>(text.size())).put(text);
}

queue::Digest request_key(const ContentRequest& request) {
  Octets meaning;
  meaning.reserve(request.source.size() + 256);
  field(meaning, "request");
  field(meaning, request.type);
  field(meaning, request.security.value_or(""));
  field(meaning, request.source);
  OctetWriter(meaning)
      .u8(static_cast<std::uint8_t>(request.form))
      .u8(request.application_id ? 1 : 0)
      .u32(request.application_id.value_or(0))
      .u8(request.message_class.value_or(0xFF));
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
  const flow::ContentType* const type = flow::content_type(request.type);
  if (type == nullptr) {
    std::string taken;
    for (const auto& known : flow::content_types()) {
      taken += (taken.empty() ? "" : ", ") + std::string(known.name);
    }
    mistakes.emplace_back(Errc::bad_content, "the content types taken are " + taken,
                          at_field("type"));
  } else if (type->form != request.form) {
    mistakes.emplace_back(Errc::bad_content,
                          "content of type " + std::string(type->name) + " is given as '" +
                              std::string(flow::field_of(type->form)) + "'",
                          at_field(std::string(flow::field_of(request.form))));
  }
  std::optional<signer::Security> security;
  if (!request.security) {
    if (type == nullptr || type->names_security) {
      mistakes.emplace_back(
          Errc::security_missing,
          "what changes settings names its security: " + std::string(kSecurityChoices),
          at_field("security"));
    }
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
  if (type == nullptr || type->form != request.form) return tl::unexpected(std::move(mistakes));
  // Compiled under any method when none is named, so that the document's mistakes are told too.
  auto compiled = flow::compile_content({.type = *type,
                                         .source = request.source,
                                         .security = security.value_or(signer::Security::none),
                                         .slots = request.slots,
                                         .application_id = request.application_id,
                                         .message_class = request.message_class},
                                        profile);
  if (!compiled) {
    Error error = compiled.error();
    if (error.at.field.empty()) error.at.field = field_of(request.form);
    mistakes.push_back(std::move(error));
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  auto stored = flow::seal_content(flow::store_content(*compiled, request.source), sealer_);
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
