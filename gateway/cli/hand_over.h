// Parts in the words of what else lies on a desk: a modem, Kannel, Jasmin, any SMPP client.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/result.h"
#include "gateway/cli/encode_tpdu.h"
#include "si_sl/part.h"

namespace cpgw::gateway::cli {

struct HandOver {
  std::string url;       ///< kannel-url: of sendsms, with its user; empty: a local one to fill in
  std::string source;    ///< originator, as a carrier's `source`; empty: none
  std::string name;      ///< in the names of files, so that another push does not take them
  SubmitOptions submit;  ///< at-cmgs
  std::string service_centre;  ///< at-cmgs; empty: the modem's own
};

/// One thing to hand over: a line for the terminal, or a file where the receiver reads files.
struct HandedOver {
  std::string file;  ///< its name; empty: a line
  std::string text;  ///< ends with a line end
};

[[nodiscard]] std::span<const std::string_view> hand_over_forms();

/// `form` is one of hand_over_forms(). CliErrc::usage where the receiver cannot
/// express the part.
[[nodiscard]] Result<std::vector<HandedOver>> hand_over(std::string_view form, const Msisdn& number,
                                                        std::span<const si_sl::Part> parts,
                                                        const HandOver& options);

}  // namespace cpgw::gateway::cli
