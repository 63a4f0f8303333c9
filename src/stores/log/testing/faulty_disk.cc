#include "stores/log/testing/faulty_disk.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "base/mutex.h"

namespace freshet::stores {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

struct FaultyDisk::State {
  mutable Mutex mutex;
  CondVar changed;
  bool full GUARDED_BY(mutex) = false;
  bool holding GUARDED_BY(mutex) = false;
  std::size_t held GUARDED_BY(mutex) = 0;
  std::size_t syncs GUARDED_BY(mutex) = 0;

  IOStatus Admit() {
    MutexLock lock(mutex);
    return full ? IOStatus::NoSpace("the disk is full, as planned") : IOStatus::OK();
  }
  void PassSync() {
    MutexLock lock(mutex);
    ++syncs;
    ++held;
    changed.NotifyAll();
    while (holding) changed.Wait(mutex);
    --held;
  }
};

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<FSWritableFile> inner, std::shared_ptr<State> state, bool is_log)
      : FSWritableFileOwnerWrapper(std::move(inner)), state_(std::move(state)), is_log_(is_log) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus admitted = state_->Admit();
    return admitted.ok() ? target()->Append(data, options, debug) : admitted;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* debug) override {
    const IOStatus admitted = state_->Admit();
    return admitted.ok() ? target()->Append(data, options, info, debug) : admitted;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (is_log_) state_->PassSync();
    return target()->Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    if (is_log_) state_->PassSync();
    return target()->Fsync(options, debug);
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
    const IOStatus admitted = state_->Admit();
    if (!admitted.ok()) return admitted;
    std::unique_ptr<FSWritableFile> inner;
    IOStatus opened = target()->NewWritableFile(name, options, &inner, debug);
    if (opened.ok()) {
      *file = std::make_unique<File>(std::move(inner), state_, name.ends_with(".log"));
    }
    return opened;
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
