// SMPP 3.4 Issue 1.2, table 5-2, and SMPP 5.0, 4.7.6: command_status values with the class the
// queue acts on.
#include "carriers/smpp/status.h"

#include <algorithm>
#include <array>

#include "base/octets.h"

namespace cpgw::carriers::smpp {

namespace {

struct Row {
  std::uint32_t status;
  std::string_view name;
  OutcomeClass outcome;
};

using enum OutcomeClass;
constexpr auto kRows = std::to_array<Row>({
    {0x00, "ESME_ROK", accepted},
    {0x01, "ESME_RINVMSGLEN", permanent},
    {0x02, "ESME_RINVCMDLEN", session},
    {0x03, "ESME_RINVCMDID", configuration},
    {0x04, "ESME_RINVBNDSTS", session},
    {0x05, "ESME_RALYBND", session},
    {0x06, "ESME_RINVPRTFLG", configuration},
    {0x07, "ESME_RINVREGDLVFLG", configuration},
    {0x08, "ESME_RSYSERR", temporary},
    {0x0A, "ESME_RINVSRCADR", configuration},
    {0x0B, "ESME_RINVDSTADR", permanent},
    {0x0C, "ESME_RINVMSGID", temporary},
    {0x0D, "ESME_RBINDFAIL", configuration},
    {0x0E, "ESME_RINVPASWD", configuration},
    {0x0F, "ESME_RINVSYSID", configuration},
    {0x11, "ESME_RCANCELFAIL", temporary},
    {0x13, "ESME_RREPLACEFAIL", temporary},
    {0x14, "ESME_RMSGQFUL", throttled},
    {0x15, "ESME_RINVSERTYP", configuration},
    {0x33, "ESME_RINVNUMDESTS", permanent},
    {0x34, "ESME_RINVDLNAME", permanent},
    {0x40, "ESME_RINVDESTFLAG", permanent},
    {0x42, "ESME_RINVSUBREP", configuration},
    {0x43, "ESME_RINVESMCLASS", configuration},
    {0x44, "ESME_RCNTSUBDL", permanent},
    {0x45, "ESME_RSUBMITFAIL", temporary},
    {0x48, "ESME_RINVSRCTON", configuration},
    {0x49, "ESME_RINVSRCNPI", configuration},
    {0x50, "ESME_RINVDSTTON", configuration},
    {0x51, "ESME_RINVDSTNPI", configuration},
    {0x53, "ESME_RINVSYSTYP", configuration},
    {0x54, "ESME_RINVREPFLAG", configuration},
    {0x55, "ESME_RINVNUMMSGS", temporary},
    {0x58, "ESME_RTHROTTLED", throttled},
    {0x61, "ESME_RINVSCHED", configuration},
    {0x62, "ESME_RINVEXPIRY", configuration},
    {0x63, "ESME_RINVDFTMSGID", configuration},
    {0x64, "ESME_RX_T_APPN", temporary},
    {0x65, "ESME_RX_P_APPN", permanent},
    {0x66, "ESME_RX_R_APPN", permanent},
    {0x67, "ESME_RQUERYFAIL", temporary},
    {0xC0, "ESME_RINVOPTPARSTREAM", configuration},
    {0xC1, "ESME_ROPTPARNOTALLWD", configuration},
    {0xC2, "ESME_RINVPARLEN", configuration},
    {0xC3, "ESME_RMISSINGOPTPARAM", configuration},
    {0xC4, "ESME_RINVOPTPARAMVAL", configuration},
    {0xFE, "ESME_RDELIVERYFAILURE", temporary},
    {0xFF, "ESME_RUNKNOWNERR", temporary},
    {0x100, "ESME_RSERTYPUNAUTH", configuration},
    {0x101, "ESME_RPROHIBITED", configuration},
    {0x102, "ESME_RSERTYPUNAVAIL", temporary},
    {0x103, "ESME_RSERTYPDENIED", configuration},
    {0x104, "ESME_RINVDCS", configuration},
});
static_assert(std::ranges::adjacent_find(kRows, std::greater_equal{}, &Row::status) == kRows.end(),
              "statuses ascend, each once");

const Row* find_row(std::uint32_t command_status) {
  const auto it = std::ranges::lower_bound(kRows, command_status, {}, &Row::status);
  return it != kRows.end() && it->status == command_status ? &*it : nullptr;
}

}  // namespace

std::string_view status_name(std::uint32_t command_status) {
  const Row* row = find_row(command_status);
  return row == nullptr ? std::string_view() : row->name;
}

std::string status_text(std::uint32_t command_status) {
  Octets four;
  OctetWriter(four).u32(command_status);
  std::string text = "0x" + to_hex(four);
  if (const auto name = status_name(command_status); !name.empty()) text += " " + std::string(name);
  return text;
}

OutcomeClass StatusClasses::of(std::uint32_t command_status) const {
  if (const auto it = own_.find(command_status); it != own_.end()) return it->second;
  const Row* row = find_row(command_status);
  return row == nullptr ? temporary : row->outcome;
}

}  // namespace cpgw::carriers::smpp
