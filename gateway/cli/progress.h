// How far a long command is: a bar on a terminal, a plain line now and then elsewhere. Always on
// standard error.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/cli/io.h"

namespace cpgw::gateway::cli {

class Progress {
 public:
  /// `total` 0 = not known.
  Progress(Io& io, std::string label, std::uint64_t total);
  void show(std::uint64_t done, const std::string& text);
  void done();

 private:
  Io& io_;
  std::string label_;
  std::uint64_t total_;
  SteadyTime last_{};
  bool shown_ = false;
};

}  // namespace cpgw::gateway::cli
