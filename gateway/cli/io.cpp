#include "gateway/cli/io.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

namespace cpgw::gateway::cli {
namespace {

Result<std::string> drain(std::istream& in, const std::string& name, std::size_t limit) {
  std::string text;
  char block[16 * 1024];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > limit) {
      Position at;
      at.file = name;
      return fail(Errc::io, "larger than " + std::to_string(limit) + " octets", std::move(at));
    }
  }
  return text;
}

}  // namespace

Result<std::string> read_input(Io& io, const std::string& file, std::size_t limit) {
  if (file == "-") return drain(io.in, "standard input", limit);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  // A folder opens but cannot be read.
  if (!in || (in.peek() == std::ifstream::traits_type::eof() && in.bad())) {
    Position at;
    at.file = file;
    return fail(
        Errc::io,
        std::string("cannot be read: ") + (errno != 0 ? std::strerror(errno) : "not a file"),
        std::move(at));
  }
  return drain(in, file, limit);
}

Result<Secret> read_secret(Io& io, const std::string& value, const std::string& file,
                           std::string_view variable) {
  if (!value.empty()) return Secret(value);
  if (!file.empty()) {
    auto text = read_input(io, file, 4096);
    if (!text) return fail(std::move(text).error());
    const std::size_t end = text->find_first_of("\r\n");
    Secret secret(std::string_view(*text).substr(0, end));
    wipe(std::as_writable_bytes(std::span(*text)));
    return secret;
  }
  if (auto text = io.environment(variable)) return Secret(*text);
  return Secret();
}

int complain(Io& io, const Error& error, Exit status) {
  io.err << "cpgw: error: " << to_string(error) << "\n";
  return status;
}

int complain(Io& io, const std::vector<Error>& errors, Exit status) {
  for (const Error& error : errors) complain(io, error, status);
  return status;
}

}  // namespace cpgw::gateway::cli
