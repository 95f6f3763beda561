// The folder one run of cpgw demo works in.
#pragma once

#include <string>

#include "base/result.h"

namespace cpgw::gateway::cli::demo {

/// Readable by its owner alone. Removed at the end unless it is to be kept.
class Folder {
 public:
  /// `keep`, which is made and must be empty; or, when that is empty text, one for temporary files.
  [[nodiscard]] static Result<Folder> make(const std::string& keep);
  Folder(Folder&& other) noexcept;
  Folder(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }
  void keep() { keep_ = true; }

 private:
  Folder() = default;
  std::string path_;
  bool keep_ = false;
};

/// A new file that only its owner can read.
[[nodiscard]] Result<void> write_file(const std::string& file, const std::string& text);

}  // namespace cpgw::gateway::cli::demo
