// command_status: names, and what each means for the message (data, overridable per carrier).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/names.h"

namespace cpgw::carriers::smpp {

/// SMPP 3.4, 5.1.3, the ones the code itself speaks of.
namespace status {
inline constexpr std::uint32_t ESME_ROK = 0x00;
inline constexpr std::uint32_t ESME_RINVCMDLEN = 0x02;
inline constexpr std::uint32_t ESME_RINVCMDID = 0x03;
inline constexpr std::uint32_t ESME_RINVBNDSTS = 0x04;
inline constexpr std::uint32_t ESME_RALYBND = 0x05;
inline constexpr std::uint32_t ESME_RSYSERR = 0x08;
inline constexpr std::uint32_t ESME_RMSGQFUL = 0x14;
inline constexpr std::uint32_t ESME_RTHROTTLED = 0x58;
inline constexpr std::uint32_t ESME_RX_T_APPN = 0x64;
inline constexpr std::uint32_t ESME_RINVPARLEN = 0xC2;
}  // namespace status

/// The standard's name, or nothing.
[[nodiscard]] std::string_view status_name(std::uint32_t command_status);
/// "0x0000000e ESME_RINVPASWD".
[[nodiscard]] std::string status_text(std::uint32_t command_status);

/// command_status → outcome of a submit. Codes nobody knows are temporary: they are kept, tried
/// again and bounded by the deadline.
class StatusClasses {
 public:
  [[nodiscard]] OutcomeClass of(std::uint32_t command_status) const;
  void set(std::uint32_t command_status, OutcomeClass outcome) { own_[command_status] = outcome; }
  bool operator==(const StatusClasses&) const = default;

 private:
  std::map<std::uint32_t, OutcomeClass> own_;
};

}  // namespace cpgw::carriers::smpp
