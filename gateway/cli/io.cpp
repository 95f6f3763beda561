#include "gateway/cli/io.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <ostream>

#include "gateway/cli/usage.h"

namespace cpgw::gateway::cli {
namespace {

Position in_file(const std::string& file) {
  Position at;
  at.file = file;
  return at;
}

Result<std::string> drain(std::istream& in, const std::string& name, std::size_t limit) {
  std::string text;
  char block[16 * 1024];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > limit)
      return fail(Errc::io, "larger than " + std::to_string(limit) + " octets", in_file(name));
  }
  if (in.bad()) return fail(Errc::io, "cannot be read to its end", in_file(name));
  return text;
}

/// More than any IMSI or PIN with blanks and a line end.
constexpr std::size_t kMostSecretOctets = 4096;

/// The first line of `text`; what lies around it is the caller's to wipe.
Secret first_line(std::string_view text) {
  return Secret(text.substr(0, text.find_first_of("\r\n")));
}

/// Without a stream, whose buffer would keep the secret.
Result<Secret> secret_of_file(const std::string& file, bool whole) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(Errc::io, std::string("cannot be read: ") + std::strerror(errno), in_file(file));
  std::array<char, kMostSecretOctets + 1> block;
  std::size_t size = 0;
  int problem = 0;
  while (size < block.size()) {
    const ssize_t n = ::read(fd, block.data() + size, block.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) problem = errno;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  ::close(fd);
  const std::string_view text(block.data(), size);
  Secret secret = whole ? Secret(text) : first_line(text);
  wipe(std::as_writable_bytes(std::span(block)));
  if (problem != 0)
    return fail(Errc::io, std::string("cannot be read: ") + std::strerror(problem), in_file(file));
  if (size > kMostSecretOctets)
    return fail(Errc::io, "larger than " + std::to_string(kMostSecretOctets) + " octets",
                in_file(file));
  return secret;
}

}  // namespace

Result<std::string> read_input(Io& io, const std::string& file, std::size_t limit) {
  if (file == "-") return drain(io.in, "standard input", limit);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  // A folder opens but cannot be read.
  if (!in || (in.peek() == std::ifstream::traits_type::eof() && in.bad())) {
    return fail(
        Errc::io,
        std::string("cannot be read: ") + (errno != 0 ? std::strerror(errno) : "not a file"),
        in_file(file));
  }
  return drain(in, file, limit);
}

Result<Secret> read_secret(Io& io, const std::string& value, const std::string& file,
                           std::string_view variable, bool whole_file) {
  if (!value.empty()) return Secret(value);
  if (!file.empty() && file != "-") return secret_of_file(file, whole_file);
  auto text = file.empty() ? Result<std::string>(io.environment(variable).value_or(""))
                           : read_input(io, file, kMostSecretOctets);
  if (!text) return fail(std::move(text).error());
  Secret secret = file.empty() || whole_file ? Secret(*text) : first_line(*text);
  wipe(std::as_writable_bytes(std::span(*text)));
  return secret;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // C1 controls are two octets in UTF-8: C2 80 to C2 9F.
    const bool c1 = c == 0xC2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) < 0xA0;
    out += c < 0x20 || c == 0x7F || c1 ? '?' : text[i];
    if (c1) ++i;
  }
  return out;
}

int complain(Io& io, const Error& error, Exit status) {
  io.err << "cpgw: error: " << printable(to_string(error)) << "\n";
  return error.code == Code(CliErrc::usage) ? kUsage : status;
}

int complain(Io& io, const std::vector<Error>& errors, Exit status) {
  for (const Error& error : errors) complain(io, error, status);
  return status;
}

}  // namespace cpgw::gateway::cli
