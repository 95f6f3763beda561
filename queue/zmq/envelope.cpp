#include "queue/zmq/envelope.h"

namespace cpgw::queue::zmq {
namespace {

bool is_id(std::string_view id) { return !id.empty() && id.size() <= kMostIdOctets; }

tl::unexpected<Error> bad_id() {
  return fail(Errc::bad_id, "the request id must have 1 to 64 octets", at_field("frame[1]"));
}
tl::unexpected<Error> too_large() {
  return fail(Errc::too_large, "a document may have at most 4 MiB; send less at once",
              at_field("frame[2]"));
}

}  // namespace

Result<Envelope> read_envelope(std::span<const std::string> frames) {
  if (frames.empty() || frames[0] != kVersion) {
    return fail(Errc::bad_version, "the first frame must be CPGW1", at_field("frame[0]"));
  }
  if (frames.size() != kFrames) {
    return fail(Errc::bad_frames, "a message has three frames: CPGW1, request id, JSON document");
  }
  if (!is_id(frames[1])) return bad_id();
  if (frames[2].size() > kMostBodyOctets) return too_large();
  return Envelope{frames[1], frames[2]};
}

Result<std::array<std::string_view, kFrames>> write_envelope(const Envelope& envelope) {
  if (!is_id(envelope.id)) return bad_id();
  if (envelope.body.size() > kMostBodyOctets) return too_large();
  return std::array<std::string_view, kFrames>{kVersion, envelope.id, envelope.body};
}

std::string_view answerable_id(std::span<const std::string> frames) {
  return frames.size() > 1 && is_id(frames[1]) ? std::string_view(frames[1]) : std::string_view();
}

}  // namespace cpgw::queue::zmq
