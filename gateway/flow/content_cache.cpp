#include "gateway/flow/content_cache.h"

#include <cstring>

namespace cpgw::gateway::flow {

std::size_t ContentCache::Hash::operator()(const queue::Digest& d) const {
  std::size_t h = 0;  // a digest is uniform already
  std::memcpy(&h, d.data(), sizeof h);
  return h;
}

Result<std::shared_ptr<const CompiledContent>> ContentCache::get(const queue::Digest& digest) {
  if (const auto it = index_.find(digest); it != index_.end()) {
    entries_.splice(entries_.begin(), entries_, it->second);
    return it->second->content;
  }
  const auto sealed = store_.content(digest);
  if (!sealed) return fail(Errc::unknown_content, "the content is not in the store");
  auto stored = open_content(*sealed, sealer_);
  if (!stored) return fail(std::move(stored).error());
  auto content = load_content(*stored);
  if (!content) return fail(std::move(content).error());
  auto shared = std::make_shared<const CompiledContent>(*std::move(content));
  entries_.push_front({digest, shared});
  index_.emplace(digest, entries_.begin());
  if (entries_.size() > most_) {
    index_.erase(entries_.back().digest);
    entries_.pop_back();
  }
  return shared;
}

}  // namespace cpgw::gateway::flow
