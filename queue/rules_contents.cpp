// Contents: who uses them, and when they go.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {

RuledStore::TouchedContent& RuledStore::touch_content(const Digest& digest) {
  const auto [at, fresh] = touched_contents_.try_emplace(digest);
  if (fresh) {
    if (const auto uses = rows_->content_uses(digest)) {
      at->second.uses = *uses;
      at->second.stored = true;
    }
  }
  return at->second;
}

/// The last use takes the content with it. One that was put waits a while for its first.
void RuledStore::settle_contents() {
  for (auto& [digest, content] : touched_contents_) {
    if (!content.changed || !content.stored) continue;
    ContentUses& uses = content.uses;
    const WallTime before = std::exchange(uses.unused_since, WallTime{});
    const bool kept = uses.any() || content.put;
    if (!uses.any() && content.put) uses.unused_since = std::max(now_, kIdEpoch);
    if (before != uses.unused_since) {
      if (before != WallTime{}) rows_->erase_unused({before, digest});
      if (uses.unused_since != WallTime{}) rows_->put_unused({uses.unused_since, digest});
    }
    if (kept) {
      rows_->put_content_uses(digest, uses);
    } else {
      rows_->erase_content(digest);
    }
  }
}

void RuledStore::sweep_unused(std::uint32_t& left) {
  for (; left > 0; --left) {
    const auto oldest = rows_->first_unused();
    if (!oldest || oldest->since + options_.content_patience >= now_) return;
    rows_->erase_unused(*oldest);
    TouchedContent& content = touch_content(oldest->digest);
    content.uses.unused_since = {};
    content.changed = true;
  }
}

void RuledStore::check_contents(std::vector<Error>& wrong) const {
  constexpr std::size_t kMostErrors = 1000;
  const auto complain = [&wrong](const Digest& digest, std::string what) {
    if (wrong.size() < kMostErrors) {
      wrong.emplace_back(Errc::corrupt, std::move(what), at_field("content " + to_hex(digest)));
    }
  };
  const auto text = [](const ContentUses& uses) {
    return std::to_string(uses.jobs) + " jobs and " + std::to_string(uses.queues) + " queues";
  };
  std::map<Digest, ContentUses> seen;
  rows_->visit_jobs(std::nullopt, std::nullopt, JobId{0}, [&](const Record& r) {
    ++seen[r.job.content].jobs;
    return true;
  });
  for (const auto& [id, q] : queues_) {
    if (q.info.content) ++seen[*q.info.content].queues;
  }
  std::set<Rows::Unused> unused;
  rows_->visit_contents([&](const Digest& digest, const std::optional<ContentUses>& uses) {
    const auto found = seen.extract(digest);
    const ContentUses counted = found ? found.mapped() : ContentUses{};
    if (!uses) return complain(digest, "a content without its count of uses");
    if (!rows_->read_content(digest)) complain(digest, "a count of uses without its content");
    if (uses->jobs != counted.jobs || uses->queues != counted.queues) {
      complain(digest, "a content is used by " + text(counted) + " and counts " + text(*uses));
    }
    if (uses->unused_since != WallTime{}) unused.insert({uses->unused_since, digest});
    if (uses->any() == (uses->unused_since != WallTime{})) {
      complain(digest, uses->any() ? "a content in use is to be forgotten"
                                   : "a content without uses is never forgotten");
    }
  });
  for (const auto& [digest, uses] : seen) {
    complain(digest, "the content of " + text(uses) + " is not stored");
  }
  rows_->visit_unused([&](const Rows::Unused& row) {
    if (unused.erase(row) == 0) complain(row.digest, "a content in use is to be forgotten");
  });
  for (const auto& row : unused) {
    complain(row.digest, "a content without uses is never forgotten");
  }
}

}  // namespace cpgw::queue::detail
