#include "wbxml/template.h"

#include <algorithm>

#include "wbxml/characters.h"
#include "wbxml/emitter.h"
#include "wbxml/slot_text.h"
#include "wbxml/token_lookup.h"

namespace cpgw::wbxml {
namespace {

using namespace detail;

/// First octet of the stored form.
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kStringOctets = 2;  ///< STR_I and its terminator

tl::unexpected<Error> bad_record(std::string why, std::size_t offset) {
  return fail(Errc::malformed, "stored template: " + std::move(why), at_offset(offset));
}

}  // namespace

Result<Template> Template::compile(const Document& document, std::span<const SlotSpec> slots,
                                   const EncodeOptions& options) {
  if (auto sound = check_declarations(slots); !sound) return fail(std::move(sound).error());
  Template made;
  made.slots_.assign(slots.begin(), slots.end());
  auto emitted = emit(document, options, &slots);
  if (!emitted) return fail(std::move(emitted).error());
  made.bytes_ = std::move(emitted->octets);
  const std::vector<SlotMark>& marks = emitted->marks;

  std::uint32_t begin = 0;
  for (const SlotMark& mark : marks) {
    const auto end = static_cast<std::uint32_t>(mark.offset);
    made.pieces_.push_back({begin, end, mark.slot, mark.group});
    begin = end;
  }
  made.pieces_.push_back({begin, static_cast<std::uint32_t>(made.bytes_.size()), kNoSlot, 0});
  if (auto used = made.all_used(); !used) return fail(std::move(used).error());
  return made;
}

Result<void> Template::all_used() const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (std::none_of(pieces_.begin(), pieces_.end(),
                     [&](const Piece& piece) { return piece.slot == i; })) {
      return fail(Errc::bad_slot,
                  "slot '" + slots_[i].name +
                      "' is declared but the document does not use it; "
                      "use it or remove the declaration",
                  at_field(slots_[i].name));
    }
  }
  return {};
}

Result<Template> Template::of_text(std::string_view text, std::span<const SlotSpec> slots) {
  if (auto sound = check_declarations(slots); !sound) return fail(std::move(sound).error());
  if (const auto bad = find_bad_character(text)) {
    return fail(Errc::bad_value, "not a character of text in UTF-8; correct it", at_offset(*bad));
  }
  Template made;
  made.slots_.assign(slots.begin(), slots.end());
  const auto segments = split_slots(text, slots, Position{});
  if (!segments) return fail(segments.error());
  std::uint32_t begin = 0;
  for (const Segment& segment : *segments) {
    OctetWriter(made.bytes_).put(segment.text);
    if (!segment.slot) continue;
    const auto end = static_cast<std::uint32_t>(made.bytes_.size());
    made.pieces_.push_back({begin, end, *segment.slot, 0});
    begin = end;
  }
  made.pieces_.push_back({begin, static_cast<std::uint32_t>(made.bytes_.size()), kNoSlot, 0});
  if (auto used = made.all_used(); !used) return fail(std::move(used).error());
  return made;
}

Template Template::of_octets(OctetView octets) {
  Template made;
  made.bytes_.assign(octets.begin(), octets.end());
  made.pieces_.push_back({0, static_cast<std::uint32_t>(octets.size()), kNoSlot, 0});
  return made;
}

std::size_t Template::max_octets() const {
  std::size_t octets = bytes_.size();
  for (const Piece& piece : pieces_) {
    if (piece.slot != kNoSlot) octets += slots_[piece.slot].max_octets;
    if (piece.group != 0) octets += kStringOctets;
  }
  return octets;
}

bool Template::group_is_empty(std::size_t first, std::span<const std::string_view> values) const {
  for (std::size_t i = first; i < first + pieces_[first].group; ++i) {
    if (!values[pieces_[i].slot].empty()) return false;
  }
  return true;
}

Result<void> Template::fill(std::span<const std::string_view> values, Octets& out) const {
  if (values.size() != slots_.size()) {
    return fail(Errc::bad_slot, std::to_string(values.size()) + " values for " +
                                    std::to_string(slots_.size()) + " slots");
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (auto fits = check_slot(slots_[i], values[i]); !fits) return fits;
  }
  std::size_t octets = bytes_.size();
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].slot != kNoSlot) octets += values[pieces_[i].slot].size();
    if (pieces_[i].group != 0 && !group_is_empty(i, values)) octets += kStringOctets;
  }
  const std::size_t before = out.size();
  out.resize(before + octets);
  std::byte* to = out.data() + before;
  const auto put = [&to](OctetView from) { to = std::copy(from.begin(), from.end(), to); };

  std::size_t group_end = 0;  // piece behind the group whose string is open; 0 = none is
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    put(OctetView(bytes_).subspan(piece.begin, piece.end - piece.begin));
    if (piece.slot == kNoSlot) break;
    if (piece.group != 0 && !group_is_empty(i, values)) {
      *to++ = std::byte{kStrI};
      group_end = i + piece.group;
    }
    put(as_octets(values[piece.slot]));
    if (i + 1 == group_end) {
      *to++ = std::byte{0};
      group_end = 0;
    }
  }
  return {};
}

