#include "queue/zmq/endpoint.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace cpgw::queue::zmq {
namespace {

static_assert(sizeof(sockaddr_un::sun_path) == kMostPathOctets + 1);

std::string reason(int error) { return std::generic_category().message(error); }

/// mkdir -p with mode 0700 whatever the umask takes away.
Result<void> make_folders(const std::filesystem::path& folder) {
  std::filesystem::path so_far;
  for (const auto& name : folder) {
    so_far /= name;
    if (::mkdir(so_far.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(Errc::socket_failed,
                  "folder " + so_far.string() + " cannot be made: " + reason(errno));
    }
  }
  return {};
}

}  // namespace

Result<std::string> ipc_path(std::string_view endpoint) {
  constexpr std::string_view kScheme = "ipc://";
  if (endpoint.starts_with("tcp://")) {
    return fail(Errc::bad_endpoint,
                "tcp needs CURVE and its keys, which this version does not have; use ipc://");
  }
  if (!endpoint.starts_with(kScheme)) {
    return fail(Errc::bad_endpoint, "\"ipc://\" and a path is expected");
  }
  const auto path = endpoint.substr(kScheme.size());
  // "@" is the abstract namespace, open to every user of the machine; "*" a random name.
  if (path.empty() || path.front() == '@' || path.front() == '*' || path.back() == '/' ||
      path.find('\0') != std::string_view::npos) {
    return fail(Errc::bad_endpoint, "a path of a file is expected after \"ipc://\"");
  }
  if (path.size() > kMostPathOctets) {
    return fail(Errc::path_too_long, "the path of the socket has " + std::to_string(path.size()) +
                                         " octets, the system takes 107; choose a shorter folder");
  }
  return std::string(path);
}

bool is_listened_on(const std::string& path) {
  sockaddr_un address{};
  if (path.size() > kMostPathOctets) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  const int got = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  // EAGAIN: listening with a full backlog.
  const bool alive = got == 0 || errno == EAGAIN;
  ::close(fd);
  return alive;
}

Result<void> prepare_to_bind(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (auto made = make_folders(folder); !made) return made;

  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    return fail(Errc::socket_failed, "folder " + folder.string() + ": " + reason(errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(Errc::socket_failed, folder.string() + " is not a folder");
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
    return fail(Errc::unsafe_folder, "folder " + folder.string() +
                                         " of the socket must belong to the gateway's user and be "
                                         "closed to others (chmod 700)");
  }
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return fail(Errc::socket_failed, path + ": " + reason(errno));
  }
  if (!S_ISSOCK(status.st_mode)) {
    return fail(Errc::in_use, path + " exists and is not a socket; it is left alone");
  }
  if (is_listened_on(path)) {
    return fail(Errc::in_use, "another process listens on " + path);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(Errc::socket_failed, path + " cannot be removed: " + reason(errno));
  }
  return {};
}

}  // namespace cpgw::queue::zmq
