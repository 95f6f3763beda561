#include "si_sl/tp_time.h"

#include <span>

namespace cpgw::si_sl {
namespace {

using namespace std::chrono;

constexpr int kFirstYear = 2000;
constexpr minutes kQuarter = minutes(15);
constexpr unsigned kZoneMost = 56;  // quarter hours: 14 hours
constexpr std::uint8_t kWest = 0x08;

// The first octet of the enhanced format.
constexpr unsigned kExtension = 0x80;
constexpr unsigned kSingleShot = 0x40;
constexpr unsigned kEnhancedMask = 0x07;
enum Enhanced : std::uint8_t { kNoPeriod = 0, kRelative = 1, kSeconds = 2, kClock = 3 };

std::byte swapped(unsigned value) {
  return static_cast<std::byte>(((value % 10) << 4) | (value / 10));
}

/// Two digits, or nothing.
std::optional<unsigned> digits_of(std::byte octet) {
  const unsigned tens = to_u8(octet) & 0x0FU;
  const unsigned ones = to_u8(octet) >> 4U;
  if (tens > 9 || ones > 9) return {};
  return tens * 10 + ones;
}

tl::unexpected<Error> malformed(std::string message, std::size_t offset) {
  Position at = at_offset(offset);
  at.field = "validity";
  return fail(Errc::malformed, std::move(message), std::move(at));
}

Result<Validity> enhanced(std::span<const std::byte, 7> octets) {
  const unsigned indicator = to_u8(octets[0]);
  if ((indicator & kExtension) != 0) return malformed("an extension nobody has defined", 0);
  Validity validity;
  validity.single_shot = (indicator & kSingleShot) != 0;
  switch (indicator & kEnhancedMask) {
    case kNoPeriod: return validity;
    case kRelative: validity.period = relative_period(to_u8(octets[1])); return validity;
    case kSeconds: validity.period = seconds(to_u8(octets[1])); return validity;
    case kClock: {
      const auto h = digits_of(octets[1]);
      const auto m = digits_of(octets[2]);
      const auto s = digits_of(octets[3]);
      if (!h || !m || !s || *m > 59 || *s > 59) {
        return malformed("hours, minutes and seconds expected", 1);
      }
      validity.period = hours(*h) + minutes(*m) + seconds(*s);
      return validity;
    }
    default: return malformed("a reserved validity format", 0);
  }
}

}  // namespace

std::optional<WallTime> timestamp_of(const Timestamp& timestamp) {
  std::array<unsigned, 7> v{};
  for (std::size_t i = 0; i < v.size(); ++i) {
    // Bit 3 of the zone is its sign.
    const auto digits = digits_of(i == 6 ? timestamp[i] & std::byte{0xF7} : timestamp[i]);
    if (!digits) return {};
    v[i] = *digits;
  }
  const year_month_day date{year(kFirstYear + static_cast<int>(v[0])), month(v[1]), day(v[2])};
  if (!date.ok() || v[3] > 23 || v[4] > 59 || v[5] > 59 || v[6] > kZoneMost) return {};
  const minutes zone = kQuarter * static_cast<int>(v[6]);
  const bool west = (to_u8(timestamp[6]) & kWest) != 0;
  const auto local = sys_days(date) + hours(v[3]) + minutes(v[4]) + seconds(v[5]);
  return WallTime(west ? local + zone : local - zone);
}

Result<Timestamp> timestamp_from(WallTime at, minutes zone) {
  if (zone % kQuarter != minutes(0) || abs(zone) > kQuarter * static_cast<int>(kZoneMost)) {
    return fail(Errc::bad_value, "a time zone is whole quarter hours, 14 hours at most",
                at_field("zone"));
  }
  const auto local = floor<seconds>(at) + zone;
  const auto midnight = floor<days>(local);
  const year_month_day date(midnight);
  const int years = static_cast<int>(date.year()) - kFirstYear;
  if (years < 0 || years > 99) {
    return fail(Errc::bad_value, "a time stamp holds the years 2000 to 2099", at_field("time"));
  }
  const hh_mm_ss clock(local - midnight);
  std::byte quarters = swapped(static_cast<unsigned>(abs(zone) / kQuarter));
  if (zone < minutes(0)) quarters |= std::byte{kWest};
  return Timestamp{swapped(static_cast<unsigned>(years)),
                   swapped(static_cast<unsigned>(date.month())),
                   swapped(static_cast<unsigned>(date.day())),
                   swapped(static_cast<unsigned>(clock.hours().count())),
                   swapped(static_cast<unsigned>(clock.minutes().count())),
                   swapped(static_cast<unsigned>(clock.seconds().count())),
                   quarters};
}

OctetView ValidityField::view() const {
  switch (format) {
    case ValidityFormat::none: return {};
    case ValidityFormat::relative: return OctetView(octets).first(1);
    case ValidityFormat::enhanced:
    case ValidityFormat::absolute: return octets;
  }
  return {};
}

minutes relative_period(std::uint8_t octet) {
  if (octet <= 143) return minutes(5) * (octet + 1);
  if (octet <= 167) return hours(12) + minutes(30) * (octet - 143);
  if (octet <= 196) return days(1) * (octet - 166);
  return weeks(1) * (octet - 192);
}

ValidityField relative_validity(seconds period) {
  std::uint8_t octet = 0;
  while (octet < UINT8_MAX && relative_period(octet) < period) ++octet;
  return {ValidityFormat::relative, {std::byte{octet}}};
}

Result<ValidityField> absolute_validity(WallTime until, minutes zone) {
  return timestamp_from(until, zone).map([](const Timestamp& t) {
    return ValidityField{ValidityFormat::absolute, t};
  });
}

Result<ValidityField> enhanced_validity(seconds period, bool single_shot) {
  if (period < seconds(1)) {
    return fail(Errc::bad_value, "a validity period is at least a second", at_field("validity"));
  }
  ValidityField field{ValidityFormat::enhanced, {}};
  Enhanced format = kRelative;
  if (period <= seconds(UINT8_MAX)) {
    format = kSeconds;
    field.octets[1] = static_cast<std::byte>(period.count());
  } else if (period < hours(100)) {
    format = kClock;
    const hh_mm_ss clock(period);
    field.octets[1] = swapped(static_cast<unsigned>(clock.hours().count()));
    field.octets[2] = swapped(static_cast<unsigned>(clock.minutes().count()));
    field.octets[3] = swapped(static_cast<unsigned>(clock.seconds().count()));
  } else {
    field.octets[1] = relative_validity(period).octets[0];
  }
  field.octets[0] = static_cast<std::byte>(format | (single_shot ? kSingleShot : 0U));
  return field;
}

Result<Validity> validity_of(const ValidityField& field) {
  switch (field.format) {
    case ValidityFormat::none: return Validity();
    case ValidityFormat::relative: {
      Validity validity;
      validity.period = relative_period(to_u8(field.octets[0]));
      return validity;
    }
    case ValidityFormat::enhanced: return enhanced(field.octets);
    case ValidityFormat::absolute: {
      Validity validity;
      validity.until = timestamp_of(field.octets);
      if (!validity.until) return malformed("these digits make no time", 0);
      return validity;
    }
  }
  return Validity();
}

}  // namespace cpgw::si_sl
