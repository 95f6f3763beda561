// Where a socket lives: "ipc://" and a path in a folder only its user may enter.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "queue/zmq/errors.h"

namespace cpgw::queue::zmq {

/// sizeof(sockaddr_un::sun_path) without the final zero.
inline constexpr std::size_t kMostPathOctets = 107;

/// The path of an ipc endpoint. tcp is refused: it needs CURVE, which this version does not have.
[[nodiscard]] Result<std::string> ipc_path(std::string_view endpoint);

/// Makes the folder of `path` (0700, with its parents) when it is missing, refuses one that others
/// may enter, and removes a socket nobody listens on any more.
[[nodiscard]] Result<void> prepare_to_bind(const std::string& path);

/// Does a process accept connections at `path`?
[[nodiscard]] bool is_listened_on(const std::string& path);

}  // namespace cpgw::queue::zmq
