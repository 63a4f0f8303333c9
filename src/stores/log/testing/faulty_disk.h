// A disk for RocksDB that fills up and whose syncs can be held back or fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace rocksdb {
class Env;
}

namespace freshet::stores {

// Everything but the faults is done by the real file system. Thread-safe.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // Lives as long as this; databases on it are closed before.
  rocksdb::Env* env();

  // From now on every write fails as on a full disk, until Free.
  void Fill();
  void Free();
  // What the file system says is free, from now on.
  void SayFree(std::uint64_t bytes);
  // Writes to the write-ahead log and probes of the space that were refused as on a full disk, and
  // bytes written to any file, so far.
  std::size_t refusals() const;
  std::uint64_t written() const;

  // Syncs of the write-ahead log block until ReleaseSyncs.
  void HoldSyncs();
  void ReleaseSyncs();
  // Returns when a sync is held.
  void AwaitHeldSync();
  // The next syncs of the write-ahead log fail, although what was written before is in the file.
  void FailNextSyncs(std::size_t count = 1);
  // Syncs of the write-ahead log so far.
  std::size_t syncs() const;

 private:
  struct State;
  class File;
  class FileSystem;

  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace freshet::stores
