// Inside the room: rows as octets, as docs/store-format.md describes them. Big-endian throughout,
// so that the order of keys is the order of values.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "queue/rows.h"

namespace cpgw::queue::detail {

/// Version of each framed value; another one is refused.
inline constexpr std::uint8_t kRowVersion = 1;

/// CRC-32C (Castagnoli), as in RFC 3720, 12.1.
[[nodiscard]] std::uint32_t crc32c(OctetView octets);

/// Builds a key or a value. A framed value is version, fields, checksum over both.
class RowWriter {
 public:
  explicit RowWriter(std::size_t expected = 64) { out_.reserve(expected); }
  RowWriter& u8(std::uint8_t v) { return be<1>(v); }
  RowWriter& u16(std::uint16_t v) { return be<2>(v); }
  RowWriter& u32(std::uint32_t v) { return be<4>(v); }
  RowWriter& u64(std::uint64_t v) { return be<8>(v); }
  /// Moved by 2^63 so that earlier times sort first.
  RowWriter& time(WallTime t) {
    return u64(static_cast<std::uint64_t>(t.time_since_epoch().count()) ^ (1ull << 63));
  }
  RowWriter& raw(std::string_view text) {
    out_.append(text);
    return *this;
  }
  RowWriter& raw(OctetView octets) { return raw(as_text(octets)); }
  RowWriter& sized(std::string_view text) {
    return u32(static_cast<std::uint32_t>(text.size())).raw(text);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }
  /// Appends the checksum over all that was written.
  [[nodiscard]] std::string take_framed() {
    u32(crc32c(as_octets(out_)));
    return std::move(out_);
  }

 private:
  template <unsigned kOctets>
  RowWriter& be(std::uint64_t v) {
    std::array<char, kOctets> octets;
    for (unsigned i = 0; i < kOctets; ++i) {
      octets[i] = static_cast<char>(v >> (8 * (kOctets - 1 - i)));
    }
    out_.append(octets.data(), kOctets);
    return *this;
  }
  std::string out_;
};

/// Reads what RowWriter wrote. After a failed read everything reads as zero and good() is false.
class RowReader {
 public:
  explicit RowReader(std::string_view row) : in_(row) {}
  /// Checks and takes off the frame; a wrong version or checksum makes the reader bad.
  [[nodiscard]] static RowReader framed(std::string_view row);

  [[nodiscard]] std::uint8_t u8() { return static_cast<std::uint8_t>(be(1)); }
  [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(be(2)); }
  [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(be(4)); }
  [[nodiscard]] std::uint64_t u64() { return be(8); }
  [[nodiscard]] WallTime time() {
    return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(u64() ^ (1ull << 63))));
  }
  [[nodiscard]] std::string_view raw(std::size_t octets);
  [[nodiscard]] std::string_view sized() { return raw(u32()); }
  void digest(std::span<std::byte> out);
  [[nodiscard]] std::string_view rest() { return raw(in_.size()); }
  [[nodiscard]] bool good() const { return good_; }
  /// Nothing went wrong and nothing is left.
  [[nodiscard]] bool done() const { return good_ && in_.empty(); }
  void spoil() { good_ = false; }

 private:
  std::uint64_t be(std::size_t octets);
  std::string_view in_;
  bool good_ = true;
};

// ---- keys
[[nodiscard]] std::string id_key(JobId id);
[[nodiscard]] std::string encode_key(const ReadyKey& key);
[[nodiscard]] std::optional<ReadyKey> decode_ready_key(std::string_view key);
[[nodiscard]] std::string span_key(const Span& span);
[[nodiscard]] std::string pair_key(std::uint64_t first, std::uint64_t second);
[[nodiscard]] std::string mid_key(const std::string& account, const std::string& id);
[[nodiscard]] std::string event_key(TenantId tenant, std::uint64_t sequence);
/// Three kinds of rows in one family, told apart by the first octet: a content, its uses, and that
/// it waits for its first.
inline constexpr char kContentRow = 'c';
inline constexpr char kContentUsesRow = 'u';
inline constexpr char kUnusedRow = 'w';
[[nodiscard]] std::string content_key(const Digest& digest);
[[nodiscard]] std::string content_uses_key(const Digest& digest);
[[nodiscard]] std::string unused_key(const Rows::Unused& unused);
/// The digest of a content or uses key.
[[nodiscard]] std::optional<Digest> decode_content_key(std::string_view key);
[[nodiscard]] std::optional<Rows::Unused> decode_unused_key(std::string_view key);

// ---- values; a decoder gives nothing for a damaged row
[[nodiscard]] std::string encode(const Record& record);
[[nodiscard]] std::optional<Record> decode_job(JobId id, std::string_view row);
[[nodiscard]] std::string encode(const std::vector<MidEntry>& entries);
[[nodiscard]] std::optional<std::vector<MidEntry>> decode_mid(std::string_view row);
[[nodiscard]] std::string encode(const EarlyReceipt& early);
[[nodiscard]] std::optional<EarlyReceipt> decode_early(std::uint64_t number, std::string_view row);
[[nodiscard]] std::string encode(const IdempotencyRecord& record);
[[nodiscard]] std::optional<IdempotencyRecord> decode_idempotency(std::string_view row);
[[nodiscard]] std::string encode(const ImportCursor& cursor);
[[nodiscard]] std::optional<ImportCursor> decode_cursor(QueueId queue, std::string_view name,
                                                        std::string_view row);
[[nodiscard]] std::string encode(const Content& content);
[[nodiscard]] std::optional<Content> decode_content(const Digest& digest, std::string_view row);
[[nodiscard]] std::string encode(const ContentUses& uses);
[[nodiscard]] std::optional<ContentUses> decode_content_uses(std::string_view row);
[[nodiscard]] std::string encode_value(const Span& span);
[[nodiscard]] std::optional<Span> decode_span(std::string_view key, std::string_view row);
[[nodiscard]] std::string encode(const Event& event);
[[nodiscard]] std::optional<Event> decode_event(TenantId tenant, std::uint64_t sequence,
                                                std::string_view row);
[[nodiscard]] std::string encode_info(const QueueInfo& info);
[[nodiscard]] std::string encode_counts(const QueueRecord& queue);
[[nodiscard]] std::optional<QueueRecord> decode_queue(QueueId id, std::string_view info,
                                                      std::string_view counts);

}  // namespace cpgw::queue::detail
