// Values of the store, row by row.
#include "queue/codec.h"

namespace cpgw::queue::detail {

// ---- jobs

namespace {

enum Flag : std::uint16_t {
  kPossibleDuplicate = 1,
  kComposed = 2,
  kCharged = 4,
  kParked = 8,
  kWasParked = 16,
  kAlone = 32,
  kHasFollowers = 64,
  kHasSealed = 128,
};

std::uint16_t flags(const Record& r) {
  const auto bit = [](bool set, Flag flag) { return set ? static_cast<unsigned>(flag) : 0u; };
  return static_cast<std::uint16_t>(
      bit(r.job.possible_duplicate, kPossibleDuplicate) | bit(r.composed, kComposed) |
      bit(r.charged, kCharged) | bit(r.parked, kParked) | bit(r.was_parked, kWasParked) |
      bit(r.alone, kAlone) | bit(r.has_followers, kHasFollowers) | bit(r.has_sealed, kHasSealed));
}

bool known_state(std::uint8_t v) {
  return v >= static_cast<std::uint8_t>(JobState::waiting) &&
         v <= static_cast<std::uint8_t>(JobState::cancelled);
}

}  // namespace

std::string encode(const Record& r) {
  const Job& j = r.job;
  return RowWriter(180)
      .u8(kRowVersion)
      // what changes: 81 octets
      .u8(static_cast<std::uint8_t>(j.state))
      .u8(j.attempt)
      .u32(j.epoch)
      .time(j.due)
      .u16(j.drawn.reference)
      .u8(j.drawn.transaction_id)
      .u16(j.drawn.composer_version)
      .raw(j.push_digest)
      .u8(j.parts)
      .u32(j.accepted)
      .u32(j.delivered)
      .u32(j.in_doubt)
      .u32(j.no_receipt)
      .u32(r.unindexed)
      .u32(r.draw)
      .u16(flags(r))
      .u16(j.reason)
      .u8(static_cast<std::uint8_t>(j.reason_class))
      // what does not
      .u32(j.tenant.value)
      .u64(j.queue.value)
      .u16(j.group.value)
      .u8(j.priority)
      .u64(j.recipient.packed())
      .raw(j.content)
      .time(j.deadline)
      .u8(j.parts_estimate)
      .u64(j.after ? j.after->value : 0)
      .raw(j.trace)
      .take_framed();
}

std::optional<Record> decode_job(JobId id, std::string_view row) {
  RowReader in = RowReader::framed(row);
  const std::uint8_t state = in.u8();
  const std::uint8_t attempt = in.u8();
  const std::uint32_t epoch = in.u32();
  const WallTime due = in.time();
  Drawn drawn;
  drawn.reference = in.u16();
  drawn.transaction_id = in.u8();
  drawn.composer_version = in.u16();
  Digest push_digest{};
  in.digest(push_digest);
  const std::uint8_t parts = in.u8();
  const std::uint32_t accepted = in.u32();
  const std::uint32_t delivered = in.u32();
  const std::uint32_t in_doubt = in.u32();
  const std::uint32_t no_receipt = in.u32();
  const std::uint32_t unindexed = in.u32();
  const std::uint32_t draw = in.u32();
  const std::uint16_t set = in.u16();
  const std::uint16_t reason = in.u16();
  const std::uint8_t reason_class = in.u8();
  const std::uint32_t tenant = in.u32();
  const std::uint64_t queue = in.u64();
  const std::uint16_t group = in.u16();
  const std::uint8_t priority = in.u8();
  const auto recipient = Msisdn::unpack(in.u64());
  if (!in.good() || !recipient || !known_state(state)) return std::nullopt;
  Record r{.job = {.recipient = *recipient}};
  Job& j = r.job;
  in.digest(j.content);
  j.deadline = in.time();
  j.parts_estimate = in.u8();
  if (const std::uint64_t after = in.u64(); after != 0) j.after = JobId{after};
  in.digest(j.trace);
  if (!in.done()) return std::nullopt;
  j.id = id;
  j.tenant.value = tenant;
  j.queue.value = queue;
  j.group.value = group;
  j.priority = priority;
  j.due = due;
  j.state = static_cast<JobState>(state);
  j.attempt = attempt;
  j.epoch = epoch;
  j.drawn = drawn;
  j.push_digest = push_digest;
  j.parts = parts;
  j.accepted = accepted;
  j.delivered = delivered;
  j.in_doubt = in_doubt;
  j.no_receipt = no_receipt;
  j.possible_duplicate = (set & kPossibleDuplicate) != 0;
  j.reason = reason;
  j.reason_class = static_cast<OutcomeClass>(reason_class);
  r.unindexed = unindexed;
  r.draw = draw;
  r.composed = (set & kComposed) != 0;
  r.charged = (set & kCharged) != 0;
  r.parked = (set & kParked) != 0;
  r.was_parked = (set & kWasParked) != 0;
  r.alone = (set & kAlone) != 0;
  r.has_followers = (set & kHasFollowers) != 0;
  r.has_sealed = (set & kHasSealed) != 0;
  return r;
}

// ---- the other values

std::string encode(const std::vector<MidEntry>& entries) {
  RowWriter out(5 + entries.size() * 17);
  out.u8(kRowVersion);
  for (const MidEntry& e : entries) out.u64(e.job.value).u8(e.part).time(e.until);
  return out.take_framed();
}

std::optional<std::vector<MidEntry>> decode_mid(std::string_view row) {
  RowReader in = RowReader::framed(row);
  std::vector<MidEntry> entries;
  while (in.good() && !in.done()) {
    MidEntry e;
    e.job.value = in.u64();
    e.part = in.u8();
    e.until = in.time();
    entries.push_back(e);
  }
  if (!in.done()) return std::nullopt;
  return entries;
}

std::string encode(const EarlyReceipt& early) {
  const Receipt& r = early.receipt;
  RowWriter out(128);
  out.u8(kRowVersion).time(early.stored).time(r.at).u8(static_cast<std::uint8_t>(r.state));
  out.u16(r.code).u64(r.recipient ? r.recipient->packed() : 0);
  out.u8(r.user_reference ? 1 : 0).u16(r.user_reference.value_or(0));
  out.sized(r.account).u32(static_cast<std::uint32_t>(r.candidates.size()));
  for (const std::string& id : r.candidates) out.sized(id);
  return out.take_framed();
}

std::optional<EarlyReceipt> decode_early(std::uint64_t number, std::string_view row) {
  RowReader in = RowReader::framed(row);
  EarlyReceipt early;
  early.number = number;
  early.stored = in.time();
  early.receipt.at = in.time();
  early.receipt.state = static_cast<ReceiptState>(in.u8());
  early.receipt.code = in.u16();
  if (const std::uint64_t packed = in.u64(); packed != 0) {
    const auto recipient = Msisdn::unpack(packed);
    if (!recipient) return std::nullopt;
    early.receipt.recipient = *recipient;
  }
  const bool referenced = in.u8() != 0;
  const std::uint16_t reference = in.u16();
  if (referenced) early.receipt.user_reference = reference;
  early.receipt.account = in.sized();
  for (std::uint32_t n = in.u32(); n > 0 && in.good(); --n) {
    early.receipt.candidates.emplace_back(in.sized());
  }
  if (!in.done()) return std::nullopt;
  return early;
}

std::string encode(const IdempotencyRecord& record) {
  RowWriter out(64);
  out.u8(kRowVersion).time(record.until).raw(record.request);
  for (const JobId id : record.ids) out.u64(id.value);
  return out.take_framed();
}

std::optional<IdempotencyRecord> decode_idempotency(std::string_view row) {
  RowReader in = RowReader::framed(row);
  IdempotencyRecord record;
  record.until = in.time();
  in.digest(record.request);
  while (in.good() && !in.done()) record.ids.push_back(JobId{in.u64()});
  if (!in.done()) return std::nullopt;
  return record;
}

std::string encode(const ImportCursor& c) {
  return RowWriter(72)
      .u8(kRowVersion)
      .raw(c.source)
      .u64(c.next_offset)
      .u64(c.next_row)
      .u64(c.accepted)
      .u64(c.rejected)
      .u8(c.finished ? 1 : 0)
      .take_framed();
}

std::optional<ImportCursor> decode_cursor(QueueId queue, std::string_view name,
                                          std::string_view row) {
  RowReader in = RowReader::framed(row);
  ImportCursor c;
  c.queue = queue;
  c.name = name;
  in.digest(c.source);
  c.next_offset = in.u64();
  c.next_row = in.u64();
  c.accepted = in.u64();
  c.rejected = in.u64();
  c.finished = in.u8() != 0;
  if (!in.done()) return std::nullopt;
  return c;
}

std::string encode(const Content& content) {
  return RowWriter(16 + content.body.size() + content.source.size())
      .u8(kRowVersion)
      .u8(content.kind)
      .sized(as_text(content.body))
      .raw(content.source)
      .take_framed();
}

namespace {
Octets octets_of(std::string_view text) {
  const OctetView view = as_octets(text);
  return {view.begin(), view.end()};
}
}  // namespace

std::optional<Content> decode_content(const Digest& digest, std::string_view row) {
  RowReader in = RowReader::framed(row);
  Content content;
  content.digest = digest;
  content.kind = in.u8();
  content.body = octets_of(in.sized());
  if (!in.good()) return std::nullopt;
  content.source = octets_of(in.rest());
  return content;
}

std::string encode(const ContentUses& uses) {
  return RowWriter(29)
      .u8(kRowVersion)
      .u64(uses.jobs)
      .u64(uses.queues)
      .time(uses.unused_since)
      .take_framed();
}

std::optional<ContentUses> decode_content_uses(std::string_view row) {
  RowReader in = RowReader::framed(row);
  ContentUses uses;
  uses.jobs = in.u64();
  uses.queues = in.u64();
  uses.unused_since = in.time();
  if (!in.done()) return std::nullopt;
  return uses;
}

std::string encode_value(const Span& span) {
  return RowWriter(29)
      .u8(kRowVersion)
      .u64(span.last.value)
      .u64(span.next.value)
      .u64(span.queue.value)
      .take_framed();
}

std::optional<Span> decode_span(std::string_view key, std::string_view row) {
  RowReader k(key);
  RowReader in = RowReader::framed(row);
  Span span;
  span.stage = static_cast<Span::Stage>(k.u8());
  span.time = k.time();
  span.first.value = k.u64();
  span.late = k.u8() != 0;
  span.last.value = in.u64();
  span.next.value = in.u64();
  span.queue.value = in.u64();
  if (!k.done() || !in.done()) return std::nullopt;
  return span;
}

std::string encode(const Event& e) {
  return RowWriter(72)
      .u8(kRowVersion)
      .u8(static_cast<std::uint8_t>(e.kind))
      .time(e.at)
      .u64(e.queue.value)
      .u64(e.job.value)
      .u64(e.recipient)
      .u8(e.attempt)
      .u8(e.parts)
      .u8(e.possible_duplicate ? 1 : 0)
      .u8(static_cast<std::uint8_t>(e.reason_class))
      .u16(e.reason)
      .u8(static_cast<std::uint8_t>(e.queue_state))
      .raw(e.trace)
      .take_framed();
}

std::optional<Event> decode_event(TenantId tenant, std::uint64_t sequence, std::string_view row) {
  RowReader in = RowReader::framed(row);
  Event e;
  e.tenant = tenant;
  e.sequence = sequence;
  e.kind = static_cast<EventKind>(in.u8());
  e.at = in.time();
  e.queue.value = in.u64();
  e.job.value = in.u64();
  e.recipient = in.u64();
  e.attempt = in.u8();
  e.parts = in.u8();
  e.possible_duplicate = in.u8() != 0;
  e.reason_class = static_cast<OutcomeClass>(in.u8());
  e.reason = in.u16();
  e.queue_state = static_cast<QueueState>(in.u8());
  in.digest(e.trace);
  if (!in.done()) return std::nullopt;
  return e;
}

std::string encode_info(const QueueInfo& q) {
  return RowWriter(64 + q.settings.size())
      .u8(kRowVersion)
      .u32(q.tenant.value)
      .sized(q.name)
      .u16(q.group.value)
      .time(q.created)
      .u8(q.content ? 1 : 0)
      .raw(q.content.value_or(Digest{}))
      .raw(q.settings)
      .take_framed();
}

std::string encode_counts(const QueueRecord& q) {
  const QueueCounts& c = q.info.counts;
  RowWriter out(110);
  out.u8(kRowVersion).u8(static_cast<std::uint8_t>(q.info.state));
  for (const std::uint64_t n : {c.submitted, c.waiting, c.in_flight, c.sent, c.delivered, c.failed,
                                c.expired, c.cancelled, c.resent_parts, c.awaiting}) {
    out.u64(n);
  }
  return out.u64(q.retired).u64(q.sweep_next.value).time(q.info.started).take_framed();
}

std::optional<QueueRecord> decode_queue(QueueId id, std::string_view info,
                                        std::string_view counts) {
  RowReader in = RowReader::framed(info);
  QueueRecord q;
  q.info.id = id;
  q.info.tenant.value = in.u32();
  q.info.name = in.sized();
  q.info.group.value = in.u16();
  q.info.created = in.time();
  const bool has_content = in.u8() != 0;
  Digest content{};
  in.digest(content);
  if (has_content) q.info.content = content;
  if (!in.good()) return std::nullopt;
  q.info.settings = octets_of(in.rest());
  RowReader c = RowReader::framed(counts);
  q.info.state = static_cast<QueueState>(c.u8());
  QueueCounts& n = q.info.counts;
  for (std::uint64_t* field : {&n.submitted, &n.waiting, &n.in_flight, &n.sent, &n.delivered,
                               &n.failed, &n.expired, &n.cancelled, &n.resent_parts, &n.awaiting}) {
    *field = c.u64();
  }
  q.retired = c.u64();
  q.sweep_next.value = c.u64();
  q.info.started = c.time();
  if (!c.done()) return std::nullopt;
  return q;
}

}  // namespace cpgw::queue::detail
