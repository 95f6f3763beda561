#include "queue/codec.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace cpgw::queue::detail {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli, reflected

/// Eight tables: eight octets a step.
constexpr auto kCrc = [] {
  std::array<std::array<std::uint32_t, 256>, 8> t{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? (c >> 1) ^ kPolynomial : c >> 1;
    t[0][i] = c;
  }
  for (std::size_t n = 1; n < 8; ++n) {
    for (std::size_t i = 0; i < 256; ++i) {
      t[n][i] = (t[n - 1][i] >> 8) ^ t[0][t[n - 1][i] & 0xFF];
    }
  }
  return t;
}();
static_assert(kCrc[0][1] == 0xF26B8303);

}  // namespace

std::uint32_t crc32c(OctetView octets) {
  std::uint32_t c = ~0u;
  std::size_t i = 0;
  for (; i + 8 <= octets.size(); i += 8) {
    std::array<std::uint8_t, 8> b{};
    std::memcpy(b.data(), octets.data() + i, 8);
    const std::uint32_t low = c ^ (b[0] | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 |
                                   std::uint32_t{b[3]} << 24);
    c = kCrc[7][low & 0xFF] ^ kCrc[6][(low >> 8) & 0xFF] ^ kCrc[5][(low >> 16) & 0xFF] ^
        kCrc[4][low >> 24] ^ kCrc[3][b[4]] ^ kCrc[2][b[5]] ^ kCrc[1][b[6]] ^ kCrc[0][b[7]];
  }
  for (; i < octets.size(); ++i) c = (c >> 8) ^ kCrc[0][(c ^ to_u8(octets[i])) & 0xFF];
  return ~c;
}

RowReader RowReader::framed(std::string_view row) {
  RowReader bad{std::string_view{}};
  bad.spoil();
  if (row.size() < 5 || static_cast<std::uint8_t>(row[0]) != kRowVersion) return bad;
  RowReader sum(row.substr(row.size() - 4));
  if (sum.u32() != crc32c(as_octets(row.substr(0, row.size() - 4)))) return bad;
  return RowReader(row.substr(1, row.size() - 5));
}

std::uint64_t RowReader::be(std::size_t octets) {
  const std::string_view taken = raw(octets);
  std::uint64_t v = 0;
  for (const char c : taken) v = (v << 8) | static_cast<std::uint8_t>(c);
  return v;
}

std::string_view RowReader::raw(std::size_t octets) {
  if (!good_ || octets > in_.size()) {
    good_ = false;
    return {};
  }
  const std::string_view taken = in_.substr(0, octets);
  in_.remove_prefix(octets);
  return taken;
}

void RowReader::digest(std::span<std::byte> out) {
  const std::string_view taken = raw(out.size());
  if (!taken.empty()) std::memcpy(out.data(), taken.data(), taken.size());
}

// ---- keys

std::string id_key(JobId id) { return RowWriter(8).u64(id.value).take(); }

std::string encode_key(const ReadyKey& key) {
  return RowWriter(27)
      .u16(key.group.value)
      .u64(key.queue.value)
      .u8(key.priority)
      .time(key.due)
      .u64(key.id.value)
      .take();
}

std::optional<ReadyKey> decode_ready_key(std::string_view row) {
  RowReader in(row);
  ReadyKey key;
  key.group.value = in.u16();
  key.queue.value = in.u64();
  key.priority = in.u8();
  key.due = in.time();
  key.id.value = in.u64();
  if (!in.done()) return std::nullopt;
  return key;
}

std::string span_key(const Span& span) {
  return RowWriter(18)
      .u8(static_cast<std::uint8_t>(span.stage))
      .time(span.time)
      .u64(span.first.value)
      .u8(span.late ? 1 : 0)
      .take();
}

std::string pair_key(std::uint64_t first, std::uint64_t second) {
  return RowWriter(16).u64(first).u64(second).take();
}

std::string mid_key(const std::string& account, const std::string& id) {
  // The length keeps ("a", "bc") and ("ab", "c") apart whatever octets they hold.
  return RowWriter(account.size() + id.size() + 2)
      .u16(static_cast<std::uint16_t>(account.size()))
      .raw(account)
      .raw(id)
      .take();
}

std::string content_key(const Digest& digest) {
  return RowWriter(33).raw(std::string_view(&kContentRow, 1)).raw(digest).take();
}

std::string content_uses_key(const Digest& digest) {
  return RowWriter(33).raw(std::string_view(&kContentUsesRow, 1)).raw(digest).take();
}

std::optional<Digest> decode_content_key(std::string_view key) {
  RowReader in(key);
  (void)in.u8();
  Digest digest{};
  in.digest(digest);
  if (!in.done()) return std::nullopt;
  return digest;
}

std::string unused_key(const Rows::Unused& unused) {
  return RowWriter(41)
      .raw(std::string_view(&kUnusedRow, 1))
      .time(unused.since)
      .raw(unused.digest)
      .take();
}

std::optional<Rows::Unused> decode_unused_key(std::string_view key) {
  RowReader in(key);
  (void)in.u8();
  Rows::Unused unused;
  unused.since = in.time();
  in.digest(unused.digest);
  if (!in.done()) return std::nullopt;
  return unused;
}

std::string event_key(TenantId tenant, std::uint64_t sequence) {
  return RowWriter(12).u32(tenant.value).u64(sequence).take();
}

}  // namespace cpgw::queue::detail
