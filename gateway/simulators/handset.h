// Phones for trying things out: one process binds as SMPP receiver for all of them, and each checks
// its pushes as a phone would.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace cpgw::gateway::simulators {

struct HandsetOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 2775;
  std::string system_id = "handset", password;
  std::string address_prefix;  ///< take only messages to numbers that begin so; empty = all
  /// Lines `number,imsi[,pin]`; or a header row of number, imsi, pin and slot names, then such
  /// rows. "-" = standard input.
  std::string phones = "-";
  std::string expect;  ///< XML file: the document every phone must get; ${slot} is filled per phone
  bool allow_unsigned = false;
  std::uint64_t exit_after = 0;  ///< leave when so many phones have verified; 0 = stay
  std::chrono::milliseconds connect_patience{10'000};  ///< then exit status 4
  int report_fd = -1;     ///< JSON lines: {"ready":N}, then one per verdict; -1 = none
  bool progress = false;  ///< lines for people on standard error, at most one a second
};

/// Runs until SIGTERM, SIGINT or exit_after; connects again when the link is lost. Last line on
/// standard output: {"phones","verified","failed","duplicates","incomplete","reasons",...}. IMSIs
/// and PINs are never printed. Exit status: 0, or 1 when a push failed, 3 unreadable input, 4 no
/// message centre.
[[nodiscard]] int simulate_handset(const HandsetOptions& options);

}  // namespace cpgw::gateway::simulators
