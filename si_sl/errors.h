// Errors of the push message room.
#pragma once

#include <string_view>

namespace cpgw::si_sl {

enum class Errc {
  truncated,       ///< the octets end inside a field
  malformed,       ///< a field the standard does not allow
  too_many_parts,  ///< over the part limit: refused, never cut
  too_long,        ///< a field longer than the standard or we allow
  bad_value,       ///< a value that cannot be expressed
  conflict,        ///< a part that contradicts one already seen
};
constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::truncated: return "si_sl/truncated";
    case Errc::malformed: return "si_sl/malformed";
    case Errc::too_many_parts: return "si_sl/too-many-parts";
    case Errc::too_long: return "si_sl/too-long";
    case Errc::bad_value: return "si_sl/bad-value";
    case Errc::conflict: return "si_sl/conflict";
  }
  return "si_sl/none";
}

}  // namespace cpgw::si_sl
