// 3GPP TS 23.040, 9.2.2.1 (SMS-DELIVER), 9.2.2.2 (SMS-SUBMIT), 9.2.3 (their fields).
#include "si_sl/tpdu.h"

#include <algorithm>

#include "si_sl/gsm7.h"
#include "si_sl/reading.h"

namespace cpgw::si_sl {
namespace {

enum FirstOctet : std::uint8_t {
  kMtiMask = 0x03,
  kMtiDeliver = 0x00,
  kMtiSubmit = 0x01,
  kRejectDuplicates = 0x04,  // SUBMIT
  kNoMoreMessages = 0x04,    // DELIVER
  kValidityFormatShift = 3,
  kStatusReport = 0x20,
  kUserDataHeader = 0x40,
  kReplyPath = 0x80
};
constexpr std::size_t kSemiOctetsMost = 20;  // TP-DA and TP-OA hold 10 octets of them
constexpr std::string_view kSemiOctets = "0123456789*#abc";
constexpr std::uint8_t kFiller = 0x0F;

using detail::ended;
using detail::malformed;

Result<void> write_address(const TpAddress& address, Octets& out) {
  if (address.alphanumeric() || (address.type & 0x80) == 0) {
    return fail(Errc::bad_value, "a destination is a number: its type is 91 or 81",
                at_field("destination.type"));
  }
  const std::string& digits = address.value;
  if (digits.empty() || digits.size() > kSemiOctetsMost) {
    return fail(Errc::too_long,
                "a destination has 1 to 20 digits, not " + std::to_string(digits.size()),
                at_field("destination"));
  }
  std::array<std::uint8_t, kSemiOctetsMost + 1> nibbles{};
  nibbles.fill(kFiller);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t n = kSemiOctets.find(digits[i]);
    if (n == std::string_view::npos) {
      return fail(Errc::bad_value, "a destination is made of 0 to 9, * # a b c",
                  at_field("destination"));
    }
    nibbles[i] = static_cast<std::uint8_t>(n);
  }
  OctetWriter to(out);
  to.u8(static_cast<std::uint8_t>(digits.size())).u8(address.type);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    to.u8(static_cast<std::uint8_t>((nibbles[i + 1] << 4) | nibbles[i]));
  }
  return {};
}

Result<TpAddress> read_address(OctetReader& in, std::string_view field) {
  const std::size_t start = in.offset();
  auto count = in.u8();
  if (!count) return ended(std::move(count), field);
  auto type = in.u8();
  if (!type) return ended(std::move(type), field);
  if (*count > kSemiOctetsMost) {
    return malformed("an address of " + std::to_string(*count) + " semi-octets: 20 are the most",
                     start, field);
  }
  auto octets = in.take((*count + 1U) / 2U);
  if (!octets) return ended(std::move(octets), field);
  TpAddress address{*type, {}};
  if (address.alphanumeric()) {
    address.value = unpack_gsm7(*octets, *count * 4U / 7U);
    return address;
  }
  for (std::size_t i = 0; i < *count; ++i) {
    const std::uint8_t octet = to_u8((*octets)[i / 2]);
    const std::size_t nibble = i % 2 == 0 ? octet & 0x0FU : octet >> 4U;
    if (nibble >= kSemiOctets.size()) {
      return malformed("a filler inside the digits", start + 2 + i / 2, field);
    }
    address.value += kSemiOctets[nibble];
  }
  return address;
}

/// TP-UDL and TP-UD, the last of every TPDU here.
Result<void> read_user_data(OctetReader& in, std::uint8_t data_coding, std::uint8_t& length,
                            OctetView& user_data) {
  const std::size_t start = in.offset();
  auto udl = in.u8();
  if (!udl) return ended(std::move(udl), "user_data_length");
  length = *udl;
  const std::size_t octets = user_data_octets(length, data_coding);
  if (octets > kUserDataOctets) {
    return malformed("a user data length of " + std::to_string(length) + " does not fit an SMS",
                     start, "user_data_length");
  }
  auto data = in.take(octets);
  if (!data) return ended(std::move(data), "user_data");
  if (!in.empty()) {
    return malformed(std::to_string(in.remaining()) + " octet(s) after the end", in.offset(),
                     "user_data");
  }
  user_data = *data;
  return {};
}

std::size_t validity_octets(ValidityFormat format) {
  switch (format) {
    case ValidityFormat::none: return 0;
    case ValidityFormat::relative: return 1;
    case ValidityFormat::enhanced:
    case ValidityFormat::absolute: return 7;
  }
  return 0;
}

}  // namespace

std::uint8_t relative_validity(std::chrono::minutes validity) {
  for (unsigned v = 0; v < 255; ++v) {
    if (validity_of(static_cast<std::uint8_t>(v)) >= validity) return static_cast<std::uint8_t>(v);
  }
  return 255;
}

std::chrono::minutes validity_of(std::uint8_t relative) {
  using namespace std::chrono;
  if (relative <= 143) return minutes(5) * (relative + 1);
  if (relative <= 167) return hours(12) + minutes(30) * (relative - 143);
  if (relative <= 196) return days(1) * (relative - 166);
  return weeks(1) * (relative - 192);
}

Submit submit_of(const Part& part, TpAddress destination) {
  Submit submit;
  submit.user_data_header = part.udh_octets != 0;
  submit.destination = std::move(destination);
  submit.data_coding = part.data_coding;
  submit.user_data_length = part.user_data_length();
  submit.user_data = part.whole();
  return submit;
}

void set_validity(Submit& submit, std::chrono::minutes validity) {
  submit.validity_format = ValidityFormat::relative;
  submit.validity = {};
  submit.validity[0] = std::byte{relative_validity(validity)};
}

