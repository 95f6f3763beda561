// The command line's end of the ZeroMQ door.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/cli/commands.h"

namespace cpgw::gateway::cli {

/// Memory for requests that carry IMSIs and PINs: whatever is given back is wiped first.
[[nodiscard]] boost::json::storage_ptr wiping_storage();

/// A connection to the running gateway of a settings file. Owned by one thread.
class Client {
 public:
  /// Finds the settings as the contract says and connects. An error's exit status is status_of().
  /// Without a tenant only requests of the whole gateway can be asked.
  [[nodiscard]] static Result<Client> connect(Io& io, const ToGateway& to, bool with_tenant = true);
  Client(Client&&) noexcept;
  ~Client();

  /// The one named, or the only configured one; several and none named is an error of connect()
  /// that lists them.
  [[nodiscard]] const std::string& tenant() const;
  /// Asks and waits for the answer. Every request that changes something either has an idempotency
  /// key or is idempotent by itself: it is sent again when the answer does not come in time. A
  /// refused request (`"ok": false`) is an answer.
  [[nodiscard]] Result<boost::json::object> ask(
      const boost::json::object& request, std::chrono::seconds patience = std::chrono::seconds(60));
  /// The same in two steps, so that a caller can prepare its next request meanwhile. One request at
  /// a time: `answer` belongs to the last `send`.
  [[nodiscard]] Result<void> send(const boost::json::object& request);
  [[nodiscard]] Result<boost::json::object> answer(
      std::chrono::seconds patience = std::chrono::seconds(60));
  /// Sends the last request once more, after the gateway was busy.
  [[nodiscard]] Result<void> send_again();
  /// The same as `ask` on the events socket.
  [[nodiscard]] Result<boost::json::object> ask_events(
      const boost::json::object& request, std::chrono::seconds patience = std::chrono::seconds(60));

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `"ok": true`?
[[nodiscard]] bool is_ok(const boost::json::object& answer);
/// Has a refused answer an error of this code?
[[nodiscard]] bool has_code(const boost::json::object& answer, std::string_view code);
/// Prints the errors of a refused answer; the exit status for it: unreachable for gateway/busy and
/// gateway/stopping, no for the rest.
int complain_refused(Io& io, const boost::json::object& answer);
/// A settings file that cannot be used and a request too large are malformed input; a gateway that
/// does not answer, or not as docs/zeromq.md says, is unreachable.
int complain_connect(Io& io, const Error& error);

/// Runs `read`, which takes an answer apart with at() and as_…(): what an answer of another form
/// makes them throw becomes Errc::bad_frames of the ZeroMQ door.
[[nodiscard]] Result<void> read_answer(const std::function<void()>& read);

/// The usual life of a command: connect, ask, print with `print` or as JSON.
int ask_and_print(Io& io, const ToGateway& to, boost::json::object request, bool with_tenant,
                  const std::function<void(const boost::json::object& answer)>& print);

[[nodiscard]] std::string text_of(const boost::json::object& object,
                                  std::string_view name);  ///< "-" for null or absent
[[nodiscard]] std::uint64_t number_of(const boost::json::object& object, std::string_view name);

}  // namespace cpgw::gateway::cli
