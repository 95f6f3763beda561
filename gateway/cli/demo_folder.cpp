#include "gateway/cli/demo_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace cpgw::gateway::cli::demo {

namespace fs = std::filesystem;

Result<Folder> Folder::make(const std::string& keep) {
  Folder folder;
  std::error_code problem;
  if (!keep.empty()) {
    if (fs::exists(keep, problem) && !fs::is_empty(keep, problem))
      return fail(Errc::io, keep + ": is not empty");
    fs::create_directories(keep, problem);
    if (problem) return fail(Errc::io, keep + ": " + problem.message());
    folder.keep_ = true;
    folder.path_ = fs::absolute(keep).string();
    if (::chmod(folder.path_.c_str(), 0700) != 0)
      return fail(Errc::io, keep + ": " + std::strerror(errno));
    return folder;
  }
  std::string name = (fs::temp_directory_path(problem) / "cpgw-demo-XXXXXX").string();
  if (problem) return fail(Errc::io, "no folder for temporary files: " + problem.message());
  if (::mkdtemp(name.data()) == nullptr) return fail(Errc::io, name + ": " + std::strerror(errno));
  folder.path_ = name;
  return folder;
}

Folder::Folder(Folder&& other) noexcept
    : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}

Folder::~Folder() {
  std::error_code ignored;
  if (!path_.empty() && !keep_) fs::remove_all(path_, ignored);
}

Result<void> write_file(const std::string& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Errc::io, file + ": " + std::strerror(errno));
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int problem = errno;
  ::close(fd);
  if (!whole) return fail(Errc::io, file + ": " + std::strerror(problem));
  return {};
}

}  // namespace cpgw::gateway::cli::demo
