// 3GPP TS 23.040, 9.2.2.1 (SMS-DELIVER), 9.2.2.2 (SMS-SUBMIT), 9.2.2.3 (SMS-STATUS-REPORT), 9.2.3
// (their fields).
#include "si_sl/tpdu.h"

#include <algorithm>

#include "si_sl/reading.h"

namespace cpgw::si_sl {
namespace {

enum FirstOctet : std::uint8_t {
  kMtiMask = 0x03,
  kMtiDeliver = 0x00,
  kMtiSubmit = 0x01,
  kMtiStatusReport = 0x02,
  kRejectDuplicates = 0x04,  // SUBMIT
  kNoMoreMessages = 0x04,    // DELIVER, STATUS-REPORT
  kLoopPrevention = 0x08,    // DELIVER, STATUS-REPORT
  kValidityFormatShift = 3,
  kStatusReport = 0x20,  // SUBMIT: request, DELIVER: indication
  kOfCommand = 0x20,     // STATUS-REPORT
  kUserDataHeader = 0x40,
  kReplyPath = 0x80
};

// TP-PI (9.2.3.27).
enum ParameterIndicator : std::uint8_t {
  kHasProtocolIdentifier = 0x01,
  kHasDataCoding = 0x02,
  kHasUserData = 0x04,
  kReservedParameters = 0x78,
  kIndicatorExtended = 0x80
};

using detail::ended;
using detail::malformed;

/// Takes field after field. The first error stays; what is taken after it is zero.
class Fields {
 public:
  explicit Fields(OctetView tpdu) : in_(tpdu) {}

  std::uint8_t u8(std::string_view field) {
    if (error_) return 0;
    auto value = in_.u8();
    if (value) return *value;
    error_ = ended(std::move(value), field).value();
    return 0;
  }
  template <std::size_t N>
  void copy(std::string_view field, std::size_t octets, std::array<std::byte, N>& to) {
    if (error_) return;
    auto value = in_.take(octets);
    if (value) {
      std::ranges::copy(*value, to.begin());
    } else {
      error_ = ended(std::move(value), field).value();
    }
  }
  TpAddress address(std::string_view field) {
    if (error_) return {};
    auto value = read_address(in_, field);
    if (value) return std::move(*value);
    error_ = std::move(value).error();
    return {};
  }
  /// TP-UDL and TP-UD.
  void user_data(std::uint8_t data_coding, std::uint8_t& length, OctetView& data) {
    const std::size_t start = in_.offset();
    length = u8("user_data_length");
    const std::size_t octets = user_data_octets(length, data_coding);
    if (octets > kUserDataOctets) {
      error_ = malformed("a user data length of " + std::to_string(length) + " does not fit an SMS",
                         start, "user_data_length")
                   .value();
    }
    if (error_) return;
    auto taken = in_.take(octets);
    if (taken) {
      data = *taken;
    } else {
      error_ = ended(std::move(taken), "user_data").value();
    }
  }
  /// True after an error, too: there is nothing more to take.
  [[nodiscard]] bool at_end() const { return error_.has_value() || in_.empty(); }
  OctetView rest() {
    const OctetView left = in_.rest();
    static_cast<void>(in_.take(left.size()));
    return left;
  }
  /// `value` when everything was there and nothing is left.
  template <class T>
  Result<T> finish(T value, std::string_view last_field) {
    if (error_) return fail(std::move(*error_));
    if (!in_.empty()) {
      return malformed(std::to_string(in_.remaining()) + " octet(s) after the end", in_.offset(),
                       last_field);
    }
    return value;
  }

