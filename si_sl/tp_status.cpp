#include "si_sl/tp_status.h"

#include <algorithm>
#include <array>

namespace cpgw::si_sl {
namespace {

struct Row {
  std::uint8_t code;
  std::string_view name;
};
// 3GPP TS 23.040, 9.2.3.15, in its order.
constexpr auto kNames = std::to_array<Row>({
    {0x00, "received by the SME"},
    {0x01, "forwarded to the SME, delivery not confirmed"},
    {0x02, "replaced by the service centre"},
    {0x20, "congestion"},
    {0x21, "SME busy"},
    {0x22, "no response from the SME"},
    {0x23, "service rejected"},
    {0x24, "quality of service not available"},
    {0x25, "error in the SME"},
    {0x40, "remote procedure error"},
    {0x41, "incompatible destination"},
    {0x42, "connection rejected by the SME"},
    {0x43, "not obtainable"},
    {0x44, "quality of service not available"},
    {0x45, "no interworking available"},
    {0x46, "validity period expired"},
    {0x47, "deleted by the originating SME"},
    {0x48, "deleted by the service centre's administration"},
    {0x49, "message does not exist"},
    {0x60, "congestion"},
    {0x61, "SME busy"},
    {0x62, "no response from the SME"},
    {0x63, "service rejected"},
    {0x64, "quality of service not available"},
    {0x65, "error in the SME"},
});
static_assert(std::ranges::adjacent_find(kNames, [](const Row& a, const Row& b) {
                return a.code >= b.code;
              }) == kNames.end());

constexpr std::array kClasses{StatusClass::delivered, StatusClass::still_trying,
                              StatusClass::permanent, StatusClass::gave_up};
constexpr std::uint8_t kReservedFrom = 0x80;
constexpr unsigned kClassShift = 5;       // 32 codes a class
constexpr std::uint8_t kSpecific = 0x10;  // the upper half of each: the service centre's own

}  // namespace

TpStatus tp_status(std::uint8_t code) {
  if (code >= kReservedFrom) return {StatusClass::gave_up, "reserved"};
  const StatusClass status_class = kClasses[code >> kClassShift];
  const auto found = std::ranges::lower_bound(kNames, code, {}, &Row::code);
  if (found != kNames.end() && found->code == code) return {status_class, found->name};
  return {status_class, (code & kSpecific) != 0 ? "specific to the service centre" : "reserved"};
}

}  // namespace cpgw::si_sl
