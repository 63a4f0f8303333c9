#include "stores/log/testing/faulty_disk.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <optional>
#include <string_view>

#include "base/mutex.h"

namespace freshet::stores {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

bool IsWriteAheadLog(std::string_view name) { return name.ends_with(".log"); }

bool IsProbe(std::string_view name) { return name.ends_with(".probe"); }

}  // namespace

struct FaultyDisk::State {
  mutable Mutex mutex;
  CondVar changed;
  bool full GUARDED_BY(mutex) = false;
  bool holding GUARDED_BY(mutex) = false;
  std::size_t held GUARDED_BY(mutex) = 0;
  std::size_t syncs GUARDED_BY(mutex) = 0;
  std::size_t failing_syncs GUARDED_BY(mutex) = 0;
  std::size_t refusals GUARDED_BY(mutex) = 0;
  std::uint64_t written GUARDED_BY(mutex) = 0;
  std::optional<std::uint64_t> free GUARDED_BY(mutex);

  // RocksDB writes its diary and its options when it likes, and tries to begin a new write-ahead
  // log, all from its own threads: these are no requests of ours.
  IOStatus Admit(bool requested, std::size_t bytes = 0) {
    MutexLock lock(mutex);
    if (full) {
      if (requested) ++refusals;
      return IOStatus::NoSpace("the disk is full, as planned");
    }
    written += bytes;
    return IOStatus::OK();
  }
  IOStatus PassSync() {
    MutexLock lock(mutex);
    ++syncs;
    ++held;
    changed.NotifyAll();
    while (holding) changed.Wait(mutex);
    --held;
    if (failing_syncs == 0) return IOStatus::OK();
    --failing_syncs;
    return IOStatus::IOError("the sync failed, as planned");
  }
};

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<FSWritableFile> inner, std::shared_ptr<State> state, const std::string& name)
      : FSWritableFileOwnerWrapper(std::move(inner)),
        state_(std::move(state)),
        is_log_(IsWriteAheadLog(name)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus admitted = state_->Admit(is_log_, data.size());
    return admitted.ok() ? target()->Append(data, options, debug) : admitted;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* debug) override {
    const IOStatus admitted = state_->Admit(is_log_, data.size());
    return admitted.ok() ? target()->Append(data, options, info, debug) : admitted;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus passed = is_log_ ? state_->PassSync() : IOStatus::OK();
    return passed.ok() ? target()->Sync(options, debug) : passed;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus passed = is_log_ ? state_->PassSync() : IOStatus::OK();
    return passed.ok() ? target()->Fsync(options, debug) : passed;
  }

 private:
  const std::shared_ptr<State> state_;
  const bool is_log_;
};

class FaultyDisk::FileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FileSystem(std::shared_ptr<State> state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}

  const char* Name() const override { return "FaultyDisk"; }
  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    IOStatus admitted = state_->Admit(IsProbe(name));
    if (!admitted.ok()) return admitted;
    std::unique_ptr<FSWritableFile> inner;
    IOStatus opened = target()->NewWritableFile(name, options, &inner, debug);
    if (opened.ok()) {
      *file = std::make_unique<File>(std::move(inner), state_, name);
    }
    return opened;
  }
  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, std::uint64_t* bytes,
                        IODebugContext* debug) override {
    {
      MutexLock lock(state_->mutex);
      if (state_->free) {
        *bytes = *state_->free;
        return IOStatus::OK();
      }
    }
    return target()->GetFreeSpace(path, options, bytes, debug);
  }

 private:
  const std::shared_ptr<State> state_;
};

FaultyDisk::FaultyDisk()
    : state_(std::make_shared<State>()),
      env_(rocksdb::NewCompositeEnv(std::make_shared<FileSystem>(state_))) {}

FaultyDisk::~FaultyDisk() = default;

rocksdb::Env* FaultyDisk::env() { return env_.get(); }

void FaultyDisk::Fill() {
  MutexLock lock(state_->mutex);
  state_->full = true;
}

void FaultyDisk::Free() {
  MutexLock lock(state_->mutex);
  state_->full = false;
}

void FaultyDisk::SayFree(std::uint64_t bytes) {
  MutexLock lock(state_->mutex);
  state_->free = bytes;
}

std::size_t FaultyDisk::refusals() const {
  MutexLock lock(state_->mutex);
  return state_->refusals;
}

std::uint64_t FaultyDisk::written() const {
  MutexLock lock(state_->mutex);
  return state_->written;
}

void FaultyDisk::FailNextSyncs(std::size_t count) {
  MutexLock lock(state_->mutex);
  state_->failing_syncs = count;
}

void FaultyDisk::HoldSyncs() {
  MutexLock lock(state_->mutex);
  state_->holding = true;
}

void FaultyDisk::ReleaseSyncs() {
  MutexLock lock(state_->mutex);
  state_->holding = false;
  state_->changed.NotifyAll();
}

void FaultyDisk::AwaitHeldSync() {
  MutexLock lock(state_->mutex);
  while (state_->held == 0) state_->changed.Wait(state_->mutex);
}

std::size_t FaultyDisk::syncs() const {
  MutexLock lock(state_->mutex);
  return state_->syncs;
}

}  // namespace freshet::stores
