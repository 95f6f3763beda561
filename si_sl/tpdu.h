// SMS transfer layer PDUs (3GPP TS 23.040, 9.2.2): SMS-SUBMIT, SMS-DELIVER and SMS-STATUS-REPORT,
// both ways; and the form AT modems take them in.
#pragma once

#include <optional>

#include "base/octets.h"
#include "base/result.h"
#include "si_sl/data_coding.h"
#include "si_sl/errors.h"
#include "si_sl/part.h"
#include "si_sl/tp_address.h"
#include "si_sl/tp_time.h"

namespace cpgw::si_sl {

// Views of user data point into what was read, or are the caller's. Writers append to `out`, which
// stays as it was on an error (Errc::bad_value, too_long with the field). Readers return
// Errc::truncated or malformed with offset and field.

struct Submit {
  bool reject_duplicates = false;
  bool status_report_request = false;
  bool reply_path = false;
  bool user_data_header = false;
  std::uint8_t message_reference = 0;  ///< 0: the modem or the service centre assigns it
  TpAddress destination;
  std::uint8_t protocol_identifier = 0;
  std::uint8_t data_coding = 0x04;
  ValidityField validity;
  std::uint8_t user_data_length = 0;  ///< TP-UDL: septets for the 7-bit alphabet, else octets
  OctetView user_data;
};
/// The SMS-SUBMIT that carries `part`, whose memory the result views.
[[nodiscard]] Submit submit_of(const Part& part, TpAddress destination);
[[nodiscard]] Result<void> write_submit(const Submit& submit, Octets& out);
[[nodiscard]] Result<Submit> read_submit(OctetView tpdu);

struct Deliver {
  bool more_messages = false;    ///< TP-MMS inverted: the service centre holds more
  bool loop_prevention = false;  ///< forwarded once: no automatic message in answer
  bool status_report = false;
  bool reply_path = false;
  bool user_data_header = false;
  TpAddress originator;
  std::uint8_t protocol_identifier = 0;
  std::uint8_t data_coding = 0;
  Timestamp timestamp{};  ///< TP-SCTS
  std::uint8_t user_data_length = 0;
  OctetView user_data;
};
/// The SMS-DELIVER in which `part` arrives at `timestamp`; views the part's memory.
[[nodiscard]] Deliver deliver_of(const Part& part, TpAddress originator,
                                 const Timestamp& timestamp);
[[nodiscard]] Result<void> write_deliver(const Deliver& deliver, Octets& out);
[[nodiscard]] Result<Deliver> read_deliver(OctetView tpdu);

struct StatusReport {
  bool more_messages = false;
  bool loop_prevention = false;
  bool of_command = false;  ///< TP-SRQ: an answer to an SMS-COMMAND, not to an SMS-SUBMIT
  bool user_data_header = false;
  std::uint8_t message_reference = 0;  ///< of the SMS-SUBMIT
  TpAddress recipient;
  Timestamp timestamp{};    ///< TP-SCTS of the SMS-SUBMIT
  Timestamp discharge{};    ///< TP-DT: when it ended, or of the last attempt
  std::uint8_t status = 0;  ///< TP-ST; tp_status tells its meaning
  // Present as TP-PI says.
  std::optional<std::uint8_t> protocol_identifier;
  std::optional<std::uint8_t> data_coding;  ///< without it the user data is of the 7-bit alphabet
  std::optional<std::uint8_t> user_data_length;
  OctetView user_data;
  OctetView unknown;  ///< parameters of reserved bits of TP-PI; read, not written
};
[[nodiscard]] Result<void> write_status_report(const StatusReport& report, Octets& out);
[[nodiscard]] Result<StatusReport> read_status_report(OctetView tpdu);

/// What AT+CMGS takes and AT+CMGL gives: the service centre's address, then a TPDU. The number in
/// the AT command counts the TPDU's octets only.
struct AtPdu {
  TpAddress service_centre;  ///< without digits: the one the modem has
  OctetView tpdu;
};
[[nodiscard]] Result<void> write_at_pdu(const AtPdu& pdu, Octets& out);
[[nodiscard]] Result<AtPdu> read_at_pdu(OctetView octets);

}  // namespace cpgw::si_sl
