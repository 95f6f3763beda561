// The pieces of cpgw demo.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "gateway/cli/commands.h"
#include "signer/sealing.h"
#include "wbxml/document.h"

namespace cpgw::gateway::cli::demo {

/// One phone of the demo. Its IMSI is made up, and still never written to a file.
struct Phone {
  std::string number, imsi;
};
/// `count` phones with different numbers and IMSIs of the test network 001 01. The same `seed`, if
/// not 0, gives the same phones.
[[nodiscard]] std::vector<Phone> draw_phones(std::uint32_t count, std::uint64_t seed,
                                             Random& random);

/// Settings of the demo's gateway.
[[nodiscard]] std::string settings_text(std::uint16_t smsc_port, const std::string& password,
                                        std::string_view receipts = "all");

struct Verdict {
  std::uint64_t accepted = 0, parts = 0, delivered = 0, verified = 0, failed = 0, lost = 0,
                possible_duplicates = 0;
  double seconds = 0, documents_per_second = 0;
  bool receipts = true;  ///< without them nothing is known to be delivered but by the handsets
  [[nodiscard]] bool good() const {
    return accepted > 0 && delivered == (receipts ? accepted : 0) && verified == accepted &&
           failed == 0 && lost == 0;
  }
};
/// Adds what the handsets found: the last line of what they said.
[[nodiscard]] Result<void> add_handsets(std::string_view said, Verdict& verdict);
[[nodiscard]] boost::json::object to_json(const Verdict& verdict);
[[nodiscard]] std::string to_table(const Verdict& verdict);

/// The way of one push, octet by octet, rebuilt with the gateway's own functions and held against
/// the digest the gateway stored.
[[nodiscard]] Result<std::string> walk_through(
    const std::string& xml, const Phone& phone, const signer::Keyring& keyring,
    const boost::json::object& job, const std::vector<std::pair<std::string, std::string>>& events);

}  // namespace cpgw::gateway::cli::demo
