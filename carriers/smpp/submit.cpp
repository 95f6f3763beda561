#include "carriers/smpp/submit.h"

#include <algorithm>
#include <cstdio>

#include "si_sl/text.h"

namespace cpgw::carriers::smpp {

namespace {

constexpr std::size_t kShortCodeDigits = 8;
constexpr std::size_t kMostAlphanumeric = 11;  // 3GPP TS 23.040, 9.1.2.5: 11 septets of text
constexpr std::uint8_t kInternational = 1, kIsdn = 1, kAlphanumeric = 5;

bool digits_only(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string two_digits(std::initializer_list<long> numbers) {
  std::string text;
  for (const long n : numbers) {
    text += static_cast<char>('0' + n / 10 % 10);
    text += static_cast<char>('0' + n % 10);
  }
  return text;
}

}  // namespace

Result<Address> source_address(std::string_view text) {
  if (text.starts_with('+')) {
    const std::string_view digits = text.substr(1);
    if (digits_only(digits) && digits.size() <= 15) {
      return Address{std::string(digits), kInternational, kIsdn};
    }
  } else if (digits_only(text)) {
    if (text.size() <= kShortCodeDigits) return Address{std::string(text), 0, 0};
    if (text.size() <= 15) return Address{std::string(text), kInternational, kIsdn};
  } else if (!text.empty() && text.size() <= kMostAlphanumeric &&
             std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
    return Address{std::string(text), kAlphanumeric, 0};
  }
  return fail(Errc::bad_address,
              "a source is \"+\" and 1 to 15 digits, digits alone, or up to 11 characters of text");
}

std::string validity_period(Validity form, std::chrono::seconds validity, WallTime now) {
  using namespace std::chrono;
  if (form == Validity::none || validity.count() <= 0) return "";
  if (form == Validity::relative) {
    // Months have no fixed length and days end at 31 (7.1.1.2): longer is written as 31 days.
    const auto total = std::min<seconds>(validity, days(31));
    const auto whole_days = duration_cast<days>(total);
    const hh_mm_ss time(total - whole_days);
    return "0000" +
           two_digits({whole_days.count(), time.hours().count(), time.minutes().count(),
                       static_cast<long>(time.seconds().count())}) +
           "000R";
  }
  const auto moment = floor<seconds>(now) + validity;
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  return two_digits({static_cast<int>(date.year()) % 100,
                     static_cast<long>(static_cast<unsigned>(date.month())),
                     static_cast<long>(static_cast<unsigned>(date.day())), time.hours().count(),
                     time.minutes().count(), static_cast<long>(time.seconds().count())}) +
         "000+";
}

bool receipt_wanted(ReceiptsWanted receipts, std::size_t part, std::size_t parts) {
  return receipts == ReceiptsWanted::all || (receipts == ReceiptsWanted::last && part + 1 == parts);
}

void make_submit_sm(const SubmitSettings& settings, const Msisdn& recipient,
                    std::span<const si_sl::Part> parts, std::uint8_t index,
                    std::uint16_t user_reference, std::chrono::seconds validity, WallTime now,
                    Pdu& out) {
  const si_sl::Part& part = parts[index];
  out.command_id = CommandId::submit_sm;
  out.command_status = 0;
  out.service_type = settings.service_type;
  out.source_addr_ton = settings.source.ton;
  out.source_addr_npi = settings.source.npi;
  out.source_addr = settings.source.digits;
  out.dest_addr_ton = settings.dest_ton;
  out.dest_addr_npi = settings.dest_npi;
  out.destination_addr = recipient.digits();
  out.esm_class = part.udh_octets > 0 ? kUdhi : 0;
  out.validity_period = validity_period(
      settings.validity, validity.count() > 0 ? validity : settings.default_validity, now);
  out.registered_delivery = receipt_wanted(settings.receipts, index, parts.size()) ? 1 : 0;
  out.data_coding = part.data_coding;
  // 7-bit text travels one septet an octet; the centre packs it.
  out.short_message = si_sl::unpack_user_data(part);
  out.tlvs = settings.tlvs;
  if (settings.user_message_reference) {
    out.add_u16(tag::user_message_reference, static_cast<std::uint16_t>(user_reference + index));
  }
}

}  // namespace cpgw::carriers::smpp
