// The three frames of a request and of its answer (docs/zeromq.md). Sans-I/O.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "queue/zmq/errors.h"

namespace cpgw::queue::zmq {

inline constexpr std::string_view kVersion = "CPGW1";
inline constexpr std::size_t kFrames = 3;
inline constexpr std::size_t kMostIdOctets = 64;
inline constexpr std::size_t kMostBodyOctets = 4 * 1024 * 1024;

/// `body` is one JSON document; it may hold secrets, so whoever is done with it wipes it.
struct Envelope {
  std::string id;
  std::string body;
  bool operator==(const Envelope&) const = default;
};

/// Frames without the peer's routing id. The error's field is "frame[n]", from 0.
[[nodiscard]] Result<Envelope> read_envelope(std::span<const std::string> frames);
/// The frames in order; views of `envelope`.
[[nodiscard]] Result<std::array<std::string_view, kFrames>> write_envelope(
    const Envelope& envelope);
/// The id to answer a message with that read_envelope refuses: its second frame if that can be an
/// id, else empty.
[[nodiscard]] std::string_view answerable_id(std::span<const std::string> frames);

}  // namespace cpgw::queue::zmq
