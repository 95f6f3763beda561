// Error codes of the ZeroMQ sockets and of their frames.
#pragma once

#include <string_view>

namespace cpgw::queue::zmq {

enum class Errc {
  bad_endpoint,   ///< not "ipc://" and a path; correct the setting
  path_too_long,  ///< over 107 octets with the folder in front; choose a shorter folder
  unsafe_folder,  ///< others may enter the socket's folder; chmod 700 or choose another
  in_use,         ///< a live process listens there, or the path is no socket; stop it or move
  socket_failed,  ///< libzmq or the system refused; the message has the reason
  no_gateway,     ///< nobody listens there; start the gateway
  timed_out,      ///< no answer in time; ask again with the same key
  interrupted,    ///< a signal came while waiting; stop or ask again
  bad_frames,     ///< not three frames; correct the client
  bad_version,    ///< the first frame is not CPGW1; correct the client
  bad_id,         ///< the request id is not 1 to 64 octets; correct the client
  too_large,      ///< a document over 4 MiB; send less at once
};

constexpr std::string_view code_name(Errc e) {
  switch (e) {
    case Errc::bad_endpoint: return "zmq/bad-endpoint";
    case Errc::path_too_long: return "zmq/path-too-long";
    case Errc::unsafe_folder: return "zmq/unsafe-folder";
    case Errc::in_use: return "zmq/in-use";
    case Errc::socket_failed: return "zmq/socket-failed";
    case Errc::no_gateway: return "zmq/no-gateway";
    case Errc::timed_out: return "zmq/timed-out";
    case Errc::interrupted: return "zmq/interrupted";
    case Errc::bad_frames: return "zmq/bad-frames";
    case Errc::bad_version: return "zmq/bad-version";
    case Errc::bad_id: return "zmq/bad-id";
    case Errc::too_large: return "zmq/too-large";
  }
  return "base/none";
}

}  // namespace cpgw::queue::zmq
