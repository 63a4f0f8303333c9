// Mutexes that clang's thread-safety analysis understands: fields say GUARDED_BY(mutex_), functions
// say REQUIRES(mutex_).
#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#define GUARDED_BY(mutex) __attribute__((guarded_by(mutex)))
#define PT_GUARDED_BY(mutex) __attribute__((pt_guarded_by(mutex)))
#define REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define REQUIRES_SHARED(...) __attribute__((requires_shared_capability(__VA_ARGS__)))
#define EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))
#define NO_THREAD_SAFETY_ANALYSIS __attribute__((no_thread_safety_analysis))

namespace freshet {

class __attribute__((capability("mutex"))) Mutex {
 public:
  void Lock() __attribute__((acquire_capability())) { mutex_.lock(); }
  void Unlock() __attribute__((release_capability())) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class __attribute__((scoped_lockable)) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) __attribute__((acquire_capability(mutex))) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() __attribute__((release_capability())) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class __attribute__((capability("shared_mutex"))) SharedMutex {
 public:
  void Lock() __attribute__((acquire_capability())) { mutex_.lock(); }
  void Unlock() __attribute__((release_capability())) { mutex_.unlock(); }
  void LockShared() __attribute__((acquire_shared_capability())) { mutex_.lock_shared(); }
  void UnlockShared() __attribute__((release_shared_capability())) { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class __attribute__((scoped_lockable)) WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) __attribute__((acquire_capability(mutex)))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~WriterLock() __attribute__((release_capability())) { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class __attribute__((scoped_lockable)) ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) __attribute__((acquire_shared_capability(mutex)))
      : mutex_(mutex) {
    mutex_.LockShared();
  }
  ~ReaderLock() __attribute__((release_generic_capability)) { mutex_.UnlockShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class CondVar {
 public:
  // Spurious wake-ups happen: call in a loop that tests the condition.
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // Returns false when `until` passed without a wake-up.
  template <class TimePoint>
  bool WaitUntil(Mutex& mutex, TimePoint until) REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool woken = condition_.wait_until(lock, until) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace freshet
