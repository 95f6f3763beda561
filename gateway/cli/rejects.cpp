#include "gateway/cli/rejects.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kHeader = "row,line,code,field,reason\n";

tl::unexpected<Error> refused(const std::string& file, const char* what) {
  Position at;
  at.file = file;
  return fail(Errc::io, std::string(what) + ": " + std::strerror(errno), std::move(at));
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

Result<void> write_durably(const std::string& file, const std::string& text, int flags) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (fd < 0) return refused(file, "cannot be written");
  const auto close_it = [](const int* f) { ::close(*f); };
  const std::unique_ptr<const int, decltype(close_it)> closer(&fd, close_it);
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refused(file, "cannot be written");
    at += static_cast<std::size_t>(n);
  }
  if (::fsync(fd) != 0) return refused(file, "cannot be made durable");
  return {};
}

}  // namespace

Result<Rejects> Rejects::open(const std::string& file, std::uint64_t before_row) {
  Rejects rejects;
  rejects.file_ = file;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return rejects;
    return refused(file, "cannot be read");
  }
  std::string kept, line;
  bool foreign = false;
  while (std::getline(in, line)) {
    if (in.eof()) break;  // cut off in the middle
    const bool first = kept.empty();
    if (first && line + "\n" != kHeader) foreign = true;
    const std::uint64_t row = first ? 0 : std::strtoull(line.c_str(), nullptr, 10);
    if (foreign || (!first && row >= before_row))
      break;  // not stored, or of another import under the same file name
    if (row != rejects.last_row_) ++rejects.rows_;
    rejects.last_row_ = row;
    kept += line + "\n";
  }
  if (foreign) {
    errno = EEXIST;
    return refused(file, "is no file of rejected rows; choose another with --rejects");
  }
  in.close();
  if (before_row == 0) kept.clear();
  if (kept.empty() || rejects.rows_ == 0) {
    ::unlink(file.c_str());
    return rejects;
  }
  if (auto done = write_durably(file, kept, O_TRUNC); !done) return fail(std::move(done).error());
  return rejects;
}

Result<void> Rejects::add(const std::vector<Reject>& rejects) {
  if (rejects.empty()) return {};
  std::string text = rows_ == 0 ? kHeader : "";
  for (const Reject& reject : rejects) {
    if (reject.row != last_row_) ++rows_;
    last_row_ = reject.row;
    text += std::to_string(reject.row) + "," + std::to_string(reject.line) + "," + reject.code +
            "," + quoted(reject.field) + "," + quoted(reject.message) + "\n";
  }
  return write_durably(file_, text, O_APPEND);
}

Result<void> Rejects::restart() {
  if (::unlink(file_.c_str()) != 0 && errno != ENOENT) return refused(file_, "cannot be removed");
  rows_ = last_row_ = 0;
  return {};
}

}  // namespace cpgw::gateway::cli
