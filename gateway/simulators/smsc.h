// A message centre for trying things out: SMPP 3.4 over TCP, with phones behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::gateway::simulators {

struct SmscOptions {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 2775;        ///< 0 = a free one
  std::string system_id, password;  ///< the only bind accepted; empty = any. Handsets: any
  double delay_ms = 0;              ///< answer a submit_sm this much later
  double throttle_rate = 0;         ///< share refused with ESME_RTHROTTLED
  std::uint32_t max_rate = 0;       ///< ESME_RTHROTTLED above so many in a second; 0 = no limit
  double error_rate = 0;            ///< share refused with error_status
  std::uint32_t error_status = 0x08;
  std::uint64_t drop_every = 0;   ///< close the connection at every so many submit_sm; 0 = never
  bool drop_before_resp = false;  ///< ... without answering that one, which is taken all the same
  std::uint32_t dlr_ms = 0;       ///< a receipt comes this much after the phone took the message
  double dlr_fail_rate = 0;       ///< share of receipts that say UNDELIV
  bool wait_for_phone = false;    ///< no phone bound: keep the message (else: as if delivered)
  std::string record;             ///< file: one JSON line per submit_sm
  bool hex_id = false;            ///< message ids in hexadecimal
  std::uint64_t first_id = 0;     ///< 0 = from the clock, so that ids differ between runs
  std::uint64_t seed = 1;         ///< of the shares above
  std::string stats_file;         ///< the counts, written at the end and at SIGUSR1
  std::size_t most_waiting = 100'000;    ///< messages and receipts kept; above: ESME_RMSGQFUL
  std::size_t most_tracked = 2'000'000;  ///< parts remembered to tell duplicates
  std::uint32_t deliver_window = 500;    ///< deliver_sm without an answer, per connection
};

struct SmscCounters;

/// The message centre on an io_context, for tests. Owned by the thread that runs the context, and
/// gone before it.
class Smsc {
 public:
  Smsc(boost::asio::io_context& context, SmscOptions options, const Clock& clock);
  ~Smsc();
  Smsc(const Smsc&) = delete;
  Smsc& operator=(const Smsc&) = delete;

  /// Listens; the port. cpgw::Errc::io.
  [[nodiscard]] Result<std::uint16_t> start();
  /// Stops listening and closes every connection.
  void stop();
  [[nodiscard]] const SmscCounters& counters() const;
  /// The counts as one JSON object.
  [[nodiscard]] std::string report() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs until SIGTERM or SIGINT. First line on standard output: "listening on ADDRESS:PORT"; last:
/// the counts as JSON. SIGUSR1 writes the counts to stats_file. Exit status as the command line's.
[[nodiscard]] int simulate_smsc(const SmscOptions& options);

}  // namespace cpgw::gateway::simulators
