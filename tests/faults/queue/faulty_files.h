// A file system for RocksDB that counts writes and syncs, can fail or die at any of them, and can
// forget what was never synced.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace cpgw::queue::test {

enum class FileStep { append, sync, create, rename };

class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  /// Asked before each step, with its number over all kinds, from 1; false: the step fails.
  using Judge = std::function<bool(FileStep step, const std::string& file, std::uint64_t number)>;

  explicit FaultyFiles(Judge judge);
  [[nodiscard]] const char* Name() const override { return "cpgw.faulty-files"; }
  /// An Env over these files; lives as long as they do.
  [[nodiscard]] rocksdb::Env* env() { return env_.get(); }

  /// From now on every step fails: the process is as good as dead.
  void cut();
  /// Takes from each file what was appended after its last sync, as a machine that lost its power.
  void forget_unsynced() const;
  [[nodiscard]] std::uint64_t steps() const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // For the files made here.
  [[nodiscard]] rocksdb::IOStatus ask(FileStep step, const std::string& file);
  void appended(const std::string& file, std::uint64_t octets);
  void synced(const std::string& file);

 private:
  struct Extent {
    std::uint64_t written = 0, synced = 0;
  };
  Judge judge_;
  std::unique_ptr<rocksdb::Env> env_;
  mutable std::mutex mutex_;
  std::map<std::string, Extent> extents_;
  std::uint64_t steps_ = 0;
  bool cut_ = false;
};

}  // namespace cpgw::queue::test
