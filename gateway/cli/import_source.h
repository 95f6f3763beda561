// Where the rows of cpgw import recipients come from: a file, or standard input.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>

#include "gateway/cli/io.h"

namespace cpgw::gateway::cli {

/// Owned by one thread. A file is taken as it was when it was opened: octets that come later are
/// not read.
class RecipientSource {
 public:
  /// Reads a file once for its digest; "-" is standard input. Errc::io, also for a pipe or a
  /// device, which could not be read again.
  [[nodiscard]] static Result<RecipientSource> open(Io& io, const std::string& file);
  RecipientSource(RecipientSource&& other) noexcept;
  RecipientSource(const RecipientSource&) = delete;
  ~RecipientSource();

  /// A file can be read from any offset; standard input only onwards.
  [[nodiscard]] bool is_file() const { return fd_ >= 0; }
  [[nodiscard]] const std::string& label() const { return label_; }
  /// 64 hexadecimal digits: SHA-256 of the file, drawn for standard input. A file that changed
  /// under the same name is another import.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  /// 0 for standard input.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

  /// Fills `block` from `offset` on, which standard input does not look at; less only at the end.
  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> block);
  /// Errc::io when the file was written to since it was opened.
  [[nodiscard]] Result<void> unchanged() const;

 private:
  explicit RecipientSource(Io& io) : io_(&io) {}
  [[nodiscard]] Error problem(const std::string& what) const;
  Io* io_;
  int fd_ = -1;
  std::string label_, digest_;
  std::uint64_t octets_ = 0;
  struct timespec written_ = {};
};

}  // namespace cpgw::gateway::cli