Result<void> write_submit(const Submit& submit, Octets& out) {
  const std::size_t octets = user_data_octets(submit.user_data_length, submit.data_coding);
  if (submit.user_data.size() > kUserDataOctets) {
    return fail(
        Errc::too_long,
        "user data of " + std::to_string(submit.user_data.size()) + " octets: an SMS holds 140",
        at_field("user_data"));
  }
  if (octets != submit.user_data.size()) {
    return fail(Errc::bad_value,
                "the user data length does not agree with the user data and the alphabet of its "
                "data coding",
                at_field("user_data_length"));
  }
  unsigned first = kMtiSubmit;
  first |= static_cast<unsigned>(submit.validity_format) << kValidityFormatShift;
  if (submit.reject_duplicates) first |= kRejectDuplicates;
  if (submit.status_report_request) first |= kStatusReport;
  if (submit.user_data_header) first |= kUserDataHeader;
  if (submit.reply_path) first |= kReplyPath;

  const std::size_t before = out.size();
  OctetWriter to(out);
  to.u8(static_cast<std::uint8_t>(first)).u8(submit.message_reference);
  if (auto written = write_address(submit.destination, out); !written) {
    out.resize(before);
    return written;
  }
  to.u8(submit.protocol_identifier).u8(submit.data_coding);
  to.put(OctetView(submit.validity).first(validity_octets(submit.validity_format)));
  to.u8(submit.user_data_length).put(submit.user_data);
  return {};
}

Result<Submit> read_submit(OctetView tpdu) {
  OctetReader in(tpdu);
  auto first = in.u8();
  if (!first) return ended(std::move(first), "first_octet");
  if ((*first & kMtiMask) != kMtiSubmit) {
    return malformed("not an SMS-SUBMIT: message type 01 expected", 0, "first_octet");
  }
  Submit submit;
  submit.reject_duplicates = (*first & kRejectDuplicates) != 0;
  submit.status_report_request = (*first & kStatusReport) != 0;
  submit.user_data_header = (*first & kUserDataHeader) != 0;
  submit.reply_path = (*first & kReplyPath) != 0;
  submit.validity_format = static_cast<ValidityFormat>((*first >> kValidityFormatShift) & 0x03);
  auto reference = in.u8();
  if (!reference) return ended(std::move(reference), "message_reference");
  submit.message_reference = *reference;
  auto destination = read_address(in, "destination");
  if (!destination) return fail(std::move(destination).error());
  submit.destination = std::move(*destination);
  auto pid = in.u8();
  if (!pid) return ended(std::move(pid), "protocol_identifier");
  submit.protocol_identifier = *pid;
  auto dcs = in.u8();
  if (!dcs) return ended(std::move(dcs), "data_coding");
  submit.data_coding = *dcs;
  auto validity = in.take(validity_octets(submit.validity_format));
  if (!validity) return ended(std::move(validity), "validity");
  std::ranges::copy(*validity, submit.validity.begin());
  auto data = read_user_data(in, submit.data_coding, submit.user_data_length, submit.user_data);
  if (!data) return fail(std::move(data).error());
  return submit;
}

Result<Deliver> read_deliver(OctetView tpdu) {
  OctetReader in(tpdu);
  auto first = in.u8();
  if (!first) return ended(std::move(first), "first_octet");
  if ((*first & kMtiMask) != kMtiDeliver) {
    return malformed("not an SMS-DELIVER: message type 00 expected", 0, "first_octet");
  }
  Deliver deliver;
  deliver.more_messages = (*first & kNoMoreMessages) == 0;
  deliver.status_report = (*first & kStatusReport) != 0;
  deliver.user_data_header = (*first & kUserDataHeader) != 0;
  deliver.reply_path = (*first & kReplyPath) != 0;
  auto originator = read_address(in, "originator");
  if (!originator) return fail(std::move(originator).error());
  deliver.originator = std::move(*originator);
  auto pid = in.u8();
  if (!pid) return ended(std::move(pid), "protocol_identifier");
  deliver.protocol_identifier = *pid;
  auto dcs = in.u8();
  if (!dcs) return ended(std::move(dcs), "data_coding");
  deliver.data_coding = *dcs;
  auto timestamp = in.take(deliver.timestamp.size());
  if (!timestamp) return ended(std::move(timestamp), "timestamp");
  std::ranges::copy(*timestamp, deliver.timestamp.begin());
  auto data = read_user_data(in, deliver.data_coding, deliver.user_data_length, deliver.user_data);
  if (!data) return fail(std::move(data).error());
  return deliver;
}

std::optional<WallTime> timestamp_of(const std::array<std::byte, 7>& timestamp) {
  using namespace std::chrono;
  std::array<unsigned, 7> v{};
  for (std::size_t i = 0; i < 7; ++i) {
    unsigned tens = to_u8(timestamp[i]) & 0x0FU;
    const unsigned ones = to_u8(timestamp[i]) >> 4U;
    if (i == 6) tens &= 0x07;  // bit 3 of the zone is its sign
    if (tens > 9 || ones > 9) return {};
    v[i] = tens * 10 + ones;
  }
  const year_month_day date{year(2000 + static_cast<int>(v[0])), month(v[1]), day(v[2])};
  if (!date.ok() || v[3] > 23 || v[4] > 59 || v[5] > 59 || v[6] > 56) return {};
  const minutes zone = minutes(15) * static_cast<int>(v[6]);
  const bool west = (to_u8(timestamp[6]) & 0x08) != 0;
  const auto local = sys_days(date) + hours(v[3]) + minutes(v[4]) + seconds(v[5]);
  return WallTime(west ? local + zone : local - zone);
}

}  // namespace cpgw::si_sl
