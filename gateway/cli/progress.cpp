#include "gateway/cli/progress.h"

#include <algorithm>
#include <ostream>

namespace cpgw::gateway::cli {

Progress::Progress(Io& io, std::string label, std::uint64_t total)
    : io_(io), label_(std::move(label)), total_(total), last_(io.clock.steady()) {}

void Progress::show(std::uint64_t done, const std::string& text) {
  const SteadyTime now = io_.clock.steady();
  if (now - last_ <
      (io_.err_is_terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000)))
    return;
  last_ = now;
  const std::uint64_t percent = total_ == 0 ? 0 : std::min<std::uint64_t>(100, done * 100 / total_);
  if (!io_.err_is_terminal) {
    io_.err << label_ << ": " << text;
    if (total_ != 0) io_.err << " (" << percent << " %)";
    io_.err << "\n" << std::flush;
    return;
  }
  io_.err << "\r\033[K" << label_ << " ";
  if (total_ != 0) {
    const auto filled = static_cast<std::size_t>(percent * 30 / 100);
    io_.err << "[" << std::string(filled, '=') << std::string(30 - filled, ' ') << "] " << percent
            << " % ";
  }
  io_.err << text << std::flush;
  shown_ = true;
}

void Progress::done() {
  if (shown_) io_.err << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace cpgw::gateway::cli
