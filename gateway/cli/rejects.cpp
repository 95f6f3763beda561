#include "gateway/cli/rejects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>

namespace cpgw::gateway::cli {
namespace {

constexpr const char* kHeader = "row,line,code,field,reason\n";

tl::unexpected<Error> refused(const std::string& file, const std::string& what, int problem = 0) {
  Position at;
  at.file = file;
  return fail(Errc::io, problem == 0 ? what : what + ": " + std::strerror(problem), std::move(at));
}

/// A reason is one line of the file whatever it says.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

/// All of `text` is in the file and durable, or nothing of it.
Result<void> write_durably(const std::string& file, std::string_view text, int flags) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (fd < 0) return refused(file, "cannot be written", errno);
  const auto close_it = [](const int* f) { ::close(*f); };
  const std::unique_ptr<const int, decltype(close_it)> closer(&fd, close_it);
  const off_t before = ::lseek(fd, 0, SEEK_END);
  int problem = 0;
  while (!text.empty() && problem == 0) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      problem = errno;
    } else {
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  if (problem == 0 && ::fsync(fd) != 0) problem = errno;
  if (problem == 0) return {};
  // Half a line would be taken for a whole one's beginning. Listed again by the next run.
  if (before >= 0 && ::ftruncate(fd, before) != 0) problem = errno;
  return refused(file, "cannot be written", problem);
}

/// The row a line of the file speaks of; nothing when it is none of ours.
std::optional<std::uint64_t> row_of(std::string_view line) {
  std::uint64_t row = 0;
  const auto [stop, problem] = std::from_chars(line.data(), line.data() + line.size(), row);
  if (problem != std::errc() || stop == line.data() + line.size() || *stop != ',')
    return std::nullopt;
  return row;
}

}  // namespace

Result<Rejects> Rejects::open(const std::string& file, std::uint64_t before_row) {
  Rejects rejects;
  rejects.file_ = file;
  struct stat about = {};
  if (::stat(file.c_str(), &about) != 0) {
    if (errno == ENOENT) return rejects;
    return refused(file, "cannot be read", errno);
  }
  // It may have to be removed: never a device.
  if (!S_ISREG(about.st_mode))
    return refused(file, "is no ordinary file; choose another with --rejects");
  std::ifstream in(file, std::ios::binary);
  if (!in) return refused(file, "cannot be read", errno);
  const std::string header(kHeader);
  std::string kept, line;
  std::size_t last_row_at = 0;  // in `kept`
  bool cut_off = false;
  while (std::getline(in, line)) {
    cut_off = in.eof();
    if (kept.empty()) {
      if (cut_off ? !header.starts_with(line) : line + "\n" != header)
        return refused(file, "is no file of rejected rows; choose another with --rejects");
      if (cut_off) break;
      kept = header;
      continue;
    }
    const auto row = row_of(line);
    // Of rows not stored yet, of another import under the same file name, or damaged: listed again.
    if (cut_off || !row || *row >= before_row || *row == 0 || *row < rejects.last_row_) break;
    if (*row != rejects.last_row_) {
      ++rejects.rows_;
      last_row_at = kept.size();
    }
    rejects.last_row_ = *row;
    kept += line + "\n";
  }
  if (in.bad()) return refused(file, "cannot be read to its end");
  in.close();
  // The line that was cut off may be one of the last row's: that row is not listed whole.
  if (cut_off && rejects.rows_ != 0) {
    kept.resize(last_row_at);
    --rejects.rows_;
    rejects.last_row_ =
        kept == header ? 0 : row_of(kept.substr(kept.rfind('\n', kept.size() - 2) + 1)).value_or(0);
  }
  if (rejects.rows_ == 0) {
    if (auto done = rejects.restart(); !done) return fail(std::move(done).error());
    return rejects;
  }
  if (auto done = write_durably(file, kept, O_TRUNC); !done) return fail(std::move(done).error());
  return rejects;
}

Result<void> Rejects::add(const std::vector<Reject>& rejects) {
  if (rejects.empty()) return {};
  std::string text = rows_ == 0 ? kHeader : "";
  std::uint64_t rows = rows_, last = last_row_;
  for (const Reject& reject : rejects) {
    if (reject.row != last) ++rows;
    last = reject.row;
    text += std::to_string(reject.row) + "," + std::to_string(reject.line) + "," + reject.code +
            "," + quoted(reject.field) + "," + quoted(reject.message) + "\n";
  }
  if (auto done = write_durably(file_, text, O_APPEND); !done) return done;
  rows_ = rows;
  last_row_ = last;
  return {};
}

Result<void> Rejects::restart() {
  if (::unlink(file_.c_str()) != 0 && errno != ENOENT)
    return refused(file_, "cannot be removed", errno);
  rows_ = last_row_ = 0;
  return {};
}

}  // namespace cpgw::gateway::cli
