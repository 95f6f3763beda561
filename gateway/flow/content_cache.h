// Compiled contents by digest, the most recently used kept.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "gateway/flow/content.h"
#include "queue/job_store.h"

namespace cpgw::gateway::flow {

/// Owned by one thread. `store` and `sealer` outlive it.
class ContentCache {
 public:
  ContentCache(const queue::JobStore& store, signer::Sealer& sealer, std::size_t most = 256)
      : store_(store), sealer_(sealer), most_(most) {}

  /// Reads and compiles on a miss; a content that cannot be read is an error each time.
  [[nodiscard]] Result<std::shared_ptr<const CompiledContent>> get(const queue::Digest& digest);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    queue::Digest digest;
    std::shared_ptr<const CompiledContent> content;
  };
  struct Hash {
    std::size_t operator()(const queue::Digest& d) const;
  };
  const queue::JobStore& store_;
  signer::Sealer& sealer_;
  std::size_t most_;
  std::list<Entry> entries_;  ///< most recently used first
  std::unordered_map<queue::Digest, std::list<Entry>::iterator, Hash> index_;
};

}  // namespace cpgw::gateway::flow
