// The SMPP carrier: one account with its links, as the flow sees it.
#pragma once

#include <memory>

#include "carriers/registry.h"
#include "carriers/smpp/settings.h"

namespace cpgw::carriers::smpp {

[[nodiscard]] std::unique_ptr<Carrier> make_smpp_carrier(SmppSettings settings,
                                                         const CarrierSetup& setup);

}  // namespace cpgw::carriers::smpp
