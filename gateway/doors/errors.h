// Error codes of the doors.
#pragma once

#include <string_view>

namespace cpgw::gateway::doors {

enum class Errc {
  bad_listen,     ///< not address:port; correct the setting
  not_loopback,   ///< leaving the machine needs TLS and credentials; listen on loopback
  not_served,     ///< a door this version does not have; take it out of `serves`
  listen_failed,  ///< the system refused the address; the message has the reason
};

constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_listen: return "doors/bad-listen";
    case Errc::not_loopback: return "doors/not-loopback";
    case Errc::not_served: return "doors/not-served";
    case Errc::listen_failed: return "doors/listen-failed";
  }
  return "base/none";
}

}  // namespace cpgw::gateway::doors
