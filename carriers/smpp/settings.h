// The [[carrier]] section of type "smpp".
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/settings_node.h"
#include "carriers/carrier.h"
#include "carriers/smpp/outbox.h"
#include "carriers/smpp/receipt.h"
#include "carriers/smpp/session.h"
#include "carriers/smpp/submit.h"

namespace cpgw::carriers::smpp {

struct SmppSettings {
  std::string name;
  std::string account;  ///< carriers with one account share receipts; the name when not given
  std::string host;     ///< name or literal address
  std::uint16_t port = 2775;
  std::uint32_t links = 1;
  std::uint32_t rate = 0;  ///< parts per second over all links; 0 = as fast as the window lets
  bool simulator = false;
  PartOrder part_order = PartOrder::wire;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  SessionSettings session;
  SubmitSettings submit;
  ReceiptRules receipts;
  RetryDelays retry;
};

/// Every mistake is appended; the value is good when none was.
[[nodiscard]] SmppSettings read_smpp_settings(const SettingsNode& section, const std::string& path,
                                              std::vector<Error>& mistakes);

}  // namespace cpgw::carriers::smpp
