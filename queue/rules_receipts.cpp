// Whose a receipt is, and what it changes.
#include <algorithm>

#include "queue/rules.h"

namespace cpgw::queue::detail {
namespace {

constexpr std::size_t kRecipientScan = 64;  ///< jobs of one recipient a receipt is compared with
constexpr std::size_t kMaxEntries = 16;     ///< parts kept under one id; the newest win

StepResult answer(Applied applied) {
  StepResult result;
  result.applied = applied;
  return result;
}

}  // namespace

bool RuledStore::part_open(const Record& r, unsigned part) const {
  const std::uint32_t bit = 1u << part;
  return !over(r) && (r.job.accepted & bit) != 0 && (r.job.delivered & bit) == 0;
}

RuledStore::Target RuledStore::by_candidates(const Receipt& receipt) {
  Target closed;
  for (const std::string& id : receipt.candidates) {
    if (is_placeholder(id)) continue;
    Target open;
    unsigned matches = 0;
    for (const MidEntry& entry : rows_->mid(receipt.account, id)) {
      if (entry.until <= now_) continue;
      Record* r = rows_->job(entry.job);
      if (r == nullptr) continue;  // forgotten after retention
      if (receipt.recipient && !same_subscriber(*receipt.recipient, r->job.recipient)) continue;
      if (part_open(*r, entry.part)) {
        open = {r, entry.part, true};
        ++matches;
      } else if (closed.record == nullptr) {
        closed = {r, entry.part, false};
      }
    }
    if (matches == 1) return open;
  }
  return closed;
}

namespace {
/// A number and a reference are the same at every operator: they say something only about the
/// account's own jobs.
bool of_account(const Record& r, const Receipt& receipt) {
  return receipt.groups.empty() || std::find(receipt.groups.begin(), receipt.groups.end(),
                                             r.job.group) != receipt.groups.end();
}
}  // namespace

RuledStore::Target RuledStore::by_reference(const Receipt& receipt) {
  if (!receipt.recipient || !receipt.user_reference) return {};
  Target open, unasked;
  unsigned matches = 0;
  for (const auto& row : rows_->recipient_rows(receipt.recipient->packed(), kRecipientScan)) {
    const unsigned part =
        static_cast<std::uint16_t>(*receipt.user_reference - user_reference(row.id, 0));
    if (part >= kMaxParts) continue;
    Record* r = rows_->job(row.id);
    if (r == nullptr || !of_account(*r, receipt)) continue;
    if (!part_open(*r, part)) {
      if ((r->job.no_receipt & (1u << part)) != 0) unasked = {r, part, false};
      continue;
    }
    open = {r, part, true};
    ++matches;
  }
  if (matches == 0) return unasked;
  return matches == 1 ? open : Target{};
}

RuledStore::Target RuledStore::by_recipient(const Receipt& receipt) {
  const bool named = std::any_of(receipt.candidates.begin(), receipt.candidates.end(),
                                 [](const std::string& id) { return !is_placeholder(id); });
  if (named || !receipt.recipient || receipt.user_reference) return {};
  auto rows = rows_->recipient_rows(receipt.recipient->packed(), kRecipientScan);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  // A receipt that was not asked for is of the newest push that asked for none, unless one is under
  // way: else it would wait for a push yet to come and decide that one.
  Target unasked;
  bool coming = false;
  for (const auto& row : rows) {
    Record* r = rows_->job(row.id);
    if (r == nullptr || !of_account(*r, receipt)) continue;
    coming |= r->job.state == JobState::claimed || r->job.state == JobState::in_doubt;
    for (unsigned part = 0; part < kMaxParts; ++part) {
      const std::uint32_t bit = 1u << part;
      if ((r->unindexed & bit) == 0) continue;
      if (part_open(*r, part)) return {r, part, true};
      if ((r->job.no_receipt & bit) != 0 && is_over(r->job)) unasked = {r, part, false};
    }
  }
  return coming ? Target{} : unasked;
}

StepResult RuledStore::apply(const step::ApplyReceipt& s) {
  const Receipt& receipt = s.receipt;
  Target target = by_candidates(receipt);
  if (!target.open) {
    Target other = by_reference(receipt);
    if (other.record == nullptr && target.record == nullptr) other = by_recipient(receipt);
    if (other.record != nullptr) target = other;
  }
  if (target.record == nullptr) {
    if (receipt.state == ReceiptState::pending) return answer(Applied::unknown_job);
    if (auto early = early_.add(receipt, now_)) {
      rows_->put_early(*early);
      if (const auto oldest = early_.overflow()) {
        early_.erase(*oldest);
        rows_->erase_early(*oldest);
      }
    }
    return answer(Applied::stored_early);
  }
  StepResult result =
      answer(target.open ? settle(*target.record, target.part, receipt) : Applied::duplicate);
  if (!target.open && over(*target.record) &&
      (target.record->job.delivered & (1u << target.part)) == 0) {
    result.applied = Applied::final;
  }
  result.job = target.record->job.id;
  return result;
}

Applied RuledStore::settle(Record& r, unsigned part, const Receipt& receipt) {
  switch (receipt.state) {
    case ReceiptState::pending: return Applied::duplicate;  // says nothing that changes a job
    case ReceiptState::delivered:
      r.job.delivered |= 1u << part;
      rows_->save(r);
      complete(r);
      return Applied::applied;
    case ReceiptState::failed:
      r.job.reason_class = OutcomeClass::permanent;
      r.job.reason = receipt.code;
      move(r, JobState::failed);
      emit(EventKind::failed, r);
      return Applied::applied;
  }
  return Applied::duplicate;
}

void RuledStore::index_part(Record& r, unsigned part, const std::string& account,
                            const std::string& id) {
  if (is_placeholder(id) || account.size() + id.size() > 1024) {
    r.unindexed |= 1u << part;
    rows_->save(r);
    return;
  }
  std::vector<MidEntry> entries = rows_->mid(account, id);
  for (const MidEntry& entry : entries) {
    if (entry.job == r.job.id && entry.part == part) return;
  }
  std::erase_if(entries, [this](const MidEntry& entry) { return entry.until <= now_; });
  if (entries.size() >= kMaxEntries) entries.erase(entries.begin());
  entries.push_back({r.job.id, static_cast<std::uint8_t>(part),
                     std::max(r.job.deadline, now_) + options_.retention});
  rows_->put_mid(account, id, std::move(entries));
}

void RuledStore::consume_early(Record& r, unsigned part, const std::string& account,
                               const std::string& id) {
  if (early_.size() == 0) return;
  const auto found = early_.matching(account, id, r.job.recipient, user_reference(r.job.id, part));
  for (const EarlyReceipt& early : found) {
    if (!part_open(r, part)) return;
    settle(r, part, early.receipt);
    early_.erase(early.number);
    rows_->erase_early(early.number);
  }
}

}  // namespace cpgw::queue::detail
