// Contents compiled lately, so that a thousand pushes of one document compile it once.
#pragma once

#include <list>
#include <map>
#include <memory>

#include "gateway/flow/content.h"
#include "gateway/service/requests.h"

namespace cpgw::gateway::service {

/// Ready for accept, and as it goes into the store.
struct PreparedContent {
  queue::Content stored;
  flow::CompiledContent compiled;
};

/// The least recently used goes when `most` are held. Owned by one thread.
class ContentCache {
 public:
  /// `sealer` outlives it.
  explicit ContentCache(signer::Sealer& sealer, std::size_t most = 64)
      : sealer_(sealer), most_(most) {}

  /// Compiles, or gives what an equal request gave before. Every mistake at once, with field, and
  /// with line and column of the XML.
  [[nodiscard]] Outcome<std::shared_ptr<const PreparedContent>> compile(
      const ContentRequest& request, const flow::DeliveryProfile& profile);
  /// A stored content, by its digest.
  [[nodiscard]] Result<std::shared_ptr<const PreparedContent>> load(const queue::Digest& digest,
                                                                    const queue::JobStore& store);
  void clear();
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Entry {
    queue::Digest key;
    std::shared_ptr<const PreparedContent> content;
  };
  [[nodiscard]] std::shared_ptr<const PreparedContent> find(const queue::Digest& key);
  void keep(const queue::Digest& key, std::shared_ptr<const PreparedContent> content);

  signer::Sealer& sealer_;
  std::size_t most_;
  std::list<Entry> order_;  // latest first
  std::map<queue::Digest, std::list<Entry>::iterator> entries_;
};

}  // namespace cpgw::gateway::service