 private:
  OctetReader in_;
  std::optional<Error> error_;
};

/// The first octet, when it is of the type `mti`.
Result<unsigned> first_octet(OctetView tpdu, std::uint8_t mti, std::string_view expected) {
  if (tpdu.empty()) {
    Position at = at_offset(0);
    at.field = "first_octet";
    return fail(Errc::truncated, "no octets: an " + std::string(expected) + " expected",
                std::move(at));
  }
  const unsigned first = to_u8(tpdu.front());
  if ((first & kMtiMask) == mti) return first;
  return malformed("not an " + std::string(expected) + ": message type " + std::to_string(mti) +
                       " expected, not " + std::to_string(first & kMtiMask),
                   0, "first_octet");
}

Result<void> check_user_data(OctetView user_data, std::uint8_t length, std::uint8_t data_coding) {
  if (user_data.size() > kUserDataOctets) {
    return fail(Errc::too_long,
                "user data of " + std::to_string(user_data.size()) + " octets: an SMS holds 140",
                at_field("user_data"));
  }
  if (user_data_octets(length, data_coding) != user_data.size()) {
    return fail(Errc::bad_value,
                "the user data length does not agree with the user data and the alphabet of its "
                "data coding",
                at_field("user_data_length"));
  }
  return {};
}

std::uint8_t flags(unsigned mti, std::initializer_list<std::pair<bool, FirstOctet>> set) {
  for (const auto& [on, bit] : set) {
    if (on) mti |= bit;
  }
  return static_cast<std::uint8_t>(mti);
}

/// Writes an address that may fail after something stands in `out` already.
Result<void> put_address(const TpAddress& address, std::string_view field, Octets& out,
                         std::size_t before) {
  auto written = write_address(address, field, out);
  if (!written) out.resize(before);
  return written;
}

}  // namespace

Submit submit_of(const Part& part, TpAddress destination) {
  Submit submit;
  submit.user_data_header = part.udh_octets != 0;
  submit.destination = std::move(destination);
  submit.data_coding = part.data_coding;
  submit.user_data_length = part.user_data_length();
  submit.user_data = part.whole();
  return submit;
}

Result<void> write_submit(const Submit& submit, Octets& out) {
  if (auto checked = check_user_data(submit.user_data, submit.user_data_length, submit.data_coding);
      !checked) {
    return checked;
  }
  if (submit.destination.alphanumeric()) {
    return fail(Errc::bad_value, "a destination is a number: its type is 91 or 81",
                at_field("destination.type"));
  }
  const std::size_t before = out.size();
  OctetWriter to(out);
  const unsigned validity_format = static_cast<unsigned>(submit.validity.format)
                                   << kValidityFormatShift;
  to.u8(flags(kMtiSubmit | validity_format, {{submit.reject_duplicates, kRejectDuplicates},
                                             {submit.status_report_request, kStatusReport},
                                             {submit.user_data_header, kUserDataHeader},
                                             {submit.reply_path, kReplyPath}}));
  to.u8(submit.message_reference);
  if (auto written = put_address(submit.destination, "destination", out, before); !written) {
    return written;
  }
  to.u8(submit.protocol_identifier).u8(submit.data_coding).put(submit.validity.view());
  to.u8(submit.user_data_length).put(submit.user_data);
  return {};
}

Result<Submit> read_submit(OctetView tpdu) {
  auto first = first_octet(tpdu, kMtiSubmit, "SMS-SUBMIT");
  if (!first) return fail(std::move(first).error());
  Submit submit;
  submit.reject_duplicates = (*first & kRejectDuplicates) != 0;
  submit.status_report_request = (*first & kStatusReport) != 0;
  submit.user_data_header = (*first & kUserDataHeader) != 0;
  submit.reply_path = (*first & kReplyPath) != 0;
  submit.validity.format = static_cast<ValidityFormat>((*first >> kValidityFormatShift) & 0x03U);
  Fields in(tpdu);
  static_cast<void>(in.u8("first_octet"));
  submit.message_reference = in.u8("message_reference");
  submit.destination = in.address("destination");
  submit.protocol_identifier = in.u8("protocol_identifier");
  submit.data_coding = in.u8("data_coding");
  in.copy("validity", submit.validity.view().size(), submit.validity.octets);
  in.user_data(submit.data_coding, submit.user_data_length, submit.user_data);
  return in.finish(std::move(submit), "user_data");
}

Deliver deliver_of(const Part& part, TpAddress originator, const Timestamp& timestamp) {
  Deliver deliver;
  deliver.user_data_header = part.udh_octets != 0;
  deliver.originator = std::move(originator);
  deliver.data_coding = part.data_coding;
  deliver.timestamp = timestamp;
  deliver.user_data_length = part.user_data_length();
  deliver.user_data = part.whole();
  return deliver;
}

Result<void> write_deliver(const Deliver& deliver, Octets& out) {
  if (auto checked =
          check_user_data(deliver.user_data, deliver.user_data_length, deliver.data_coding);
      !checked) {
    return checked;
  }
  const std::size_t before = out.size();
  OctetWriter to(out);
  to.u8(flags(kMtiDeliver, {{!deliver.more_messages, kNoMoreMessages},
                            {deliver.loop_prevention, kLoopPrevention},
                            {deliver.status_report, kStatusReport},
                            {deliver.user_data_header, kUserDataHeader},
                            {deliver.reply_path, kReplyPath}}));
  if (auto written = put_address(deliver.originator, "originator", out, before); !written) {
    return written;
  }
  to.u8(deliver.protocol_identifier).u8(deliver.data_coding).put(OctetView(deliver.timestamp));
  to.u8(deliver.user_data_length).put(deliver.user_data);
  return {};
}

Result<Deliver> read_deliver(OctetView tpdu) {
  auto first = first_octet(tpdu, kMtiDeliver, "SMS-DELIVER");
  if (!first) return fail(std::move(first).error());
  Deliver deliver;
  deliver.more_messages = (*first & kNoMoreMessages) == 0;
  deliver.loop_prevention = (*first & kLoopPrevention) != 0;
  deliver.status_report = (*first & kStatusReport) != 0;
  deliver.user_data_header = (*first & kUserDataHeader) != 0;
  deliver.reply_path = (*first & kReplyPath) != 0;
  Fields in(tpdu);
  static_cast<void>(in.u8("first_octet"));
  deliver.originator = in.address("originator");
  deliver.protocol_identifier = in.u8("protocol_identifier");
  deliver.data_coding = in.u8("data_coding");
  in.copy("timestamp", deliver.timestamp.size(), deliver.timestamp);
  in.user_data(deliver.data_coding, deliver.user_data_length, deliver.user_data);
  return in.finish(std::move(deliver), "user_data");
}

Result<void> write_status_report(const StatusReport& report, Octets& out) {
  if (report.user_data_length) {
    if (auto checked = check_user_data(report.user_data, *report.user_data_length,
                                       report.data_coding.value_or(0));
        !checked) {
      return checked;
    }
  } else if (!report.user_data.empty() || report.user_data_header) {
    return fail(Errc::bad_value, "user data needs its length", at_field("user_data_length"));
  }
  const std::size_t before = out.size();
  OctetWriter to(out);
  to.u8(flags(kMtiStatusReport, {{!report.more_messages, kNoMoreMessages},
                                 {report.loop_prevention, kLoopPrevention},
                                 {report.of_command, kOfCommand},
                                 {report.user_data_header, kUserDataHeader}}));
  to.u8(report.message_reference);
  if (auto written = put_address(report.recipient, "recipient", out, before); !written) {
    return written;
  }
  to.put(OctetView(report.timestamp)).put(OctetView(report.discharge)).u8(report.status);
  unsigned indicator = 0;
  if (report.protocol_identifier) indicator |= kHasProtocolIdentifier;
  if (report.data_coding) indicator |= kHasDataCoding;
  if (report.user_data_length) indicator |= kHasUserData;
  if (indicator == 0) return {};
  to.u8(static_cast<std::uint8_t>(indicator));
  if (report.protocol_identifier) to.u8(*report.protocol_identifier);
  if (report.data_coding) to.u8(*report.data_coding);
  if (report.user_data_length) to.u8(*report.user_data_length).put(report.user_data);
  return {};
}

Result<StatusReport> read_status_report(OctetView tpdu) {
  auto first = first_octet(tpdu, kMtiStatusReport, "SMS-STATUS-REPORT");
  if (!first) return fail(std::move(first).error());
  StatusReport report;
  report.more_messages = (*first & kNoMoreMessages) == 0;
  report.loop_prevention = (*first & kLoopPrevention) != 0;
  report.of_command = (*first & kOfCommand) != 0;
  report.user_data_header = (*first & kUserDataHeader) != 0;
  Fields in(tpdu);
  static_cast<void>(in.u8("first_octet"));
  report.message_reference = in.u8("message_reference");
  report.recipient = in.address("recipient");
  in.copy("timestamp", report.timestamp.size(), report.timestamp);
  in.copy("discharge", report.discharge.size(), report.discharge);
  report.status = in.u8("status");
  if (in.at_end()) return in.finish(std::move(report), "status");

  const std::uint8_t indicator = in.u8("parameter_indicator");
  // Further indicator octets tell of parameters nobody has defined yet.
  for (std::uint8_t more = indicator; (more & kIndicatorExtended) != 0;) {
    more = in.u8("parameter_indicator");
  }
  if ((indicator & kHasProtocolIdentifier) != 0) {
    report.protocol_identifier = in.u8("protocol_identifier");
  }
  if ((indicator & kHasDataCoding) != 0) report.data_coding = in.u8("data_coding");
  if ((indicator & kHasUserData) != 0) {
    in.user_data(report.data_coding.value_or(0), report.user_data_length.emplace(0),
                 report.user_data);
  }
  if ((indicator & (kReservedParameters | kIndicatorExtended)) != 0) report.unknown = in.rest();
  return in.finish(std::move(report), "user_data");
}

Result<void> write_at_pdu(const AtPdu& pdu, Octets& out) {
  if (auto written = write_service_centre(pdu.service_centre, out); !written) return written;
  OctetWriter(out).put(pdu.tpdu);
  return {};
}

Result<AtPdu> read_at_pdu(OctetView octets) {
  OctetReader in(octets);
  auto service_centre = read_service_centre(in);
  if (!service_centre) return fail(std::move(service_centre).error());
  if (in.empty()) {
    Position at = at_offset(in.offset());
    at.field = "tpdu";
    return fail(Errc::truncated, "no TPDU behind the service centre's address", std::move(at));
  }
  return AtPdu{std::move(*service_centre), in.rest()};
}

}  // namespace cpgw::si_sl
