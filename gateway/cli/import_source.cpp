#include "gateway/cli/import_source.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <istream>
#include <memory>
#include <utility>
#include <vector>

namespace cpgw::gateway::cli {

Result<RecipientSource> RecipientSource::open(Io& io, const std::string& file) {
  RecipientSource source(io);
  std::array<std::byte, 32> digest;
  if (file == "-") {
    source.label_ = "standard input";
    io.random.fill(digest);
    source.digest_ = to_hex(digest);
    return source;
  }
  source.label_ = file;
  source.fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about = {};
  if (source.fd_ < 0 || ::fstat(source.fd_, &about) != 0)
    return fail(source.problem(std::string("cannot be read: ") + std::strerror(errno)));
  if (!S_ISREG(about.st_mode))
    return fail(source.problem("is no ordinary file; give it through standard input with -"));
  source.octets_ = static_cast<std::uint64_t>(about.st_size);
  source.written_ = about.st_mtim;

  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> block(1 << 20);
  for (std::uint64_t at = 0; good && at < source.octets_;) {
    const auto got = source.read(at, block);
    if (!got) return fail(got.error());
    good = EVP_DigestUpdate(context.get(), block.data(), *got) == 1;
    at += *got;
  }
  wipe(std::as_writable_bytes(std::span(block)));
  good = good && EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                    nullptr) == 1;
  if (!good) return fail(source.problem("its SHA-256 cannot be computed"));
  source.digest_ = to_hex(digest);
  return source;
}

RecipientSource::RecipientSource(RecipientSource&& other) noexcept
    : io_(other.io_),
      fd_(std::exchange(other.fd_, -1)),
      label_(std::move(other.label_)),
      digest_(std::move(other.digest_)),
      octets_(other.octets_),
      written_(other.written_) {}

RecipientSource::~RecipientSource() {
  if (fd_ >= 0) ::close(fd_);
}

Error RecipientSource::problem(const std::string& what) const {
  Position at;
  at.file = label_;
  return {Errc::io, what, std::move(at)};
}

Result<std::size_t> RecipientSource::read(std::uint64_t offset, std::span<char> block) {
  if (!is_file()) {
    io_->in.read(block.data(), static_cast<std::streamsize>(block.size()));
    if (io_->in.bad()) return fail(problem("cannot be read to its end"));
    return static_cast<std::size_t>(io_->in.gcount());
  }
  const std::uint64_t left = octets_ - std::min(offset, octets_);
  block = block.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size())));
  std::size_t got = 0;
  while (got < block.size()) {
    const ssize_t n =
        ::pread(fd_, block.data() + got, block.size() - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(problem(std::string("cannot be read: ") + std::strerror(errno)));
    if (n == 0) return fail(problem("has become shorter while it was read"));
    got += static_cast<std::size_t>(n);
  }
  return got;
}

Result<void> RecipientSource::unchanged() const {
  if (!is_file()) return {};
  struct stat now = {};
  if (::fstat(fd_, &now) != 0) return fail(problem(std::strerror(errno)));
  if (static_cast<std::uint64_t>(now.st_size) == octets_ && now.st_mtim.tv_sec == written_.tv_sec &&
      now.st_mtim.tv_nsec == written_.tv_nsec)
    return {};
  return fail(
      problem("is being written to; wait until it is whole, then import it under another --name"));
}

}  // namespace cpgw::gateway::cli
