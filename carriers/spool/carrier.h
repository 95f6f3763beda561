// A carrier that writes every part as a file: for trying things out without an operator.
#pragma once

#include <memory>

#include "carriers/registry.h"
#include "carriers/spool/settings.h"

namespace cpgw::carriers::spool {

/// Files are named `NUMBER-TOKEN-PART.sms` and hold lines `to`, `dcs`, `part`, `udh`, `data`; each
/// appears whole and durable, or not at all. There are no receipts.
[[nodiscard]] std::unique_ptr<Carrier> make_spool_carrier(SpoolSettings settings,
                                                          const CarrierSetup& setup);

}  // namespace cpgw::carriers::spool