Octets Template::serialize() const {
  Octets stored;
  OctetWriter w(stored);
  w.u8(kFormat).u16(static_cast<std::uint16_t>(slots_.size()));
  for (const SlotSpec& slot : slots_) {
    w.u8(static_cast<std::uint8_t>(slot.name.size())).put(slot.name);
    w.u8(static_cast<std::uint8_t>(slot.type)).u16(slot.max_octets);
  }
  w.u32(static_cast<std::uint32_t>(bytes_.size())).put(OctetView(bytes_));
  w.u32(static_cast<std::uint32_t>(pieces_.size()));
  for (const Piece& piece : pieces_) w.u32(piece.end).u16(piece.slot).u16(piece.group);
  return stored;
}

Result<Template> Template::parse(OctetView stored) {
  // Nothing in the record is believed: every index and count is checked against what it points to.
  OctetReader r(stored);
  Template made;
  const auto ended = [&r](const Error&) {
    return Error(Errc::truncated, "stored template: it ends too early", at_offset(r.offset()));
  };
  const auto format = r.u8();
  if (!format) return fail(ended(format.error()));
  if (*format != kFormat) {
    return fail(Errc::unsupported,
                "stored template of format " + std::to_string(*format) + "; " +
                    std::to_string(kFormat) + " is read",
                at_offset(0));
  }
  const auto slot_count = r.u16();
  if (!slot_count) return fail(ended(slot_count.error()));
  for (unsigned i = 0; i < *slot_count; ++i) {
    const auto length = r.u8();
    if (!length) return fail(ended(length.error()));
    const auto name = r.take(*length);
    if (!name) return fail(ended(name.error()));
    const auto type = r.u8();
    if (!type) return fail(ended(type.error()));
    const auto most = r.u16();
    if (!most) return fail(ended(most.error()));
    made.slots_.push_back({std::string(as_text(*name)), static_cast<SlotType>(*type), *most});
  }
  if (auto sound = check_declarations(made.slots_); !sound) {
    return bad_record(sound.error().message, r.offset());
  }
  const auto length = r.u32();
  if (!length) return fail(ended(length.error()));
  const auto bytes = r.take(*length);
  if (!bytes) return fail(ended(bytes.error()));
  made.bytes_.assign(bytes->begin(), bytes->end());

  const auto piece_count = r.u32();
  if (!piece_count) return fail(ended(piece_count.error()));
  constexpr std::size_t kPieceOctets = 8;
  if (r.remaining() != std::size_t{*piece_count} * kPieceOctets || *piece_count == 0) {
    return bad_record("its pieces do not fill the rest of it", r.offset());
  }
  made.pieces_.reserve(*piece_count);
  std::vector<bool> used(made.slots_.size(), false);
  std::uint32_t begin = 0;
  std::uint32_t group_left = 0;  // slots of the current group still to come
  for (std::uint32_t i = 0; i < *piece_count; ++i) {
    const std::size_t at = r.offset();
    const Piece piece{begin, r.u32().value_or(0), r.u16().value_or(0), r.u16().value_or(0)};
    const bool last = i + 1 == *piece_count;
    if (piece.end < begin || piece.end > made.bytes_.size() ||
        (last && (piece.end != made.bytes_.size() || piece.group != 0)) ||
        (piece.slot == kNoSlot) != last || (!last && piece.slot >= made.slots_.size())) {
      return bad_record("a piece points outside of it", at);
    }
    if (group_left != 0) {
      if (piece.group != 0 || piece.end != begin || last) {
        return bad_record("a group of slots is interrupted", at);
      }
      --group_left;
    } else if (piece.group != 0) {
      group_left = piece.group - 1u;
    }
    if (!last) used[piece.slot] = true;
    made.pieces_.push_back(piece);
    begin = piece.end;
  }
  if (std::find(used.begin(), used.end(), false) != used.end()) {
    return bad_record("a slot is used nowhere", r.offset());
  }
  return made;
}

}  // namespace cpgw::wbxml
