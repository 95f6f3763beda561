#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>

#include "signer/sealing.h"

namespace cpgw::signer {
namespace {

constexpr std::string_view kFirstLine = "cpgw-keyring 1";
constexpr std::size_t kKeyOctets = 32;  // AES-256
constexpr std::size_t kKeysMost = 256;
constexpr off_t kFileMost = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

Position at_file(const std::string& file, std::size_t line = 0) {
  Position at;
  at.file = file;
  at.line = static_cast<std::uint32_t>(line);
  return at;
}

tl::unexpected<Error> refused(const std::string& file, const std::string& what) {
  const std::string why = std::generic_category().message(errno);
  return fail(Errc::bad_keyring, "the keyring cannot be " + what + ": " + why, at_file(file));
}

Result<void> write_all(int fd, OctetView octets, const std::string& file) {
  while (!octets.empty()) {
    const ssize_t done = ::write(fd, octets.data(), octets.size());
    if (done < 0) {
      if (errno == EINTR) continue;
      return refused(file, "written");
    }
    octets = octets.subspan(static_cast<std::size_t>(done));
  }
  if (::fsync(fd) != 0) return refused(file, "made durable");
  return {};
}

Result<void> sync_folder(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : file.substr(0, slash);
  const Descriptor d(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!d.open() || ::fsync(d.get()) != 0) return refused(file, "made durable in its folder");
  return {};
}

/// A new file that nobody else may read; gone again when it cannot be written whole.
Result<void> write_new(const std::string& file, OctetView octets) {
  const Descriptor d(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!d.open()) {
    if (errno == EEXIST) {
      return fail(Errc::bad_keyring,
                  "there is a file already and a keyring is never written over: what its keys "
                  "sealed would be lost",
                  at_file(file));
    }
    return refused(file, "created");
  }
  auto written = write_all(d.get(), octets, file);
  if (!written) ::unlink(file.c_str());
  return written;
}

Secret fresh_key(Random& random) {
  std::array<std::byte, kKeyOctets> octets{};
  random.fill(octets);
  Secret key{OctetView(octets)};
  wipe(octets);
  return key;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return {};
  return value;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(std::min(blank + 1, line.size()));
  return word;
}

/// The file's text, if only its owner, who is us, may read it.
Result<Secret> read_private(const std::string& file) {
  // O_NONBLOCK: a pipe in this place must not stop the start.
  const Descriptor d(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!d.open())
    return refused(file,
                   "opened; put back your copy of it (`cpgw init` in an empty folder makes a new "
                   "one, which opens nothing that is stored)");
  struct stat info {};
  if (::fstat(d.get(), &info) != 0) return refused(file, "examined");
  if (!S_ISREG(info.st_mode)) {
    return fail(Errc::bad_keyring, "the keyring is not a regular file", at_file(file));
  }
  if (info.st_uid != ::geteuid()) {
    return fail(Errc::bad_keyring,
                "the keyring belongs to another user: chown it to the user that runs cpgw",
                at_file(file));
  }
  if ((info.st_mode & 0077) != 0) {
    return fail(Errc::bad_keyring,
                "the keyring is open to others: chmod 600 it, and consider its keys known",
                at_file(file));
  }
  if (info.st_size > kFileMost) {
    return fail(Errc::bad_keyring, "the keyring is over 64 KiB: it is something else",
                at_file(file));
  }
  Octets text(static_cast<std::size_t>(info.st_size));
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(d.get(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      wipe(text);
      return refused(file, "read");
    }
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  Secret secret{OctetView(text).first(have)};
  wipe(text);
  return secret;
}

}  // namespace

Result<Keyring> Keyring::parse(std::string_view text, const std::string& file) {
  const auto bad = [&](std::size_t line, std::string message) {
    return fail(Errc::bad_keyring, std::move(message), at_file(file, line));
  };
  Keyring ring;
  std::size_t line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return bad(line_number, "the last line has no end: the file was cut");
    }
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line_number == 1) {
      if (line != kFirstLine) {
        return bad(1, "not a keyring of version 1: the first line must be 'cpgw-keyring 1'");
      }
      continue;
    }
    if (line.empty() || line.front() == '#') continue;
    const std::string_view word = take_word(line);
    const auto id = number(take_word(line));
    if (!id) return bad(line_number, "a key number from 1 expected in the second place");
    if (word == "active" && line.empty()) {
      if (ring.active_ != 0) return bad(line_number, "a second 'active' line");
      ring.active_ = *id;
    } else if (word == "key") {
      auto octets = from_hex(line);
      if (!octets || octets->size() != kKeyOctets) {
        if (octets) wipe(*octets);
        return bad(line_number, "64 hexadecimal digits expected as the key");
      }
      const bool fresh = ring.keys_.try_emplace(*id, Secret(OctetView(*octets))).second;
      wipe(*octets);
      if (!fresh) return bad(line_number, "a second key of this number");
      if (ring.keys_.size() > kKeysMost) return bad(line_number, "over 256 keys");
    } else {
      return bad(line_number, "'active NUMBER' or 'key NUMBER HEX' expected");
    }
  }
  if (ring.keys_.empty()) return bad(0, "the keyring has no key");
  if (ring.key(ring.active_) == nullptr) {
    return bad(0, "no 'active' line names one of the keys");
  }
  return ring;
}

