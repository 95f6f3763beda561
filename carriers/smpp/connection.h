// One TCP connection of a link, from resolving the name to the last octet.
#pragma once

#include <memory>
#include <string>

#include "base/octets.h"

namespace boost::asio {
class io_context;
}

namespace cpgw::carriers::smpp {

class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void on_connected() = 0;
  virtual void on_connect_failed(const std::string& why) = 0;
  virtual void on_octets(OctetView octets) = 0;
  virtual void on_connection_lost(const std::string& why) = 0;
  virtual void on_written() = 0;
};

/// Used once. Holds its owner until `close`, after which nothing is told any more. Owned by the
/// reactor thread.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void connect(const std::string& host, std::uint16_t port) = 0;
  /// Takes everything out of `from`, unless a write is still under way.
  virtual void write(Octets& from) = 0;
  /// Sends of `last_words` what goes at once, then cuts.
  virtual void close(OctetView last_words) = 0;
};

[[nodiscard]] std::shared_ptr<Connection> make_connection(boost::asio::io_context& reactor,
                                                          std::shared_ptr<ConnectionOwner> owner);

}  // namespace cpgw::carriers::smpp
