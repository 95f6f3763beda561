#include "faulty_files.h"

#include <filesystem>
#include <utility>

namespace cpgw::queue::test {
namespace {

class WatchedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WatchedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, FaultyFiles& files)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), files_(files) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (auto refused = files_.ask(FileStep::append, name_); !refused.ok()) return refused;
    auto done = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (done.ok()) files_.appended(name_, data.size());
    return done;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, debug); });
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Fsync(options, debug); });
  }

 private:
  template <class Do>
  rocksdb::IOStatus sync(const Do& really) {
    if (auto refused = files_.ask(FileStep::sync, name_); !refused.ok()) return refused;
    auto done = really();
    if (done.ok()) files_.synced(name_);
    return done;
  }
  std::string name_;
  FaultyFiles& files_;
};

}  // namespace

FaultyFiles::FaultyFiles(Judge judge)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), judge_(std::move(judge)) {
  // The environment does not own this object: it lives inside it.
  env_ =
      rocksdb::NewCompositeEnv(std::shared_ptr<rocksdb::FileSystem>(std::shared_ptr<void>(), this));
}

rocksdb::IOStatus FaultyFiles::ask(FileStep step, const std::string& file) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (cut_) return rocksdb::IOStatus::IOError("the power is gone");
    number = ++steps_;
  }
  if (!judge_ || judge_(step, file, number)) return rocksdb::IOStatus::OK();
  return rocksdb::IOStatus::NoSpace("no space left on device");
}

void FaultyFiles::appended(const std::string& file, std::uint64_t octets) {
  const std::lock_guard lock(mutex_);
  extents_[file].written += octets;
}

void FaultyFiles::synced(const std::string& file) {
  const std::lock_guard lock(mutex_);
  Extent& extent = extents_[file];
  extent.synced = extent.written;
}

void FaultyFiles::cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
}

std::uint64_t FaultyFiles::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

void FaultyFiles::forget_unsynced() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [file, extent] : extents_) {
    std::error_code gone;
    if (!std::filesystem::exists(file, gone)) continue;
    if (std::filesystem::path(file).filename().string().starts_with("LOG")) continue;
    std::filesystem::resize_file(file, extent.synced, gone);
  }
}

rocksdb::IOStatus FaultyFiles::NewWritableFile(const std::string& name,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               rocksdb::IODebugContext* debug) {
  if (auto refused = ask(FileStep::create, name); !refused.ok()) return refused;
  auto made = FileSystemWrapper::NewWritableFile(name, options, file, debug);
  if (!made.ok()) return made;
  {
    const std::lock_guard lock(mutex_);
    extents_[name] = {};
  }
  *file = std::make_unique<WatchedFile>(std::move(*file), name, *this);
  return made;
}

rocksdb::IOStatus FaultyFiles::ReopenWritableFile(const std::string& name,
                                                  const rocksdb::FileOptions& options,
                                                  std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                  rocksdb::IODebugContext* debug) {
  if (auto refused = ask(FileStep::create, name); !refused.ok()) return refused;
  auto made = FileSystemWrapper::ReopenWritableFile(name, options, file, debug);
  if (!made.ok()) return made;
  {
    const std::lock_guard lock(mutex_);
    const auto size = static_cast<std::uint64_t>(std::filesystem::file_size(name));
    extents_[name] = {size, size};
  }
  *file = std::make_unique<WatchedFile>(std::move(*file), name, *this);
  return made;
}

rocksdb::IOStatus FaultyFiles::ReuseWritableFile(const std::string& name,
                                                 const std::string& old_name,
                                                 const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                 rocksdb::IODebugContext* debug) {
  if (auto renamed = RenameFile(old_name, name, options.io_options, debug); !renamed.ok()) {
    return renamed;
  }
  return NewWritableFile(name, options, file, debug);
}

rocksdb::IOStatus FaultyFiles::RenameFile(const std::string& from, const std::string& to,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  if (auto refused = ask(FileStep::rename, to); !refused.ok()) return refused;
  auto done = FileSystemWrapper::RenameFile(from, to, options, debug);
  const std::lock_guard lock(mutex_);
  const auto at = extents_.find(from);
  if (done.ok() && at != extents_.end()) {
    extents_[to] = at->second;
    extents_.erase(from);
  }
  return done;
}

rocksdb::IOStatus FaultyFiles::DeleteFile(const std::string& name,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  auto done = FileSystemWrapper::DeleteFile(name, options, debug);
  const std::lock_guard lock(mutex_);
  if (done.ok()) extents_.erase(name);
  return done;
}

}  // namespace cpgw::queue::test