Secret Keyring::text() const {
  std::string text(kFirstLine);
  // Room for all first: growing would leave copies of keys behind.
  text.reserve(64 + keys_.size() * 96);
  text += "\nactive " + std::to_string(active_) + "\n";
  for (const auto& [id, key] : keys_) {
    text += "key " + std::to_string(id) + " ";
    std::string hex = to_hex(key.expose());
    text += hex + "\n";
    wipe(std::as_writable_bytes(std::span(hex)));
  }
  Secret secret{std::string_view(text)};
  wipe(std::as_writable_bytes(std::span(text)));
  return secret;
}

Keyring Keyring::ephemeral(Random& random) {
  Keyring ring;
  ring.active_ = 1;
  ring.keys_.emplace(1, fresh_key(random));
  return ring;
}

Result<void> Keyring::create(const std::string& file, Random& random) {
  const Secret text = ephemeral(random).text();
  if (auto written = write_new(file, text.expose()); !written) return written;
  return sync_folder(file);
}

Result<Keyring> Keyring::load(const std::string& file) {
  auto text = read_private(file);
  if (!text) return fail(std::move(text).error());
  return parse(as_text(text->expose()), file);
}

Result<std::uint32_t> Keyring::rotate(const std::string& file, Random& random) {
  auto ring = load(file);
  if (!ring) return fail(std::move(ring).error());
  if (ring->keys_.size() >= kKeysMost) {
    return fail(Errc::bad_keyring,
                "the keyring holds 256 keys: reseal and retire old ones first, but never the first "
                "one, which digests are made with",
                at_file(file));
  }
  const std::uint32_t newest = ring->keys_.rbegin()->first;
  if (newest == UINT32_MAX) {
    return fail(Errc::bad_keyring, "the key numbers are used up", at_file(file));
  }
  ring->active_ = newest + 1;
  ring->keys_.emplace(ring->active_, fresh_key(random));
  // The name is fixed, so that two rotations at once cannot both win.
  const std::string next = file + ".next";
  if (::access(next.c_str(), F_OK) == 0) {
    return fail(Errc::bad_keyring,
                "another rotation is under way or was interrupted: remove this file if none runs",
                at_file(next));
  }
  const Secret text = ring->text();
  if (auto written = write_new(next, text.expose()); !written) return fail(written.error());
  if (::rename(next.c_str(), file.c_str()) != 0) {
    auto error = refused(file, "replaced");
    ::unlink(next.c_str());
    return error;
  }
  if (auto synced = sync_folder(file); !synced) return fail(std::move(synced).error());
  return ring->active_;
}

const Secret* Keyring::key(std::uint32_t id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<std::uint32_t> Keyring::ids() const {
  std::vector<std::uint32_t> ids;
  ids.reserve(keys_.size());
  for (const auto& entry : keys_) ids.push_back(entry.first);
  return ids;
}

}  // namespace cpgw::signer
