// cpgw init: what a gateway needs before its first start. Never writes over anything.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "config/starter.h"
#include "gateway/cli/commands.h"
#include "signer/sealing.h"

namespace cpgw::gateway::cli {
namespace {

namespace fs = std::filesystem;

Result<void> write_new(const fs::path& file, std::string_view text, mode_t mode) {
  Position at;
  at.file = file.string();
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0)
    return fail(Errc::io, std::string("cannot be made: ") + std::strerror(errno), std::move(at));
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     ::fsync(fd) == 0;
  const int problem = errno;
  ::close(fd);
  if (whole) return {};
  ::unlink(file.c_str());
  return fail(Errc::io, std::string("cannot be written: ") + std::strerror(problem), std::move(at));
}

std::string new_token(Random& random) {
  std::array<std::byte, 32> drawn;
  random.fill(drawn);
  return to_hex(drawn) + "\n";
}

}  // namespace

int run(const InitCommand& command, Io& io) {
  const fs::path folder(command.directory);
  const fs::path settings = folder / "cpgw.toml", keyring = folder / "keyring",
                 token = folder / "admin.token", data = folder / "var";
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return complain(io, Error(Errc::io, command.directory + ": " + problem.message()));
  for (const fs::path& file : {settings, keyring, token}) {
    if (fs::exists(fs::symlink_status(file, problem))) {
      Position at;
      at.file = file.string();
      return complain(io,
                      Error(Errc::io,
                            "exists already; init never writes over anything: use another "
                            "--directory, or move it away",
                            std::move(at)),
                      kNo);
    }
  }
  fs::create_directories(data, problem);
  if (problem || ::chmod(data.c_str(), 0700) != 0)
    return complain(
        io, Error(Errc::io, data.string() + ": cannot be made readable by its owner alone"));
  // Half a set would stand in the way of the next try.
  const auto give_up = [&](const Error& error, std::initializer_list<fs::path> made) {
    for (const fs::path& file : made) ::unlink(file.c_str());
    return complain(io, error);
  };
  if (auto done = signer::Keyring::create(keyring.string(), io.random); !done)
    return complain(io, done.error());
  if (auto done = write_new(token, new_token(io.random), 0600); !done)
    return give_up(done.error(), {keyring});
  if (auto done = write_new(settings, config::starter_settings(), 0600); !done)
    return give_up(done.error(), {keyring, token});
  io.out << "settings  " << settings.string() << "\n"
         << "keyring   " << keyring.string()
         << "  (keep a copy elsewhere: without it what is stored cannot be sent)\n"
         << "token     " << token.string()
         << "  (for doors that ask for one; none of this version does)\n"
         << "data      " << data.string() << "\n"
         << "next: cpgw config check --config " << settings.string()
         << ", then cpgw serve --config " << settings.string() << "\n";
  return kDone;
}

}  // namespace cpgw::gateway::cli
