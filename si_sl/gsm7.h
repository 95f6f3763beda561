// The GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1), as far as addresses need it.
#pragma once

#include <string>

#include "base/octets.h"

namespace cpgw::si_sl {

/// `septets` packed septets as UTF-8. Characters of the extension table (escape and one more) are
/// shown as U+FFFD. Reads no further than the view.
[[nodiscard]] std::string unpack_gsm7(OctetView packed, std::size_t septets);

}  // namespace cpgw::si_sl
