// cpgw encode as the shell calls it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/cli/commands.h"
#include "gateway/cli/hand_over.h"
#include "tests/unit/gateway_cli/command_io.h"

namespace cpgw::gateway::cli::test {

using Words = std::vector<std::string>;

inline const std::string kDocument = CPGW_VECTORS "/wsp/document.xml";
inline const std::string kNumber = "+12025550123";

struct Ran {
  int status = 0;
  std::string out, err;
};

inline Ran run_line(Words words, const std::string& input = {}) {
  CommandIo io(input);
  const int status = run_command_line(words, io.io);
  return {status, io.out.str(), io.err.str()};
}
inline Ran encode(Words words, const std::string& input = {}) {
  words.insert(words.begin(), "encode");
  return run_line(std::move(words), input);
}

/// What an otherwise good command for the form is.
inline Words good(const std::string& form) {
  Words words{kDocument, "--as", form};
  if (form != "wbxml") words.insert(words.end(), {"--sec", "none"});
  const auto handed = hand_over_forms();
  if (form == "tpdu" || std::ranges::find(handed, form) != handed.end())
    words.insert(words.end(), {"--to-number", kNumber});
  if (form == "deliver") words.insert(words.end(), {"--from", "12345"});
  if (form == "smstools") words.insert(words.end(), {"--part-limit", "1"});
  return words;
}

inline std::string document() {
  CommandIo io;
  return read_input(io.io, kDocument).value_or("");
}

}  // namespace cpgw::gateway::cli::test
